// The forms within a row: a result that is typed, and the reason of a choice.

import { Button, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { type ConflictGroup, FOLLOWING, groupResult, type Take } from '../../../src/core/conflict.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { readFieldValue } from '../../../src/core/value.ts'
import { Editor } from '../lead/editor.tsx'
import { useLeadSetUp, zoneOf } from '../lead/set-up.ts'
import { fieldOf, inputId, labelOf } from '../lead/show.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { merge as words } from '../text/merge.ts'
import { problemForPeople } from '../text/problems.ts'
import styles from './edit.module.css'
import row from './row.module.css'
import { decisionOf } from './state.ts'
import { useMerging } from './use-merge.ts'

/** Asks for the reason of a choice that needs one. */
export function Reason({ group, take }: { group: string; take: Take }) {
  const { names, dispatch } = useMerging()
  const [reason, setReason] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const give = onSubmit(() => dispatch({ type: 'explain', reason: reason.trim() }))
  const uses = { base: words.keep_old, value: words.done_editing, merged: words.keep_both }
  return (
    <form className={`${styles.explain} row`} onSubmit={give}>
      <TextInput
        ref={input}
        label={words.reason.label}
        placeholder={words.reason.placeholder}
        maxLength={1000}
        value={reason}
        onChange={typed(setReason)}
      />
      <Button variant="filled" type="submit" disabled={reason.trim() === ''}>
        {take === 'mine' || take === 'theirs' ? names.use(group, take) : uses[take]}
      </Button>
      <Button onClick={() => dispatch({ type: 'cancel' })}>{words.cancel}</Button>
    </form>
  )
}

/** Edits the result of a group, with the same inputs as the form of a lead. */
export function Edit({ group, label }: { group: ConflictGroup; label: string }) {
  const { subject, state, dispatch } = useMerging()
  const set_up = useLeadSetUp()
  const decision = decisionOf(state, group.group) ?? { take: 'mine' }
  const [values, setValues] = useState<Values>(() => ({ ...groupResult(group, decision) }))
  const [problems, setProblems] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), [])
  const paths = group.paths.filter((path) => !FOLLOWING.has(path))
  const hours = values.contact_hours
  const zone = zoneOf(set_up, typeof hours === 'string' ? hours : null) ?? subject.zone

  /** Applies the server's rule before the server is asked. */
  function problemOf(path: string): string | undefined {
    const [field, value] = [fieldOf(path, set_up), values[path]]
    if (!field || typeof value !== 'string' || value === group.theirs[path]) return undefined
    const read = readFieldValue(field, value)
    const problem = 'problem' in read ? read.problem : read.bad
    return problem && problemForPeople({ detail: problem })
  }
  const done = onSubmit(() => {
    const found = Object.keys(values).flatMap((path) => {
      const problem = problemOf(path)
      return problem ? [[path, problem]] : []
    })
    setProblems(Object.fromEntries(found))
    if (found.length === 0) dispatch({ type: 'decide', group: group.group, take: 'value', value: values })
  })
  return (
    <form ref={form} className={styles.edit} onSubmit={done} aria-label={words.edit_title(label)}>
      {paths.map((path) => {
        const id = `result-${inputId(path)}`
        const problem = problems[path]
        return (
          <div key={path}>
            <label htmlFor={id} className={paths.length === 1 ? 'visually-hidden' : 'tiny'}>
              {labelOf(path, set_up)}
            </label>
            <Editor
              path={path}
              value={valueAt(values, path)}
              onChange={(value) => setValues((before) => ({ ...before, [path]: value }))}
              zone={zone}
              id={id}
              invalid={problem !== undefined}
              described_by={problem && `${id}-problem`}
            />
            {problem && (
              <p id={`${id}-problem`} className={`${styles.error} small`}>
                {problem}
              </p>
            )}
          </div>
        )
      })}
      <div className={`${row.more} row`}>
        <Button variant="filled" type="submit" size="xs">
          {words.done_editing}
        </Button>
        <Button size="xs" onClick={() => dispatch({ type: 'cancel' })}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}
