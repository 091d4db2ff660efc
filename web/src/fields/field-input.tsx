// A field of a template as an input: its value is always the text that is stored.

import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { LIMITS } from '../../../src/core/limits.ts'
import type { TemplateField } from '../api/set-up.ts'

export interface FieldInputProps {
  field: Pick<TemplateField, 'name' | 'label' | 'kind' | 'choices'>
  value: string
  onChange: (value: string) => void
  error?: string
  /** Below the label: what it was, what it should be. */
  description?: string
  readOnly?: boolean
  id?: string
}

/** More choices than these can be searched. */
const PLAIN_MAX = 8

const TYPES = { phone: 'tel', email: 'email', date: 'date', number: 'text', text: 'text' } as const
const MODES = { phone: 'tel', email: 'email', date: undefined, number: 'decimal', text: 'text' } as const

export function FieldInput({ field, value, onChange, error, description, readOnly, id }: FieldInputProps) {
  const shared = { id, label: field.label, error, description, readOnly }
  switch (field.kind) {
    case 'check':
      return (
        <Checkbox
          {...shared}
          readOnly={undefined}
          disabled={readOnly}
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      )
    case 'choice':
      return (
        <Select
          {...shared}
          data={field.choices ?? []}
          value={value === '' ? null : value}
          onChange={(chosen) => onChange(chosen ?? '')}
          searchable={(field.choices?.length ?? 0) > PLAIN_MAX}
          clearable={!readOnly}
        />
      )
    case 'long_text':
      return (
        <Textarea
          {...shared}
          rows={4}
          resize="vertical"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    default:
      return (
        <TextInput
          {...shared}
          type={TYPES[field.kind]}
          inputMode={MODES[field.kind]}
          // Leads are other people: what the browser knows of the operator has no place here.
          autoComplete="off"
          maxLength={field.kind === 'text' ? LIMITS.short_text_points_max : undefined}
          data-1p-ignore
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}
