// Where a column goes, and how its cells are read.

import { Checkbox, NativeSelect } from '@mantine/core'
import type { Template } from '../../../src/client/api.ts'
import type { DayOrder } from '../../../src/core/day-order.ts'
import { liveFields, type SetUp } from '../api/set-up.ts'
import { typed } from '../shell/parts.tsx'
import { mapping as words } from '../text/import-columns.ts'
import { keysOf } from '../text/imports.ts'
import styles from './imports.module.css'
import {
  type Column,
  hasDays,
  IGNORED,
  isOpen,
  keyOf,
  kindOf,
  meant,
  type Suggested,
  sentTo,
  type Target,
  withMeaning,
} from './mapping.ts'

const DAY_ORDERS: readonly DayOrder[] = keysOf(words.day_orders)

interface Choice {
  value: string
  label: string
}

const choice = (target: Target, label: string): Choice => ({ value: keyOf(target), label })

/** The fields of the template and the values of a lead besides. */
export const fieldChoices = (template: Template) => [
  {
    group: words.groups.fields,
    items: liveFields(template).map(({ name, label }) => choice({ to: 'field', field: name }, label)),
  },
  {
    group: words.groups.lead,
    items: keysOf(words.system).map((key) => choice({ to: 'system', key }, words.system[key])),
  },
  {
    group: words.groups.row,
    items: keysOf(words.row).map((key) => choice({ to: 'row', key }, words.row[key])),
  },
]

function otherChoices({ column, target }: Column, guess: Suggested | undefined): Choice[] {
  const others: Target[] = [target, ...(guess ? [guess.target] : []), { to: 'unmapped', key: column }]
  const said = others.flatMap((one): Choice[] => {
    if (one.to === 'unmapped') return [choice(one, words.unmapped(one.key))]
    if (one.to === 'numbers') return [choice(one, words.numbers)]
    if (one.to === 'code') return [choice(one, words.code(one.of, one.plus))]
    return one.to === 'new_field' ? [choice(one, words.new_field(one.name))] : []
  })
  return [...new Map([choice(IGNORED, words.ignored), ...said].map((one) => [one.value, one])).values()]
}

interface TargetPickerProps {
  column: Column
  guess: Suggested | undefined
  template: Template
  set_up: SetUp
  days_id: string
  wrong: string | undefined
  onChange: (column: Column) => void
}

export function TargetPicker({
  column,
  guess,
  template,
  set_up,
  days_id,
  wrong,
  onChange,
}: TargetPickerProps) {
  const { target, days } = column
  const is_phone = kindOf(target, template) === 'phone'
  return (
    <div className={styles.picker}>
      <NativeSelect
        size="xs"
        aria-label={words.field_of(column.column)}
        error={wrong}
        value={keyOf(target)}
        data={[...fieldChoices(template), { group: words.groups.other, items: otherChoices(column, guess) }]}
        onChange={typed((value) => onChange(sentTo(column, JSON.parse(value) as Target, guess)))}
      />
      {hasDays(target, template) && (
        <NativeSelect
          id={days_id}
          size="xs"
          label={words.days}
          description={whyDays(column, guess, template)}
          value={days ?? ''}
          data={[
            ...(days === undefined ? [{ value: '', label: words.choose }] : []),
            ...DAY_ORDERS.map((value) => ({ value, label: words.day_orders[value] })),
          ]}
          onChange={typed((value) => onChange({ ...column, days: DAY_ORDERS.find((one) => one === value) }))}
        />
      )}
      {is_phone && (
        <Checkbox
          size="xs"
          label={words.lost_zero}
          checked={column.lost_zero ?? false}
          onChange={(event) => onChange({ ...column, lost_zero: event.currentTarget.checked || undefined })}
        />
      )}
      {guess?.digits !== undefined && target.to === 'field' && (
        <Checkbox
          size="xs"
          label={words.digits(guess.digits)}
          checked={column.digits !== undefined}
          onChange={(event) =>
            onChange({ ...column, digits: event.currentTarget.checked ? guess.digits : undefined })
          }
        />
      )}
      <Values column={column} guess={guess} template={template} set_up={set_up} onChange={onChange} />
    </div>
  )
}

function whyDays(column: Column, guess: Suggested | undefined, template: Template): string | undefined {
  const asked = isOpen(column, template) && guess?.questions.find(({ about }) => about === 'days')
  if (!asked) return undefined
  return asked.is_mixed ? words.days_mixed : words.days_open
}

interface ValuesProps
  extends Pick<TargetPickerProps, 'column' | 'guess' | 'template' | 'set_up' | 'onChange'> {}

/** What values mean that the field does not have. */
function Values({ column, guess, template, set_up, onChange }: ValuesProps) {
  const asked =
    guess && keyOf(guess.target) === keyOf(column.target)
      ? guess.questions.flatMap(({ about, values = [] }) => (about === 'values' ? values : []))
      : []
  const values = [...new Set([...asked, ...Object.keys(column.values ?? {})])]
  const shown = values.filter((value, i) => values.findIndex((one) => isSame(one, value)) === i)
  const known = knownValues(column.target, template, set_up)
  if (shown.length === 0 || known.length === 0) return null
  return (
    <fieldset className={styles.values}>
      <legend className="dimmed tiny">{words.values}</legend>
      {shown.map((value) => (
        <NativeSelect
          key={value}
          size="xs"
          label={words.value(value)}
          value={meant(column.values, value)}
          data={[{ value: '', label: words.as_it_is }, ...known]}
          onChange={typed((means) => onChange(withMeaning(column, value, means)))}
        />
      ))}
    </fieldset>
  )
}

const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()

function knownValues(target: Target, template: Template, set_up: SetUp): Choice[] {
  const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }))
  if (target.to === 'field') {
    const field = template.fields.find(({ name }) => name === target.field)
    if (field?.kind === 'check')
      return [
        { value: 'true', label: words.yes },
        { value: 'false', label: words.no },
      ]
    return plain(field?.choices ?? [])
  }
  if (target.to !== 'system') return []
  if (target.key === 'contact_hours') return plain(set_up.contact_hours.map(({ name }) => name))
  if (target.key !== 'disposition') return []
  const set = set_up.disposition_sets.find(({ name }) => name === template.disposition_set)
  return plain(set?.dispositions.map(({ code }) => code) ?? [])
}
