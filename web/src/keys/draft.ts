// What somebody types about a key, and what of it is to be saved.

import type { ApiKey, ApiKeyChange, Scope } from '../../../src/client/api.ts'
import { ALLOCATION_SCOPES } from '../../../src/core/access.ts'
import { localIn } from '../../../src/core/times.ts'
import { ownZone, startOfDay } from '../text/times.ts'

export interface KeyDraft {
  name: string
  scopes: readonly Scope[]
  teams: readonly string[]
  /** None: all of them. */
  allocation_ids: readonly number[]
  /** 2026-11-30; null: it never ends. */
  last_day: string | null
}

/** A key ends with a day. */
export const lastDayOf = (expires_at: string) => localIn(Date.parse(expires_at) - 1, ownZone()).slice(0, 10)

/** What is no day stays as it is: the server says what is wrong. */
const endOf = (day: string | null): string | null => {
  if (day === null) return null
  const end = startOfDay(day, 1)
  return Number.isNaN(end.getTime()) ? day : end.toISOString()
}

export const draftOf = ({ name, scopes, teams, allocation_ids, expires_at }: ApiKey): KeyDraft => ({
  name,
  scopes,
  teams,
  allocation_ids: allocation_ids ?? [],
  last_day: expires_at && lastDayOf(expires_at),
})

/** Whether a key of these scopes can be bound to allocations. */
export const takesAllocations = ({ scopes }: Pick<KeyDraft, 'scopes'>) =>
  scopes.length > 0 && scopes.every((scope) => ALLOCATION_SCOPES.includes(scope))

/** All of it, as the API takes it. */
export function valuesOf(draft: KeyDraft) {
  const { name, scopes, teams, allocation_ids, last_day } = draft
  const is_bound = takesAllocations(draft) && allocation_ids.length > 0
  return {
    name: name.trim(),
    scopes: [...scopes],
    teams: [...teams],
    allocation_ids: is_bound ? [...allocation_ids] : null,
    expires_at: endOf(last_day),
  }
}

const areSame = (one: unknown, other: unknown) =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value)

/** What differs, by name. */
export const differing = (one: KeyDraft, other: KeyDraft) =>
  (Object.keys(one) as (keyof KeyDraft)[]).filter((name) => !areSame(one[name], other[name]))

/** Only what somebody has changed, so that what others change beside it stays. */
export function changeOf(draft: KeyDraft, before: KeyDraft): ApiKeyChange {
  const changed: readonly string[] = differing(draft, before).map((name) =>
    name === 'last_day' ? 'expires_at' : name,
  )
  // Other scopes may end the bounds.
  const takes =
    takesAllocations(draft) === takesAllocations(before) ? changed : [...changed, 'allocation_ids']
  return Object.fromEntries(Object.entries(valuesOf(draft)).filter(([name]) => takes.includes(name)))
}
