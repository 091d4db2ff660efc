// Who changed what of a lead, when and which way; and taking a change back.

import { Button } from '@mantine/core'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { HistoryEvent, Lead } from '../../../../src/client/model.ts'
import { historyQuery, isGone } from '../../api/lead.ts'
import { leadName, leadQuery } from '../../api/leads.ts'
import { Compare } from '../../lead/compare.tsx'
import { Downloads } from '../../lead/downloads.tsx'
import { Entry } from '../../lead/entry.tsx'
import { Gone } from '../../lead/gone.tsx'
import styles from '../../lead/history.module.css'
import { HistoryFilters } from '../../lead/history-filters.tsx'
import { useLiveLead } from '../../lead/presence.ts'
import { type LeadSetUp, useLeadSetUp } from '../../lead/set-up.ts'
import { useUndo } from '../../lead/use-undo.ts'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { text } from '../../text.ts'
import type { HistorySearch } from './history-search.ts'
import lead_styles from './lead.module.css'

const words = text.history

export function HistoryScreen() {
  const { id } = useParams({ from: '/app/leads/$id/history' })
  const { poll_ms } = useLiveLead(id, false)
  const lead = useQuery({ ...leadQuery(id), refetchInterval: poll_ms })
  const events = useQuery({ ...historyQuery(id), enabled: lead.data !== undefined })
  const set_up = useLeadSetUp(lead.data?.campaign_id)
  const { refetch } = events
  const version = lead.data?.version
  const newest = events.data?.at(-1)?.version
  useEffect(() => {
    if (version !== undefined && newest !== undefined && version > newest) void refetch()
  }, [version, newest, refetch])

  if (lead.data && events.data && set_up.data)
    return <History lead={lead.data} events={events.data} set_up={set_up.data} />
  const error = lead.error ?? events.error ?? set_up.error
  if (error && isGone(error)) return <Gone lead_id={id} />
  if (error)
    return (
      <Page title={words.title}>
        <Problem error={error} onRetry={() => void lead.refetch()} />
      </Page>
    )
  return <Loading />
}

interface HistoryProps {
  lead: Lead
  /** Oldest first. */
  events: readonly HistoryEvent[]
  set_up: LeadSetUp
}

function History({ lead, events, set_up }: HistoryProps) {
  const search = useSearch({ from: '/app/leads/$id/history' })
  const navigate = useNavigate({ from: '/leads/$id/history' })
  const undo = useUndo(lead.id)
  const change = (patch: Partial<HistorySearch>) =>
    void navigate({ search: (before) => ({ ...before, ...patch }), replace: true, resetScroll: false })
  const shown = events.filter((event) => fits(event, search)).toReversed()
  const name = leadName(lead, set_up.template)
  useJump(events.length)
  return (
    <Page
      title={words.title}
      document_title={words.document_title(name)}
      width="page"
      back={
        <Link to="/leads/$id" params={{ id: lead.id }} className={lead_styles.back}>
          <IconArrowLeft size={14} aria-hidden />
          {words.back(name)}
        </Link>
      }
      aside={<span className={lead_styles.id}>{lead.id}</span>}
      actions={<Downloads lead_id={lead.id} events={events} />}
    >
      <HistoryFilters
        events={events}
        search={search}
        set_up={set_up}
        shown={shown.length}
        onChange={change}
      />
      <Compare lead={lead} search={search} set_up={set_up} onChange={change} />
      {shown.length === 0 && (
        <p className={styles.none}>
          {words.filters.none}{' '}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => change({ field: undefined, actor: undefined, way: undefined })}
          >
            {words.filters.clear}
          </Button>
        </p>
      )}
      <ol className={styles.timeline} reversed>
        {shown.map((event) => (
          <Entry
            key={event.version}
            event={event}
            set_up={set_up}
            field={search.field}
            onRevert={() => undo(event.version, lead.version, words.reverted(event.version))}
          />
        ))}
      </ol>
    </Page>
  )
}

const fits = ({ actor, way, changes }: HistoryEvent, search: HistorySearch) =>
  (search.actor === undefined || actor === search.actor) &&
  (search.way === undefined || way === search.way) &&
  (search.field === undefined || Object.hasOwn(changes ?? {}, search.field))

/** A link to one version (#v7) goes there once it is drawn. */
function useJump(entries: number): void {
  useEffect(() => {
    if (entries === 0) return
    const target =
      /^#v\d+$/.test(window.location.hash) && document.getElementById(window.location.hash.slice(1))
    if (!target) return
    target.scrollIntoView({ block: 'start' })
    target.focus({ preventScroll: true })
  }, [entries])
}
