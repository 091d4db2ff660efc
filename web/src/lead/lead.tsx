// The screen on which a lead is read and edited.

import { Button } from '@mantine/core'
import { useWindowEvent } from '@mantine/hooks'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { leadName } from '../api/leads.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { BackToList, Neighbours } from '../leads/listed.tsx'
import { Details } from '../shell/details.tsx'
import { Page } from '../shell/page.tsx'
import { Tag } from '../shell/parts.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { text } from '../text.ts'
import call from './call.module.css'
import { useEdit } from './edit.ts'
import { Fields, leave, sectionsOf, toSection } from './fields.tsx'
import { useDraft } from './kept.ts'
import styles from './lead.module.css'
import { useLeftUnsaved, useRestored } from './left.ts'
import { Log } from './log.tsx'
import { Numbers } from './numbers.tsx'
import { OpenLead } from './open-lead.tsx'
import { OutcomeCard } from './outcome-card.tsx'
import { PresentChips } from './present.tsx'
import { SaveBar } from './save-bar.tsx'
import { useLeadSetUp } from './set-up.ts'
import { Side } from './side.tsx'

const words = text.lead

export function LeadScreen() {
  const { id } = useParams({ from: '/app/leads/$id' })
  const [draft] = useDraft(id)
  return (
    <OpenLead id={id} title={words.title} editing={draft !== null}>
      {(lead, others) => <Opened lead={lead} present={<PresentChips {...others} />} />}
    </OpenLead>
  )
}

function Opened({ lead, present }: { lead: Lead; present: ReactNode }) {
  const set_up = useLeadSetUp()
  const edit = useEdit(lead)
  const name = leadName(lead, set_up.template)
  useShortcuts([{ keys: 'mod+s', does: words.shortcuts.save, run: () => edit.save() }])
  useSectionKeys(['outcome', ...sectionsOf(set_up).map((section) => section.id)])
  const restored = useRestored(edit.draft?.at)
  useLeftUnsaved({ lead_id: lead.id, name })

  return (
    <Page
      title={name}
      document_title={[name, text.leads.title]}
      back={<BackToList />}
      aside={<Badges lead={lead} />}
      actions={
        <>
          <Neighbours lead_id={lead.id} />
          {present}
          <Button
            component={Link}
            to={`/leads/${lead.id}/history`}
            leftSection={<IconHistory size={16} aria-hidden />}
          >
            {words.history}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves whichever field has the focus */}
      <div className={call.page} onKeyDown={leave}>
        <Numbers lead={lead} />
        <Log lead={lead} />
        <OutcomeCard lead={lead} edit={edit} />
        <Fields lead={lead} edit={edit} />
        <Side lead={lead} />
      </div>
      <SaveBar lead={lead} edit={edit} restored={restored} />
    </Page>
  )
}

function Badges({ lead }: { lead: Lead }) {
  const may_settle = hasRole(useOperator(), 'lead')
  const { badges } = words
  const conflicts = badges.conflicts(lead.open_conflicts)
  return (
    <>
      <Tag tone={lead.closed ? 'plain' : 'strong'}>{lead.closed ? badges.closed : badges.open}</Tag>
      {lead.client_approved && <Tag tone="strong">{badges.client_approved}</Tag>}
      {lead.open_conflicts > 0 && (
        <span className={`${styles.conflicts} notice tiny`}>
          {may_settle ? (
            <Link to="/conflicts" search={{ lead_id: lead.id }}>
              {conflicts}
            </Link>
          ) : (
            <Link to="/conflicts/handed-over">{conflicts}</Link>
          )}
        </span>
      )}
      <Details
        about={lead.id}
        of={[
          [words.number, lead.id],
          [words.paths.external_id!, lead.external_id],
          [words.side.version, lead.version],
        ]}
      />
    </>
  )
}

/** Alt+1 to Alt+9 go to the sections of the form, in fields too, where Alt and a digit type nothing useful. */
function useSectionKeys(ids: readonly string[]): void {
  useWindowEvent('keydown', (event) => {
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
    if (!event.altKey || event.ctrlKey || event.metaKey || digit === undefined) return
    const id = ids[Number(digit) - 1]
    if (id === undefined) return
    event.preventDefault()
    toSection(id)
  })
}
