// When to call again: a wall time where the lead is, with the reader's own beneath it.

import { Button, TextInput } from '@mantine/core'
import { serverNow } from '../api/clock.ts'
import { dayTime, localIn, zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './input.module.css'
import { instantOf, ownZone } from './zone.ts'

const words = text.lead.outcome

export interface CallbackInputProps {
  id: string
  /** 2026-11-26T10:00, with or without seconds. */
  value: string | null
  onChange: (local: string | null) => void
  zone: string
  error?: boolean
  'aria-label'?: string
  'aria-describedby'?: string
}

const MINUTE_MS = 60_000

export function CallbackInput({ value, onChange, zone, ...input }: CallbackInputProps) {
  const own = ownZone()
  const after = (ms: number) => localIn(serverNow() + ms, zone)
  const tomorrow = () => `${after(24 * 60 * MINUTE_MS).slice(0, 10)}T09:00`
  const note_id = `${input.id}-zone`
  const own_time = value && own !== zone ? dayTime(localIn(instantOf(value, zone), own)) : null
  return (
    <div>
      <TextInput
        {...input}
        aria-describedby={[input['aria-describedby'], note_id].filter(Boolean).join(' ')}
        type="datetime-local"
        value={value?.slice(0, 16) ?? ''}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? null : `${currentTarget.value}:00`)
        }
      />
      <p className={styles.zone} id={note_id}>
        {words.in_zone(zoneName(zone))}
        {own_time && <span className={styles.own}>{words.own_time(own_time)}</span>}
      </p>
      <div className={styles.quick}>
        {(
          [
            [words.quick_minutes, () => after(15 * MINUTE_MS)],
            [words.quick_hour, () => after(60 * MINUTE_MS)],
            [words.quick_tomorrow, tomorrow],
          ] as const
        ).map(([label, local], i) => (
          <Button
            key={label}
            size="compact-xs"
            variant="default"
            data-callback-first={i === 0 || undefined}
            onClick={() => onChange(`${local()}:00`)}
          >
            {label}
          </Button>
        ))}
        {value && (
          <Button size="compact-xs" variant="default" onClick={() => onChange(null)}>
            {words.quick_clear}
          </Button>
        )}
      </div>
    </div>
  )
}
