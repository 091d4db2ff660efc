// Loads a lead for the screens that show it, with the set-up of its campaign, and keeps it up to date.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { isGone } from '../api/lead.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { type Others, useLiveLead } from '../api/live-lead.ts'
import { Back, Page, type PageProps, Waiting } from '../shell/page.tsx'
import { Copy } from '../shell/parts.tsx'
import { text } from '../text.ts'
import { useDraft } from './kept.ts'
import styles from './open-lead.module.css'
import { CalledContext, calledOf, LeadSetUpContext, useLeadSetUp, useSetUpOf } from './set-up.ts'

interface OpenLeadProps {
  id: string
  /** Of the page, while there is no lead to show. */
  title: string
  editing: boolean
  /** Instead of what is said when the lead does not exist any more. */
  gone?: ReactNode
  children: (lead: Lead, others: Others) => ReactNode
}

export function OpenLead({ id, title, editing, gone, children }: OpenLeadProps) {
  const { poll_ms, ...others } = useLiveLead(id, editing)
  const { data: lead, error, refetch } = useQuery({ ...leadQuery(id), refetchInterval: poll_ms })
  const set_up = useSetUpOf(id)
  if (isGone(error)) return gone ?? <Gone lead_id={id} />
  if (!lead || !set_up.data)
    return <Waiting title={title} error={lead ? set_up.error : error} retry={() => void refetch()} />
  return (
    <LeadSetUpContext value={set_up.data}>
      <CalledContext value={calledOf(lead, set_up.data)}>{children(lead, others)}</CalledContext>
    </LeadSetUpContext>
  )
}

interface LeadPageProps extends Pick<PageProps, 'title' | 'width' | 'actions' | 'children'> {
  lead: Lead
  /** The screen in the title of the document. */
  tab: string
}

/** A screen about a lead that is open, with the way back to the lead. */
export function LeadPage({ lead, tab, ...page }: LeadPageProps) {
  const name = leadName(lead, useLeadSetUp().template)
  return (
    <Page
      {...page}
      document_title={[tab, name, text.leads.title]}
      back={
        <Back to="/leads/$id" params={{ id: lead.id }}>
          {name}
        </Back>
      }
      aside={<span className={styles.id}>{lead.id}</span>}
    />
  )
}

/** The lead does not exist any more. What somebody typed into it still does. */
export function Gone({ lead_id }: { lead_id: string }) {
  const words = text.lead.gone
  const [draft, store] = useDraft(lead_id)
  const typed = Object.entries(draft?.changes ?? {}).map(([path, value]) => ({
    path: path.replace(/^(fields|unmapped)\./, ''),
    value: value === null ? text.lead.empty : String(value),
  }))
  return (
    <Page title={words.title} width="form">
      <p>{words.detail}</p>
      {typed.length > 0 && (
        <section className={`${styles.typed} card`}>
          <h2>{words.yours}</h2>
          <dl>
            {typed.map(({ path, value }) => (
              <div key={path}>
                <dt>{path}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          </dl>
          <div className="row">
            <Copy label={words.copy} value={typed.map(({ path, value }) => `${path}: ${value}`).join('\n')} />
            <Button onClick={() => store.set(null)}>{words.discard}</Button>
          </div>
        </section>
      )}
      <p style={{ marginTop: 16 }}>
        <Link to="/leads">{words.to_leads}</Link>
      </p>
    </Page>
  )
}
