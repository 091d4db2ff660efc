// A held update: on the merge screen while it is open, else its result.

import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useRef, useState } from 'react'
import type { Conflict, ConflictDocument } from '../../../src/client/api.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { client, must, queries } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { conflictQuery } from '../api/conflicts.ts'
import { leadQuery } from '../api/leads.ts'
import { useLiveLead } from '../api/live.ts'
import { useKeptMerge } from '../lead/kept.ts'
import { LeadSetUpContext, useLeadSetUp, useSetUpOf, zoneOf } from '../lead/set-up.ts'
import { actorName, settledBy, sorted } from '../lead/show.tsx'
import { Changes } from '../lead/values.tsx'
import { useMerge } from '../merge/use-merge.ts'
import { MergeView } from '../merge/view.tsx'
import { Back, Page, Waiting } from '../shell/page.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { merge as merge_words } from '../text/merge.ts'
import { ago, exactly } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './conflicts.module.css'

const words = text.conflicts.one

export function ConflictScreen() {
  const id = Number(useParams({ from: '/app/conflicts/$id' }).id)
  // An open update stays on the screen while it is settled, whatever the server answers meanwhile.
  const opened = useRef<Conflict | undefined>(undefined)
  const { data, error, refetch } = useQuery({ ...conflictQuery(id), staleTime: Number.POSITIVE_INFINITY })
  if (data?.conflict && !opened.current) opened.current = data
  const conflict = opened.current ?? data
  const set_up = useSetUpOf(conflict?.lead_id ?? '')
  if (!conflict || !set_up.data)
    return <Waiting title={text.conflicts.title} error={error ?? set_up.error} retry={() => void refetch()} />
  return (
    <LeadSetUpContext value={set_up.data}>
      {conflict.conflict ? (
        <Settle conflict={conflict} document={conflict.conflict} />
      ) : (
        <Frame conflict={conflict}>
          <Settled conflict={conflict} />
        </Frame>
      )}
    </LeadSetUpContext>
  )
}

interface FrameProps {
  conflict: Conflict
  actions?: ReactNode
  children: ReactNode
}

function Frame({ conflict, actions, children }: FrameProps) {
  const now = useNow()
  const { lead_id, created_at, expires_at, request_id, state, way } = conflict
  return (
    <Page
      title={words.title(lead_id)}
      document_title={words.document_title(lead_id)}
      back={<Back to="/conflicts">{words.back}</Back>}
      actions={
        <>
          {actions}
          <Button component={Link} to={`/leads/${lead_id}`}>
            {words.open_lead}
          </Button>
        </>
      }
    >
      <p className={`${styles.intro} dimmed small`}>
        {words.sent(ago(created_at, now), request_id)} {way === 'classic' && words.answered}{' '}
        {state === 'open' && words.expires(exactly(expires_at))}
      </p>
      {children}
    </Page>
  )
}

function Settle({ conflict, document }: { conflict: Conflict; document: ConflictDocument }) {
  const { conflict_id, lead_id, caller, caller_name } = conflict
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const kept = useKeptMerge(`conflict-${conflict_id}`)
  const { poll_ms } = useLiveLead(lead_id, true)
  const lead = useQuery({ ...leadQuery(lead_id), refetchInterval: poll_ms }).data
  const [dismissing, setDismissing] = useState(false)
  const end = (said: string) => {
    kept.set(null)
    toast(said)
    void queries.invalidateQueries({ queryKey: ['conflicts'] })
    void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
    void navigate({ to: '/conflicts' })
  }
  const merging = useMerge({
    kind: 'held',
    document,
    lead_version: lead?.version ?? 0,
    zone: lead?.callback?.zone ?? zoneOf(set_up, lead?.contact_hours ?? null) ?? 'UTC',
    kept,
    sender: actorName({ actor: caller, actor_name: caller_name }),
    refresh: async () =>
      (await queries.fetchQuery({ ...conflictQuery(conflict_id), staleTime: 0 })).conflict ?? null,
    save: async ({ lead_version }, decisions) => {
      await must(client.settleConflict(conflict_id, { lead_version, decisions }))
      end(words.saved)
    },
  })
  const { phase } = merging.state
  // Somebody else settled it meanwhile, or it expired.
  if (phase === 'gone')
    return (
      <Page title={text.conflicts.title} width="form">
        <p>{words.gone}</p>
        <p>
          <Link to="/conflicts" onClick={() => queries.removeQueries(conflictQuery(conflict_id))}>
            {words.back}
          </Link>
        </p>
      </Page>
    )
  return (
    <Frame
      conflict={conflict}
      actions={
        <Button disabled={phase === 'saving'} onClick={() => setDismissing(true)}>
          {merge_words.actions.dismiss}
        </Button>
      }
    >
      <MergeView merging={merging} />
      <Dismiss
        conflict_id={conflict_id}
        opened={dismissing}
        onClose={() => setDismissing(false)}
        onDone={() => end(merge_words.dismiss.done)}
      />
    </Frame>
  )
}

interface DismissProps {
  conflict_id: number
  opened: boolean
  onClose: () => void
  onDone: () => void
}

function Dismiss({ conflict_id, opened, onClose, onDone }: DismissProps) {
  const { dismiss, cancel } = merge_words
  const [why, setWhy] = useState('')
  const reason = why.trim()
  const send = useMutation({
    mutationFn: () => must(client.settleConflict(conflict_id, { dismiss: true, reason })),
    onSuccess: onDone,
  })
  return (
    <Modal opened={opened} onClose={onClose} title={dismiss.title} size="md" centered>
      <form
        className="stack"
        onSubmit={onSubmit(() => reason === '' || send.isPending || send.isSuccess || send.mutate())}
      >
        <p>{dismiss.note}</p>
        <Textarea
          data-autofocus
          label={dismiss.reason}
          rows={2}
          required
          maxLength={1000}
          value={why}
          onChange={typed(setWhy)}
        />
        {send.error && <Problem error={send.error} />}
        <div className="row">
          <Button variant="filled" type="submit" loading={send.isPending} disabled={reason === ''}>
            {dismiss.dismiss}
          </Button>
          <Button onClick={onClose}>{cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}

/** The result of the update, and the changes that it wanted. */
function Settled({ conflict }: { conflict: Conflict }) {
  const { states, states_detail } = text.conflicts
  const set_up = useLeadSetUp()
  const now = useNow()
  const { state, mine, base, resolution } = conflict
  const reason = typeof resolution?.reason === 'string' ? resolution.reason : undefined
  return (
    <section className={`${styles.settled} card`}>
      <p>
        <strong>{states[state]}</strong> {states_detail[state]} {settledBy(conflict, now)}
      </p>
      {reason && <p>{words.reason(reason)}</p>}
      <Changes
        className={`${styles.table} table`}
        caption={words.wanted}
        hidden={[]}
        heads={[text.history.columns.field, words.before, words.wanted]}
        rows={sorted(Object.keys(mine), set_up).map((path) => [
          path,
          valueAt(base, path),
          valueAt(mine, path),
        ])}
      />
    </section>
  )
}
