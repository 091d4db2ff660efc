// The input of one value of a lead, by its kind. The form of a lead and the merge screen use the same.

import { Button, NativeSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { fold } from '../../../src/core/field.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import type { Scalar } from '../../../src/core/merge.ts'
import { instantOf, localIn } from '../../../src/core/times.ts'
import { isBadText } from '../../../src/core/value.ts'
import { serverNow } from '../api/clock.ts'
import { typed } from '../shell/parts.tsx'
import { dayTime, ownZone, zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './lead.module.css'
import { useLeadSetUp } from './set-up.ts'
import { fieldOf } from './show.tsx'

const words = text.lead

interface EditorProps {
  path: string
  value: Scalar
  onChange: (value: Scalar) => void
  /** The zone of the contact hours that count for the lead. */
  zone: string
  id: string
  described_by?: string
  invalid?: boolean
}

interface Common {
  id: string
  'aria-describedby'?: string
  error?: boolean
}

export function Editor({ path, value, onChange, zone, ...input }: EditorProps) {
  const set_up = useLeadSetUp()
  const field = fieldOf(path, set_up)
  const shown = value === null ? '' : String(value)
  const is_bad = field !== undefined && shown !== '' && isBadText(field, shown)
  const [was_bad] = useState(is_bad)
  const common: Common = { id: input.id, 'aria-describedby': input.described_by, error: input.invalid }
  if (path === 'disposition')
    return <DispositionInput {...common} value={shown || null} onChange={onChange} />
  if (path === 'callback')
    return <CallbackInput {...common} value={shown || null} onChange={onChange} zone={zone} />

  const plain = { ...common, value: shown, onChange: typed((value) => onChange(value || null)) }
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
  if (field?.kind === 'long_text')
    return <Textarea {...plain} rows={Math.min(12, Math.max(4, shown.split('\n').length + 1))} />
  return (
    <TextInput
      {...plain}
      // A date input would not show a text that is not a date.
      type={field?.kind === 'date' && !is_bad && !was_bad ? 'date' : field?.kind === 'phone' ? 'tel' : 'text'}
      inputMode={field?.kind === 'email' ? 'email' : field?.kind === 'number' ? 'decimal' : undefined}
      // Leads are other people, so the browser must not fill in the operator's own data.
      autoComplete="off"
      maxLength={field?.kind === 'text' ? LIMITS.short_text_points_max : undefined}
      data-1p-ignore
      spellCheck={field === undefined || field.kind === 'text'}
    />
  )
}

interface Option {
  value: string
  label: string
}

const YES_NO: Option[] = [
  { value: 'true', label: words.yes },
  { value: 'false', label: words.no },
]

const asOptions = (values: readonly string[]): Option[] => values.map((value) => ({ value, label: value }))

/** Adds a stored value that is no longer among the choices. */
const options = (choices: Option[], shown: string, clearable: boolean) => [
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
  const stored = value !== null && !offered.includes(value) ? [{ value, label: value, disabled: true }] : []
  return (
    <Select
      {...input}
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      placeholder={words.outcome.pick}
      nothingFoundMessage={words.outcome.nothing}
      data={[...asOptions(offered), ...stored]}
      value={value}
      // Typing replaces the current code.
      onFocus={({ currentTarget }) => currentTarget.select()}
      // The current disposition can be given again: that is another outcome.
      onOptionSubmit={onChange}
      renderOption={({ option }) => {
        const kind = dispositions.get(fold(option.value))?.kind
        return (
          <div style={{ minWidth: 0 }}>
            <div>{option.label}</div>
            <div className={`${styles.consequence} tiny`} data-kind={kind}>
              {kind ? words.outcome.consequences[kind] : words.outcome.disabled}
            </div>
          </div>
        )
      }}
    />
  )
}

interface CallbackInputProps extends Common {
  /** 2026-11-26T10:00, with or without seconds. */
  value: string | null
  onChange: (local: string | null) => void
  zone: string
}

const MINUTE_MS = 60_000

/** The callback as a wall time where the lead is, with the operator's own time beneath it. */
function CallbackInput({ value, onChange, zone, ...input }: CallbackInputProps) {
  const { outcome } = words
  const own = ownZone()
  const after = (minutes: number) => localIn(serverNow() + minutes * MINUTE_MS, zone)
  const note_id = `${input.id}-zone`
  const quick = [
    { label: outcome.quick_minutes, local: () => after(15) },
    { label: outcome.quick_hour, local: () => after(60) },
    { label: outcome.quick_tomorrow, local: () => `${after(24 * 60).slice(0, 10)}T09:00` },
  ]
  return (
    <div>
      <TextInput
        {...input}
        aria-describedby={[input['aria-describedby'], note_id].filter(Boolean).join(' ')}
        type="datetime-local"
        value={value?.slice(0, 16) ?? ''}
        onChange={typed((local) => onChange(local ? `${local}:00` : null))}
      />
      <p className={styles.note} id={note_id}>
        {outcome.in_zone(zoneName(zone))}
        {value && own !== zone && (
          <span style={{ display: 'block' }}>
            {outcome.own_time(dayTime(localIn(instantOf(value, zone), own)))}
          </span>
        )}
      </p>
      <div className={`${styles.quick} row`}>
        {quick.map(({ label, local }, i) => (
          <Button
            key={label}
            size="compact-xs"
            data-callback-first={i === 0 || undefined}
            onClick={() => onChange(`${local()}:00`)}
          >
            {label}
          </Button>
        ))}
        {value && (
          <Button size="compact-xs" onClick={() => onChange(null)}>
            {outcome.quick_clear}
          </Button>
        )}
      </div>
    </div>
  )
}
