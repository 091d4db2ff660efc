// Fields of a template: added, changed, retired and taken up again. Each change of them is a change of the template.

import { isDeepStrictEqual } from 'node:util'
import { type Field, fold, judgeFields } from '../core/field.ts'
import { known, type Result, refuseField } from '../core/result.ts'
import { ZONE_TABLES_VERSION } from '../core/zone-set.ts'
import { addField, changeField } from '../db/fields.ts'
import { lockParking, unpark } from '../db/parking.ts'
import type { Db } from '../db/pool.ts'
import {
  campaignsOfTemplate,
  leadsOfTemplate,
  lockTemplate,
  raiseTemplate,
  type TemplateField,
  type TemplateRow,
} from '../db/templates.ts'
import { beginZones } from '../db/zone-sets.ts'
import { type Asker, type ChangeAsked, patchSetUp, type Touched } from './set-up.ts'
import { fieldOf, type NewField, reread } from './templates.ts'

type ChangedTemplate = Promise<Result<TemplateRow & { touches?: Touched }>>

/** Behind the other fields. A field that is there already, just so, is no clash. */
export function addTemplateField(
  asker: Asker,
  template_id: number,
  asked: NewField,
  how: ChangeAsked,
): ChangedTemplate {
  const field = fieldOf(asked)
  return patchSetUp(asker, {
    noun: 'template',
    id: template_id,
    asked: how,
    details: { added_field: field },
    lock: lockTemplate,
    done: ({ fields }) => {
      const there = fields.find(({ name }) => name === field.name)
      return there !== undefined && isDeepStrictEqual(setUpOf(there), { ...field, retired: false })
    },
    write: async (tx, { fields }) => {
      if (fields.some(({ name, retired }) => retired && fold(name) === fold(field.name)))
        return refuseField('/name', 'the template has a retired field of this name: take it up again')
      const wrong = judge([...fields, { ...field, retired: false }], '/name')
      if (wrong) return wrong
      await addField(tx, template_id, field)
      await raiseTemplate(tx, template_id)
      return reread(tx, template_id)
    },
    reach: async () => 0,
  })
}

export type FieldChange = Partial<Omit<Field, 'name'> & { retired: boolean }>

/** Its name is permanent. Leads keep their texts, whatever its kind and choices are by then. */
export function changeTemplateField(
  asker: Asker,
  template_id: number,
  name: string,
  change: FieldChange,
  how: ChangeAsked,
): ChangedTemplate {
  const field_name = name.normalize('NFC')
  const fieldIn = ({ fields }: TemplateRow) =>
    known(
      fields.find((field) => field.name === field_name),
      'a field of this name',
    )
  return patchSetUp(asker, {
    noun: 'template',
    id: template_id,
    asked: how,
    details: { field: field_name, ...change },
    lock: lockTemplate,
    done: (before) => {
      const { ok: there } = fieldIn(before)
      return there !== undefined && isDeepStrictEqual(setUpOf(there), nextOf(there, change))
    },
    write: async (tx, before) => {
      const found = fieldIn(before)
      if (found.refusal) return found
      const next = nextOf(found.ok, change)
      const wrong =
        refuseKind(found.ok, next) ??
        judge(
          before.fields.map((field) => (field === found.ok ? next : field)),
          next.retired ? '/retired' : '',
        )
      if (wrong) return wrong
      const returns = found.ok.kind === 'phone' && found.ok.retired && !next.retired
      // Whoever parks a lead for want of a number looks at the fields under this lock.
      if (returns) await lockParking(tx)
      await changeField(tx, template_id, next)
      await raiseTemplate(tx, template_id)
      if (returns) await unparkLeads(tx, template_id)
      const tells_zones = found.ok.kind === 'phone' || found.ok.name === before.zone_field
      if (tells_zones && found.ok.retired !== next.retired && !how.dry_run)
        await beginZones(tx, template_id, ZONE_TABLES_VERSION)
      return reread(tx, template_id)
    },
    about: (before) => fieldIn(before).ok,
    reach: (tx) => leadsOfTemplate(tx, template_id, field_name),
  })
}

const setUpOf = ({ field_id: _, ...field }: TemplateField) => field

/** Choices go with the kind that has them. */
const nextOf = (field: TemplateField, change: FieldChange) => {
  const next = { ...setUpOf(field), ...change }
  return next.kind === 'choice' || change.choices !== undefined ? next : { ...next, choices: null }
}

function refuseKind(before: Pick<Field, 'kind'>, { kind }: Pick<Field, 'kind'>) {
  if (before.kind === kind) return undefined
  if (before.kind === 'phone')
    return refuseField('/kind', 'a phone field stays one; retire it, and add a field for texts')
  return kind === 'phone'
    ? refuseField('/kind', 'a field of texts becomes no phone field: add one')
    : undefined
}

/** What the fields that are not retired refuse. `field`: the pointer where it is about no property of the changed field. */
function judge(fields: readonly (Field & { retired: boolean })[], field: string) {
  const { refusal } = judgeFields(fields.filter(({ retired }) => !retired))
  if (!refusal) return undefined
  const property = /^\/fields\/\d+(\/.+)$/.exec(refusal.field ?? '')?.[1]
  return { refusal: { ...refusal, field: property ?? field } }
}

/** Leads that had no other number to dial. */
async function unparkLeads(tx: Db, template_id: number) {
  for (const campaign_id of await campaignsOfTemplate(tx, template_id)) await unpark(tx, null, campaign_id)
}
