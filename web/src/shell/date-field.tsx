// A day, or a day with a time, typed as people say it or picked from a calendar. What it shows does not depend on the
// language of the browser, and 3/4 is written out as soon as the field is left.

import { ActionIcon, Popover, TextInput } from '@mantine/core'
import IconCalendar from '@tabler/icons-react/icons/IconCalendar'
import { type KeyboardEvent, type ReactNode, type Ref, useState } from 'react'
import { localIn } from '../../../src/core/times.ts'
import { serverNow } from '../api/clock.ts'
import { lazyPart } from '../load-screen.tsx'
import { date_field } from '../text/date-field.ts'
import { isStored, readDay, readDayTime, writeDate } from '../text/dates.ts'
import { ownZone } from '../text/times.ts'
import { announce } from './parts.tsx'

const words = date_field

/** Loaded when it is opened. */
const Calendar = lazyPart(() => import('./calendar.tsx'), 'Calendar')

interface DateFieldProps {
  id?: string
  label?: string
  description?: ReactNode
  /** 2026-11-30, or 2026-11-30T10:00 with or without seconds; another text is shown as it is. */
  value: string | null
  /** Gets the same, null for nothing, and a text that is no date as it was typed: the server says what is wrong. */
  onChange: (value: string | null) => void
  /** With a time of day. */
  time?: boolean
  /** Where "today" is; else where the operator is. */
  zone?: string
  error?: ReactNode
  size?: 'xs'
  ref?: Ref<HTMLInputElement>
}

export function DateField({
  value,
  onChange,
  time = false,
  zone = ownZone(),
  error,
  ...input
}: DateFieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const now = () => localIn(serverNow(), zone)
  const is_odd = value !== null && value !== '' && !isStored(value)

  function type(said: string) {
    setTyped(said)
    const found = time ? readDayTime(said, now()) : readDay(said, { today: now().slice(0, 10) })
    onChange(found ?? (said.trim() || null))
  }
  /** Writes out what was typed. */
  function settle() {
    if (typed === null) return
    setTyped(null)
    if (value && isStored(value) && writeDate(value) !== typed) announce(writeDate(value))
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') settle()
    if (event.key !== 'ArrowDown') return
    event.preventDefault()
    setOpen(true)
  }
  return (
    // Not in a portal: a field may itself be in a popover, which a click outside closes.
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      withinPortal={false}
      // A calendar that is wider than its field does not make the page wider.
      floatingStrategy="fixed"
      trapFocus
      returnFocus
    >
      <TextInput
        {...input}
        // The browser offers dates of other forms.
        autoComplete="off"
        data-1p-ignore
        spellCheck={false}
        placeholder={time ? words.hint_time : words.hint}
        value={typed ?? (value ? writeDate(value) : '')}
        onChange={(event) => type(event.currentTarget.value)}
        onBlur={settle}
        onKeyDown={onKeyDown}
        error={error || (is_odd && typed === null && (time ? words.unreadable_time : words.unreadable))}
        rightSectionPointerEvents="all"
        rightSection={
          <Popover.Target>
            <ActionIcon size={24} aria-label={words.pick} onClick={() => setOpen(!open)}>
              <IconCalendar size={16} aria-hidden />
            </ActionIcon>
          </Popover.Target>
        }
      />
      <Popover.Dropdown aria-label={words.calendar} p="xs">
        {open && (
          <Calendar
            value={value && isStored(value) ? value : null}
            today={now().slice(0, 10)}
            time={time}
            onPick={(picked) => {
              setTyped(null)
              onChange(picked)
            }}
            onDone={() => setOpen(false)}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
