// The fields of a lead in sections: read first, each edited where it is, empty ones on demand.

import { Button } from '@mantine/core'
import { type KeyboardEvent, useEffect, useState } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { createSwitch, useStore } from '../store.ts'
import { call as call_text } from '../text/call.ts'
import { exactly } from '../text/times.ts'
import { text } from '../text.ts'
import call from './call.module.css'
import { shownIn } from './draft.ts'
import type { Edit } from './edit.ts'
import { Field } from './field.tsx'
import styles from './lead.module.css'
import { type LeadSetUp, useLeadSetUp } from './set-up.ts'
import { focusInput, labelOf, titled } from './show.tsx'

const words = call_text.fields
const { sections: titles, paths, side } = text.lead

/** With more fields than fit a screen there is an index. */
const INDEX_FROM = 12

const emptyShown = createSwitch('leadline.empty-fields', false)

interface SectionOf {
  id: string
  title: string
  paths: string[]
}

/** Phones, then the fields by their groups in the template's order, long texts last. */
export function sectionsOf({ fields }: LeadSetUp): SectionOf[] {
  const pathsOf = (some: readonly { name: string }[]) => some.map(({ name }) => `fields.${name}`)
  const long = fields.all.filter(({ kind, merge_group }) => kind === 'long_text' && merge_group === null)
  const others = fields.all.filter((field) => field.kind !== 'phone' && !long.includes(field))
  const groups = Map.groupBy(others, ({ merge_group }) => merge_group)
  const sections = [
    { id: 'phones', title: titles.phones, paths: pathsOf(fields.phones) },
    { id: 'details', title: titles.details, paths: pathsOf(groups.get(null) ?? []) },
    ...[...groups].flatMap(([group, some]) =>
      group === null ? [] : [{ id: `group-${group}`, title: titled(group), paths: pathsOf(some) }],
    ),
    { id: 'long-texts', title: words.long_texts, paths: pathsOf(long) },
  ]
  return sections.filter(({ paths }) => paths.length > 0)
}

export function Fields({ lead, edit }: { lead: Lead; edit: Edit }) {
  const set_up = useLeadSetUp()
  const { draft, current, problems } = edit
  const all = useStore(emptyShown)
  // A field that was there stays, also when it is emptied: nothing moves under the hand of somebody who types.
  const [seen] = useState(() => new Set<string>())
  const [found, setFound] = useState<{ path: string } | null>(null)
  useEffect(() => {
    if (found) focusInput(found.path)
  }, [found])
  const isShown = (path: string) =>
    seen.has(path) ||
    (shownIn(draft, current, path) ?? '') !== '' ||
    (draft !== null && Object.hasOwn(draft.changes, path)) ||
    problems.has(path)
  const sections = sectionsOf(set_up)
  const empty = sections.flatMap(({ paths }) => paths).filter((path) => !isShown(path))
  const shown = sections
    .map((section) => ({ ...section, paths: section.paths.filter((path) => all || !empty.includes(path)) }))
    .filter(({ paths }) => paths.length > 0)
  useEffect(() => {
    if (!all) for (const { paths } of shown) for (const path of paths) seen.add(path)
  })
  const find = (path: string) => {
    seen.add(path)
    setFound({ path })
  }
  const [first] = shown.flatMap(({ paths }) => paths)
  const has_index = set_up.fields.all.length > INDEX_FROM
  useShortcuts([
    {
      keys: 'e',
      does: call_text.shortcuts.edit,
      run: () => first !== undefined && focusInput(first),
    },
    ...(has_index
      ? [
          {
            keys: 'f',
            does: call_text.shortcuts.find,
            run: () => document.getElementById('find-field')?.focus(),
          },
        ]
      : []),
  ])
  const unmapped = Object.entries(lead.unmapped)
  return (
    <div className={call.fields}>
      <div className={call.index} data-sticky={has_index || undefined}>
        {has_index && <Index sections={shown} find={find} />}
        {(all || empty.length > 0) && (
          <Button size="compact-sm" onClick={() => emptyShown.set(!all)}>
            {all ? words.hide_empty : words.show_empty(empty.length)}
          </Button>
        )}
      </div>
      {shown.map(({ id, title, paths }) => (
        <Section key={id} id={id} title={title}>
          <div className={styles.grid}>
            {paths.map((path) => (
              <Field key={path} path={path} lead={lead} edit={edit} />
            ))}
          </div>
        </Section>
      ))}
      {unmapped.length > 0 && (
        <Section id="unmapped" title={titles.unmapped}>
          <Pairs of={unmapped} />
          <p className="dimmed tiny">{titles.unmapped_note}</p>
        </Section>
      )}
      <Section id="origin" title={titles.origin}>
        <Pairs
          of={[
            [side.campaign, set_up.campaign],
            [side.allocation, set_up.allocations.get(lead.allocation_id) ?? String(lead.allocation_id)],
            [paths.external_id!, lead.external_id],
            [paths.source!, lead.source],
            [side.created_at, exactly(lead.created_at)],
            [side.updated_at, exactly(lead.updated_at)],
          ]}
        />
      </Section>
    </div>
  )
}

/** Escape leaves a field, so that the keys of the page work again; an open list of choices takes it for itself. */
export function leave({ key, target }: KeyboardEvent): void {
  if (key !== 'Escape' || !(target instanceof HTMLElement)) return
  if (target.getAttribute('aria-expanded') !== 'true') target.blur()
}

/** The ways to a field among many: its section, its name. */
function Index({ sections, find }: { sections: readonly SectionOf[]; find: (path: string) => void }) {
  const set_up = useLeadSetUp()
  const choices = sectionsOf(set_up).flatMap(({ paths }) =>
    paths.map((path) => ({ value: path, label: labelOf(path, set_up) })),
  )
  return (
    <>
      <nav aria-label={words.jump}>
        {sections.map(({ id, title }) => (
          <Button key={id} size="compact-sm" variant="subtle" onClick={() => toSection(id)}>
            {title}
          </Button>
        ))}
      </nav>
      <ChoiceInput
        id="find-field"
        size="xs"
        aria-label={words.find}
        placeholder={words.find}
        nothing={words.find_none}
        choices={choices}
        value={null}
        onChoose={find}
      />
    </>
  )
}

export function toSection(id: string): void {
  const heading = document.getElementById(id)
  heading?.scrollIntoView({ block: 'start' })
  heading?.focus({ preventScroll: true })
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
