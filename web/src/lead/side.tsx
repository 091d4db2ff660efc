// Beside the fields: consents, the last changes, and other leads with the same numbers.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { historyQuery, relatedQuery } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { Ago } from '../shell/parts.tsx'
import { text } from '../text.ts'
import { Consents } from './consents.tsx'
import styles from './lead.module.css'
import { useLeadSetUp } from './set-up.ts'
import { ActorChip, groupsInWords } from './show.tsx'

const words = text.lead.side

const CHANGES_SHOWN = 5

export const Side = ({ lead }: { lead: Lead }) => (
  <aside className={styles.side} aria-label={words.label}>
    <Consents lead={lead} />
    <LastChanges lead={lead} />
    <Related lead={lead} />
  </aside>
)

interface CardProps {
  id: string
  title: string
  items: readonly { key: string | number; what: ReactNode; who: ReactNode }[]
  children?: ReactNode
}

const Card = ({ id, title, items, children }: CardProps) => (
  <section className="card small" aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {items.length > 0 && (
      <ol className={`${styles.items} list`}>
        {items.map(({ key, what, who }) => (
          <li key={key}>
            <div>{what}</div>
            <div className={`${styles.who} dimmed tiny`}>{who}</div>
          </li>
        ))}
      </ol>
    )}
    {children}
  </section>
)

function LastChanges({ lead }: { lead: Lead }) {
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const { data = [] } = useQuery(historyQuery(lead.id, Math.max(0, lead.version - CHANGES_SHOWN)))
  const items = data.toReversed().map(({ version, changes, actor, actor_name, at }) => ({
    key: version,
    what: changes ? groupsInWords(Object.keys(changes), set_up) : words.created,
    who: (
      <>
        <ActorChip actor={actor} actor_name={actor_name} own_id={operator_id} />
        <Ago at={at} />
      </>
    ),
  }))
  return (
    <Card id="side-history" title={words.history} items={items}>
      <Link to="/leads/$id/history" params={{ id: lead.id }}>
        {words.all_history}
      </Link>
    </Card>
  )
}

/** Leads that share a number, in any campaign. A search that fails shows nothing. */
function Related({ lead }: { lead: Lead }) {
  const { template } = useLeadSetUp()
  const numbers = [...new Set(lead.phones.flatMap(({ number }) => number ?? []))]
  const { data = [] } = useQuery(relatedQuery(numbers))
  const others = data.filter(({ id }) => id !== lead.id)
  if (others.length === 0) return null
  const items = others.map((other) => ({
    key: other.id,
    what: (
      <Link to="/leads/$id" params={{ id: other.id }}>
        {leadName(other, other.campaign_id === lead.campaign_id ? template : undefined)}
      </Link>
    ),
    who: (
      <>
        <span className="figures">{other.id}</span>
        <span>{other.disposition}</span>
      </>
    ),
  }))
  return <Card id="side-related" title={words.related} items={items} />
}
