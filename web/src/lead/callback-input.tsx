// The callback as a wall time where the lead is, with the operator's own time and what the contact hours say about it.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useContext } from 'react'
import { fold } from '../../../src/core/field.ts'
import { instantOf, localIn } from '../../../src/core/times.ts'
import { client, must } from '../api/client.ts'
import { serverNow, useNow } from '../api/clock.ts'
import { DateField } from '../shell/date-field.tsx'
import { isStored } from '../text/dates.ts'
import { dayTime, ownZone, zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import { described } from './described.ts'
import styles from './inputs.module.css'
import { CalledContext, useLeadSetUp } from './set-up.ts'

const words = text.lead.outcome

interface CallbackInputProps {
  id: string
  described_by?: string
  invalid?: boolean
  /** 2026-11-26T10:00, with or without seconds. */
  value: string | null
  onChange: (local: string | null) => void
  zone: string
  /** The contact hours that count for the lead; null: those of its template. */
  hours: string | null
}

const MINUTE_MS = 60_000

export function CallbackInput({
  id,
  value,
  onChange,
  zone,
  hours,
  described_by,
  invalid,
}: CallbackInputProps) {
  const own = ownZone()
  const { template } = useLeadSetUp()
  const after = (minutes: number) => localIn(serverNow() + minutes * MINUTE_MS, zone)
  const note_id = `${id}-zone`
  // What is being typed is not a time yet.
  const is_time = value !== null && isStored(value)
  const quick = [
    { label: words.quick_minutes, local: () => after(15) },
    { label: words.quick_hour, local: () => after(60) },
    { label: words.quick_tomorrow, local: () => `${after(24 * 60).slice(0, 10)}T09:00` },
  ]
  return (
    <div>
      <DateField
        id={id}
        ref={described([described_by, note_id].filter(Boolean).join(' '))}
        error={invalid}
        time
        zone={zone}
        value={value}
        onChange={(local) => onChange(local && isStored(local) ? `${local}:00` : local)}
      />
      <div className={styles.note} id={note_id}>
        {words.in_zone(zoneName(zone), hours ?? template.contact_hours)}
        {is_time && own !== zone && <p>{words.own_time(dayTime(localIn(instantOf(value, zone), own)))}</p>}
        {is_time && <Opening local={value} zone={zone} hours={hours} onChange={onChange} />}
      </div>
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
            {words.quick_clear}
          </Button>
        )}
      </div>
    </div>
  )
}

interface OpeningProps extends Pick<CallbackInputProps, 'onChange' | 'zone' | 'hours'> {
  local: string
}

/** Says before the save that nobody is called at that time, and when instead. */
function Opening({ local, zone, hours, onChange }: OpeningProps) {
  const { contact_hours, template } = useLeadSetUp()
  const called = useContext(CalledContext)
  const now = useNow()
  const at = instantOf(local, zone)
  const is_past = at < now
  const name = fold(hours ?? template.contact_hours)
  const id = contact_hours.find((one) => fold(one.name) === name)?.contact_hours_id
  // A time that has passed means at once, so the hours of this minute count.
  const asked_ms = is_past ? Math.floor(now / MINUTE_MS) * MINUTE_MS : at
  const asked = Number.isNaN(asked_ms) ? '' : new Date(asked_ms).toISOString()
  const { data } = useQuery({
    queryKey: ['opening', id, asked, template.region, called.phone, called.address],
    enabled: id !== undefined && asked !== '',
    queryFn: () => must(client.opening(id!, { at: asked, region: template.region, ...called })),
  })
  const opens = data && !data.open && data.opens_at ? localIn(Date.parse(data.opens_at), zone) : null
  if (!is_past && (!data || data.open)) return null
  return (
    <p className={styles.warned} role="status">
      {is_past && words.past} {data && !data.open && words.closed_then(opens && dayTime(opens))}{' '}
      {opens && (
        <Button size="compact-xs" onClick={() => onChange(`${opens}:00`)}>
          {words.take_opening(dayTime(opens))}
        </Button>
      )}
    </p>
  )
}
