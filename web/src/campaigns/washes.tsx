// Which numbers of an allocation a register lets be called, until when, and how it is asked again.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Allocation, Wash } from '../../../src/client/api.ts'
import { serverNow } from '../api/clock.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { cancelWash, numbersOfWash, washesChanged, washesQuery } from '../api/washes.ts'
import { lazyPart } from '../load-screen.tsx'
import { saveAs } from '../shell/download.ts'
import { Listing, Section } from '../shell/listing.tsx'
import { Ago, announce, Tag } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { dayOf } from '../text/times.ts'
import { washes as words } from '../text/washes.ts'
import styles from './campaigns.module.css'

const WashDialog = lazyPart(() => import('./wash-dialog.tsx'), 'WashDialog')

const DAY_MS = 86_400_000
const SOON_DAYS = 3

export function Washes({ allocation }: { allocation: Allocation }) {
  const { allocation_id, archived_at } = allocation
  const operator = useOperator()
  const may = hasRole(operator, 'lead') && archived_at === null
  const asked = useQuery(washesQuery(allocation_id))
  const [making, setMaking] = useState(false)
  const [answering, setAnswering] = useState<Wash | null>(null)
  const close = () => {
    setMaking(false)
    setAnswering(null)
  }
  const is_under_way = asked.data?.some(({ state }) => state === 'collecting' || state === 'asked')
  const making_button = may && !is_under_way && asked.data && (
    <Button onClick={() => setMaking(true)}>{words.make}</Button>
  )
  return (
    <Section
      id="wash"
      title={words.title}
      intro={words.intro}
      actions={asked.data && asked.data.length > 0 ? making_button : undefined}
    >
      <div className={styles.washed}>
        <State allocation={allocation} />
      </div>
      <Listing
        name={words.table}
        columns={words.columns}
        asked={asked}
        empty={
          <>
            <p>{words.empty}</p>
            {may ? (
              <div className="row">{making_button}</div>
            ) : (
              <p className="dimmed">{words.no_permission}</p>
            )}
          </>
        }
        keyOf={({ wash_id }) => wash_id}
        isPast={({ state, is_current }) => state === 'cancelled' || (state === 'done' && !is_current)}
        cells={(wash) => ({
          register: words.registers[wash.register],
          when: <Ago at={wash.created_at} />,
          result: <Result wash={wash} />,
        })}
        deeds={(wash) =>
          may && (
            <WashDeeds
              wash={wash}
              can_export={hasRole(operator, 'manager')}
              onAnswer={() => setAnswering(wash)}
            />
          )
        }
      />
      {(making || answering) && <WashDialog allocation={allocation} wash={answering} onClose={close} />}
    </Section>
  )
}

/** Whether it is called, as far as washes go. */
function State({ allocation: { needs_wash, washed_until } }: { allocation: Allocation }) {
  if (!needs_wash) return <p className="small">{words.not_needed}</p>
  if (washed_until === null)
    return (
      <p className="notice" data-tone="warn">
        {words.unwashed}
      </p>
    )
  const left_ms = Date.parse(washed_until) - serverNow()
  const left = Math.ceil(left_ms / DAY_MS)
  if (left > SOON_DAYS) return <p className="small">{words.washed(dayOf(washed_until), left)}</p>
  return (
    <p className="notice" data-tone="warn">
      {left_ms > 0 ? words.ends_soon(dayOf(washed_until), left) : words.over(dayOf(washed_until))}
    </p>
  )
}

function Result({ wash }: { wash: Wash }) {
  const { state, asked, outside, listed, clear, is_current } = wash
  if (state === 'collecting' || state === 'cancelled') return words.states[state]
  const unknown = asked - listed - clear
  return (
    <div>
      {state === 'asked' ? words.states.asked(asked) : words.states.done(listed, clear)}{' '}
      {state === 'done' && is_current && <Tag tone="good">{words.counts}</Tag>}
      {state === 'done' && unknown > 0 && <div className="tiny">{words.states.unknown(unknown)}</div>}
      {outside > 0 && <div className="dimmed tiny">{words.outside(outside)}</div>}
    </div>
  )
}

interface WashDeedsProps {
  wash: Wash
  can_export: boolean
  onAnswer: () => void
}

function WashDeeds({ wash: { wash_id, state }, can_export, onAnswer }: WashDeedsProps) {
  const download = useMutation({
    mutationFn: () => numbersOfWash(wash_id),
    onSuccess: (csv) => saveAs(`WASH_${wash_id}.csv`, 'text/csv', csv),
  })
  const cancelling = useMutation({
    mutationFn: () => cancelWash(wash_id),
    onSuccess: () => announce(words.cancelled),
    onSettled: washesChanged,
  })
  if (state !== 'asked' && state !== 'collecting') return null
  const error = download.error ?? cancelling.error
  return (
    <>
      {state === 'asked' && (
        <>
          {can_export ? (
            <Button
              size="compact-xs"
              aria-label={words.download_of(wash_id)}
              loading={download.isPending}
              onClick={() => download.mutate()}
            >
              {words.download}
            </Button>
          ) : (
            <span className="dimmed tiny">{words.download_needs}</span>
          )}
          <Button size="compact-xs" aria-label={words.answer_of(wash_id)} onClick={onAnswer}>
            {words.answer}
          </Button>
        </>
      )}
      <Button
        size="compact-xs"
        aria-label={words.cancel_of(wash_id)}
        loading={cancelling.isPending}
        onClick={() => cancelling.mutate()}
      >
        {words.cancel}
      </Button>
      {error && <Problem error={error} />}
    </>
  )
}
