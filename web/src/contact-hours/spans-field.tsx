// Hours of one day, typed to the minute: "09:00–12:30, 13:00–17:30".

import { TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import type { Span } from '../../../src/core/rules.ts'
import { isSame } from '../set-up/differences.ts'
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
  /** What is typed, and the hours that it made. Other hours came from elsewhere, so the text is over. */
  const [draft, setDraft] = useState<{ text: string; spans: readonly Span[] } | null>(null)
  const text = draft && isSame(draft.spans, value) ? draft.text : null
  const is_readable = text === null || readSpans(text) !== undefined
  /** What counts as long as the text cannot be read. */
  const before = useRef(value)
  return (
    <TextInput
      {...input}
      size="xs"
      autoComplete="off"
      placeholder={contact_hours.exceptions.closed}
      value={text ?? writeSpans(value)}
      error={!is_readable && contact_hours.week.unreadable}
      onFocus={() => {
        before.current = value
      }}
      onChange={typed((next) => {
        const spans = readSpans(next) ?? [...before.current]
        setDraft({ text: next, spans })
        if (!isSame(spans, value)) onChange(spans)
      })}
      onBlur={() => is_readable && setDraft(null)}
    />
  )
}
