// A lead in the model, and the two rules of its values: the effect of an outcome, and the merge of changes.

import type { Disposition, DispositionKind } from '../../../src/core/rules.ts'
import { instantOf, nextMidnight, wallNotBefore } from './calendar.ts'

export const FIELDS = ['Name', 'City', 'State', 'First', 'Second'] as const
export const PHONES = ['First', 'Second'] as const
export type FieldName = (typeof FIELDS)[number]

/** The values of a lead that have versions. A field without a value is ''. */
export type Values = Readonly<
  Record<FieldName, string> & {
    allocation: number
    disposition: string | null
    /** Wall time as agreed. */
    callback: string | null
    agent: string | null
    priority: number
    /** Name of its own contact hours; null: those of the template. */
    hours: string | null
    client_approved: boolean
    closed: boolean
  }
>

export interface Call {
  disposition: Disposition
  at: number
  /** Null: nobody said. */
  phone: number | null
  /** The other numbers that were dialled before it. */
  before: number[]
}

export interface Lease {
  id: string
  lead: ModelLead
  /** The lead as it was handed out: its version, and how many outcomes it had. */
  version: number
  calls: number
  leased: number
  expires: number
  /** The numbers that were handed out. */
  numbers: number[]
  reported: { report: string; answer: object } | null
}

export interface Consent {
  id: number
  expires: number | null
  withdrawn: boolean
}

export interface ModelLead {
  /** Its place in the order in which leads came. */
  number: number
  external_id: string
  forgotten: boolean
  values: Values
  /** The values at each version, the first one first. */
  history: Values[]
  /** Findings of calls about its numbers. */
  states: Map<number, 'wrong' | 'disconnected'>
  calls: Call[]
  consents: Consent[]
  attempts: Map<string, number>
  /** Outcomes that named a version, as they were asked for: sent again they are the same calls. */
  requests: Set<string>
  /** The taker, until the lease ends. */
  lease: Lease | null
}

/** The beginnings of the numbers of the simulated days: mobiles, then those of towns and of other countries. */
const [MOBILE, ...OTHERS] = ['61', '61894', '61733', '61292', '61882', '6421', '13052', '442072'] as const
const NUMBER = new RegExp(`^\\+(?:614\\d{8}|(?:${OTHERS.join('|')})\\d{6})$`)

/** Numbers as people abroad write them; anything else is not a number. */
export const numberOf = (text: string) => (NUMBER.test(text) ? Number(text) : null)

/** The number of a telephone line (4_10…): five of twelve are mobiles. No two lines have one number. */
export function numberOfLine(line: number): number {
  const other = OTHERS[(line % 12) - 5]
  return Number(other === undefined ? `${MOBILE}${line}` : `${other}${String(line).slice(-6)}`)
}

/** The numbers of the values, each once, in the order of the fields. */
export const numbersOf = (values: Pick<Values, (typeof PHONES)[number]>) => [
  ...new Set(PHONES.flatMap((field) => numberOf(values[field]) ?? [])),
]

export const dialable = (lead: ModelLead) =>
  numbersOf(lead.values).filter((number) => !lead.states.has(number))

export const STRICTNESS: DispositionKind[] = ['retry', 'callback', 'client_callback', 'final', 'dnc']

/** Whether the lead follows this outcome: it is stricter than each of the others, or as strict and not earlier. */
export const prevails = (mine: Call, others: Call[]) =>
  others.every((other) => {
    const [a, b] = [mine, other].map(({ disposition }) => STRICTNESS.indexOf(disposition.kind)) as [
      number,
      number,
    ]
    return a > b || (a === b && mine.at >= other.at)
  })

export interface Given {
  priority?: number | undefined
  /** Null: no callback. */
  callback?: string | null | undefined
}

/** The values that an outcome gives. `attempts`: how often the lead has got it by now. */
export function follow(
  values: Values,
  disposition: Disposition,
  given: Given,
  attempts: number,
  zone: string,
  now: number,
): Partial<Values> {
  const { code, kind, delay_s, next_day, redials_max } = disposition
  const used_up = kind === 'retry' && redials_max !== null && attempts > redials_max
  const closed = kind === 'final' || kind === 'dnc' || used_up
  const wanted = given.priority ?? disposition.priority
  const said: Partial<Values> = {
    disposition: code,
    closed,
    priority: values.client_approved && wanted > values.priority ? values.priority : wanted,
    ...(kind === 'client_callback' ? { client_approved: true } : {}),
  }
  if (closed) return { ...said, callback: null, agent: null }
  if (given.callback !== undefined) return { ...said, callback: given.callback }
  const agreed = values.callback !== null && instantOf(values.callback, zone) > now
  if (agreed && kind !== 'retry') return said
  const callback = next_day ? nextMidnight(now, zone) : wallNotBefore(now + (delay_s ?? 0) * 1_000, zone)
  return { ...said, callback }
}

const GROUPS: (readonly (keyof Values)[])[] = [
  ['disposition', 'callback', 'agent', 'priority', 'hours', 'client_approved', 'closed'],
  ['City', 'State'],
  ['Name'],
  ['First'],
  ['Second'],
]
export const groupName = (path: keyof Values) => {
  if (GROUPS[0]!.includes(path)) return 'outcome'
  if (GROUPS[1]!.includes(path)) return 'address'
  return `fields.${path}`
}

/**
 * What is wanted, beside what others changed since the base: by group, a group is taken whole. `asserted`: the
 * outcome group is wanted even if nothing in it differs.
 */
export function meet(base: Values, current: Values, wanted: Partial<Values>, asserted: boolean) {
  const patch: Partial<Record<keyof Values, unknown>> = {}
  const clashes: string[] = []
  for (const group of GROUPS) {
    const named = group.filter((path) => path in wanted)
    const name = groupName(group[0]!)
    const differs = named.some((path) => wanted[path] !== base[path])
    if (!differs && !(asserted && name === 'outcome')) continue
    const moved = group.some((path) => current[path] !== base[path])
    if (!moved) for (const path of named) patch[path] = wanted[path]
    else if (group.some((path) => (path in wanted ? wanted[path] : base[path]) !== current[path]))
      clashes.push(name)
  }
  return { patch: patch as Partial<Values>, clashes: clashes.sort() }
}
