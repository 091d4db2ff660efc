// What a call came to: the outcome, when to call again, and a note, in one save.

import { Button, Checkbox, Kbd, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Disposition, Lead } from '../../../src/client/api.ts'
import type { Consequence } from '../../../src/core/consequence.ts'
import { fold } from '../../../src/core/field.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { serverNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { typed } from '../shell/parts.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { call } from '../text/call.ts'
import { comingTime, dayTime, ownZone } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './call.module.css'
import { shownIn } from './draft.ts'
import type { Edit } from './edit.ts'
import { Field } from './field.tsx'
import inputs from './inputs.module.css'
import { mostUsed } from './most-used.ts'
import { useConsequences } from './next-try.ts'
import { chosenKind } from './outcome.ts'
import { useLeadSetUp } from './set-up.ts'
import { focusInput, inputId, OUTCOME } from './show.tsx'

const words = call

/** The input that is drawn first when the outcome promises a call. */
const toCallback = () => document.querySelector<HTMLElement>('[data-callback-first]')?.focus()

/** Of the outcome, in rooms of their own. */
const APART: readonly string[] = ['disposition', 'callback']

interface OutcomeCardProps {
  lead: Lead
  edit: Edit
  /** The outcomes with a key, and what their row is called; absent: those that the operator gives most. */
  numbered?: { outcomes: readonly Disposition[]; label: string }
  /** The values of the outcome that can be given besides. */
  paths?: readonly string[]
  /** Whether a press is meant for this lead, and can change its outcome. */
  isMeant?: () => boolean
}

const always = () => true

export function OutcomeCard({ lead, edit, numbered, paths = OUTCOME, isMeant = always }: OutcomeCardProps) {
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  // The keys keep their meaning while the lead is open.
  const [most_used] = useState(() => mostUsed(operator_id, set_up.dispositions.values()))
  const offered = numbered?.outcomes ?? most_used
  const { draft } = edit
  const chosen = draft && Object.hasOwn(draft.changes, 'disposition') ? draft.changes.disposition : null
  const choose = (code: string) => {
    if (!isMeant()) return
    edit.change('disposition', code)
    const given = set_up.dispositions.get(fold(code))?.kind
    if (given === 'callback' || given === 'client_callback') toCallback()
  }
  useShortcuts([
    ...offered.map(({ code }, i) => ({
      keys: String(i + 1),
      does: words.shortcuts.give(code),
      run: () => choose(code),
    })),
    { keys: 'd', does: text.lead.shortcuts.disposition, run: () => focusInput('disposition') },
    { keys: 'n', does: words.shortcuts.note, run: () => focusInput('note') },
    { keys: 'c', does: text.lead.shortcuts.callback, run: toCallback },
  ])
  return (
    <section className={`${styles.outcome} card`} aria-labelledby="outcome">
      <h2 id="outcome" tabIndex={-1}>
        {text.lead.sections.outcome}
      </h2>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would not be a row of buttons */}
      <div className={styles.offered} role="group" aria-label={numbered?.label ?? words.outcome.most_used}>
        {offered.map(({ code, kind }, i) => (
          <Button
            key={code}
            variant={chosen === code ? 'filled' : 'default'}
            aria-pressed={chosen === code}
            data-kind={kind}
            onClick={() => choose(code)}
            rightSection={
              <Kbd size="xs" aria-hidden>
                {i + 1}
              </Kbd>
            }
          >
            {code}
          </Button>
        ))}
      </div>
      <Field path="disposition" lead={lead} edit={edit} />
      <Follows lead={lead} edit={edit} />
      <div className={styles.told}>
        <NoteBox edit={edit} />
        <div>
          <Field path="callback" lead={lead} edit={edit} />
          <KeepForMe edit={edit} />
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as a box */}
      <div className={styles.rest} role="group" aria-label={words.outcome.more}>
        {paths
          .filter((path) => !APART.includes(path))
          .map((path) => (
            <Field key={path} path={path} lead={lead} edit={edit} />
          ))}
      </div>
    </section>
  )
}

function NoteBox({ edit }: { edit: Edit }) {
  const { draft, problems } = edit
  const id = inputId('note')
  const value = draft && Object.hasOwn(draft.changes, 'note') ? String(draft.changes.note ?? '') : ''
  return (
    <Textarea
      id={id}
      dir="auto"
      label={words.outcome.note}
      error={problems.get('note')}
      placeholder={words.outcome.note_hint}
      autosize
      minRows={3}
      maxRows={12}
      value={value}
      onChange={typed((text) => edit.change('note', text.trim() === '' ? null : text))}
    />
  )
}

/** A callback that the operator has promised is the operator's own to make. */
function KeepForMe({ edit }: { edit: Edit }) {
  const { login } = useOperator()
  const set_up = useLeadSetUp()
  const { draft, current } = edit
  const kind = draft ? chosenKind(draft, set_up) : undefined
  if (kind !== 'callback' && kind !== 'client_callback') return null
  const is_mine = shownIn(draft, current, 'callback_agent') === login
  return (
    <Checkbox
      size="xs"
      mt={8}
      label={words.outcome.keep_for_me}
      description={words.outcome.keep_for_me_hint}
      checked={is_mine}
      onChange={() => edit.change('callback_agent', is_mine ? null : login)}
    />
  )
}

/** When the lead is called again, in words; undefined: its kind tells all that is known. */
function nextTry(
  follows: readonly Consequence[] = [],
  kind: Disposition['kind'] | undefined,
): string | undefined {
  for (const one of follows) {
    if (one.kind === 'closes' && kind === 'retry') return words.outcome.last_try
    if (one.kind !== 'called' && one.kind !== 'called_next') continue
    const at = one.opens_at ?? (one.kind === 'called' ? one.at : null)
    if (one.kind === 'called' && at === null) return words.outcome.next_try(dayTime(one.local), kind)
    return words.outcome.next_try(at && comingTime(at, ownZone(), serverNow()), kind)
  }
  return undefined
}

/** Says what the chosen disposition will do, before it is saved. */
function Follows({ lead, edit: { current, draft } }: { lead: Lead; edit: Edit }) {
  const set_up = useLeadSetUp()
  const kind = draft ? chosenKind(draft, set_up) : undefined
  const next = nextTry(useConsequences(lead, draft), kind)
  if (!draft || !kind) return null
  const again = valueAt(draft.changes, 'disposition') === valueAt(current, 'disposition')
  const dialled = lead.phones.filter(({ number }) => number !== null)
  const is_silent = dialled.length > 0 && dialled.every(({ blocked_by }) => blocked_by)
  const { outcome } = text.lead
  return (
    <p className={`${inputs.consequence} small`} data-kind={kind} role="status">
      {outcome.consequence(next ?? outcome.consequences[kind], again)}{' '}
      {is_silent && kind !== 'dnc' && kind !== 'final' && outcome.all_blocked}
    </p>
  )
}
