// The lead's values in sections: outcome, phones, the fields of the template.

import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import IconPhoneOff from '@tabler/icons-react/icons/IconPhoneOff'
import { useState } from 'react'
import type { Lead, LeadPhone } from '../../../src/client/api.ts'
import { fold } from '../../../src/core/field.ts'
import { type Scalar, valueAt } from '../../../src/core/merge.ts'
import { Tag } from '../shell/parts.tsx'
import { Phone } from '../shell/phone.tsx'
import { exactly } from '../text/times.ts'
import { text } from '../text.ts'
import { Blocked } from './dnc.tsx'
import { shownIn } from './draft.ts'
import type { Edit } from './edit.ts'
import { Editor } from './editor.tsx'
import styles from './lead.module.css'
import { type LeadSetUp, useLeadSetUp, zoneOf } from './set-up.ts'
import { inputId, labelOf, OUTCOME, shownValue, titled } from './show.tsx'

const words = text.lead

/** Outcome comes first, because calls end with it; then phones, then the rest in the template's order. */
export function sectionsOf({ fields }: LeadSetUp): { id: string; title: string; paths: string[] }[] {
  const pathsOf = (some: readonly { name: string }[]) => some.map(({ name }) => `fields.${name}`)
  const others = fields.all.filter(({ kind }) => kind !== 'phone')
  const groups = Map.groupBy(others, ({ merge_group }) => merge_group)
  const sections = [
    { id: 'outcome', title: words.sections.outcome, paths: OUTCOME },
    { id: 'phones', title: words.sections.phones, paths: pathsOf(fields.phones) },
    { id: 'details', title: words.sections.details, paths: pathsOf(groups.get(null) ?? []) },
    ...[...groups].flatMap(([group, some]) =>
      group === null ? [] : [{ id: `group-${group}`, title: titled(group), paths: pathsOf(some) }],
    ),
  ]
  return sections.filter(({ paths }) => paths.length > 0)
}

interface FormProps {
  lead: Lead
  edit: Edit
}

export function LeadForm({ lead, edit }: FormProps) {
  const set_up = useLeadSetUp()
  const { side, paths } = words
  const unmapped = Object.entries(lead.unmapped)
  return (
    <>
      {sectionsOf(set_up).map(({ id, title, paths }) => (
        <Section key={id} id={id} title={title}>
          <div className={styles.grid}>
            {paths.map((path) => (
              <Field key={path} path={path} lead={lead} edit={edit} />
            ))}
            {id === 'outcome' && <Consequence lead={lead} edit={edit} />}
          </div>
        </Section>
      ))}
      {unmapped.length > 0 && (
        <Section id="unmapped" title={words.sections.unmapped}>
          <Pairs of={unmapped} />
          <p className={styles.note}>{words.sections.unmapped_note}</p>
        </Section>
      )}
      <Section id="origin" title={words.sections.origin}>
        <Pairs
          of={[
            [side.campaign, set_up.campaign],
            [side.allocation, set_up.allocations.get(lead.allocation_id) ?? String(lead.allocation_id)],
            [paths.external_id!, lead.external_id],
            [paths.source!, lead.source],
            [side.created_at, exactly(lead.created_at)],
            [side.updated_at, exactly(lead.updated_at)],
            [side.version, String(lead.version)],
          ]}
        />
      </Section>
    </>
  )
}

const Section = ({ id, title, children }: { id: string; title: string; children: React.ReactNode }) => (
  <section className={`${styles.section} card`} aria-labelledby={id}>
    <h2 id={id} tabIndex={-1}>
      {title}
    </h2>
    {children}
  </section>
)

const Pairs = ({ of }: { of: readonly (readonly [string, string | null])[] }) => (
  <dl className={`${styles.pairs} small`}>
    {of
      .filter(([, value]) => value)
      .map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
  </dl>
)

const HINTS: Record<string, string> = {
  priority: words.outcome.priority_hint,
  callback_agent: words.outcome.agent_hint,
}

/** One value: its input, its old value, its problem. */
function Field({ path, lead, edit }: FormProps & { path: string }) {
  const set_up = useLeadSetUp()
  const { draft, current } = edit
  const id = inputId(path)
  const label = labelOf(path, set_up)
  const field = set_up.fields.all.find(({ name }) => path === `fields.${name}`)
  const is_edited = draft !== null && Object.hasOwn(draft.changes, path)
  const bad = field && lead.bad_values.includes(field.name) ? words.field.bad[field.kind] : undefined
  const hint = bad ? words.field.bad_hint : HINTS[path]
  const problem = edit.problems.get(path)
  const fresh = edit.fresh.has(path)
  const hours = shownIn(draft, current, 'contact_hours')
  const named = typeof hours === 'string' ? hours : null
  const theirs = is_edited ? theirsOf(path, edit) : undefined
  const notes = [
    problem && `${id}-problem`,
    theirs !== undefined && `${id}-theirs`,
    is_edited && `${id}-was`,
    hint && !is_edited && `${id}-hint`,
  ].filter(Boolean)
  const phone = field?.kind === 'phone' && lead.phones.find((phone) => phone.field === field.name)
  return (
    <div
      className={styles.field}
      data-edited={is_edited || undefined}
      data-fresh={fresh || undefined}
      data-met={theirs !== undefined || undefined}
      data-wide={field?.kind === 'long_text' || undefined}
    >
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {is_edited && <span className={`${styles.mark} tiny`}>{words.field.edited}</span>}
        {fresh && <span className={`${styles.freshly} tiny`}>{words.field.fresh}</span>}
      </div>
      <Editor
        path={path}
        value={shownIn(draft, current, path)}
        onChange={(value) => edit.change(path, value)}
        zone={zoneOf(set_up, named) ?? lead.callback?.zone ?? 'UTC'}
        hours={named}
        id={id}
        described_by={notes.length > 0 ? notes.join(' ') : undefined}
        invalid={problem !== undefined}
      />
      {!is_edited && phone && <PhoneBadges phone={phone} campaign_id={lead.campaign_id} />}
      {!is_edited && bad && field?.kind !== 'phone' && (
        <span className={styles.badges}>
          <Tag tone="warn">{bad}</Tag>
        </span>
      )}
      {problem && (
        <p id={`${id}-problem`} className={`${styles.problem} tiny`}>
          {problem}
        </p>
      )}
      {theirs !== undefined && (
        <p id={`${id}-theirs`} className={`${styles.theirs} tiny`}>
          {words.field.theirs(shownValue(path, theirs, set_up) ?? words.empty)}{' '}
          <Button size="compact-xs" onClick={() => edit.takeBack(path)}>
            {words.field.take_theirs}
          </Button>
        </p>
      )}
      {hint && !is_edited && (
        <p id={`${id}-hint`} className={styles.note}>
          {hint}
        </p>
      )}
      {is_edited && (
        <div className={styles.was}>
          <span id={`${id}-was`} dir="auto">
            {words.field.was(shownValue(path, valueAt(draft.base, path), set_up) ?? words.empty)}
          </span>
          <Tooltip label={words.field.take_back(label)}>
            <ActionIcon
              size={24}
              aria-label={words.field.take_back(label)}
              onClick={() => edit.takeBack(path)}
            >
              <IconArrowBackUp size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </div>
  )
}

/** The value that others gave the field since the edit began; undefined: it is as it was. */
function theirsOf(path: string, { draft, current, clashing }: Edit): Scalar | undefined {
  const value = valueAt(current, path)
  const is_met = clashing.some(({ paths }) => paths.includes(path))
  return draft && is_met && value !== valueAt(draft.base, path) ? value : undefined
}

/** Says what the chosen disposition will do, before it is saved. */
function Consequence({ lead, edit: { current, draft } }: FormProps) {
  const { dispositions } = useLeadSetUp()
  const chosen = draft && Object.hasOwn(draft.changes, 'disposition') ? draft.changes.disposition : undefined
  const kind = typeof chosen === 'string' ? dispositions.get(fold(chosen))?.kind : undefined
  if (!kind) return null
  const again = chosen === valueAt(current, 'disposition')
  const dialled = lead.phones.filter(({ number }) => number !== null)
  const is_silent = dialled.length > 0 && dialled.every(({ blocked_by }) => blocked_by)
  return (
    <p className={`${styles.consequence} small`} data-wide data-kind={kind} role="status">
      {words.outcome.consequence(words.outcome.consequences[kind], again)}{' '}
      {is_silent && kind !== 'dnc' && kind !== 'final' && words.outcome.all_blocked}
    </p>
  )
}

interface PhoneProps {
  phone: LeadPhone
  campaign_id: number
}

/** Beside a phone field: the number as it is dialled, and why it must not be called, if so. */
function PhoneBadges({ phone: { number, state, blocked_by }, campaign_id }: PhoneProps) {
  const [open, setOpen] = useState(false)
  const { template } = useLeadSetUp()
  const { phone } = words
  return (
    <span className={styles.badges}>
      {number && <Phone number={number} region={template.region} />}
      {state !== 'ok' && <Tag tone={state === 'unlisted' ? 'plain' : 'warn'}>{phone.states[state]}</Tag>}
      {number && blocked_by && (
        <Popover opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus returnFocus>
          <Popover.Target>
            <button type="button" className={styles.blocked} onClick={() => setOpen(!open)}>
              <IconPhoneOff size={12} aria-hidden />
              {phone.blocked(phone.lists[blocked_by])}
              <span className="visually-hidden">{phone.why(number)}</span>
            </button>
          </Popover.Target>
          <Popover.Dropdown className="small" maw={320} tabIndex={-1} aria-label={phone.reason}>
            {open && <Blocked number={number} campaign_id={campaign_id} />}
          </Popover.Dropdown>
        </Popover>
      )}
    </span>
  )
}
