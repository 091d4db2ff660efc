// Creates and changes templates.

import { isDeepStrictEqual } from 'node:util'
import { attemptRulesOf, type GivenAttemptRules } from '../core/attempts.ts'
import { type Field, FieldTable, judgeFields } from '../core/field.ts'
import { isRegion } from '../core/phone.ts'
import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import { ZONE_TABLES_VERSION } from '../core/zone-set.ts'
import { beginMove } from '../db/callback-moves.ts'
import { leaveContactHours, lockZone } from '../db/contact-hours.ts'

import { dispositionsMissing, lockDispositions } from '../db/dispositions.ts'
import { orderFields } from '../db/fields.ts'
import { masterListOfTemplate } from '../db/master-lists.ts'
import { lockParking } from '../db/parking.ts'
import type { Db } from '../db/pool.ts'
import { lockTemplateAlone, removeTemplate } from '../db/removals.ts'
import { SEES_ALL } from '../db/sight.ts'
import {
  campaignsOfTemplate,
  changeTemplate,
  createTemplate,
  leadsOfTemplate,
  lockTemplate,
  referencesOf,
  type TemplateRow,
  type TemplateRules,
  templateById,
} from '../db/templates.ts'
import { beginZones } from '../db/zone-sets.ts'
import { refuseUncounted, unparkTemplate } from './attempt-rules.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  counted,
  deleteSetUp,
  patchSetUp,
  refuseUsed,
  type Touched,
} from './set-up.ts'
import { teamOf } from './teams.ts'

type GivenRules = Omit<TemplateRules, 'attempt_rules'> & { attempt_rules: GivenAttemptRules | null }

export interface NewTemplate extends GivenRules {
  /** The name of its team. */
  team?: string
  fields: NewField[]
}

export type NewField = Pick<Field, 'name' | 'kind'> & Partial<Field>

/** With what is left out. */
export const fieldOf = ({
  name,
  label = name,
  aliases = [],
  kind,
  choices = null,
  merge_group = null,
}: NewField): Field => ({ name: name.normalize('NFC'), label, aliases, kind, choices, merge_group })

export async function addTemplate(
  asker: Asker,
  { team, fields, ...rules }: NewTemplate,
): Promise<Result<TemplateRow>> {
  const region = rules.region.toUpperCase()
  if (!isRegion(region)) return refuse('INVALID_FIELD', 'is no region', { field: '/region' })
  const judged = judgeFields(fields.map(fieldOf))
  if (judged.refusal) return judged
  const zone_field = zoneFieldIn(judged.ok, rules.zone_field)
  if (zone_field.refusal) return zone_field
  const team_id = await teamOf(asker, team)
  if (team_id.refusal) return team_id
  const attempt_rules = attemptRulesOf(rules.attempt_rules)
  const template = {
    ...rules,
    attempt_rules,
    region,
    zone_field: zone_field.ok,
    team_id: team_id.ok,
    fields: judged.ok,
  }
  return changeSetUp(asker, {
    action: 'template.create',
    details: { name: rules.name },
    work: async (tx) => {
      const uncounted = await refuseUncounted(tx, attempt_rules)
      if (uncounted) return uncounted
      const template_id = await createTemplate(tx, template)
      if (template_id !== undefined)
        return known(await templateById(tx, SEES_ALL, template_id), `template ${template_id}`)
      return refuse('UNKNOWN_TARGET', 'the contact hours or the disposition set is not known to this team')
    },
    subject: ({ template_id }) => `template:${template_id}`,
  })
}

export interface TemplateChange extends Partial<GivenRules> {
  archived?: boolean
  /** The names of the fields that are not retired, each once. */
  field_order?: string[]
}

/** Changes its rules and the order of its fields, archives it or takes it up again. */
export function patchTemplate(
  asker: Asker,
  template_id: number,
  { region, attempt_rules, ...asked }: TemplateChange,
  how: ChangeAsked,
): Promise<Result<TemplateRow & { touches?: Touched }>> {
  const change = {
    ...asked,
    ...(region === undefined ? {} : { region: region.toUpperCase() }),
    ...(attempt_rules === undefined ? {} : { attempt_rules: attemptRulesOf(attempt_rules) }),
  }
  const { field_order, archived, ...rules } = change
  return patchSetUp(asker, {
    noun: 'template',
    id: template_id,
    asked: how,
    details: change,
    lock: lockTemplate,
    done: (before) =>
      Object.entries(rules).every(([key, value]) =>
        isDeepStrictEqual(before[key as keyof TemplateRules], value),
      ) &&
      (archived === undefined || archived === (before.archived_at !== null)) &&
      (field_order === undefined || isSame(field_order, liveNames(before))),
    write: async (tx, before) => {
      const wrong =
        (rules.region === before.region ? undefined : await refuseRegion(tx, template_id, rules.region)) ??
        refuseOrder(field_order, liveNames(before)) ??
        (await refuseUncounted(tx, rules.attempt_rules ?? null))
      if (wrong) return wrong
      const live = before.fields.filter(({ retired }) => !retired)
      const zone_field =
        rules.zone_field === undefined ? ok(before.zone_field) : zoneFieldIn(live, rules.zone_field)
      if (zone_field.refusal) return zone_field
      const next = {
        ...before,
        ...rules,
        zone_field: zone_field.ok,
        archived: archived ?? before.archived_at !== null,
      }
      // A rehearsal would end the job of a rewriting that is under way: the job passes over a locked one.
      if (next.zone_field !== before.zone_field && !how.dry_run)
        await beginZones(tx, template_id, ZONE_TABLES_VERSION)
      // Whoever parks a lead for these rules reads them under this lock.
      const frees = rules.attempt_rules !== undefined || rules.consent !== undefined
      if (frees) await lockParking(tx)
      const references = await changeReferences(tx, before, next)
      if (references.refusal) return references
      await changeTemplate(tx, template_id, { ...next, ...references.ok })
      if (field_order) await orderFields(tx, template_id, field_order)
      if (frees && !how.dry_run) await unparkTemplate(tx, template_id)
      return reread(tx, template_id)
    },
    reach: (tx) => leadsOfTemplate(tx, template_id, null),
    waits: true,
  })
}

/** The field that a caller names, in any case. The texts of a phone field are no states and post codes. */
function zoneFieldIn(fields: readonly Field[], name: string | null): Result<string | null> {
  if (name === null) return ok(null)
  const field = new FieldTable(fields).find(name)
  if (!field) return refuseField('/zone_field', 'is no field of the template')
  return field.kind === 'phone'
    ? refuseField('/zone_field', 'is a phone field: numbers tell their zones by themselves')
    : ok(field.name)
}

/** The template as the transaction has changed it. */
export const reread = async (tx: Db, template_id: number) =>
  known(await templateById(tx, SEES_ALL, template_id), `template ${template_id}`)

const liveNames = ({ fields }: TemplateRow) => fields.flatMap(({ name, retired }) => (retired ? [] : [name]))

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((name, i) => name === other[i])

/** Leads are numbers read in its region, and so is the campaign's do-not-call list. */
async function refuseRegion(tx: Db, template_id: number, region: string | undefined) {
  if (region === undefined) return undefined
  if (!isRegion(region)) return refuseField('/region', 'is no region')
  const campaigns = await campaignsOfTemplate(tx, template_id)
  if (campaigns.length === 0) return undefined
  return refuseField(
    '/region',
    'the template has campaigns, whose numbers are read in its region: make another template for another region',
  )
}

function refuseOrder(order: readonly string[] | undefined, names: readonly string[]) {
  if (order === undefined || isSame(order.toSorted(), names.toSorted())) return undefined
  return refuseField('/field_order', 'must name each field that is not retired exactly once')
}

/**
 * The ids of the contact hours and of the disposition set that a template is to have. Leads rest on those that it has: who
 * leaves them holds their locks, so that a write is committed before, or is told.
 */
async function changeReferences(
  tx: Db,
  { template_id, contact_hours, disposition_set }: TemplateRow,
  next: Pick<TemplateRules, 'contact_hours' | 'disposition_set'>,
): Promise<Result<{ contact_hours_id: number; disposition_set_id: number }>> {
  const found = await referencesOf(tx, template_id, next)
  const { next_contact_hours_id: contact_hours_id, next_disposition_set_id: disposition_set_id } = found
  if (contact_hours_id === null) return refuseUnusable('contact hours', '/contact_hours')
  if (disposition_set_id === null) return refuseUnusable('disposition set', '/disposition_set')
  if (next.contact_hours !== contact_hours) {
    for (const id of ascending(found.contact_hours_id, contact_hours_id)) await lockZone(tx, id)
    await leaveContactHours(tx, found.contact_hours_id)
    // Also where both have one zone: the callbacks may not have followed an earlier change of it yet.
    await beginMove(tx, contact_hours_id)
  }
  if (next.disposition_set !== disposition_set) {
    for (const id of ascending(found.disposition_set_id, disposition_set_id)) await lockDispositions(tx, id)
    const missing = await dispositionsMissing(tx, template_id, disposition_set_id)
    if (missing.length > 0)
      return refuseField(
        '/disposition_set',
        `calls rest on dispositions that this set does not have, or has as another kind: ${missing.join(', ')}; add them to it first (disabled is enough)`,
      )
  }
  return ok({ contact_hours_id, disposition_set_id })
}

const ascending = (...ids: number[]) => ids.toSorted((a, b) => a - b)

const refuseUnusable = (what: string, field: string) =>
  refuse('UNKNOWN_TARGET', `there is no ${what} of this name that is Global or of the template's team`, {
    field,
  })

export const deleteTemplate = (
  asker: Asker,
  template_id: number,
  asked: ChangeAsked,
): Promise<Result<{ template_id: number }>> =>
  deleteSetUp(asker, {
    noun: 'template',
    id: template_id,
    asked,
    lock: lockTemplateAlone,
    objection: async (tx) => {
      const campaign_ids = await campaignsOfTemplate(tx, template_id)
      if (campaign_ids.length > 0)
        return refuseUsed(
          `template ${template_id} has ${counted('campaign', campaign_ids)}: delete them first, or archive the template`,
        )
      const list_id = await masterListOfTemplate(tx, template_id)
      if (list_id === undefined) return undefined
      return refuseUsed(
        `template ${template_id} has master list ${list_id}: remove it first; its entries are gone a moment later`,
      )
    },
    remove: removeTemplate,
  })
