import { Button, Popover, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { text } from '../../text.ts'
import styles from './filter.module.css'
import { Pill } from './filter.tsx'
import type { LeadSearch } from './search.ts'

const words = text.leads.filters

/** A day of the operator's calendar: 2026-11-30. */
function dayFromNow(days: number): string {
  const now = new Date()
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12)
  return day.toLocaleDateString('sv')
}

const PRESETS = [
  { label: words.overdue, range: () => ({ callback_to: dayFromNow(-1) }) },
  { label: words.today, range: () => ({ callback_from: dayFromNow(0), callback_to: dayFromNow(0) }) },
  { label: words.tomorrow, range: () => ({ callback_from: dayFromNow(1), callback_to: dayFromNow(1) }) },
  { label: words.week, range: () => ({ callback_from: dayFromNow(0), callback_to: dayFromNow(6) }) },
]

const NONE = { callback_from: undefined, callback_to: undefined }

export interface CallbackFilterProps {
  name: string
  shown: string | undefined
  from: string | undefined
  to: string | undefined
  onChange: (patch: Pick<LeadSearch, 'callback_from' | 'callback_to'>) => void
}

export function CallbackFilter({ name, shown, from, to, onChange }: CallbackFilterProps) {
  const [open, setOpen] = useState(false)
  const [range, setRange] = useState({ from: '', to: '' })
  const choose = (patch: Pick<LeadSearch, 'callback_from' | 'callback_to'>) => {
    onChange({ ...NONE, ...patch })
    setOpen(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    choose({ callback_from: range.from || undefined, callback_to: range.to || undefined })
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Pill
          name={name}
          shown={shown}
          onClick={() => {
            setRange({ from: from ?? '', to: to ?? '' })
            setOpen(!open)
          }}
          onRemove={() => onChange(NONE)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <form className={styles.form} onSubmit={submit}>
          <div className={styles.presets}>
            {PRESETS.map((preset) => (
              <Button
                key={preset.label}
                size="compact-sm"
                variant="default"
                onClick={() => choose(preset.range())}
              >
                {preset.label}
              </Button>
            ))}
          </div>
          <div className={styles.range}>
            <TextInput
              type="date"
              label={words.callback_from}
              max={range.to || undefined}
              value={range.from}
              onChange={(event) => setRange({ ...range, from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={words.callback_to}
              min={range.from || undefined}
              value={range.to}
              onChange={(event) => setRange({ ...range, to: event.currentTarget.value })}
            />
          </div>
          <Button type="submit" size="xs">
            {words.apply}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
