// API keys, for those who look after them.

import { queryOptions } from '@tanstack/react-query'
import type { ApiKey } from '../../../src/client/api.ts'
import { all, client, must, queries } from './client.ts'

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => all((page) => client.apiKeys(page)),
})

/** A key as it is now. */
export const freshKey = (key_id: number) => must(client.apiKey(key_id))

export const keysChanged = () => queries.invalidateQueries({ queryKey: keysQuery.queryKey })

export const hasEnded = ({ revoked_at, expires_at }: ApiKey, now: number) =>
  revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= now)

/** The key that was made to replace this one, and works. */
export const successorOf = ({ key_id }: ApiKey, keys: readonly ApiKey[], now: number) =>
  keys.find((one) => one.follows === key_id && !hasEnded(one, now))
