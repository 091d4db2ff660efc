// One value of a lead with its label: read first, edited where it is.

import { ActionIcon, Button, Tooltip } from '@mantine/core'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import { useEffect, useRef } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { type Scalar, valueAt } from '../../../src/core/merge.ts'
import { Tag } from '../shell/parts.tsx'
import { zoneName } from '../text/times.ts'
import { text } from '../text.ts'
import { shownIn } from './draft.ts'
import type { Edit } from './edit.ts'
import { Editor } from './editor.tsx'
import styles from './lead.module.css'
import { useLeadSetUp, zoneOf } from './set-up.ts'
import { inputId, labelOf, shownValue } from './show.tsx'

const words = text.lead

const HINTS: Record<string, string> = {
  priority: words.outcome.priority_hint,
  callback_agent: words.outcome.agent_hint,
}

/** Where the owners of the numbers are: the law goes by their clock. */
function calledIn({ zones = [] }: Lead): string | undefined {
  const names = [...new Set(zones.flatMap((one) => one.zones))].map(zoneName)
  return names.length > 0 ? words.called_in(names) : undefined
}

interface FieldProps {
  path: string
  lead: Lead
  edit: Edit
}

/** One value: its input, its old value, its problem. */
export function Field({ path, lead, edit }: FieldProps) {
  const set_up = useLeadSetUp()
  const { draft, current } = edit
  const id = inputId(path)
  const label = labelOf(path, set_up)
  const field = set_up.fields.all.find(({ name }) => path === `fields.${name}`)
  const is_edited = draft !== null && Object.hasOwn(draft.changes, path)
  const bad = field && lead.bad_values.includes(field.name) ? words.field.bad[field.kind] : undefined
  const hint = bad ? words.field.bad_hint : path === 'contact_hours' ? calledIn(lead) : HINTS[path]
  const problem = edit.problems.get(path)
  const fresh = edit.fresh.has(path)
  const hours = shownIn(draft, current, 'contact_hours')
  const named = typeof hours === 'string' ? hours : null
  const theirs = is_edited ? theirsOf(path, edit) : undefined
  const box = useRef<HTMLDivElement>(null)
  const is_told = problem !== undefined || theirs !== undefined
  useEffect(() => {
    const { activeElement: focused } = document
    if (is_told && focused && box.current?.contains(focused)) focused.scrollIntoView({ block: 'nearest' })
  }, [is_told])
  const notes = [
    problem && `${id}-problem`,
    theirs !== undefined && `${id}-theirs`,
    is_edited && `${id}-was`,
    hint && !is_edited && `${id}-hint`,
  ].filter(Boolean)
  const phone = field?.kind === 'phone' && lead.phones.find((phone) => phone.field === field.name)
  return (
    <div
      ref={box}
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
        zone={zoneOf(set_up, named, lead.zones) ?? lead.callback?.zone ?? 'UTC'}
        hours={named}
        id={id}
        described_by={notes.length > 0 ? notes.join(' ') : undefined}
        invalid={problem !== undefined}
      />
      {!is_edited && phone && phone.number === null && phone.state !== 'ok' && (
        <span className={styles.badges}>
          <Tag tone="warn">{words.phone.states[phone.state]}</Tag>
        </span>
      )}
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
        <p id={`${id}-hint`} className={styles.hint}>
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
