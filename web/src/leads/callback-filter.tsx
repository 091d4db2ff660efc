// The filter by callback: overdue, today, or days of one's own.

import { Button, Popover } from '@mantine/core'
import { useState } from 'react'
import { lazyPart } from '../load-screen.tsx'
import { DAY, type LeadSearch } from '../search.ts'
import { onSubmit } from '../shell/parts.tsx'
import { day } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'
import { Pill } from './pill.tsx'

const words = text.leads.filters

/** A day of the operator's calendar: 2026-11-30. */
function dayFromNow(days: number): string {
  const now = new Date()
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12)
  return day.toLocaleDateString('sv')
}

/** Days are counted from today. */
const PRESETS = [
  { label: words.today, from: 0, to: 0 },
  { label: words.tomorrow, from: 1, to: 1 },
  { label: words.week, from: 0, to: 6 },
]

/** The callbacks of a search in words: a name where the days have one today. */
function callbacksShown({ overdue, callback_from: from, callback_to: to }: LeadSearch): string | undefined {
  if (overdue) return words.overdue
  if (!from && !to) return undefined
  const preset = PRESETS.find((one) => from === dayFromNow(one.from) && to === dayFromNow(one.to))
  return preset?.label ?? words.from_to(from && day(from), to && day(to))
}

/** Loaded when the filter is opened. */
const DateField = lazyPart(() => import('../shell/date-field.tsx'), 'DateField')

const NO_CALLBACK = { overdue: undefined, callback_from: undefined, callback_to: undefined }

interface CallbackFilterProps {
  search: LeadSearch
  onChange: (patch: Partial<LeadSearch>) => void
}

export function CallbackFilter({ search, onChange }: CallbackFilterProps) {
  const [open, setOpen] = useState(false)
  const [range, setRange] = useState({ from: '', to: '' })
  const choose = (patch: Partial<LeadSearch>) => {
    if ([patch.callback_from, patch.callback_to].some((day) => day && !DAY.test(day))) return
    onChange({ ...NO_CALLBACK, ...patch })
    setOpen(false)
  }
  const input = (name: 'from' | 'to') => ({
    label: words[`callback_${name}`],
    value: range[name],
    onChange: (day: string | null) => setRange({ ...range, [name]: day ?? '' }),
  })
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Pill
          name={words.callback}
          shown={callbacksShown(search)}
          onClick={() => {
            setRange({ from: search.callback_from ?? '', to: search.callback_to ?? '' })
            setOpen(!open)
          }}
          onRemove={() => onChange(NO_CALLBACK)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={`${styles.form} stack`}
          onSubmit={onSubmit(() =>
            choose({ callback_from: range.from || undefined, callback_to: range.to || undefined }),
          )}
        >
          <div className="row">
            <Button size="compact-sm" onClick={() => choose({ overdue: true })}>
              {words.overdue}
            </Button>
            {PRESETS.map(({ label, from, to }) => (
              <Button
                key={label}
                size="compact-sm"
                onClick={() => choose({ callback_from: dayFromNow(from), callback_to: dayFromNow(to) })}
              >
                {label}
              </Button>
            ))}
          </div>
          <div className={styles.range}>
            <DateField {...input('from')} />
            <DateField {...input('to')} />
          </div>
          <Button variant="filled" type="submit" size="xs">
            {words.apply}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
