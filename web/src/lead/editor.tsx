// The input of one value of a lead, by its kind. The form of a lead and the merge screen use the same.

import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { LIMITS } from '../../../src/core/limits.ts'
import type { Scalar } from '../../../src/core/merge.ts'
import { isBadText } from '../../../src/core/value.ts'
import { text } from '../text.ts'
import { CallbackInput } from './callback-input.tsx'
import { DispositionInput } from './disposition-input.tsx'
import type { LeadSetUp } from './set-up.ts'
import { fieldOf } from './show.ts'

const words = text.lead

export interface EditorProps {
  path: string
  value: Scalar
  onChange: (value: Scalar) => void
  set_up: LeadSetUp
  /** The zone of the contact hours that count for the lead. */
  zone: string
  id: string
  /** Where nothing else names the input. */
  label?: string
  described_by?: string
  invalid?: boolean
}

export function Editor({ path, value, onChange, set_up, zone, ...input }: EditorProps) {
  const field = fieldOf(path, set_up)
  const shown = value === null ? '' : String(value)
  const is_bad = field !== undefined && shown !== '' && isBadText(field, shown)
  const [was_bad] = useState(is_bad)
  const common = {
    id: input.id,
    'aria-label': input.label,
    'aria-describedby': input.described_by,
    error: input.invalid,
  }
  const onText = (typed: string) => onChange(typed === '' ? null : typed)
  if (path === 'disposition')
    return <DispositionInput value={shown || null} onChange={onChange} set_up={set_up} {...common} />
  if (path === 'callback')
    return <CallbackInput value={shown || null} onChange={onChange} zone={zone} {...common} />
  if (path === 'priority')
    return (
      <TextInput
        type="number"
        min={0}
        max={100}
        step={1}
        value={shown}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? null : Number(currentTarget.value))
        }
        {...common}
      />
    )
  if (path === 'contact_hours')
    return (
      <NativeSelect
        value={shown}
        onChange={({ currentTarget }) => onText(currentTarget.value)}
        data={options(
          set_up.contact_hours.map(({ name }) => ({ value: name, label: name })),
          shown,
          value === null,
        )}
        {...common}
      />
    )
  if (field?.kind === 'choice' || field?.kind === 'check') {
    const choices =
      field.kind === 'check'
        ? [
            { value: 'true', label: words.yes },
            { value: 'false', label: words.no },
          ]
        : (field.choices ?? []).map((choice) => ({ value: choice, label: choice }))
    return (
      <NativeSelect
        value={shown}
        onChange={({ currentTarget }) => onText(currentTarget.value)}
        data={options(choices, shown, true)}
        {...common}
      />
    )
  }
  if (field?.kind === 'long_text')
    return (
      <Textarea
        rows={Math.min(12, Math.max(4, shown.split('\n').length + 1))}
        value={shown}
        onChange={({ currentTarget }) => onText(currentTarget.value)}
        {...common}
      />
    )
  return (
    <TextInput
      // A date input shows nothing of a text that is no date.
      type={field?.kind === 'date' && !is_bad && !was_bad ? 'date' : field?.kind === 'phone' ? 'tel' : 'text'}
      inputMode={field?.kind === 'email' ? 'email' : field?.kind === 'number' ? 'decimal' : undefined}
      // Leads are other people: what the browser knows of the operator has no place here.
      autoComplete="off"
      maxLength={field?.kind === 'text' ? LIMITS.short_text_points_max : undefined}
      data-1p-ignore
      spellCheck={field === undefined || field.kind === 'text'}
      value={shown}
      onChange={({ currentTarget }) => onText(currentTarget.value)}
      {...common}
    />
  )
}

/** A value that is none of the choices any more is shown all the same. */
const options = (choices: { value: string; label: string }[], shown: string, clearable: boolean) => [
  ...(clearable ? [{ value: '', label: '–' }] : []),
  ...(shown !== '' && !choices.some(({ value }) => value === shown) ? [{ value: shown, label: shown }] : []),
  ...choices,
]
