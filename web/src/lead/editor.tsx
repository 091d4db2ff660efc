// The input of one value of a lead, by its kind. The form of a lead and the merge screen use the same.

import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fold } from '../../../src/core/field.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import type { Scalar } from '../../../src/core/merge.ts'
import { colleaguesQuery } from '../api/session.ts'
import { ChoiceInput } from '../shell/choice-input.tsx'
import type { Choice } from '../shell/choices.tsx'
import { DateField } from '../shell/date-field.tsx'
import { typed } from '../shell/parts.tsx'
import { text } from '../text.ts'
import { CallbackInput } from './callback-input.tsx'
import { described } from './described.ts'
import styles from './inputs.module.css'
import { useLeadSetUp } from './set-up.ts'
import { fieldOf } from './show.tsx'

const words = text.lead

interface EditorProps {
  path: string
  value: Scalar
  onChange: (value: Scalar) => void
  /** The zone of the contact hours that count for the lead. */
  zone: string
  /** The contact hours that count for the lead; absent or null: those of its template. */
  hours?: string | null
  id: string
  described_by?: string
  invalid?: boolean
}

/** Longer texts do not fit a field of one line. */
const LINE_CHARS = 32

interface Common {
  id: string
  ref: (input: HTMLElement | null) => void
  error?: boolean
}

export function Editor({ path, value, onChange, zone, hours = null, ...input }: EditorProps) {
  const set_up = useLeadSetUp()
  const field = fieldOf(path, set_up)
  const shown = value === null ? '' : String(value)
  // A field does not become another one while somebody types.
  const [was_long] = useState(shown.length > LINE_CHARS)
  const common: Common = { id: input.id, ref: described(input.described_by), error: input.invalid }
  if (path === 'disposition')
    return <DispositionInput {...common} value={shown || null} onChange={onChange} />
  if (path === 'callback')
    return <CallbackInput {...input} value={shown || null} onChange={onChange} zone={zone} hours={hours} />
  if (path === 'callback_agent') return <AgentInput {...common} value={shown || null} onChange={onChange} />

  const change = typed((value) => onChange(value || null))
  const plain = { ...common, value: shown, onChange: change }
  if (path === 'priority')
    return (
      <TextInput
        {...plain}
        type="number"
        min={0}
        max={100}
        step={1}
        onChange={typed((value) => onChange(value === '' ? null : Number(value)))}
      />
    )
  if (path === 'contact_hours') {
    const names = set_up.contact_hours.map(({ name }) => name)
    return <NativeSelect {...plain} data={options(asOptions(names), shown, value === null)} />
  }
  if (field?.kind === 'check') return <NativeSelect {...plain} data={options(YES_NO, shown, true)} />
  if (field?.kind === 'choice')
    return <NativeSelect {...plain} data={options(asOptions(field.choices ?? []), shown, true)} />
  if (field?.kind === 'date') return <DateField {...common} value={shown || null} onChange={onChange} />
  if (field?.kind === 'long_text')
    return <Textarea {...plain} rows={Math.min(12, Math.max(4, shown.split('\n').length + 1))} />
  if (field?.kind === 'text' && was_long)
    return (
      <Textarea
        {...plain}
        autosize
        autoComplete="off"
        maxLength={LIMITS.short_text_points_max}
        data-1p-ignore
        // One line of text that is drawn in several.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
    )
  return (
    <TextInput
      {...plain}
      type={field?.kind === 'phone' ? 'tel' : 'text'}
      inputMode={field?.kind === 'email' ? 'email' : field?.kind === 'number' ? 'decimal' : undefined}
      // Leads are other people, so the browser must not fill in the operator's own data.
      autoComplete="off"
      maxLength={field?.kind === 'text' ? LIMITS.short_text_points_max : undefined}
      data-1p-ignore
      spellCheck={field === undefined || field.kind === 'text'}
    />
  )
}

const YES_NO: Choice[] = [
  { value: 'true', label: words.yes },
  { value: 'false', label: words.no },
]

const asOptions = (values: readonly string[]): Choice[] => values.map((value) => ({ value, label: value }))

/** Adds a stored value that is no longer among the choices. */
const options = (choices: Choice[], shown: string, clearable: boolean) => [
  ...(clearable ? [{ value: '', label: '–' }] : []),
  ...(shown !== '' && !choices.some(({ value }) => value === shown) ? [{ value: shown, label: shown }] : []),
  ...choices,
]

interface DispositionInputProps extends Common {
  value: string | null
  onChange: (code: string) => void
}

function DispositionInput({ value, onChange, ...input }: DispositionInputProps) {
  const { dispositions } = useLeadSetUp()
  const offered = [...dispositions.values()].filter(({ enabled }) => enabled).map(({ code }) => code)
  const is_stored = value !== null && !offered.includes(value)
  const choice = (code: string): Choice => {
    const kind = offered.includes(code) ? dispositions.get(fold(code))?.kind : undefined
    return {
      value: code,
      label: code,
      disabled: kind === undefined,
      note: (
        <div className={`${styles.consequence} tiny`} data-kind={kind}>
          {kind ? words.outcome.consequences[kind] : words.outcome.disabled}
        </div>
      ),
    }
  }
  return (
    <ChoiceInput
      {...input}
      placeholder={words.outcome.pick}
      nothing={words.outcome.nothing}
      choices={[...offered, ...(is_stored ? [value] : [])].map(choice)}
      value={value}
      // The current disposition can be given again: that is another outcome.
      onChoose={onChange}
    />
  )
}

interface AgentInputProps extends Common {
  /** A login; other programs may have given any name. */
  value: string | null
  onChange: (login: string | null) => void
}

function AgentInput({ value, onChange, ...input }: AgentInputProps) {
  const { data } = useQuery(colleaguesQuery)
  const offered = (data ?? []).map(({ login, name }) => ({
    value: login,
    label: words.outcome.agent(name, login),
  }))
  const stored =
    value !== null && !offered.some((one) => one.value === value)
      ? [{ value, label: data ? words.outcome.agent_unknown(value) : value, disabled: true }]
      : []
  return (
    <ChoiceInput
      {...input}
      placeholder={words.outcome.pick_agent}
      nothing={words.outcome.no_agent}
      choices={[...offered, ...stored]}
      value={value}
      onChoose={(login) => login !== value && onChange(login)}
      onClear={() => onChange(null)}
    />
  )
}
