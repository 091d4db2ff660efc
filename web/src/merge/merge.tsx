// Merges the operator's unsaved changes of a lead with what others have saved meanwhile.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import type { ConflictDocument, Lead } from '../../../src/client/api.ts'
import type { Present } from '../../../src/client/events.ts'
import { openGroups } from '../../../src/core/conflict.ts'
import { client, must, queries } from '../api/client.ts'
import { isGone, learn, whole } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { HandOver } from '../conflicts/hand-over.tsx'
import { type Draft, patchOf } from '../lead/draft.ts'
import { collisionKey, useDraft, useKeptMerge } from '../lead/kept.ts'
import { Gone, LeadPage, OpenLead } from '../lead/open-lead.tsx'
import { useLeadSetUp, zoneOf } from '../lead/set-up.ts'
import { useUndo } from '../lead/undo.ts'
import { Page, Waiting } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { merge as words } from '../text/merge.ts'
import { changersHere } from './names.ts'
import { useMerge } from './use-merge.ts'
import { MergeView } from './view.tsx'

export function MergeScreen() {
  const { id } = useParams({ from: '/app/leads/$id/merge' })
  const [stored] = useDraft(id)
  // Saving ends the draft, but this screen needs it until it is left.
  const draft = useRef(stored).current
  return (
    <OpenLead id={id} title={words.waiting} editing>
      {(lead, { present }) =>
        draft ? <MergeOf lead={lead} draft={draft} present={present} /> : <Nothing id={id} />
      }
    </OpenLead>
  )
}

const preview = (id: string, { base_version, changes }: Draft) =>
  must(client.previewMerge(id, { base_version, mine: patchOf(changes) }))

interface MergeOfProps {
  lead: Lead
  draft: Draft
  /** Others who have the lead open. */
  present: readonly Present[]
}

function MergeOf({ lead, draft, present }: MergeOfProps) {
  const { data, error, refetch } = useQuery({
    queryKey: collisionKey(lead.id),
    queryFn: () => preview(lead.id, draft),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (isGone(error)) return <Gone lead_id={lead.id} />
  if (!data) return <Waiting title={words.waiting} error={error} retry={() => void refetch()} />
  return <Merge lead={lead} draft={draft} present={present} document={data} />
}

function Merge({ lead, draft, present, document }: MergeOfProps & { document: ConflictDocument }) {
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const [, store] = useDraft(lead.id)
  const kept = useKeptMerge(lead.id)
  const undo = useUndo(lead)
  const mine = patchOf(draft.changes)
  // The lead that the document tells of can be newer than the one that is open here.
  const name = leadName(
    { ...lead, fields: { ...lead.fields, ...fieldsIn(document.current) } },
    set_up.template,
  )
  const about = { lead_id: lead.id, name }
  const end = () => {
    store.set(null)
    kept.set(null)
    queries.removeQueries({ queryKey: collisionKey(lead.id) })
    void navigate({ to: '/leads/$id', params: { id: lead.id } })
  }
  const edit = { lead_id: lead.id, change: { base_version: draft.base_version, mine }, onDone: end }
  const merging = useMerge({
    kind: 'mine',
    document,
    lead_version: lead.version,
    zone: lead.callback?.zone ?? zoneOf(set_up, lead.contact_hours, lead.zones) ?? 'UTC',
    kept,
    present,
    ask: <HandOver {...edit} to={null} />,
    refresh: () => preview(lead.id, draft),
    save: async ({ base_version, lead_version }, decisions) => {
      const merge = { base_version, lead_version, mine, decisions }
      const saved = await whole(must(client.mergeLead(lead.id, merge)))
      learn(saved)
      toast(words.saved, [{ label: words.undo, run: () => void undo(saved.version, saved.version) }], about)
      end()
    },
  })
  const discard = () => {
    end()
    toast(words.discarded, [{ label: words.undo, run: () => store.set(draft) }], about)
  }
  if (merging.state.phase === 'gone') return <Gone lead_id={lead.id} />
  const busy = merging.state.phase === 'saving'
  return (
    <LeadPage
      lead={lead}
      title={words.title(name, openGroups(merging.state.collision.groups).length)}
      tab={words.tab}
      actions={
        <>
          <Button disabled={busy} onClick={discard}>
            {words.actions.discard}
          </Button>
          {changersHere(merging.document, merging.state, present).map((person) => (
            <HandOver key={person.operator_id} {...edit} to={person} disabled={busy} />
          ))}
          <HandOver {...edit} to={null} disabled={busy} />
        </>
      }
    >
      <MergeView merging={merging} />
    </LeadPage>
  )
}

const fieldsIn = (values: ConflictDocument['current']) =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([path]) => path.startsWith('fields.'))
      .map(([path, value]) => [path.slice('fields.'.length), String(value ?? '')]),
  )

const Nothing = ({ id }: { id: string }) => (
  <Page title={words.waiting} width="form">
    <p>{words.nothing}</p>
    <p>
      <Link to="/leads/$id" params={{ id }}>
        {words.to_lead}
      </Link>
    </p>
  </Page>
)
