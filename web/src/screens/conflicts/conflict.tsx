// A held update beside its lead: on the merge screen while it is open, else what became of it.

import { Button, Modal, Textarea } from '@mantine/core'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import type { Conflict, ConflictDocument } from '../../../../src/client/model.ts'
import { useNow } from '../../api/clock.ts'
import { conflictQuery, settleConflict } from '../../api/conflicts.ts'
import { leadQuery } from '../../api/leads.ts'
import { queries } from '../../api/queries.ts'
import { useKeptMerge } from '../../lead/drafts.ts'
import { useLiveLead } from '../../lead/presence.ts'
import { campaignOf, type LeadSetUp, useLeadSetUp, zoneOf } from '../../lead/set-up.ts'
import { actorOf, labelOf, placeOf } from '../../lead/show.ts'
import { toast } from '../../lead/toast.tsx'
import { useFollow } from '../../lead/use-follow.ts'
import type { MergeSubject } from '../../merge/subject.ts'
import { useMerge } from '../../merge/use-merge.ts'
import { Value } from '../../merge/values.tsx'
import { MergeView } from '../../merge/view.tsx'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { merge as merge_words } from '../../text/merge.ts'
import { ago, exactly } from '../../text/times.ts'
import { text } from '../../text.ts'
import lead_styles from '../lead/lead.module.css'
import styles from './conflicts.module.css'

const words = text.conflicts.one

export function ConflictScreen() {
  const { id } = useParams({ from: '/app/conflicts/$id' })
  return <ConflictById key={id} id={Number(id)} />
}

function ConflictById({ id }: { id: number }) {
  // What was open stays on the screen while it is settled, whatever the server says meanwhile.
  const opened = useRef<Conflict | undefined>(undefined)
  const { data, error, refetch } = useQuery({ ...conflictQuery(id), staleTime: Number.POSITIVE_INFINITY })
  if (data?.conflict && !opened.current) opened.current = data
  const set_up = useLeadSetUp(data && campaignOf(data.lead_id))
  const shown_error = error ?? set_up.error
  if (data && set_up.data) {
    const { current } = opened
    return current?.conflict ? (
      <Settle conflict={current} document={current.conflict} set_up={set_up.data} />
    ) : (
      <Frame conflict={data}>
        <Settled conflict={data} set_up={set_up.data} />
      </Frame>
    )
  }
  if (shown_error)
    return (
      <Page title={text.conflicts.title}>
        <Problem error={shown_error} onRetry={() => void refetch()} />
      </Page>
    )
  return <Loading />
}

interface FrameProps {
  conflict: Conflict
  actions?: React.ReactNode
  children: React.ReactNode
}

function Frame({ conflict, actions, children }: FrameProps) {
  const now = useNow()
  const { lead_id, created_at, expires_at, request_id, state, way } = conflict
  return (
    <Page
      title={words.title(lead_id)}
      document_title={words.document_title(lead_id)}
      back={
        <Link to="/conflicts" className={lead_styles.back}>
          <IconArrowLeft size={14} aria-hidden />
          {words.back}
        </Link>
      }
      actions={
        <>
          {actions}
          <Button component={Link} to={`/leads/${lead_id}`} variant="default">
            {words.open_lead}
          </Button>
        </>
      }
    >
      <p className={styles.sent}>
        {words.sent(ago(created_at, now), request_id)} {way === 'classic' && words.answered}{' '}
        {state === 'open' && words.expires(exactly(expires_at))}
      </p>
      {children}
    </Page>
  )
}

interface SettleProps {
  conflict: Conflict
  document: ConflictDocument
  set_up: LeadSetUp
}

function Settle({ conflict, document, set_up }: SettleProps) {
  const { conflict_id, lead_id, caller, caller_name } = conflict
  const navigate = useNavigate()
  const kept = useKeptMerge(`conflict-${conflict_id}`)
  const { poll_ms } = useLiveLead(lead_id, true)
  const lead = useQuery({ ...leadQuery(lead_id), refetchInterval: poll_ms })
  const [dismissing, setDismissing] = useState(false)
  const refresh = async () =>
    (await queries.fetchQuery({ ...conflictQuery(conflict_id), staleTime: 0 })).conflict ?? null
  const end = (said: string) => {
    kept.set(null)
    toast(said)
    void queries.invalidateQueries({ queryKey: ['conflicts'] })
    void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
    void navigate({ to: '/conflicts' })
  }
  const subject: MergeSubject = {
    kind: 'held',
    lead_id,
    document,
    set_up,
    zone: lead.data?.callback?.zone ?? zoneOf(set_up, lead.data?.contact_hours ?? null) ?? 'UTC',
    kept,
    sender: actorOf({ actor: caller, actor_name: caller_name }).name,
    read_only: false,
    refresh,
    save: async ({ lead_version }, decisions) => {
      await settleConflict(conflict_id, { lead_version, decisions })
      end(words.saved)
    },
  }
  const merging = useMerge(subject)
  useFollow(lead.data?.version ?? 0, merging.state.collision.lead_version, merging.refresh)
  if (merging.state.phase === 'gone') return <Ended conflict_id={conflict_id} />
  return (
    <Frame
      conflict={conflict}
      actions={
        <Button
          variant="default"
          disabled={merging.state.phase === 'saving'}
          onClick={() => setDismissing(true)}
        >
          {merge_words.actions.dismiss}
        </Button>
      }
    >
      <MergeView subject={subject} merging={merging} />
      <Dismiss
        conflict_id={conflict_id}
        opened={dismissing}
        onClose={() => setDismissing(false)}
        onDone={() => end(merge_words.dismiss.done)}
      />
    </Frame>
  )
}

/** Somebody else settled it, or its time was over, while it was looked at here. */
function Ended({ conflict_id }: { conflict_id: number }) {
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
}

interface DismissProps {
  conflict_id: number
  opened: boolean
  onClose: () => void
  onDone: () => void
}

function Dismiss({ conflict_id, opened, onClose, onDone }: DismissProps) {
  const { dismiss } = merge_words
  const [reason, setReason] = useState('')
  const send = useMutation({
    mutationFn: () => settleConflict(conflict_id, { dismiss: true, reason: reason.trim() }),
    onSuccess: onDone,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() !== '') send.mutate()
  }
  return (
    <Modal opened={opened} onClose={onClose} title={dismiss.title} size="md" centered>
      <form className={styles.dismiss} onSubmit={submit}>
        <p>{dismiss.note}</p>
        <Textarea
          data-autofocus
          label={dismiss.reason}
          rows={2}
          required
          maxLength={1000}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {send.error && <Problem error={send.error} />}
        <div className={styles.buttons}>
          <Button type="submit" loading={send.isPending} disabled={reason.trim() === ''}>
            {dismiss.dismiss}
          </Button>
          <Button variant="default" onClick={onClose}>
            {merge_words.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** What became of it, and what it wanted. */
function Settled({ conflict, set_up }: { conflict: Conflict; set_up: LeadSetUp }) {
  const now = useNow()
  const { state, mine, base, resolved_by, resolved_by_name, resolved_at, resolution } = conflict
  const reason = typeof resolution?.reason === 'string' ? resolution.reason : undefined
  const paths = Object.keys(mine).toSorted((one, other) => placeOf(one, set_up) - placeOf(other, set_up))
  return (
    <section className={styles.settled}>
      <p>
        <strong>{text.conflicts.states[state]}</strong> {text.conflicts.states_detail[state]}{' '}
        {resolved_by &&
          resolved_at &&
          text.conflicts.settled_by(
            actorOf({ actor: resolved_by, actor_name: resolved_by_name }).name,
            ago(resolved_at, now),
          )}
      </p>
      {reason && <p>{words.reason(reason)}</p>}
      <table className={styles.table}>
        <caption>{words.wanted}</caption>
        <thead>
          <tr>
            <th scope="col">{text.history.columns.field}</th>
            <th scope="col">{words.before}</th>
            <th scope="col">{words.wanted}</th>
          </tr>
        </thead>
        <tbody>
          {paths.map((path) => (
            <tr key={path}>
              <th scope="row">{labelOf(path, set_up)}</th>
              <td>
                <Value
                  path={path}
                  value={base[path] ?? null}
                  base={base[path] ?? null}
                  set_up={set_up}
                  plain
                />
              </td>
              <td>
                <Value path={path} value={mine[path] ?? null} base={base[path] ?? null} set_up={set_up} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
