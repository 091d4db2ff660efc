// Why a lead is not called now, and what to do about it; or its place in the queue.

import { useQuery } from '@tanstack/react-query'
import type { Lead, Queue } from '../../../src/client/api.ts'
import { serverNow } from '../api/clock.ts'
import { QUEUE_SHOWN, standingQuery } from '../api/lead.ts'
import { colleaguesQuery } from '../api/session.ts'
import { call } from '../text/call.ts'
import { comingTime, ownZone } from '../text/times.ts'
import styles from './call.module.css'

const words = call.why

/** Whoever may not see the queue is told nothing. */
export function WhyNot({ lead }: { lead: Lead }) {
  const { data } = useQuery(standingQuery(lead))
  const { data: colleagues } = useQuery({ ...colleaguesQuery, enabled: lead.callback_agent !== null })
  if (!data?.lead) return null
  if (data.lead.eligible)
    return (
      <p className={`${styles.why} small`}>
        {words.ready} {placeIn(data, lead.id)}
      </p>
    )
  const login = lead.callback_agent
  const agent = colleagues?.find((one) => one.login === login)?.name ?? login
  const { reasons, next_at } = data.lead
  return (
    <div className={`${styles.why} small`}>
      <h3>{words.title}</h3>
      <ul>
        {reasons.map(({ why, detail, until }) => {
          // The time of a callback may be one at which nobody is called.
          const told = why === 'callback_later' ? next_at : until
          // The sentences about the law are the server's: it knows the rules and where the number is from.
          return <li key={why}>{words.reasons[why]?.(told && inOwnTime(told), agent) ?? sentence(detail)}</li>
        })}
      </ul>
      {next_at && reasons.length > 1 && <p>{words.next(inOwnTime(next_at))}</p>}
    </div>
  )
}

const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`

/** An instant as the operator's own clock shows it. */
const inOwnTime = (at: string) => comingTime(at, ownZone(), serverNow())

function placeIn({ items }: Queue, id: string): string {
  const at = items.findIndex(({ lead_id }) => lead_id === id)
  if (at >= 0) return words.place(at + 1)
  return items.length === QUEUE_SHOWN ? words.far(QUEUE_SHOWN) : ''
}
