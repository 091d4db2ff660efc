// Stands between the server and its database, for tests that need something to happen at one statement.

import { vi } from 'vitest'

type Query = (statement: { name: string }, params?: object) => Promise<object[]>

/** A spy on the queries of a pool or of all pools; one type for all statements. */
export const spyOnQueries = (pool: object) => vi.spyOn(pool as { query: Query }, 'query')

/** The queries of a pool as they are, for a spy that lets them pass. */
export const queriesOf = (pool: { query: unknown }): Query => (pool as { query: Query }).query.bind(pool)
