// A template and its fields in words, for what becomes different.

import type { Template, TemplateField } from '../../../src/client/api.ts'
import type { Shown } from '../set-up/differences.ts'
import type { Versioned } from '../set-up/editing.ts'
import { set_up as common } from '../text/set-up.ts'
import { template } from '../text/template.ts'
import { regionName } from '../text/words.ts'

const { rules, fields, shown: words } = template

/** A template with the order of its fields as a property of its own, as a change names it. */
export interface OrderedTemplate extends Template {
  field_order: string[]
}

export const ordered = (template: Template): OrderedTemplate => ({
  ...template,
  field_order: template.fields.filter(({ retired }) => !retired).map(({ name }) => name),
})

/** An order of fields for a template that has got or lost some meanwhile: new ones come last. */
export const reordered = (
  { field_order, ...changes }: Partial<OrderedTemplate>,
  newest: OrderedTemplate,
): Partial<OrderedTemplate> => {
  if (field_order === undefined) return changes
  const there = field_order.filter((name) => newest.field_order.includes(name))
  const more = newest.field_order.filter((name) => !field_order.includes(name))
  return { ...changes, field_order: [...there, ...more] }
}

const asIs = (text: string) => text

export const RULES_SHOWN: Shown<OrderedTemplate> = {
  name: [rules.name, asIs],
  contact_hours: [rules.hours, asIs],
  disposition_set: [rules.outcomes, asIs],
  region: [rules.country, regionName],
  duplicate_rule: [rules.duplicates, (rule) => rules.duplicate_rules[rule]],
  dnc_rule: [rules.dnc, (rule) => rules.dnc_rules[rule]],
  bad_values: [rules.bad_values, (rule) => rules.bad_value_rules[rule]],
  field_order: [
    rules.order,
    (order, of) =>
      order.map((name) => of.fields.find((field) => field.name === name)?.label ?? name).join(', '),
  ],
}

export type VersionedField = TemplateField & Versioned

const listed = (all: readonly string[] | null) => all?.join(', ') || common.nothing

export const FIELD_SHOWN: Shown<VersionedField> = {
  label: [words.label, asIs],
  kind: [words.kind, (kind) => fields.kinds[kind]],
  choices: [words.choices, listed],
  aliases: [words.aliases, listed],
  merge_group: [words.group, (group) => group ?? words.alone],
}
