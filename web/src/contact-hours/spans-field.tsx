// Hours of one day, typed to the minute: "09:00–12:30, 13:00–17:30".

import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Span } from '../../../src/core/rules.ts'
import { typed } from '../shell/parts.tsx'
import { contact_hours } from '../text/contact-hours.ts'
import { readSpans, writeSpans } from './week.ts'

interface SpansFieldProps {
  label: string
  description?: string
  value: readonly Span[]
  onChange: (spans: Span[]) => void
  disabled?: boolean
}

export function SpansField({ value, onChange, ...input }: SpansFieldProps) {
  /** Null: nothing is typed that is not taken over. */
  const [text, setText] = useState<string | null>(null)
  const read = text === null ? value : readSpans(text)
  return (
    <TextInput
      {...input}
      size="xs"
      autoComplete="off"
      placeholder={contact_hours.exceptions.closed}
      value={text ?? writeSpans(value)}
      error={read === undefined && contact_hours.week.unreadable}
      onChange={typed((next) => {
        setText(next)
        const spans = readSpans(next)
        if (spans) onChange(spans)
      })}
      onBlur={() => read !== undefined && setText(null)}
    />
  )
}
