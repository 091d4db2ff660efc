// Fields of a template that is locked.

import type { Field } from '../core/field.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

type OfTemplate<Params> = { template_id: number } & Params

const ADD = statement<OfTemplate<Field>>(
  'fields.add',
  `insert into fields (template_id, name, position, label, aliases, kind, choices, merge_group)
   select :template_id::integer, :name, coalesce(max(position) + 1, 0), :label, :aliases::text[], :kind,
     :choices::text[], :merge_group
   from fields where template_id = :template_id`,
)

/** Behind the others. Names are unique in any case, among retired fields too (23505). */
export const addField = (tx: Db, template_id: number, field: Field) =>
  tx.query(ADD, { template_id, ...field })

const CHANGE = statement<OfTemplate<Field & { retired: boolean }>>(
  'fields.change',
  `update fields set label = :label, aliases = :aliases, kind = :kind, choices = :choices,
     merge_group = :merge_group, retired_at = case when :retired then coalesce(retired_at, now()) end
   where template_id = :template_id and name = :name`,
)

export const changeField = (tx: Db, template_id: number, field: Field & { retired: boolean }) =>
  tx.query(CHANGE, { template_id, ...field })

const ORDER = statement<OfTemplate<{ names: readonly string[] }>>(
  'fields.order',
  `update fields f set position = o.position
   from unnest(:names::text[]) with ordinality as o (name, position)
   where f.template_id = :template_id and f.name = o.name`,
)

/** The order of the fields that are named. */
export const orderFields = (tx: Db, template_id: number, names: readonly string[]) =>
  tx.query(ORDER, { template_id, names })
