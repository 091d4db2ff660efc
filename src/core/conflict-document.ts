// A conflict as a person and a program need it: the groups, the author of every value, the numbers and what blocks them,
// and the hours that count.

import type { ConflictGroup } from './conflict.ts'
import { fieldPath, type LeadState, leadId, valuesOf } from './lead.ts'
import { type Values, valueAt } from './merge.ts'
import { formatPhone, readPhone } from './phone.ts'
import type { DncList } from './result.ts'
import { type ContactHours, contactHoursNamed, type Rules } from './rules.ts'

export const ACTOR_TYPES = ['key', 'operator', 'action', 'system'] as const
export type ActorType = (typeof ACTOR_TYPES)[number]

/** One change of a lead: who made it, when and which way. */
export interface LeadEvent {
  version: number
  actor: string
  actor_name: string | null
  at: string
  way: string
  request_id: string
}

/** The author of values: of all or some paths of a group. */
export interface ValueAuthor extends Omit<LeadEvent, 'version' | 'at' | 'request_id'> {
  actor_type: ActorType
  /** Of the key, operator or action; null for the system. */
  actor_id: number | null
  /** The version that brought the values; null: they are not saved. */
  version: number | null
  /** Both null: they are being saved now. */
  at: string | null
  request_id: string | null
  paths: string[]
}

/** A group with the authors of its sides, the newest first. Mine has at most one. */
export interface AuthoredGroup extends ConflictGroup {
  by: { base: ValueAuthor[]; mine: ValueAuthor[]; theirs: ValueAuthor[] }
}

/** The entry that keeps a number from being called. */
export interface Block {
  list: DncList
  /** It was blocked after the base. */
  since_base: boolean
  /** The author of the entry, its time and reason: null for readers who may not see it. */
  at: string | null
  actor: string | null
  actor_name: string | null
  reason: string | null
  source: string | null
}

/** A phone text of a side, as the number that it means. */
export interface SideNumber {
  path: string
  text: string
  /** E.164; null: it is no number. */
  number: string | null
  /** Null: nothing blocks it. */
  blocked: Block | null
}

/** Contact hours that count for a side. */
export interface CallingHours extends Omit<ContactHours, 'zone_version'> {
  /** They count where a side names none. */
  of_template: boolean
}

/** A change since the base. */
export interface ChangeSince extends LeadEvent {
  /** The groups that it changed. */
  groups: string[]
}

/** A change that met others: the values it was made from, those it wants and those of the lead by now, group by group. */
export interface ConflictDocument {
  lead_id: string
  base_version: number
  lead_version: number
  /** The newest change of the lead since the base, and how many there were; null: nobody has changed it. */
  theirs: (LeadEvent & { versions_between: number }) | null
  /** All changes since the base, the newest first. */
  changes: ChangeSince[]
  /** Each side has every path that any of them has. */
  base: Values
  mine: Values
  current: Values
  groups: readonly AuthoredGroup[]
  numbers: SideNumber[]
  contact_hours: CallingHours[]
  /** The field that tells the zone of the lead, beside its numbers; null: the template has none. */
  zone_field: string | null
  /** Whether the reader may take sides that need the role lead. */
  may_overrule: boolean
}

/** A change of the lead with the paths that it changed; null: all, it made the lead. */
export interface PathsEvent extends LeadEvent {
  paths: string[] | null
}

/** The author of mine. */
export type Sender = Pick<ValueAuthor, 'actor' | 'actor_name' | 'at' | 'way' | 'request_id'>

/** Facts that the server knows beside the values. */
export interface Known {
  rules: Rules
  /** All changes of the lead up to now, the oldest first. */
  events: readonly PathsEvent[]
  sender: Sender
  /** The entries that block numbers now, by number. */
  blocks: ReadonlyMap<number, Block>
  may_overrule: boolean
}

export function conflictDocument(
  base: LeadState,
  lead: LeadState,
  wanted: Values,
  groups: readonly ConflictGroup[],
  known: Known,
): ConflictDocument {
  const { rules, sender, may_overrule } = known
  const before = valuesOf(base)
  const mine: Values = Object.assign(Object.create(null), before, wanted)
  const current = valuesOf(lead)
  const paths = [...new Set([...Object.keys(mine), ...Object.keys(current)])].sort()
  const whole = (side: Values) => Object.fromEntries(paths.map((path) => [path, valueAt(side, path)]))
  const events = known.events.filter(({ version }) => version <= lead.version)
  const since = events.filter(({ version }) => version > base.version).toReversed()
  const newest = since[0]
  return {
    lead_id: leadId(lead.campaign_id, lead.number),
    base_version: base.version,
    lead_version: lead.version,
    theirs: newest ? { ...eventIn(newest), versions_between: lead.version - base.version } : null,
    changes: since.map((event) => ({
      ...eventIn(event),
      groups: groups
        .filter(({ paths }) => paths.some((path) => touches(event, path)))
        .map(({ group }) => group),
    })),
    base: whole(before),
    mine: whole(mine),
    current: whole(current),
    groups: groups.map((group) => ({ ...group, by: authorsOf(group, base.version, events, wanted, sender) })),
    numbers: numbersOf([before, mine, current], known),
    contact_hours: hoursOf([before, mine, current], rules),
    zone_field: rules.zone_field,
    may_overrule,
  }
}

const eventIn = ({ version, actor, actor_name, at, way, request_id }: PathsEvent): LeadEvent => ({
  version,
  actor,
  actor_name,
  at,
  way,
  request_id,
})

const touches = ({ paths }: PathsEvent, path: string) => paths === null || paths.includes(path)

function authorsOf(
  { paths }: ConflictGroup,
  base_version: number,
  events: readonly PathsEvent[],
  wanted: Values,
  sender: Sender,
): AuthoredGroup['by'] {
  const at_base = events.filter(({ version }) => version <= base_version)
  const mine = paths.filter((path) => Object.hasOwn(wanted, path))
  return {
    base: lastAuthors(paths, at_base),
    mine: mine.length > 0 ? [{ ...sender, ...actorIn(sender.actor), version: null, paths: mine }] : [],
    theirs: lastAuthors(paths, events),
  }
}

/** The authors of the values that paths have after these events: of each path the one who set it last. */
function lastAuthors(paths: readonly string[], events: readonly PathsEvent[]): ValueAuthor[] {
  const last = Map.groupBy(paths, (path) => events.findLastIndex((event) => touches(event, path)))
  return [...last]
    .filter(([i]) => i >= 0)
    .sort(([one], [other]) => other - one)
    .map(([i, set]) => {
      const { paths: _, ...event } = events[i]!
      return { ...event, ...actorIn(event.actor), paths: set }
    })
}

/** 'key:7' in its parts. */
export function actorIn(actor: string): Pick<ValueAuthor, 'actor_type' | 'actor_id'> {
  const [type, id] = actor.split(':')
  const actor_type = ACTOR_TYPES.find((known) => known === type) ?? 'system'
  return { actor_type, actor_id: id === undefined ? null : Number(id) }
}

function numbersOf(sides: readonly Values[], { rules, blocks }: Known): SideNumber[] {
  return rules.fields.phones.flatMap(({ name }) => {
    const path = fieldPath(name)
    const texts = new Set(sides.map((side) => valueAt(side, path)).filter((text) => typeof text === 'string'))
    return [...texts].map((text) => {
      const { number } = readPhone(text, rules.region)
      const blocked = (number !== null && blocks.get(number)) || null
      return { path, text, number: number === null ? null : formatPhone(number), blocked }
    })
  })
}

function hoursOf(sides: readonly Values[], rules: Rules): CallingHours[] {
  const named = sides.flatMap((side) => {
    const name = valueAt(side, 'contact_hours')
    return (typeof name === 'string' && contactHoursNamed(rules, name)) || []
  })
  return [...new Set([rules.contact_hours, ...named])].map(({ zone_version: _, ...hours }) => ({
    ...hours,
    of_template: hours.contact_hours_id === rules.contact_hours.contact_hours_id,
  }))
}
