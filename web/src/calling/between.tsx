// Between two leads: before the first one, and while there is none, with the reasons.

import { Button, Kbd, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Allocation } from '../../../src/client/api.ts'
import { fold } from '../../../src/core/field.ts'
import { countsQuery } from '../api/campaigns.ts'
import { serverNow } from '../api/clock.ts'
import { templateOf, useNewSetUp, useSetUp } from '../api/set-up.ts'
import { nextCallbackQuery, openingQuery, startedQuery } from '../api/work.ts'
import { useAskMs } from '../shell/asking.ts'
import { Page } from '../shell/page.tsx'
import { announce } from '../shell/parts.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { comingTime, ownZone } from '../text/times.ts'
import { work as words } from '../text/work.ts'
import styles from './work.module.css'

const LOOK_AGAIN_MS = 15_000

export function NoneStarted() {
  const ask_ms = useAskMs(LOOK_AGAIN_MS)
  const { refetch } = useNewSetUp()
  useEffect(() => {
    if (ask_ms === false) return
    const timer = setInterval(() => void refetch(), ask_ms)
    return () => clearInterval(timer)
  }, [ask_ms, refetch])
  return (
    <Page title={words.title} width="page">
      <section className={styles.empty}>
        <h2>{words.none_started_title}</h2>
        <p className="dimmed">{words.none_started}</p>
      </section>
    </Page>
  )
}

export function Ready({ onTake }: { onTake: () => void }) {
  useShortcuts([{ keys: 'Enter', does: words.shortcuts.take, run: (event) => event.repeat || onTake() }])
  return (
    <section className={styles.empty}>
      <h2>{words.ready_title}</h2>
      <p className="dimmed">{words.ready}</p>
      <Button
        variant="filled"
        size="md"
        onClick={onTake}
        rightSection={
          <Kbd size="xs" aria-hidden>
            {words.bar.enter}
          </Kbd>
        }
      >
        {words.take}
      </Button>
    </section>
  )
}

interface LookingProps {
  allocation: Allocation
  found_none: boolean
  onStop: () => void
}

export function Looking({ allocation, found_none, onStop }: LookingProps) {
  const is_awake = useAskMs(LOOK_AGAIN_MS) !== false
  useEffect(() => {
    if (found_none) announce(words.empty.title)
  }, [found_none])
  if (!found_none)
    return (
      <section className={styles.empty} role="status">
        <Loader size="sm" />
        <p className="dimmed">{words.looking}</p>
      </section>
    )
  return (
    <section className={styles.empty}>
      <h2>{words.empty.title}</h2>
      <Reasons allocation={allocation} />
      <p className="dimmed small">{is_awake ? words.empty.again : words.empty.asleep}</p>
      <Button onClick={onStop}>{words.empty.stop}</Button>
    </section>
  )
}

/** Why there is no lead, as far as it can be told. */
function Reasons({ allocation: { allocation_id, campaign_id } }: { allocation: Allocation }) {
  const refetchInterval = useAskMs(LOOK_AGAIN_MS)
  const set_up = useSetUp().data
  const template = templateOf(set_up, campaign_id)
  const hours = set_up?.contact_hours.find(({ name }) => fold(name) === fold(template?.contact_hours ?? ''))
  const { data: started } = useQuery({ ...startedQuery(allocation_id), refetchInterval })
  const { data: counts } = useQuery({ ...countsQuery(allocation_id), refetchInterval })
  const { data: next } = useQuery({ ...nextCallbackQuery(allocation_id), refetchInterval })
  const region = template?.region ?? ''
  const { data: opening } = useQuery({
    ...openingQuery(hours?.contact_hours_id, { region }),
    refetchInterval,
    enabled: hours !== undefined && region !== '',
  })
  if (started === false) return <p>{words.empty.stopped}</p>
  if (!counts) return null
  const inOwnTime = (at: string | null | undefined) => (at ? comingTime(at, ownZone(), serverNow()) : null)
  const ready = counts.new + counts.callback
  const { waiting, leased, parked } = counts
  const reasons = [
    ready > 0 &&
      (opening && !opening.open
        ? words.empty.closed(ready, inOwnTime(opening.opens_at))
        : words.empty.asleep_there(ready)),
    waiting > 0 && words.empty.callbacks(waiting, inOwnTime(next)),
    leased > 0 && words.empty.leased(leased),
    parked > 0 && words.empty.parked(parked),
  ].filter((reason) => reason !== false)
  if (reasons.length === 0) return <p>{words.empty.all_closed}</p>
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  )
}
