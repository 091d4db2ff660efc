// What follows from the values that a decision would save, as data: the screens make sentences of it.

import { callbackInstant } from './callback.ts'
import type { CallingHours, ConflictDocument, SideNumber } from './conflict-document.ts'
import { firstOpen } from './contact-hours.ts'
import { fold } from './field.ts'
import { fieldPath } from './lead.ts'
import { type Scalar, type Values, valueAt } from './merge.ts'
import { closes, type Disposition } from './rules.ts'
import { callbackZone, zoneSetOf } from './zone-set.ts'

export type Consequence =
  /** Nobody calls the lead any more. */
  | { kind: 'closes'; disposition: string | null }
  /** The lead was closed and is called again. */
  | { kind: 'reopens' }
  /** These numbers go onto the private do-not-call list when it is saved. */
  | { kind: 'lists'; numbers: string[] }
  /** A number stays on its list, and is never dialled. */
  | { kind: 'stays_blocked'; path: string; number: string; list: 'private' | 'client' | 'campaign' }
  /** The lead stays open, but no number of it is left that may be dialled. */
  | { kind: 'not_called' }
  /** It is called again from this time on: at `local`, or when the contact hours open after it (`opens_at`). */
  | {
      kind: 'called'
      local: string
      zone: string
      at: string | null
      opens_at: string | null
      agent: string | null
    }
  /** It is called as soon as its turn comes; `opens_at`: when its contact hours open, null: they are open. */
  | { kind: 'called_next'; opens_at: string | null; zone: string }

/** The facts of a conflict that a result is judged with. */
export interface Circumstances
  extends Pick<ConflictDocument, 'numbers' | 'contact_hours' | 'zone_field' | 'current'> {
  /** By folded code. */
  dispositions: ReadonlyMap<string, Pick<Disposition, 'kind'>>
  /** Paths of the phone fields. */
  phones: readonly string[]
  /** RFC 3339 */
  now: string
}

/** Some browsers have no Temporal yet: they know no instants, only the time as it was agreed. */
const KNOWS_ZONES = typeof Temporal !== 'undefined'

/**
 * `result`: what a decision changes, or all values; the rest is as the lead has it. The values that follow from a disposition are
 * worked out by the server when it is saved; until then its kind tells.
 */
export function consequencesOf(result: Values, circumstances: Circumstances): Consequence[] {
  const { current, dispositions } = circumstances
  const after: Values = Object.assign(Object.create(null), current, result)
  const code = textIn(after, 'disposition')
  const kind = code === null ? undefined : dispositions.get(fold(code))?.kind
  const is_given = code !== textIn(current, 'disposition')
  const was_closed = valueAt(current, 'closed') === true
  // A disposition that is given decides by its kind; the mark is only written with it.
  const is_closed =
    is_given && kind
      ? closes({ kind }) || (was_closed && result.closed === true)
      : valueAt(after, 'closed') === true
  const numbers = numbersIn(after, circumstances.numbers)
  const blocked = numbers.flatMap(({ path, number, blocked: by }): Consequence[] =>
    by && number !== null ? [{ kind: 'stays_blocked', path, number, list: by.list }] : [],
  )
  const found: Consequence[] = []
  if (is_closed && !was_closed) found.push({ kind: 'closes', disposition: code })
  if (is_given && kind === 'dnc') {
    const free = numbers.flatMap(({ number, blocked: by }) => (by || number === null ? [] : [number]))
    if (free.length > 0) found.push({ kind: 'lists', numbers: [...new Set(free)] })
  }
  if (!is_closed && was_closed) found.push({ kind: 'reopens' })
  found.push(...blocked)
  if (is_closed) return found
  const dialable = numbers.some(({ number, blocked: by }) => number !== null && by === null)
  const is_new = (path: string) =>
    textIn(after, path) !== null && !numbers.some((known) => known.path === path)
  if (!dialable && !circumstances.phones.some(is_new)) return [...found, { kind: 'not_called' }]
  return [...found, nextCall(after, circumstances)]
}

const textIn = (values: Values, path: string): string | null => {
  const value: Scalar = valueAt(values, path)
  return typeof value === 'string' ? value : null
}

/** The numbers that the lead would have. A text that no side has is not known as a number, and left out. */
const numbersIn = (after: Values, numbers: readonly SideNumber[]): SideNumber[] =>
  numbers.filter(({ path, text }) => valueAt(after, path) === text)

function nextCall(after: Values, circumstances: Circumstances): Consequence {
  const { contact_hours, numbers, zone_field, now } = circumstances
  const hours = hoursIn(after, contact_hours)
  const phones = numbersIn(after, numbers)
    .flatMap(({ number }) => number?.slice(1) ?? [])
    .map(Number)
  const zones = zoneSetOf(phones, zone_field === null ? null : textIn(after, fieldPath(zone_field)))
  const zone = hours ? callbackZone(hours, zones) : 'UTC'
  const opening = (at: string) => {
    const first = hours && KNOWS_ZONES ? firstOpen({ ...hours, zone_version: 0 }, zones, at) : at
    return first === at ? null : first
  }
  const local = textIn(after, 'callback')
  const at = local === null || !KNOWS_ZONES ? null : callbackInstant(local, zone)
  if (local === null || (at !== null && Date.parse(at) <= Date.parse(now)))
    return { kind: 'called_next', opens_at: opening(now), zone }
  return {
    kind: 'called',
    local,
    zone,
    at,
    opens_at: at && opening(at),
    agent: textIn(after, 'callback_agent'),
  }
}

function hoursIn(after: Values, all: readonly CallingHours[]): CallingHours | undefined {
  const name = textIn(after, 'contact_hours')
  return all.find((hours) => (name === null ? hours.of_template : fold(hours.name) === fold(name)))
}
