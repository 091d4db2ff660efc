// The rules of a template.

import { NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { SetUp } from '../api/set-up.ts'
import type { Editing } from '../set-up/editing.ts'
import { regionChoices } from '../set-up/regions.ts'
import shared from '../set-up/set-up.module.css'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { PLAIN_MAX, typed } from '../shell/parts.tsx'
import { template } from '../text/template.ts'
import type { OrderedTemplate } from './shown.ts'
import styles from './template.module.css'

const words = template.rules

interface RulesProps {
  editing: Editing<OrderedTemplate>
  set_up: SetUp
  fixed: boolean
}

type Choosable = 'duplicate_rule' | 'dnc_rule' | 'bad_values'

export function Rules({ editing: { value, set, problemOf }, set_up, fixed }: RulesProps) {
  const { template_id, contact_hours, disposition_set } = value
  const has_campaigns = set_up.campaigns.some((one) => one.template_id === template_id)
  const hours = set_up.contact_hours.find(({ name }) => name === contact_hours)
  const outcomes = set_up.disposition_sets.find(({ name }) => name === disposition_set)
  const named = (
    key: 'contact_hours' | 'disposition_set',
    label: string,
    things: readonly { name: string }[],
  ) => (
    <ChoiceInput
      label={label}
      disabled={fixed}
      choices={things.map(({ name }) => ({ value: name, label: name }))}
      value={value[key]}
      error={problemOf(key)}
      onChoose={(name) => set({ [key]: name })}
      searchable={things.length > PLAIN_MAX}
    />
  )
  const chosen = <Key extends Choosable>(
    key: Key,
    label: string,
    rules: Readonly<Record<string, string>>,
  ) => (
    <NativeSelect
      label={label}
      disabled={fixed}
      value={value[key]}
      data={Object.entries(rules).map(([rule, said]) => ({ value: rule, label: said }))}
      error={problemOf(key)}
      onChange={typed((rule) => set({ [key]: rule } as Partial<OrderedTemplate>))}
    />
  )
  return (
    <section className={shared.section} aria-labelledby="rules">
      <h2 id="rules">{words.title}</h2>
      <div className={shared.fields}>
        <TextInput
          label={words.name}
          disabled={fixed}
          maxLength={200}
          value={value.name}
          error={problemOf('name')}
          onChange={typed((name) => set({ name }))}
        />
        <div>
          {named('contact_hours', words.hours, set_up.contact_hours)}
          {hours && (
            <Link
              className={`${styles.look} tiny`}
              to="/contact-hours/$id"
              params={{ id: String(hours.contact_hours_id) }}
            >
              {words.look_hours(hours.name)}
            </Link>
          )}
        </div>
        <div>
          {named('disposition_set', words.outcomes, set_up.disposition_sets)}
          {outcomes && (
            <Link
              className={`${styles.look} tiny`}
              to="/outcomes/$set"
              params={{ set: String(outcomes.disposition_set_id) }}
            >
              {words.look_outcomes(outcomes.name)}
            </Link>
          )}
        </div>
        <ChoiceInput
          label={words.country}
          disabled={fixed || has_campaigns}
          description={has_campaigns ? words.country_fixed : undefined}
          choices={regionChoices()}
          value={value.region}
          error={problemOf('region')}
          onChoose={(region) => set({ region })}
        />
        {chosen('duplicate_rule', words.duplicates, words.duplicate_rules)}
        {chosen('dnc_rule', words.dnc, words.dnc_rules)}
        {chosen('bad_values', words.bad_values, words.bad_value_rules)}
      </div>
    </section>
  )
}
