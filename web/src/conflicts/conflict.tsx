// A held change: on the merge screen while it is open, else what became of it.

import { Button } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import type { BulkTakes, Conflict, ConflictAssigned, ConflictDocument } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { conflictQuery, conflictsChanged, kindsQuery, neighboursQuery } from '../api/inbox.ts'
import { leadQuery } from '../api/leads.ts'
import { useLiveLead } from '../api/live.ts'
import { useKeptMerge } from '../lead/kept.ts'
import { LeadSetUpContext, useLeadSetUp, useSetUpOf, zoneOf } from '../lead/set-up.ts'
import { actorName, listed } from '../lead/show.tsx'
import { useMerge } from '../merge/use-merge.ts'
import { MergeView } from '../merge/view.tsx'
import type { ConflictSearch } from '../search.ts'
import { Details } from '../shell/details.tsx'
import { Back, Loading, Page, Waiting } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { createStore, useStore } from '../store.ts'
import { conflicts } from '../text/conflicts.ts'
import { merge as merge_words } from '../text/merge.ts'
import { ago, dayOf } from '../text/times.ts'
import { Assign } from './assign.tsx'
import styles from './conflicts.module.css'
import { senderName } from './names.ts'

const words = conflicts.one

// Most visits need none of them.
const Dismiss = lazy(async () => ({ default: (await import('./dismiss.tsx')).Dismiss }))
const Many = lazy(async () => ({ default: (await import('./many.tsx')).Many }))
const Settled = lazy(async () => ({ default: (await import('./settled.tsx')).Settled }))

/** What was decided last: the same can be done for all like it. */
const lastDecided = createStore<{ conflict: Conflict; takes: BulkTakes } | null>(null)

export function ConflictScreen() {
  const id = Number(useParams({ from: '/app/conflicts/$id' }).id)
  // An open change stays on the screen while it is settled, whatever the server answers meanwhile.
  const opened = useRef<Conflict | undefined>(undefined)
  const { data, error, refetch } = useQuery({ ...conflictQuery(id), staleTime: Number.POSITIVE_INFINITY })
  if (data?.conflict && !opened.current) opened.current = data
  const conflict = opened.current ?? data
  const set_up = useSetUpOf(conflict?.lead_id ?? '')
  if (!conflict || !set_up.data)
    return <Waiting title={conflicts.title} error={error ?? set_up.error} retry={() => void refetch()} />
  return (
    <LeadSetUpContext value={set_up.data}>
      {conflict.conflict ? (
        <Settle conflict={conflict} document={conflict.conflict} />
      ) : (
        <Frame conflict={conflict}>
          <Suspense fallback={<Loading />}>
            <Settled conflict={conflict} />
          </Suspense>
        </Frame>
      )}
    </LeadSetUpContext>
  )
}

interface FrameProps {
  conflict: Conflict
  /** The names of others who have the lead open. */
  present?: readonly string[]
  actions?: ReactNode
  children: ReactNode
}

function Frame({ conflict, present = [], actions, children }: FrameProps) {
  const now = useNow()
  const search = useSearch({ from: '/app/conflicts/$id' })
  const { lead_id, lead_name, created_at, expires_at, request_id, state, way, clashes, note } = conflict
  const name = lead_name ?? lead_id
  const sender = actorName({ actor: conflict.caller, actor_name: conflict.caller_name })
  return (
    <Page
      title={words.title(name, clashes.length)}
      document_title={words.document_title(name)}
      back={
        <Back to="/conflicts" search={search}>
          {words.back}
        </Back>
      }
      actions={
        <>
          {state === 'open' && <Neighbours id={conflict.conflict_id} search={search} />}
          {actions}
          <Button component={Link} to={`/leads/${lead_id}`}>
            {words.open_lead}
          </Button>
        </>
      }
    >
      <Same />
      <div className={`${styles.intro} row small`}>
        <p className="dimmed">
          {words.from(sender, ago(created_at, now))} {state === 'open' && words.expires(dayOf(expires_at))}
        </p>
        <Details
          of={[
            [words.ids.lead, lead_id],
            [words.ids.request, request_id],
            [words.ids.answer, way === 'classic' ? words.answered : null],
          ]}
        />
      </div>
      {present.length > 0 && (
        <p className={`${styles.notice} notice`} data-tone="plain" role="status">
          {words.on_lead(listed(present))}
        </p>
      )}
      {note && (
        <figure className={`${styles.note} notice`} data-tone="plain">
          <figcaption className="tiny">{words.note(senderName(conflict))}</figcaption>
          <blockquote dir="auto">{note}</blockquote>
        </figure>
      )}
      {children}
    </Page>
  )
}

/** Lists of one lead, and those that only the merge narrows, are short: the way leads back to them. */
const isInOrder = ({ lead_id, clashing }: ConflictSearch) => !lead_id && !clashing

/** The way to the conflict before and after, in the order of the list, by its filters. */
function Neighbours({ id, search }: { id: number; search: ConflictSearch }) {
  const { data } = useQuery(neighboursQuery(id, search))
  if (!isInOrder(search)) return null
  const to = (other: number | null | undefined, label: string, icon: ReactNode) =>
    other ? (
      <Button
        aria-label={label}
        title={label}
        renderRoot={(props) => (
          <Link to="/conflicts/$id" params={{ id: String(other) }} search={search} {...props} />
        )}
      >
        {icon}
      </Button>
    ) : (
      <Button disabled aria-label={label}>
        {icon}
      </Button>
    )
  return (
    <nav className={`${styles.neighbours} row`} aria-label={conflicts.title}>
      {to(data?.previous, words.previous, <IconChevronLeft size={16} aria-hidden />)}
      <span className="figures small dimmed">{data && words.place(data.before + 1, data.open)}</span>
      {to(data?.next, words.next, <IconChevronRight size={16} aria-hidden />)}
    </nav>
  )
}

/** After one is decided: the same for all like it. */
function Same() {
  const last = useStore(lastDecided)
  const [deciding, setDeciding] = useState(false)
  const { data } = useQuery({ ...kindsQuery({}), enabled: last !== null })
  if (!last) return null
  const { conflict, takes } = last
  const open = data?.items.find(({ kind }) => kind === conflict.kind)?.open ?? 0
  if (open === 0 && !deciding) return null
  return (
    <div className={`${styles.notice} notice row`} data-tone="plain">
      <p>{conflicts.many.same(conflict.lead_name)}</p>
      <Button size="xs" onClick={() => setDeciding(true)}>
        {conflicts.many.same_do(open)}
      </Button>
      {deciding && (
        <Suspense>
          <Many
            of={{ where: { kind: conflict.kind }, kind: conflict, takes }}
            onClose={() => {
              setDeciding(false)
              lastDecided.set(null)
            }}
          />
        </Suspense>
      )}
    </div>
  )
}

function Settle({ conflict, document }: { conflict: Conflict; document: ConflictDocument }) {
  const { conflict_id, lead_id } = conflict
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const search = useSearch({ from: '/app/conflicts/$id' })
  const { data: neighbours } = useQuery(neighboursQuery(conflict_id, search))
  const kept = useKeptMerge(`conflict-${conflict_id}`)
  const { poll_ms, present } = useLiveLead(lead_id, true)
  const lead = useQuery({ ...leadQuery(lead_id), refetchInterval: poll_ms }).data
  const [dismissing, setDismissing] = useState(false)
  const [assigned, setAssigned] = useState<ConflictAssigned>(conflict)
  const end = (said: string) => {
    kept.set(null)
    const undo = { label: words.undo, run: () => void takeBack() }
    toast(said, [undo])
    void conflictsChanged()
    void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
    const next = isInOrder(search) && (neighbours?.next ?? neighbours?.previous)
    return next
      ? navigate({ to: '/conflicts/$id', params: { id: String(next) }, search })
      : navigate({ to: '/conflicts', search })
  }
  const takeBack = async () => {
    const settled = await must(client.conflict(conflict_id))
    const { reopen } = await import('./settled.tsx')
    toast(await reopen(settled, set_up).catch((error: Error) => error.message))
    lastDecided.set(null)
  }
  const merging = useMerge({
    kind: 'held',
    document,
    lead_version: lead?.version ?? 0,
    zone: lead?.callback?.zone ?? zoneOf(set_up, lead?.contact_hours ?? null) ?? 'UTC',
    kept,
    refresh: async () =>
      (await queries.fetchQuery({ ...conflictQuery(conflict_id), staleTime: 0 })).conflict ?? null,
    save: async ({ lead_version }, decisions) => {
      await must(client.settleConflict(conflict_id, { lead_version, decisions }))
      const takes = takesOf(conflict, decisions)
      // On the next screen: this one goes, with whatever is opened on it.
      void end(words.saved).then(() => lastDecided.set(takes && { conflict, takes }))
    },
  })
  const { phase } = merging.state
  // Somebody else settled it meanwhile, or it expired.
  if (phase === 'gone') return <Beaten id={conflict_id} />
  return (
    <Frame
      conflict={conflict}
      present={present.map(({ name }) => name)}
      actions={
        <>
          <Assign conflict={{ conflict_id, ...assigned }} onAssigned={setAssigned} />
          <Button disabled={phase === 'saving'} onClick={() => setDismissing(true)}>
            {conflicts.dismiss}
          </Button>
        </>
      }
    >
      <MergeView merging={merging} />
      {dismissing && (
        <Suspense>
          <Dismiss
            conflict_id={conflict_id}
            opened
            onClose={() => setDismissing(false)}
            onDone={() => end(merge_words.dismiss.done)}
          />
        </Suspense>
      )}
    </Frame>
  )
}

/** The sides that were taken, if one of them was taken for each group that clashed: a typed value is for one lead only. */
function takesOf({ clashes }: Conflict, decisions: Record<string, { take: string }>): BulkTakes | null {
  const takes: BulkTakes = {}
  for (const group of clashes) {
    const take = decisions[group]?.take
    if (take !== 'mine' && take !== 'theirs' && take !== 'base') return null
    takes[group] = take
  }
  return Object.keys(takes).length > 0 ? takes : null
}

/** Somebody else was faster: who, and what was decided. */
function Beaten({ id }: { id: number }) {
  const { data, error, refetch, isFetching } = useQuery({
    ...conflictQuery(id),
    queryKey: ['conflicts', 'beaten', id],
    staleTime: 0,
  })
  if (!data || isFetching)
    return error ? (
      <Waiting title={conflicts.title} error={error} retry={() => void refetch()} />
    ) : (
      <Loading />
    )
  const { resolved_by, resolved_by_name } = data
  return (
    <Frame conflict={data}>
      <p className={`${styles.notice} notice`} role="alert">
        {resolved_by
          ? words.beaten(actorName({ actor: resolved_by, actor_name: resolved_by_name }))
          : words.beaten_nobody}
      </p>
      <Suspense fallback={<Loading />}>
        <Settled conflict={data} />
      </Suspense>
    </Frame>
  )
}
