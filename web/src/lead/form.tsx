// The lead's values in sections: outcome, phones, the fields of the template.

import type { Lead } from '../../../src/client/model.ts'
import { fold } from '../../../src/core/field.ts'
import { type Scalar, type Values, valueAt } from '../../../src/core/merge.ts'
import { exactly } from '../text/times.ts'
import { text } from '../text.ts'
import { type Draft, shownIn } from './draft.ts'
import { FormField } from './field.tsx'
import styles from './form.module.css'
import { PhoneBadges } from './phone-badges.tsx'
import { type LeadSetUp, zoneOf } from './set-up.ts'
import { titled } from './show.ts'
import { Tag } from './tag.tsx'

const words = text.lead

export interface FormProps {
  lead: Lead
  current: Values
  draft: Draft | null
  set_up: LeadSetUp
  problems: ReadonlyMap<string, string>
  fresh: ReadonlySet<string>
  onChange: (path: string, value: Scalar) => void
  onTakeBack: (path: string) => void
}

interface Section {
  id: string
  title: string
  paths: string[]
}

const OUTCOME_PATHS = ['disposition', 'callback', 'callback_agent', 'priority', 'contact_hours']

/** Outcome first, for that is what calls end with; then phones, then the rest as the template has it. */
export function sectionsOf({ fields }: LeadSetUp): Section[] {
  const path = ({ name }: { name: string }) => `fields.${name}`
  const others = fields.all.filter(({ kind }) => kind !== 'phone')
  const groups = [...new Set(others.map(({ merge_group }) => merge_group).filter((group) => group !== null))]
  const sections = [
    { id: 'outcome', title: words.sections.outcome, paths: OUTCOME_PATHS },
    { id: 'phones', title: words.sections.phones, paths: fields.phones.map(path) },
    {
      id: 'details',
      title: words.sections.details,
      paths: others.filter(({ merge_group }) => merge_group === null).map(path),
    },
    ...groups.map((group) => ({
      id: `group-${group}`,
      title: titled(group),
      paths: others.filter(({ merge_group }) => merge_group === group).map(path),
    })),
  ]
  return sections.filter(({ paths }) => paths.length > 0)
}

export function LeadForm(props: FormProps) {
  const { lead, set_up } = props
  const unmapped = Object.entries(lead.unmapped)
  return (
    <>
      {sectionsOf(set_up).map((section) => (
        <section key={section.id} className={styles.section} aria-labelledby={section.id}>
          <h2 id={section.id} tabIndex={-1}>
            {section.title}
          </h2>
          <div className={styles.grid}>
            {section.paths.map((path) => (
              <Value key={path} path={path} {...props} />
            ))}
            {section.id === 'outcome' && <Consequence {...props} />}
          </div>
        </section>
      ))}
      {unmapped.length > 0 && (
        <section className={styles.section} aria-labelledby="unmapped">
          <h2 id="unmapped" tabIndex={-1}>
            {words.sections.unmapped}
          </h2>
          <dl className={styles.pairs}>
            {unmapped.map(([key, value]) => (
              <div key={key} style={{ display: 'contents' }}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p className={styles.note}>{words.sections.unmapped_note}</p>
        </section>
      )}
      <section className={styles.section} aria-labelledby="origin">
        <h2 id="origin" tabIndex={-1}>
          {words.sections.origin}
        </h2>
        <Origin lead={lead} set_up={set_up} />
      </section>
    </>
  )
}

function Value({ path, ...props }: FormProps & { path: string }) {
  const { lead, current, draft, set_up, problems, fresh, onChange, onTakeBack } = props
  const is_edited = draft !== null && Object.hasOwn(draft.changes, path)
  const field = set_up.fields.named(path.slice('fields.'.length))
  const is_phone = path.startsWith('fields.') && field?.kind === 'phone'
  const bad = field && lead.bad_values.includes(field.name) ? words.field.bad[field.kind] : undefined
  const hours = shownIn(draft, current, 'contact_hours')
  return (
    <FormField
      path={path}
      value={shownIn(draft, current, path)}
      before={is_edited ? valueAt(draft.base, path) : undefined}
      onChange={(value) => onChange(path, value)}
      onTakeBack={() => onTakeBack(path)}
      set_up={set_up}
      zone={zoneOf(set_up, typeof hours === 'string' ? hours : null) ?? lead.callback?.zone ?? 'UTC'}
      problem={problems.get(path)}
      fresh={fresh.has(path)}
      wide={field?.kind === 'long_text'}
      hint={bad ? words.field.bad_hint : HINTS[path]}
      below={
        is_edited ? undefined : is_phone ? (
          <PhoneBadges
            phone={lead.phones.find((phone) => phone.field === field.name)}
            campaign_id={lead.campaign_id}
          />
        ) : (
          bad && (
            <span className={styles.badges}>
              <Tag tone="warn">{bad}</Tag>
            </span>
          )
        )
      }
    />
  )
}

const HINTS: Record<string, string> = {
  priority: words.outcome.priority_hint,
  callback_agent: words.outcome.agent_hint,
}

/** What the chosen disposition will do, before it is saved. */
function Consequence({ current, draft, set_up }: FormProps) {
  const chosen = draft && Object.hasOwn(draft.changes, 'disposition') ? draft.changes.disposition : undefined
  if (typeof chosen !== 'string') return null
  const kind = set_up.dispositions.get(fold(chosen))?.kind
  if (!kind) return null
  const again = chosen === valueAt(current, 'disposition')
  return (
    <p className={styles.consequence} data-kind={kind} role="status">
      {words.outcome.consequence(words.outcome.consequences[kind], again)}
    </p>
  )
}

function Origin({ lead, set_up }: { lead: Lead; set_up: LeadSetUp }) {
  const rows: [string, string | null][] = [
    [words.side.campaign, set_up.campaign],
    [words.side.allocation, set_up.allocations.get(lead.allocation_id) ?? String(lead.allocation_id)],
    [words.paths.external_id!, lead.external_id],
    [words.paths.source!, lead.source],
    [words.side.created_at, exactly(lead.created_at)],
    [words.side.updated_at, exactly(lead.updated_at)],
    [words.side.version, String(lead.version)],
  ]
  return (
    <dl className={styles.pairs}>
      {rows
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
