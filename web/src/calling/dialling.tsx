// The numbers of a lead in the order in which they are dialled: which one it was, what time it is there, until when it may be
// called.

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { fold } from '../../../src/core/field.ts'
import { useNow } from '../api/clock.ts'
import { type InHand, OPENING_AGAIN_MS, openingQuery } from '../api/work.ts'
import call from '../lead/call.module.css'
import { calledOf, useLeadSetUp } from '../lead/set-up.ts'
import { labelOf, listed } from '../lead/show.tsx'
import { useAskMs } from '../shell/asking.ts'
import { Phone } from '../shell/phone.tsx'
import { clockIn, comingTime, zoneName } from '../text/times.ts'
import { work } from '../text/work.ts'
import styles from './work.module.css'

const words = work.numbers

/** Those that were handed out and are not blocked meanwhile. */
export function numbersToDial({ phones }: Lead, { numbers }: InHand): string[] {
  const free = phones.flatMap(({ number, state, blocked_by }) =>
    number && !blocked_by && (state === 'ok' || state === 'unlisted') ? [number] : [],
  )
  return [...new Set(numbers?.filter((number) => free.includes(number)) ?? free)]
}

interface DiallingProps {
  lead: Lead
  /** Why it is called now. */
  why: ReactNode
  numbers: readonly string[]
  marked: string
  onMark: (number: string) => void
  onDial: (number: string) => void
}

export function Dialling({ lead, why, numbers, marked, onMark, onDial }: DiallingProps) {
  const name = useId()
  return (
    <section className={`${call.numbers} ${styles.dialling} card`} aria-labelledby="numbers">
      <h2 id="numbers" className="visually-hidden">
        {words.title}
      </h2>
      {why}
      {numbers.length === 0 && <p>{words.none}</p>}
      <ol className={`${call.phones} list`} aria-label={words.title}>
        {numbers.map((number) => (
          <li key={number}>
            <OneNumber
              lead={lead}
              number={number}
              name={name}
              only={numbers.length === 1}
              marked={number === marked}
              onMark={() => onMark(number)}
              onDial={() => onDial(number)}
            />
          </li>
        ))}
      </ol>
      {numbers.length > 1 && <p className="dimmed tiny">{words.in_order}</p>}
    </section>
  )
}

interface OneNumberProps {
  lead: Lead
  number: string
  /** Of the group of radio buttons. */
  name: string
  only: boolean
  marked: boolean
  onMark: () => void
  onDial: () => void
}

function OneNumber({ lead, number, name, only, marked, onMark, onDial }: OneNumberProps) {
  const set_up = useLeadSetUp()
  const { field = '' } = lead.phones.find((one) => one.number === number) ?? {}
  const label = labelOf(`fields.${field}`, set_up)
  return (
    <>
      {only ? (
        <span className="dimmed tiny">{label}</span>
      ) : (
        <label className={`${styles.mark} tiny`}>
          <input
            type="radio"
            name={name}
            checked={marked}
            onChange={onMark}
            aria-label={words.dialled(label)}
          />
          {label}
        </label>
      )}
      <Phone number={number} region={set_up.template.region} onDial={onDial} />
      <There lead={lead} number={number} />
    </>
  )
}

/** What the clock shows where the number is, and whether it may be called. */
function There({ lead, number }: { lead: Lead; number: string }) {
  const { contact_hours, template, ...set_up } = useLeadSetUp()
  const now = useNow(10_000)
  const hours = contact_hours.find(({ name }) => fold(name) === fold(lead.contact_hours))
  const { address } = calledOf(lead, { template, contact_hours, ...set_up })
  const { data } = useQuery({
    ...openingQuery(hours?.contact_hours_id, {
      region: template.region,
      phone: number,
      ...(address && { address }),
    }),
    refetchInterval: useAskMs(OPENING_AGAIN_MS),
  })
  const zones = lead.zones?.find((one) => one.number === number)?.zones ?? []
  const shown = zones.length > 0 ? zones : hours ? [hours.zone] : []
  const clocks = Map.groupBy(shown, (zone) => clockIn(now, zone).slice(11))
  const [first] = shown
  const then = (at: string | null | undefined) => {
    if (!at || !first) return null
    const [day, time] = clockIn(Date.parse(at), first).split('T')
    return day === clockIn(now, first).slice(0, 10) ? time! : comingTime(at, first, now)
  }
  return (
    <span className={`${styles.there} tiny`} data-shut={data?.open === false || undefined}>
      {listed([...clocks].map(([time, there]) => words.clock(time, zoneName(there[0]!))))}
      {'. '}
      {data && (data.open ? words.open(then(data.until)) : words.shut(then(data.opens_at)))}
    </span>
  )
}
