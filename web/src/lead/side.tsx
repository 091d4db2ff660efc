// Beside the form: what happened to the lead last, who called, which other leads have its numbers.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Lead } from '../../../src/client/model.ts'
import { groupOf } from '../../../src/core/merge.ts'
import { call, type Page } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { callsQuery, historyQuery } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { ago, exactly, length } from '../text/times.ts'
import { text } from '../text.ts'
import { ActorChip } from './actor-chip.tsx'
import type { LeadSetUp } from './set-up.ts'
import { actorOf, groupLabels, listed } from './show.ts'
import styles from './side.module.css'

const words = text.lead.side

const CHANGES_SHOWN = 5
const CALLS_SHOWN = 5
const RELATED_SHOWN = 6

export function Side({ lead, set_up }: { lead: Lead; set_up: LeadSetUp }) {
  return (
    <aside className={styles.side} aria-label={words.label}>
      <LastChanges lead={lead} set_up={set_up} />
      <Calls lead={lead} />
      <Related lead={lead} set_up={set_up} />
    </aside>
  )
}

function LastChanges({ lead, set_up }: { lead: Lead; set_up: LeadSetUp }) {
  const now = useNow()
  const { operator_id } = useOperator()
  const { data } = useQuery(historyQuery(lead.id, Math.max(0, lead.version - CHANGES_SHOWN)))
  const group = groupOf(set_up.fields)
  return (
    <section className={styles.card} aria-labelledby="side-history">
      <h2 id="side-history">{words.history}</h2>
      <ol className={styles.list}>
        {data?.toReversed().map((event) => (
          <li key={event.version}>
            <span className={styles.what}>
              {event.changes ? listed(groupLabels(Object.keys(event.changes), set_up, group)) : words.created}
            </span>
            <span className={styles.who}>
              <ActorChip actor={actorOf(event, operator_id)} />
              <time dateTime={event.at} title={exactly(event.at)}>
                {ago(event.at, now)}
              </time>
            </span>
          </li>
        ))}
      </ol>
      <Link to="/leads/$id/history" params={{ id: lead.id }}>
        {words.all_history}
      </Link>
    </section>
  )
}

function Calls({ lead }: { lead: Lead }) {
  const now = useNow()
  const { data } = useQuery(callsQuery(lead.id))
  if (!data) return null
  const shown = data.slice(-CALLS_SHOWN).reverse()
  return (
    <section className={styles.card} aria-labelledby="side-calls">
      <h2 id="side-calls">{words.calls}</h2>
      {data.length === 0 && <p className="dimmed">{words.no_calls}</p>}
      <ol className={styles.list}>
        {shown.map((record) => (
          <li key={record.call_id}>
            <span className={styles.what}>{record.disposition}</span>
            <span className={styles.who}>
              <ActorChip actor={actorOf(record)} />
              <time dateTime={record.at} title={exactly(record.at)}>
                {ago(record.at, now)}
              </time>
              {record.duration_s !== null && <span>{words.lasted(length(record.duration_s))}</span>}
            </span>
          </li>
        ))}
      </ol>
      {data.length > shown.length && <p className="dimmed">{words.more_calls(data.length - shown.length)}</p>}
    </section>
  )
}

/** Leads that share a number, wherever they are; nothing is said when the search cannot tell. */
function Related({ lead, set_up }: { lead: Lead; set_up: LeadSetUp }) {
  const numbers = [...new Set(lead.phones.flatMap(({ number }) => number ?? []))]
  const { data } = useQuery({
    queryKey: ['leads', 'by-number', ...numbers],
    enabled: numbers.length > 0,
    retry: false,
    queryFn: async () => {
      const pages = await Promise.all(
        numbers.map((q) => call<Page<Lead>>('GET', '/v1/leads', { query: { q, limit: RELATED_SHOWN } })),
      )
      return [...new Map(pages.flatMap(({ items }) => items.map((each) => [each.id, each]))).values()]
    },
  })
  const others = data?.filter(({ id }) => id !== lead.id) ?? []
  if (others.length === 0) return null
  return (
    <section className={styles.card} aria-labelledby="side-related">
      <h2 id="side-related">{words.related}</h2>
      <ul className={styles.list}>
        {others.map((other) => (
          <li key={other.id}>
            <Link to="/leads/$id" params={{ id: other.id }}>
              {leadName(other, other.campaign_id === lead.campaign_id ? set_up.template : undefined)}
            </Link>
            <span className={styles.who}>
              <span className="figures">{other.id}</span>
              <span>{other.disposition}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
