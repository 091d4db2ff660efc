// The history of a lead: each change with its author, time and way, and a button that undoes it.

import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { HistoryEvent, Lead } from '../../../src/client/api.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { historyQuery, versionQuery } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { changedPaths } from '../lead/draft.ts'
import { LeadPage, OpenLead } from '../lead/open-lead.tsx'
import { useLeadSetUp } from '../lead/set-up.ts'
import { actorName, labelOf, sorted, wayOf } from '../lead/show.tsx'
import { useUndo } from '../lead/undo.ts'
import { Changes } from '../lead/values.tsx'
import type { HistorySearch } from '../search.ts'
import { saveAs } from '../shell/download.ts'
import { Waiting } from '../shell/page.tsx'
import { typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { stepRows, useShortcuts } from '../shell/shortcuts.tsx'
import { history as history_words } from '../text/history.ts'
import { historyCsv } from './csv.ts'
import { Entry } from './entry.tsx'
import { pathsIn } from './given-up.ts'
import styles from './history.module.css'
import { RESTORE_KEY, restoreFocused } from './restore.tsx'

const words = history_words

export function HistoryScreen() {
  const { id } = useParams({ from: '/app/leads/$id/history' })
  return (
    <OpenLead id={id} title={words.title} editing={false}>
      {(lead) => <HistoryOf lead={lead} />}
    </OpenLead>
  )
}

function HistoryOf({ lead }: { lead: Lead }) {
  const { data, error, refetch } = useQuery(historyQuery(lead.id))
  const newest = data?.at(-1)?.version
  useEffect(() => {
    if (newest !== undefined && lead.version > newest) void refetch()
  }, [lead.version, newest, refetch])
  if (!data) return <Waiting title={words.title} error={error} retry={() => void refetch()} />
  return <History lead={lead} events={data} />
}

interface HistoryProps {
  lead: Lead
  /** Oldest first. */
  events: readonly HistoryEvent[]
}

function History({ lead, events }: HistoryProps) {
  const search = useSearch({ from: '/app/leads/$id/history' })
  const navigate = useNavigate({ from: '/leads/$id/history' })
  const undo = useUndo(lead)
  const change = (patch: Partial<HistorySearch>) =>
    void navigate({ search: (before) => ({ ...before, ...patch }), replace: true, resetScroll: false })
  const shown = events.filter((event) => fits(event, search)).toReversed()
  useJump(events.length)
  const list = useRef<HTMLOListElement>(null)
  useShortcuts([
    { keys: 'j', does: words.keys.down, run: () => stepRows(list.current, 1) },
    { keys: 'k', does: words.keys.up, run: () => stepRows(list.current, -1) },
    { keys: RESTORE_KEY, does: words.restore.key, run: restoreFocused },
  ])
  return (
    <LeadPage
      lead={lead}
      title={words.title}
      tab={words.title}
      width="page"
      actions={<Downloads lead_id={lead.id} events={events} />}
    >
      <Filters events={events} search={search} shown={shown.length} onChange={change} />
      {lead.version > 1 && <Compare lead={lead} events={events} search={search} onChange={change} />}
      {shown.length === 0 && (
        <p className={styles.none}>
          {words.filters.none}{' '}
          <Button
            size="compact-sm"
            onClick={() => change({ field: undefined, actor: undefined, way: undefined })}
          >
            {words.filters.clear}
          </Button>
        </p>
      )}
      <ol ref={list} className="list" reversed>
        {shown.map((event) => (
          <Entry
            key={event.version}
            lead={lead}
            event={event}
            events={events}
            field={search.field}
            onRevert={() => void undo(event.version, lead.version, words.reverted(event.version))}
          />
        ))}
      </ol>
    </LeadPage>
  )
}

const fits = (event: HistoryEvent, { actor, way, field }: HistorySearch) =>
  (actor === undefined || event.actor === actor) &&
  (way === undefined || event.way === way) &&
  (field === undefined || pathsIn(event).includes(field))

/** Scrolls to the version that a link names (#v7), once it is drawn. */
function useJump(entries: number): void {
  useEffect(() => {
    const { hash } = window.location
    const target = entries > 0 && /^#v\d+$/.test(hash) && document.getElementById(hash.slice(1))
    if (!target) return
    target.scrollIntoView({ block: 'start' })
    target.focus({ preventScroll: true })
  }, [entries])
}

/** The history as a file. */
function Downloads({ lead_id, events }: { lead_id: string; events: readonly HistoryEvent[] }) {
  const { download } = words
  const files = [
    {
      label: download.json,
      end: 'json',
      type: 'application/json',
      make: () => JSON.stringify(events, null, 2),
    },
    { label: download.csv, end: 'csv', type: 'text/csv', make: () => historyCsv(events) },
  ]
  return files.map(({ label, end, type, make }) => (
    <Button
      key={end}
      aria-label={`${download.label} ${label}`}
      onClick={() => saveAs(`${download.file(lead_id)}.${end}`, type, make())}
    >
      {label}
    </Button>
  ))
}

interface PartProps {
  search: HistorySearch
  onChange: (patch: Partial<HistorySearch>) => void
}

function Filters({
  events,
  search,
  shown,
  onChange,
}: PartProps & Omit<HistoryProps, 'lead'> & { shown: number }) {
  const { filters } = words
  const { operator_id } = useOperator()
  const set_up = useLeadSetUp()
  const paths = new Set(events.flatMap(pathsIn))
  const choices: Record<'field' | 'actor' | 'way', Map<string, string>> = {
    field: new Map(sorted(paths, set_up).map((path) => [path, labelOf(path, set_up)])),
    actor: new Map(events.map((event) => [event.actor, actorName(event, operator_id)])),
    way: new Map(events.map(({ way }) => [way, wayOf(way)])),
  }
  return (
    <fieldset className={`${styles.filters} row`}>
      <legend className="visually-hidden">{filters.label}</legend>
      {(['field', 'actor', 'way'] as const).map((name) => (
        <NativeSelect
          key={name}
          size="xs"
          label={filters[name]}
          data={[
            { value: '', label: filters.all },
            ...[...choices[name]].map(([value, label]) => ({ value, label })),
          ]}
          value={search[name] ?? ''}
          onChange={typed((value) => onChange({ [name]: value || undefined }))}
        />
      ))}
      <p className={`${styles.count} dimmed small`} role="status">
        {filters.shown(shown, events.length)}
      </p>
    </fieldset>
  )
}

/** Two versions beside each other. */
function Compare({ lead, events, search, onChange }: PartProps & HistoryProps) {
  const { compare } = words
  const versions = Array.from({ length: lead.version }, (_, i) => String(lead.version - i))
  const chosen = { from: search.from ?? lead.version - 1, to: search.to ?? lead.version }
  const is_open = search.from !== undefined || search.to !== undefined
  return (
    <section aria-labelledby="compare">
      <h2 id="compare" className="visually-hidden">
        {compare.title}
      </h2>
      <div className={`${styles.filters} row`}>
        {(['from', 'to'] as const).map((name) => (
          <NativeSelect
            key={name}
            size="xs"
            label={compare[name]}
            data={versions}
            value={String(chosen[name])}
            onChange={typed((version) => onChange({ ...chosen, [name]: Number(version) }))}
          />
        ))}
        <Button size="xs" onClick={() => onChange(is_open ? { from: undefined, to: undefined } : chosen)}>
          {is_open ? compare.hide : compare.show}
        </Button>
      </div>
      {is_open && <Comparison lead_id={lead.id} events={events} {...chosen} />}
    </section>
  )
}

interface ComparisonProps {
  lead_id: string
  events: readonly HistoryEvent[]
  from: number
  to: number
}

function Comparison({ lead_id, events, from, to }: ComparisonProps) {
  const { compare } = words
  const { operator_id } = useOperator()
  const set_up = useLeadSetUp()
  const one = useQuery(versionQuery(lead_id, from))
  const other = useQuery(versionQuery(lead_id, to))
  const error = one.error ?? other.error
  if (error) return <Problem error={error} />
  if (!one.data || !other.data) return null
  const [before, after] = [one.data.values, other.data.values]
  const paths = sorted(changedPaths(before, after), set_up)
  if (paths.length === 0) return <p className={styles.none}>{compare.same}</p>
  /** Who gave a value last, between the two versions. */
  const authorOf = (path: string) => {
    const [first, last] = [Math.min(from, to), Math.max(from, to)]
    const event = events.findLast(
      ({ version, changes }) => version > first && version <= last && Object.hasOwn(changes ?? {}, path),
    )
    return event && actorName(event, operator_id)
  }
  return (
    <Changes
      caption={compare.table(from, to)}
      heads={[words.columns.field, compare.column(from), compare.column(to)]}
      rows={paths.map((path) => [path, valueAt(before, path), valueAt(after, path)] as const)}
      by={{ head: words.author, of: authorOf }}
    />
  )
}
