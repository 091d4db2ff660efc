// A lead, read and edited.

import { Button, CopyButton, Tooltip, UnstyledButton } from '@mantine/core'
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { Lead } from '../../../../src/client/model.ts'
import { isGone } from '../../api/lead.ts'
import { lastListed, leadName, leadQuery } from '../../api/leads.ts'
import { hasRole, useOperator } from '../../api/session.ts'
import { ChangedBanner, PresentChips, RestoredBanner, SaveProblem } from '../../lead/banners.tsx'
import { useDraft } from '../../lead/drafts.ts'
import { inputId } from '../../lead/field.tsx'
import { LeadForm, sectionsOf } from '../../lead/form.tsx'
import { Gone } from '../../lead/gone.tsx'
import { useLiveLead } from '../../lead/presence.ts'
import { SaveBar } from '../../lead/save-bar.tsx'
import { type LeadSetUp, useLeadSetUp } from '../../lead/set-up.ts'
import { Side } from '../../lead/side.tsx'
import { Tag } from '../../lead/tag.tsx'
import { toast } from '../../lead/toast.tsx'
import { useEdit } from '../../lead/use-edit.ts'
import { useSectionKeys } from '../../lead/use-section-keys.ts'
import { Loading } from '../../shell/loading.tsx'
import { Page } from '../../shell/page.tsx'
import { Problem } from '../../shell/problem.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { text } from '../../text.ts'
import styles from './lead.module.css'

const words = text.lead

export function LeadScreen() {
  const { id } = useParams({ from: '/app/leads/$id' })
  // Another lead is another screen: nothing of the one before is carried over.
  return <LeadById key={id} id={id} />
}

function LeadById({ id }: { id: string }) {
  const [draft] = useDraft(id)
  const { present, poll_ms } = useLiveLead(id, draft !== null)
  const { data: lead, error, refetch } = useQuery({ ...leadQuery(id), refetchInterval: poll_ms })
  const set_up = useLeadSetUp(lead?.campaign_id)
  if (error && isGone(error)) return <Gone lead_id={id} />
  if (!lead && error)
    return (
      <Page title={words.title}>
        <Problem error={error} onRetry={() => void refetch()} />
      </Page>
    )
  if (!lead || (!set_up.data && !set_up.error)) return <Loading />
  if (!set_up.data)
    return (
      <Page title={words.title}>
        <Problem error={set_up.error} />
      </Page>
    )
  return <OpenLead lead={lead} set_up={set_up.data} present={<PresentChips present={present} />} />
}

function OpenLead({ lead, set_up, present }: { lead: Lead; set_up: LeadSetUp; present: React.ReactNode }) {
  const edit = useEdit(lead, set_up)
  const navigate = useNavigate()
  const name = leadName(lead, set_up.template)
  const sections = sectionsOf(set_up)
  const focus = (element_id: string) => document.getElementById(element_id)?.focus()
  const neighbour = (by: 1 | -1) => () => {
    const ids = lastListed.get()
    const next = ids[ids.indexOf(lead.id) + by]
    if (ids.includes(lead.id) && next) void navigate({ to: '/leads/$id', params: { id: next } })
  }
  useShortcuts([
    { keys: 'mod+s', does: words.shortcuts.save, run: () => edit.save() },
    { keys: 'd', does: words.shortcuts.disposition, run: () => focus(inputId('disposition')) },
    {
      keys: 'c',
      does: words.shortcuts.callback,
      run: () => document.querySelector<HTMLElement>('[data-callback-first]')?.focus(),
    },
    { keys: ']', does: words.shortcuts.next, run: neighbour(1) },
    { keys: '[', does: words.shortcuts.previous, run: neighbour(-1) },
  ])
  useSectionKeys(sections.map((section) => section.id))
  const restored = useRestored(edit.draft?.at)
  useLeftUnsaved(lead.id, edit.draft ? Object.keys(edit.draft.changes).length : 0)

  return (
    <Page
      title={name}
      document_title={words.document_title(name)}
      back={
        <Link to="/leads" className={styles.back}>
          <IconArrowLeft size={14} aria-hidden />
          {words.back}
        </Link>
      }
      aside={<Badges lead={lead} />}
      actions={
        <>
          {present}
          <Button
            component={Link}
            to={`/leads/${lead.id}/history`}
            variant="default"
            leftSection={<IconHistory size={16} aria-hidden />}
          >
            {words.history}
          </Button>
        </>
      }
    >
      <SaveProblem edit={edit} set_up={set_up} />
      <ChangedBanner lead={lead} edit={edit} set_up={set_up} />
      {restored && edit.draft && <RestoredBanner at={restored} onDiscard={edit.discard} />}
      <div className={styles.columns}>
        <div className={styles.main}>
          <LeadForm
            lead={lead}
            current={edit.current}
            draft={edit.draft}
            set_up={set_up}
            problems={edit.problems}
            fresh={edit.fresh}
            onChange={edit.change}
            onTakeBack={edit.takeBack}
          />
        </div>
        <Side lead={lead} set_up={set_up} />
      </div>
      <SaveBar edit={edit} />
    </Page>
  )
}

function Badges({ lead }: { lead: Lead }) {
  const may_settle = hasRole(useOperator(), 'lead')
  const { badges } = words
  return (
    <>
      <CopyButton value={lead.id}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? words.copied : words.copy_id(lead.id)}>
            <UnstyledButton className={styles.id} aria-label={words.copy_id(lead.id)} onClick={copy}>
              {lead.id}
            </UnstyledButton>
          </Tooltip>
        )}
      </CopyButton>
      <Tag tone={lead.closed ? 'plain' : 'strong'}>{lead.closed ? badges.closed : badges.open}</Tag>
      {lead.client_approved && <Tag tone="strong">{badges.client_approved}</Tag>}
      {lead.open_conflicts > 0 &&
        (may_settle ? (
          <Link to="/conflicts" search={{ lead_id: lead.id }} className={styles.conflicts}>
            {badges.conflicts(lead.open_conflicts)}
          </Link>
        ) : (
          <span className={styles.conflicts}>{badges.conflicts(lead.open_conflicts)}</span>
        ))}
    </>
  )
}

/** When the draft was typed that was there already as the screen opened; gone once something is typed here. */
function useRestored(at: string | undefined): string | undefined {
  const [restored] = useState(at)
  return at === restored ? restored : undefined
}

/** Leaving loses nothing, but nobody should think that it is saved. */
function useLeftUnsaved(lead_id: string, changes: number): void {
  const navigate = useNavigate()
  const latest = useRef({ changes, navigate })
  latest.current = { changes, navigate }
  useEffect(
    () => () => {
      const { changes, navigate } = latest.current
      if (changes === 0 || isOf(lead_id, window.location.pathname)) return
      toast(words.save.left(changes), [
        {
          label: words.save.go_back,
          run: () => void navigate({ to: '/leads/$id', params: { id: lead_id } }),
        },
      ])
    },
    [lead_id],
  )
}

/** Whether an address is one of the lead's own screens. */
const isOf = (lead_id: string, path: string) => `${path}/`.includes(`/leads/${lead_id}/`)
