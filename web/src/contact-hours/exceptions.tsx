// Days that differ from the week, and the public holidays of a country in one go.

import { Button, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { publicHolidays } from '../../../src/core/legal-hours.ts'
import type { Exception, Span } from '../../../src/core/rules.ts'
import { localIn } from '../../../src/core/times.ts'
import { serverNow } from '../api/clock.ts'
import shared from '../set-up/set-up.module.css'
import { DateField } from '../shell/date-field.tsx'
import { announce, onSubmit, typed } from '../shell/parts.tsx'
import { contact_hours } from '../text/contact-hours.ts'
import { isStored } from '../text/dates.ts'
import { dayWithYear } from '../text/times.ts'
import { regionName } from '../text/words.ts'
import styles from './contact-hours.module.css'
import { SpansField } from './spans-field.tsx'
import { writeSpans } from './week.ts'

const words = contact_hours.exceptions

interface ExceptionsProps {
  exceptions: readonly Exception[]
  zone: string
  region: string
  fixed: boolean
  onChange: (exceptions: Exception[]) => void
}

const byDate = (exceptions: readonly Exception[]) =>
  exceptions.toSorted((one, other) => (one.date < other.date ? -1 : 1))

export function Exceptions({ exceptions, zone, region, fixed, onChange }: ExceptionsProps) {
  const today = localIn(serverNow(), zone).slice(0, 10)
  const [with_past, setWithPast] = useState(false)
  const past = exceptions.filter(({ date }) => date < today).length
  const shown = byDate(exceptions).filter(({ date }) => with_past || date >= today)
  const year = Number(today.slice(0, 4))
  const addHolidays = (of: number) => {
    const there = new Set(exceptions.map(({ date }) => date))
    const more = publicHolidays(region, of).filter(({ date }) => !there.has(date))
    // Two holidays can fall on one day.
    const days = new Map(more.map(({ date, name }) => [date, { date, name, windows: [] }]))
    if (days.size > 0) onChange(byDate([...exceptions, ...days.values()]))
    announce(days.size === 0 ? words.all_there : words.added(days.size))
  }
  return (
    <section className={shared.section} aria-labelledby="exceptions">
      <h2 id="exceptions">{words.title}</h2>
      <p className="dimmed small">{words.intro}</p>
      {shown.length === 0 ? (
        <p className={styles.none}>{words.none}</p>
      ) : (
        <div className={`${styles.days} frame`}>
          <table className="table">
            <caption className="visually-hidden">{words.table}</caption>
            <thead>
              <tr>
                <th scope="col">{words.columns.date}</th>
                <th scope="col">{words.columns.name}</th>
                <th scope="col">{words.columns.hours}</th>
                {!fixed && <th scope="col">{words.columns.deeds}</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ date, name, windows }) => (
                <tr key={date}>
                  <th scope="row">{dayWithYear(date)}</th>
                  <td>{name}</td>
                  <td className="figures">{writeSpans(windows) || words.closed}</td>
                  {!fixed && (
                    <td>
                      <Button
                        size="compact-xs"
                        aria-label={words.remove_of(name, dayWithYear(date))}
                        onClick={() => onChange(exceptions.filter((one) => one.date !== date))}
                      >
                        {words.remove}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {past > 0 && !with_past && (
        <Button size="compact-sm" variant="subtle" onClick={() => setWithPast(true)}>
          {words.past(past)}
        </Button>
      )}
      {!fixed && (
        <>
          <NewDay
            taken={exceptions.map(({ date }) => date)}
            zone={zone}
            onAdd={(day) => onChange(byDate([...exceptions, day]))}
          />
          <div className={`${styles.holidays} row`}>
            {[year, year + 1]
              .filter((one) => publicHolidays(region, one).length > 0)
              .map((one) => (
                <Button key={one} size="compact-sm" onClick={() => addHolidays(one)}>
                  {words.holidays(regionName(region), one)}
                </Button>
              ))}
          </div>
        </>
      )}
    </section>
  )
}

interface NewDayProps {
  taken: readonly string[]
  zone: string
  onAdd: (day: Exception) => void
}

function NewDay({ taken, zone, onAdd }: NewDayProps) {
  const [date, setDate] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [windows, setWindows] = useState<Span[]>([])
  const [wrong, setWrong] = useState<string | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const add = () => {
    const day = date !== null && isStored(date) ? date.slice(0, 10) : null
    if (day === null || name.trim() === '') return setWrong(words.incomplete)
    if (taken.includes(day)) return setWrong(words.twice)
    const unreadable = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (unreadable) return unreadable.focus()
    onAdd({ date: day, name: name.trim(), windows })
    setDate(null)
    setName('')
    setWindows([])
    setWrong(null)
  }
  return (
    <form ref={form} className={styles.new_day} onSubmit={onSubmit(add)} noValidate>
      <DateField label={words.day} size="xs" zone={zone} value={date} onChange={setDate} />
      <TextInput
        label={words.name}
        size="xs"
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={typed(setName)}
      />
      <SpansField label={words.hours} value={windows} onChange={setWindows} />
      <Button size="xs" type="submit">
        {words.add}
      </Button>
      {wrong && (
        <p className={`${styles.wrong} small`} role="alert">
          {wrong}
        </p>
      )}
    </form>
  )
}
