// The result of a group, typed by hand, with the inputs that its values have everywhere.

import { Button } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type ConflictGroup, FOLLOWING, groupResult } from '../../../src/core/conflict.ts'
import type { Values } from '../../../src/core/merge.ts'
import { readFieldValue } from '../../../src/core/value.ts'
import { Editor } from '../lead/editor.tsx'
import { inputId } from '../lead/field.tsx'
import { zoneOf } from '../lead/set-up.ts'
import { fieldOf, labelOf } from '../lead/show.ts'
import { sentence } from '../shell/problem.tsx'
import { merge as words } from '../text/merge.ts'
import styles from './row.module.css'
import { decisionOf, type MergeEvent, type MergeState } from './state.ts'
import type { MergeSubject } from './subject.ts'

interface EditProps {
  group: ConflictGroup
  label: string
  subject: MergeSubject
  state: MergeState
  dispatch: (event: MergeEvent) => void
}

export function EditCell({ group, label, subject, state, dispatch }: EditProps) {
  const { set_up } = subject
  const decision = decisionOf(state, group.group)
  const [values, setValues] = useState<Values>(() => ({
    ...groupResult(group, decision ?? { take: 'mine' }),
  }))
  const [problems, setProblems] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), [])
  const paths = group.paths.filter((path) => !FOLLOWING.has(path))
  const hours = values.contact_hours
  const zone = zoneOf(set_up, typeof hours === 'string' ? hours : null) ?? subject.zone
  const done = (event: FormEvent) => {
    event.preventDefault()
    const found = problemsOf(values, group, subject)
    setProblems(found)
    if (Object.keys(found).length === 0)
      dispatch({ type: 'decide', group: group.group, take: 'value', value: values })
  }
  return (
    <form ref={form} className={styles.edit} onSubmit={done} aria-label={words.edit_title(label)}>
      {paths.map((path) => {
        const id = `result-${inputId(path)}`
        const problem = problems[path]
        return (
          <div key={path}>
            <label htmlFor={id} className={paths.length === 1 ? 'visually-hidden' : styles.path}>
              {labelOf(path, set_up)}
            </label>
            <Editor
              path={path}
              value={values[path] ?? null}
              onChange={(value) => setValues((before) => ({ ...before, [path]: value }))}
              set_up={set_up}
              zone={zone}
              id={id}
              invalid={problem !== undefined}
              described_by={problem && `${id}-problem`}
            />
            {problem && (
              <p id={`${id}-problem`} className={styles.error}>
                {problem}
              </p>
            )}
          </div>
        )
      })}
      <div className={styles.more}>
        <Button type="submit" size="xs">
          {words.done_editing}
        </Button>
        <Button size="xs" variant="default" onClick={() => dispatch({ type: 'cancel' })}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}

/** The same rules as the server's, before it is asked. */
function problemsOf(
  values: Values,
  { theirs }: ConflictGroup,
  { set_up }: MergeSubject,
): Record<string, string> {
  const problems: Record<string, string> = {}
  for (const [path, value] of Object.entries(values)) {
    const field = fieldOf(path, set_up)
    if (!field || typeof value !== 'string' || value === theirs[path]) continue
    const read = readFieldValue(field, value)
    const problem = 'problem' in read ? read.problem : read.bad
    if (problem !== undefined) problems[path] = sentence(problem)
  }
  return problems
}
