// The week as a grid of hours that are opened and closed by mouse, finger or keys. What the law forbids is hatched.

import { type KeyboardEvent, useRef, useState } from 'react'
import { DAYS, type Day } from '../../../src/core/rules.ts'
import { contact_hours } from '../text/contact-hours.ts'
import styles from './contact-hours.module.css'
import { isWhollyOpen, openParts, paint, type Week } from './week.ts'

const { week: words, days, short } = contact_hours

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`

interface GridProps {
  week: Week
  /** When the law allows calls; undefined: it says nothing. */
  legal: Week | undefined
  /** Nobody may change it here. */
  fixed: boolean
  onChange: (week: Week) => void
}

interface Cell {
  day: Day
  hour: number
}

const STEPS: Readonly<Record<string, readonly [days: number, hours: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  PageUp: [0, -6],
  PageDown: [0, 6],
}

export function Grid({ week, legal, fixed, onChange }: GridProps) {
  const table = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState<Cell>({ day: 'mon', hour: 9 })
  /** What the mouse paints while it is down: open, or closed. */
  const [painting, setPainting] = useState<boolean | null>(null)

  /** What touched a cell last. */
  const pointer = useRef('mouse')

  const isOpen = ({ day, hour }: Cell) => isWhollyOpen(week[day], hour)
  const draw = ({ day, hour }: Cell, open: boolean) => {
    if (!fixed && isOpen({ day, hour }) !== open) onChange({ ...week, [day]: paint(week[day], hour, open) })
    // Part of an hour is closed like a whole one.
    else if (!fixed && !open && openParts(week[day], hour).length > 0)
      onChange({ ...week, [day]: paint(week[day], hour, false) })
  }
  const go = (cell: Cell) => {
    setAt(cell)
    table.current?.querySelector<HTMLElement>(`[data-cell="${cell.day}-${cell.hour}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault()
      draw(at, !isOpen(at))
      return
    }
    const step = STEPS[event.key]
    if (!step) return
    event.preventDefault()
    const day = DAYS[Math.min(Math.max(DAYS.indexOf(at.day) + step[0], 0), DAYS.length - 1)]!
    const hour = Math.min(Math.max(at.hour + step[1], 0), HOURS.length - 1)
    if (event.shiftKey) draw({ day, hour }, isOpen(at))
    go({ day, hour })
  }

  return (
    <div className={styles.grid_frame}>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table with cells that take the focus
        role="grid"
        className={styles.grid}
        aria-label={words.grid}
        aria-readonly={fixed}
        onKeyDown={onKeyDown}
        onPointerUp={() => setPainting(null)}
        onPointerLeave={() => setPainting(null)}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{words.hour}</span>
            </th>
            {DAYS.map((day) => (
              <th key={day} scope="col">
                <abbr title={days[day]}>{short[day]}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOURS.map((hour) => (
            <tr key={hour}>
              <th scope="row" className="figures">
                {clock(hour)}
              </th>
              {DAYS.map((day) => {
                const parts = openParts(week[day], hour)
                const whole = isWhollyOpen(week[day], hour)
                const forbidden = legal !== undefined && openParts(legal[day], hour).length === 0
                const state = whole ? words.open : parts.length > 0 ? words.part : words.closed
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the table takes the keys of all cells
                  <td
                    key={day}
                    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: see the table
                    role="gridcell"
                    tabIndex={at.day === day && at.hour === hour ? 0 : -1}
                    data-cell={`${day}-${hour}`}
                    data-forbidden={forbidden || undefined}
                    aria-selected={whole}
                    aria-label={words.cell(
                      days[day],
                      clock(hour),
                      clock(hour + 1),
                      state,
                      forbidden ? words.law : '',
                    )}
                    onFocus={() => setAt({ day, hour })}
                    onPointerDown={(event) => {
                      pointer.current = event.pointerType
                      if (fixed || event.button !== 0 || event.pointerType !== 'mouse') return
                      setPainting(!whole)
                      draw({ day, hour }, !whole)
                    }}
                    // A finger that comes down may be about to scroll.
                    onClick={() => pointer.current !== 'mouse' && draw({ day, hour }, !whole)}
                    onPointerEnter={() => painting !== null && draw({ day, hour }, painting)}
                  >
                    {parts.map(({ from, to }) => (
                      <span
                        key={from}
                        style={{ top: `${from * 100}%`, height: `${(to - from) * 100}%` }}
                        aria-hidden
                      />
                    ))}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
