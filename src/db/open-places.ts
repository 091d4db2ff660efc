// The places of a queue whose leads may be called now: by their contact hours, and by the clocks of the people behind them.

import type { ZoneSet } from '../core/legal-zones.ts'

/** The part of an allocation's queue that may be called now. */
export interface OpenPart {
  allocation_id: number
  /** The moment, RFC 3339. */
  at: string
  /** The contact hours in which leads may be called now; 0: those of the template. */
  open: number[]
  /** For each of them the zones in which nobody may be called. */
  closed: ZoneSet[]
  /** For each of them whether leads may be called of whom no zone is known. */
  own_open: boolean[]
}

/** SQL: a from clause of them. */
export const OPEN_HOURS = `unnest(:open::integer[], :closed::integer[], :own_open::boolean[])
       as open (contact_hours_id, closed, own_open)`

/**
 * SQL: whether a place with a zone set may be called in a row of OPEN_HOURS. Compared as a number: of a condition without an
 * operator the planner expects half of all rows, and then it reads the whole queue for the places that were found.
 */
export const mayCall = (hours: string, zone_set: string) =>
  `case ${zone_set} when 0 then (not ${hours}.own_open)::integer else ${zone_set} & ${hours}.closed end = 0`

/** How a statement finds the open ranges of the ready places, which the index has in order. */
export interface Ranges {
  /** CTE "ranges". `condition`: without it there are none. `allocation_id`: as SQL. */
  find: (condition?: string, allocation_id?: string) => string
  /** A condition on `q`: a ready place in the range. */
  within: string
}

/**
 * A range for each contact hours and zone set that there are places of; closed ones are never looked at. It goes from one
 * range to the one before it, by its last place: at its beginning are those that were taken and are not cleaned up yet.
 */
export const BY_ZONE: Ranges = {
  find: (
    condition = 'true',
    allocation_id = ':allocation_id',
  ) => `recursive zones (contact_hours_id, closed, own_open, zone_set) as (
     select open.*, q.zone_set
     from ${OPEN_HOURS} cross join lateral (
       select q.zone_set from queue q
       where q.allocation_id = ${allocation_id} and q.contact_hours_id = open.contact_hours_id
         and q.state = 'ready'
       order by q.zone_set desc limit 1) q
     where ${condition}
     union all
     select z.contact_hours_id, z.closed, z.own_open, q.zone_set from zones z cross join lateral (
       select q.zone_set from queue q
       where q.allocation_id = ${allocation_id} and q.contact_hours_id = z.contact_hours_id
         and q.zone_set < z.zone_set and q.state = 'ready'
       order by q.zone_set desc limit 1) q),
   ranges as materialized (
     select z.contact_hours_id, z.zone_set from zones z where ${mayCall('z', 'z.zone_set')})`,
  within: `q.contact_hours_id = ranges.contact_hours_id and q.zone_set = ranges.zone_set
           and q.state = 'ready'`,
}

/** While the index by zone set is not made yet: the places in closed zones are looked at. */
export const SCANNED: Ranges = {
  find: (condition = 'true') => `ranges as materialized (
     select open.* from ${OPEN_HOURS}
     where ${condition})`,
  within: `q.contact_hours_id = ranges.contact_hours_id and ${mayCall('ranges', 'q.zone_set')}
           and q.state = 'ready'`,
}
