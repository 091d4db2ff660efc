// A held change: on the merge screen while it is open, else what became of it.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { BulkTakes, Conflict, ConflictAssigned, ConflictDocument } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { conflictQuery, conflictsChanged, neighboursQuery } from '../api/inbox.ts'
import { leadQuery } from '../api/leads.ts'
import { useLiveLead } from '../api/live-lead.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { useKeptMerge } from '../lead/kept.ts'
import { LeadSetUpContext, useLeadSetUp, useSetUpOf, zoneOf } from '../lead/set-up.ts'
import { actorName } from '../lead/show.tsx'
import { lazyPart } from '../load-screen.tsx'
import { changersHere } from '../merge/names.ts'
import { useMerge } from '../merge/use-merge.ts'
import { MergeView } from '../merge/view.tsx'
import { Loading, Waiting } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { conflicts } from '../text/conflicts.ts'
import { merge as merge_words } from '../text/merge.ts'
import { Assign } from './assign.tsx'
import styles from './conflicts.module.css'
import { Frame, isInOrder, lastDecided, listSearch } from './frame.tsx'
import { HandOver } from './hand-over.tsx'

const words = conflicts.one

// Most visits need none of them.
const Dismiss = lazyPart(() => import('./dismiss.tsx'), 'Dismiss')
const Settled = lazyPart(() => import('./settled.tsx'), 'Settled', <Loading />)

export function ConflictScreen() {
  const id = Number(useParams({ from: '/app/conflicts/$id' }).id)
  // An open change stays on the screen while it is settled, whatever the server answers meanwhile.
  const opened = useRef<Conflict | undefined>(undefined)
  const { data, error, isStale, refetch } = useQuery({
    ...conflictQuery(id),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // On the way back the copy of the last visit may be out of date: whose change it is may have changed.
  const known = data?.conflict && isStale ? undefined : data
  if (known?.conflict && !opened.current) opened.current = known
  const conflict = opened.current ?? known
  const set_up = useSetUpOf(conflict?.lead_id ?? '')
  const operator = useOperator()
  const may_settle = hasRole(operator, 'lead') || conflict?.assigned_to === operator.operator_id
  if (!conflict || !set_up.data)
    return <Waiting title={conflicts.title} error={error ?? set_up.error} retry={() => void refetch()} />
  return (
    <LeadSetUpContext value={set_up.data}>
      {!may_settle && conflict.state === 'open' ? (
        <Frame conflict={conflict}>
          <p>{words.not_yours}</p>
        </Frame>
      ) : conflict.conflict ? (
        <Settle conflict={conflict} document={conflict.conflict} />
      ) : (
        <Frame conflict={conflict}>
          <Settled conflict={conflict} />
        </Frame>
      )}
    </LeadSetUpContext>
  )
}

function Settle({ conflict, document }: { conflict: Conflict; document: ConflictDocument }) {
  const { conflict_id, lead_id } = conflict
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const may_see_all = hasRole(useOperator(), 'lead')
  const search = useSearch({ from: '/app/conflicts/$id' })
  const { data: neighbours } = useQuery(neighboursQuery(conflict_id, search))
  const kept = useKeptMerge(`conflict-${conflict_id}`)
  const { poll_ms, present } = useLiveLead(lead_id, true)
  const lead = useQuery({ ...leadQuery(lead_id), refetchInterval: poll_ms }).data
  const [dismissing, setDismissing] = useState(false)
  const [assigned, setAssigned] = useState<ConflictAssigned>(conflict)
  const handing = {
    lead_id,
    change: { conflict_id, assigned_to: assigned.assigned_to },
    // Whoever may settle any stays with this one.
    onDone: (given: ConflictAssigned | undefined) => {
      if (!may_see_all) toList()
      else if (given) setAssigned(given)
    },
  }
  const end = (said: string) => {
    kept.set(null)
    const undo = { label: words.undo, run: () => void takeBack() }
    toast(said, [undo])
    void conflictsChanged()
    void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
    const in_order = isInOrder(search) && (may_see_all || search.assigned === 'me')
    const next = in_order && (neighbours?.next ?? neighbours?.previous)
    if (next) void navigate({ to: '/conflicts/$id', params: { id: String(next) }, search })
    else toList()
  }
  const toList = () =>
    void (may_see_all
      ? navigate({ to: '/conflicts', search: listSearch(search) })
      : navigate({ to: '/conflicts/handed-over' }))
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
    zone: lead?.callback?.zone ?? zoneOf(set_up, lead?.contact_hours ?? null, lead?.zones) ?? 'UTC',
    kept,
    ask: may_see_all ? null : <HandOver {...handing} to={null} />,
    refresh: async () =>
      (await queries.fetchQuery({ ...conflictQuery(conflict_id), staleTime: 0 })).conflict ?? null,
    save: async ({ lead_version }, decisions) => {
      await must(client.settleConflict(conflict_id, { lead_version, decisions }))
      const takes = takesOf(conflict, decisions)
      lastDecided.set(takes && { conflict, takes })
      end(words.saved)
    },
  })
  const { phase } = merging.state
  const here = changersHere(document, merging.state, present).filter(
    ({ operator_id }) => operator_id !== assigned.assigned_to,
  )
  // Somebody else settled it meanwhile, or it expired.
  if (phase === 'gone') return <Beaten id={conflict_id} />
  return (
    <Frame
      conflict={conflict}
      present={present.map(({ name }) => name)}
      actions={
        <>
          {here.map((person) => (
            <HandOver key={person.operator_id} {...handing} to={person} disabled={phase === 'saving'} />
          ))}
          {may_see_all ? (
            <Assign conflict={{ conflict_id, ...assigned }} onAssigned={setAssigned} />
          ) : (
            <HandOver {...handing} to={null} disabled={phase === 'saving'} />
          )}
          <Button disabled={phase === 'saving'} onClick={() => setDismissing(true)}>
            {conflicts.dismiss}
          </Button>
        </>
      }
    >
      <MergeView merging={merging} />
      {dismissing && (
        <Dismiss
          conflict_id={conflict_id}
          opened
          onClose={() => setDismissing(false)}
          onDone={() => end(merge_words.dismiss.done)}
        />
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
      <Settled conflict={data} />
    </Frame>
  )
}
