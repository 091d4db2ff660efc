// The rules that the leads of a campaign are judged by.

import { type Field, FieldTable, fold } from '../core/field.ts'
import { type PointedField, waysOf } from '../core/master-list.ts'
import type { ContactHours, Disposition, Rules } from '../core/rules.ts'
import { takesLeads } from './allocations.ts'
import type { Db } from './pool.ts'
import { GLOBAL_TEAM_ID } from './sight.ts'
import { statement } from './statement.ts'

interface RulesRow
  extends Omit<Rules, 'fields' | 'contact_hours' | 'all_contact_hours' | 'dispositions' | 'master_list'> {
  master_list: { list_id: number; key: string; points: PointedField[]; threshold: number } | null
  contact_hours_id: number
  fields: Field[]
  retired_phones: string[]
  all_contact_hours: ContactHours[]
  dispositions: Disposition[]
  allocation_ids: number[]
  taking_ids: number[]
  draws: { allocation_id: number; member_ids: number[] }[]
}

/** A campaign's rules and allocations. */
export interface RulesFound {
  rules: Rules
  allocation_ids: ReadonlySet<number>
  /** Those that take leads. */
  taking_ids: ReadonlySet<number>
  /** The members of each virtual one, which takes none. */
  members: ReadonlyMap<number, readonly number[]>
}

const OF_CAMPAIGN = statement<{ campaign_id: number }, RulesRow>(
  'rules.ofCampaign',
  `select c.campaign_id, t.template_id, t.team_id, t.region, t.duplicate_rule, t.dnc_rule, t.bad_values,
     t.zone_field, t.contact_hours_id,
     (select json_build_object('list_id', m.list_id, 'key', encode(m.hash_key, 'hex'), 'points', m.points,
          'threshold', m.threshold)
      from master_lists m where m.template_id = t.template_id and m.state = 'serving') as master_list,
     exists (select from templates o where o.attempt_rules is not null) or i.rules is not null
       as counts_attempts,
     t.attempt_rules is not null or i.rules is not null or t.consent = 'required' as judges_calls,
     (select coalesce(json_agg(json_build_object(
          'name', f.name, 'label', f.label, 'aliases', f.aliases, 'kind', f.kind, 'choices', f.choices,
          'merge_group', f.merge_group)
        order by f.position, f.name), '[]')
      from fields f where f.template_id = t.template_id and f.retired_at is null) as fields,
     array(
       select f.name from fields f
       where f.template_id = t.template_id and f.kind = 'phone' and f.retired_at is not null
     ) as retired_phones,
     (select json_agg(json_build_object(
          'contact_hours_id', h.contact_hours_id, 'name', h.name, 'zone', h.zone,
          'local_to_lead', h.local_to_lead,
          'zone_version', h.zone_version, 'weekly', h.weekly, 'exceptions', h.exceptions,
          'valid_from', h.valid_from, 'valid_to', h.valid_to))
      from contact_hours h
      where h.team_id in (t.team_id, ${GLOBAL_TEAM_ID})
        or h.contact_hours_id = t.contact_hours_id) as all_contact_hours,
     (select coalesce(json_agg(json_build_object(
          'code', d.code, 'kind', d.kind, 'priority', d.priority, 'delay_s', d.delay_s,
          'next_day', d.next_day, 'redials_max', d.redials_max, 'enabled', d.enabled)), '[]')
      from dispositions d where d.disposition_set_id = t.disposition_set_id) as dispositions,
     (select coalesce(json_agg(a.allocation_id), '[]')
      from allocations a where a.campaign_id = c.campaign_id) as allocation_ids,
     (select coalesce(json_agg(a.allocation_id), '[]')
      from allocations a
      where a.campaign_id = c.campaign_id and a.draws_by is null and ${takesLeads()}) as taking_ids,
     (select coalesce(json_agg(json_build_object('allocation_id', a.allocation_id, 'member_ids', array(
          select m.member_id from allocation_members m where m.allocation_id = a.allocation_id))), '[]')
      from allocations a where a.campaign_id = c.campaign_id and a.draws_by is not null) as draws
   from campaigns c join templates t using (template_id) cross join attempt_rules i
   where c.campaign_id = :campaign_id`,
)

/** Undefined: there is no such campaign. */
export async function rulesOf(db: Db, campaign_id: number): Promise<RulesFound | undefined> {
  const [row] = await db.query(OF_CAMPAIGN, { campaign_id })
  if (!row) return undefined
  const {
    contact_hours_id,
    fields,
    retired_phones,
    all_contact_hours,
    dispositions,
    allocation_ids,
    taking_ids,
    draws,
    master_list,
    ...rest
  } = row
  const rules: Rules = {
    ...rest,
    master_list: master_list && {
      list_id: master_list.list_id,
      key: master_list.key,
      // They were judged when the list came.
      ways: waysOf(master_list.points, master_list.threshold).ok ?? [],
    },
    fields: new FieldTable(fields, retired_phones),
    contact_hours: all_contact_hours.find((hours) => hours.contact_hours_id === contact_hours_id)!,
    all_contact_hours: new Map(all_contact_hours.map((hours) => [fold(hours.name), hours])),
    dispositions: new Map(dispositions.map((disposition) => [fold(disposition.code), disposition])),
  }
  return {
    rules,
    allocation_ids: new Set(allocation_ids),
    taking_ids: new Set(taking_ids),
    members: new Map(draws.map(({ allocation_id, member_ids }) => [allocation_id, member_ids])),
  }
}
