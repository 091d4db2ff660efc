// One month of days, and the times of a day. Arrows move, Enter takes.

import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { date_field } from '../text/date-field.ts'
import { addDays, addMonths, monthGrid, onDay, TIMES, weekdayOf } from '../text/dates.ts'
import { dayInFull, monthName } from '../text/times.ts'
import styles from './calendar.module.css'
import { typed } from './parts.tsx'

const words = date_field

interface CalendarProps {
  value: string | null
  today: string
  time: boolean
  /** It is part of the screen: it does not take the focus by itself. */
  inline?: boolean
  /** What is on a day, in words; days without anything are not among them. */
  said?: ReadonlyMap<string, string>
  onPick: (value: string) => void
  onDone: () => void
}

export function Calendar({ value, today, time, inline = false, said, onPick, onDone }: CalendarProps) {
  const chosen = value?.slice(0, 10)
  const [day, setDay] = useState(chosen ?? today)
  const table = useRef<HTMLTableElement>(null)
  const title = useId()
  // At first too: the calendar is loaded after its frame has taken the focus.
  const moved = useRef(!inline)
  useEffect(() => {
    if (moved.current) table.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus()
    moved.current = false
  }, [day])

  function onKeyDown(event: KeyboardEvent) {
    const to = keyed(event, day)
    if (to === undefined) return
    event.preventDefault()
    moved.current = true
    setDay(to)
  }
  function pick(picked: string) {
    setDay(picked)
    onPick(time ? onDay(value, picked) : picked)
    if (!time) onDone()
  }
  const at = onDay(value, day).slice(11)
  const times = TIMES.includes(at) ? TIMES : [at, ...TIMES].toSorted()
  return (
    <div className={styles.calendar}>
      <div className={styles.head}>
        <ActionIcon aria-label={words.previous} onClick={() => setDay(addMonths(day, -1))}>
          <IconChevronLeft size={16} aria-hidden />
        </ActionIcon>
        <strong id={title} aria-live="polite">
          {monthName(day)}
        </strong>
        <ActionIcon aria-label={words.next} onClick={() => setDay(addMonths(day, 1))}>
          <IconChevronRight size={16} aria-hidden />
        </ActionIcon>
      </div>
      <table ref={table} aria-labelledby={title} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {words.week.map((name) => (
              <th key={name} scope="col" className="dimmed tiny">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {monthGrid(day).map((week) => (
            <tr key={week[0]}>
              {week.map((one) => (
                <td key={one}>
                  <button
                    type="button"
                    className={styles.day}
                    data-day={one}
                    data-outside={one.slice(0, 7) !== day.slice(0, 7) || undefined}
                    data-autofocus={one === day || undefined}
                    tabIndex={one === day ? 0 : -1}
                    data-said={said?.has(one) || undefined}
                    aria-label={[dayInFull(one), said?.get(one)].filter(Boolean).join(': ')}
                    aria-pressed={one === chosen}
                    aria-current={one === today ? 'date' : undefined}
                    onClick={() => pick(one)}
                  >
                    {Number(one.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {time && (
        <div className={styles.foot}>
          <NativeSelect
            size="xs"
            aria-label={words.time}
            data={times}
            value={at}
            onChange={typed((time) => onPick(`${day}T${time}`))}
          />
          <Button size="xs" variant="filled" onClick={onDone}>
            {words.done}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Where a key leads; undefined: it is no key of the grid. */
function keyed({ key, shiftKey }: KeyboardEvent, day: string): string | undefined {
  const months = shiftKey ? 12 : 1
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1)
    case 'ArrowRight':
      return addDays(day, 1)
    case 'ArrowUp':
      return addDays(day, -7)
    case 'ArrowDown':
      return addDays(day, 7)
    case 'PageUp':
      return addMonths(day, -months)
    case 'PageDown':
      return addMonths(day, months)
    case 'Home':
      return addDays(day, -weekdayOf(day))
    case 'End':
      return addDays(day, 6 - weekdayOf(day))
    default:
      return undefined
  }
}
