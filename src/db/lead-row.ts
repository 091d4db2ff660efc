// A lead on its way to SQL, shared by the statements that write leads. Its columns follow from the table of attributes.

import { columnsOf } from '../core/attributes.ts'
import type { LeadValues } from '../core/lead.ts'
import type { ZoneSet } from '../core/legal-zones.ts'
import type { DispositionKind } from '../core/rules.ts'
import type { Warning } from '../core/warnings.ts'
import type { Columns } from './arrays.ts'

/** The lead as it is to be, its place in the queue, the outcome given, and the rules that all of it rests on. */
export interface LeadRow extends Omit<LeadValues, 'own_hours'> {
  campaign_id: number
  callback_at: string | null
  /** The zone of the callback; null: that of the contact hours. */
  callback_zone: string | null
  contact_hours_id: number | null
  /** The contact hours that count for the lead, and the version of their zone that `callback_at` was worked out with. */
  hours_id: number
  zone_version: number
  /** The place in the queue; null: it has none. */
  queue_state: 'ready' | 'waiting' | 'bound' | null
  zone_set: ZoneSet
  wake_at: string | null
  /** The disposition given: a call record is written, and one of kind dnc puts the numbers on the private list. */
  outcome: string | null
  outcome_kind: DispositionKind | null
  /** When the call was, RFC 3339; null without an outcome. */
  called_at: string | null
  actor: string
  way: string
  request_id: string
  /** Values that were not kept exactly as sent; undefined: none. */
  warnings: readonly Warning[] | undefined
}

const WRITTEN_ONCE = columnsOf(({ written_once }) => written_once)
const CHANGING = columnsOf(({ written_once }) => !written_once)

/** The columns of the rows of each statement that writes leads. */
export const LEAD_COLUMNS: Columns = {
  i: 'integer',
  campaign_id: 'integer',
  fields: 'jsonb',
  unmapped: 'jsonb',
  closed: 'boolean',
  ...Object.fromEntries(CHANGING),
  hours_id: 'integer',
  zone_version: 'integer',
  queue_state: 'text',
  zone_set: 'integer',
  wake_at: 'timestamptz',
  outcome: 'text',
  outcome_kind: 'text',
  called_at: 'timestamptz',
  actor: 'text',
  way: 'text',
  request_id: 'text',
  warnings: 'jsonb',
}

/** The columns of attributes that only an insert writes. */
export const WRITTEN_ONCE_COLUMNS: Columns = Object.fromEntries(WRITTEN_ONCE)

/** One a line, so that statements stay readable. */
const listed = (columns: [string, string][], item: (name: string) => string) =>
  columns.map(([name]) => item(name)).join(',\n       ')

/** The columns of attributes that an insert writes. */
export const INSERTED = listed([...WRITTEN_ONCE, ...CHANGING], (name) => name)

/** The columns of attributes that an update writes, set from a row. */
export const UPDATED = (row: string) => listed(CHANGING, (name) => `${name} = ${row}.${name}`)

/** The columns that forgetting a lead clears, set to nothing. */
export const FORGOTTEN = listed(
  columnsOf(({ personal }) => personal),
  (name) => `${name} = null`,
)

/**
 * A part of a writing statement, behind its part `given` with the rows: `stale`, the rows that rest on rules which have
 * changed since they were read: the zone of contact hours, which may be deleted as well, or the kind of a disposition. Each
 * zone and disposition of the batch is asked for once; a change of one waits until the statement has committed. It comes
 * before any lead is locked.
 */
export const STALE_ROWS = `stale_zones as materialized (
     select h.hours_id, h.zone_version from (
       select distinct g.hours_id, g.zone_version from given g
       where g.callback_at is not null or g.contact_hours_id is not null offset 0) h
     where not zone_is(h.hours_id, h.zone_version)),
   stale_outcomes as materialized (
     select d.campaign_id, d.outcome, d.outcome_kind from (
       select distinct g.campaign_id, g.outcome, g.outcome_kind from given g
       where g.outcome is not null offset 0) d
     where not disposition_is(d.campaign_id, d.outcome, d.outcome_kind)),
   stale as materialized (
     select g.i from given g
     where (g.callback_at is not null or g.contact_hours_id is not null)
         and (g.hours_id, g.zone_version) in (select hours_id, zone_version from stale_zones)
       or g.outcome is not null
         and (g.campaign_id, g.outcome, g.outcome_kind) in (
           select campaign_id, outcome, outcome_kind from stale_outcomes))`
