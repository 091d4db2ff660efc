// A field of a template as an input: its value is always the text that is stored.

import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import type { Field } from '../../../src/core/field.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { DateField } from '../shell/date-field.tsx'
import { PLAIN_MAX, typed } from '../shell/parts.tsx'

interface FieldInputProps {
  id: string
  field: Field
  value: string
  onChange: (value: string) => void
  error?: string
}

const TYPES = { phone: 'tel', email: 'email', number: 'text', text: 'text' } as const
const MODES = { phone: 'tel', email: 'email', number: 'decimal', text: 'text' } as const

export function FieldInput({ id, field, value, onChange, error }: FieldInputProps) {
  const common = { id, label: field.label, error }
  switch (field.kind) {
    case 'check':
      return (
        <Checkbox
          {...common}
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      )
    case 'choice':
      return (
        <Select
          {...common}
          data={field.choices ?? []}
          value={value === '' ? null : value}
          onChange={(chosen) => onChange(chosen ?? '')}
          searchable={(field.choices?.length ?? 0) > PLAIN_MAX}
          clearable
        />
      )
    case 'long_text':
      return <Textarea {...common} rows={4} resize="vertical" value={value} onChange={typed(onChange)} />
    case 'date':
      return <DateField {...common} value={value} onChange={(day) => onChange(day ?? '')} />
    default:
      return (
        <TextInput
          {...common}
          type={TYPES[field.kind]}
          inputMode={MODES[field.kind]}
          // Leads are other people, so the browser must not fill in the operator's own data.
          autoComplete="off"
          maxLength={field.kind === 'text' ? LIMITS.short_text_points_max : undefined}
          data-1p-ignore
          value={value}
          onChange={typed(onChange)}
        />
      )
  }
}
