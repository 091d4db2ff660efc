// What the figures mean: the three answers of the dashboard.

import type { Stats } from '../../../src/client/api.ts'

/** Refused by no fault of the sender: the server was too slow, away or broken. */
const OUR_CODES: ReadonlySet<number> = new Set([103, 109, 1013])

/** More refusals than this part, and than this number, are many. */
const MANY = { share: 0.2, requests: 10 }

type Minute = Pick<Stats['minute'], 'inserted' | 'waiting'>
type Hour = Pick<Stats['hour'], 'inserted' | 'updated' | 'refused'>

export function intakeState(
  minute: Minute,
  hour: Pick<Hour, 'inserted'>,
): 'busy' | 'taking' | 'pause' | 'quiet' {
  if (minute.waiting > 0) return 'busy'
  if (minute.inserted > 0) return 'taking'
  return hour.inserted > 0 ? 'pause' : 'quiet'
}

export const shareOf = (part: number, rest: number) => (part + rest === 0 ? 0 : part / (part + rest))

export function refusedState({ inserted, updated, refused }: Hour): 'none' | 'some' | 'many' {
  if (refused === 0) return 'none'
  const is_much = refused >= MANY.requests && shareOf(refused, inserted + updated) >= MANY.share
  return is_much ? 'many' : 'some'
}

export const faultsOf = ({ codes }: Pick<Stats['hour'], 'codes'>) =>
  codes.filter(({ code }) => OUR_CODES.has(code)).reduce((sum, { answers }) => sum + answers, 0)

/** Before the first lead: every campaign is counted, and none has any. */
export function hasNoLeads({ hour, campaigns }: Pick<Stats, 'hour' | 'campaigns'>): boolean {
  return (
    hour.inserted === 0 &&
    campaigns.items.length > 0 &&
    campaigns.items.every(
      ({ counts }) =>
        counts && Object.values(counts).every((n) => (typeof n === 'number' ? n === 0 : isNone(n))),
    )
  )
}

const isNone = (closed: Record<string, number>) => Object.values(closed).every((n) => n === 0)

const MINUTES = 60
const MINUTE_MS = 60_000

export interface Bar {
  at: string
  inserted: number
  refused: number
}

/** Each of the last sixty minutes, also those in which nothing came. */
export function minutesOf({ minutes, counted_at }: Pick<Stats['hour'], 'minutes' | 'counted_at'>): Bar[] {
  const known = new Map(minutes.map((one) => [Date.parse(one.at), one]))
  const last = Math.floor(Date.parse(counted_at) / MINUTE_MS) * MINUTE_MS
  return Array.from({ length: MINUTES }, (_, i) => {
    const at = last - (MINUTES - 1 - i) * MINUTE_MS
    return known.get(at) ?? { at: new Date(at).toISOString(), inserted: 0, refused: 0 }
  })
}
