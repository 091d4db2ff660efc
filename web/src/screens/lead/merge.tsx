// One's own unsaved changes of a lead beside what others saved meanwhile.

import { Button } from '@mantine/core'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import type { ConflictDocument, Lead } from '../../../../src/client/model.ts'
import { holdUpdate, isGone, learn, previewMerge, saveMerge } from '../../api/lead.ts'
import { leadName, leadQuery } from '../../api/leads.ts'
import { queries } from '../../api/queries.ts'
import { type Draft, patchOf } from '../../lead/draft.ts'
import { collisionKey, useDraft, useKeptMerge } from '../../lead/drafts.ts'
import { Gone } from '../../lead/gone.tsx'
import { useLiveLead } from '../../lead/presence.ts'
import { type LeadSetUp, useLeadSetUp, zoneOf } from '../../lead/set-up.ts'
import { toast } from '../../lead/toast.tsx'
import { useFollow } from '../../lead/use-follow.ts'
import { useUndo } from '../../lead/use-undo.ts'
import type { MergeSubject } from '../../merge/subject.ts'
import { useMerge } from '../../merge/use-merge.ts'
import { MergeView } from '../../merge/view.tsx'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { merge as words } from '../../text/merge.ts'
import styles from './lead.module.css'

export function MergeScreen() {
  const { id } = useParams({ from: '/app/leads/$id/merge' })
  return <MergeOf key={id} id={id} />
}

function MergeOf({ id }: { id: string }) {
  const [stored] = useDraft(id)
  // Saving ends the draft; what it was stays on this screen until it is left.
  const draft = useRef(stored).current
  const { poll_ms } = useLiveLead(id, true)
  const lead = useQuery({ ...leadQuery(id), refetchInterval: poll_ms })
  const set_up = useLeadSetUp(lead.data?.campaign_id)
  const sides = useQuery({
    queryKey: collisionKey(id),
    queryFn: () => previewMerge(id, draft?.base_version ?? 0, patchOf(draft?.changes ?? {})),
    enabled: draft !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const error = lead.error ?? sides.error ?? set_up.error
  if (error && isGone(error)) return <Gone lead_id={id} />
  if (!draft) return <Nothing id={id} />
  if (lead.data && set_up.data && sides.data)
    return <Merge lead={lead.data} set_up={set_up.data} draft={draft} document={sides.data} />
  if (error)
    return (
      <Page title={words.title}>
        <Problem error={error} onRetry={() => void sides.refetch()} />
      </Page>
    )
  return <Loading />
}

interface MergeProps {
  lead: Lead
  set_up: LeadSetUp
  draft: Draft
  document: ConflictDocument
}

function Merge({ lead, set_up, draft, document }: MergeProps) {
  const navigate = useNavigate()
  const [, store] = useDraft(lead.id)
  const kept = useKeptMerge(lead.id)
  const undo = useUndo(lead.id)
  const name = leadName(lead, set_up.template)
  const mine = patchOf(draft.changes)
  const to_lead = () => void navigate({ to: '/leads/$id', params: { id: lead.id } })
  const end = () => {
    store.set(null)
    kept.set(null)
    queries.removeQueries({ queryKey: collisionKey(lead.id) })
    to_lead()
  }
  const subject: MergeSubject = {
    kind: 'mine',
    lead_id: lead.id,
    document,
    set_up,
    zone: lead.callback?.zone ?? zoneOf(set_up, lead.contact_hours) ?? 'UTC',
    kept,
    sender: '',
    read_only: false,
    refresh: () => previewMerge(lead.id, draft.base_version, mine),
    save: async ({ base_version, lead_version }, decisions) => {
      const saved = await saveMerge(lead.id, { base_version, lead_version, mine, decisions })
      learn(saved)
      toast(words.saved, [{ label: words.undo, run: () => undo(saved.version, saved.version) }])
      end()
    },
  }
  const merging = useMerge(subject)
  useFollow(lead.version, merging.state.collision.lead_version, merging.refresh)
  const later = useMutation({
    mutationFn: () => holdUpdate(lead.id, draft.base_version, mine),
    onSuccess: ({ conflict_id }) => {
      toast(conflict_id === undefined ? words.later_saved : words.later_done(conflict_id))
      void queries.invalidateQueries({ queryKey: leadQuery(lead.id).queryKey })
      void queries.invalidateQueries({ queryKey: ['conflicts'] })
      end()
    },
  })
  const discard = () => {
    end()
    toast(words.discarded, [{ label: words.undo, run: () => store.set(draft) }])
  }
  if (merging.state.phase === 'gone') return <Gone lead_id={lead.id} />
  const busy = merging.state.phase === 'saving' || later.isPending
  return (
    <Page
      title={words.title}
      document_title={words.document_title(name)}
      back={
        <Link to="/leads/$id" params={{ id: lead.id }} className={styles.back}>
          <IconArrowLeft size={14} aria-hidden />
          {words.back(name)}
        </Link>
      }
      aside={<span className={styles.id}>{lead.id}</span>}
      actions={
        <>
          <Button variant="default" disabled={busy} onClick={discard}>
            {words.actions.discard}
          </Button>
          <Button variant="default" loading={later.isPending} disabled={busy} onClick={() => later.mutate()}>
            {words.actions.later}
          </Button>
        </>
      }
    >
      {later.error && <Problem error={later.error} onRetry={() => later.mutate()} />}
      <MergeView subject={subject} merging={merging} />
    </Page>
  )
}

function Nothing({ id }: { id: string }) {
  return (
    <Page title={words.title} width="form">
      <p>{words.nothing}</p>
      <p>
        <Link to="/leads/$id" params={{ id }}>
          {words.to_lead}
        </Link>
      </p>
    </Page>
  )
}
