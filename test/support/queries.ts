// Stands between the server and its database, for tests that need something to happen at one statement.

import { vi } from 'vitest'

type Query = (statement: { name: string }, params?: object) => Promise<object[]>

/** A spy on the queries of a pool or of all pools; one type for all statements. */
export const spyOnQueries = (pool: object) => vi.spyOn(pool as { query: Query }, 'query')

/** The queries of a pool as they are, for a spy that lets them pass. */
export const queriesOf = (pool: { query: unknown }): Query => (pool as { query: Query }).query.bind(pool)

/** The statement with a pause of a second at a place of its text: it has begun by then, and sees nothing newer. */
export const slowly = (statement: { name: string }, at: string) => {
  const { name, text } = statement as { name: string; text: string }
  if (!text.includes(at)) throw new Error(`${name} has no ${at}`)
  return { ...statement, name: `${name}Slowly`, text: text.replace(at, `${at}, pg_sleep(1)`) }
}
