import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Decision } from '../../../src/core/conflict.ts'
import { merge as words } from '../text/merge.ts'
import styles from './row.module.css'
import type { MergeEvent } from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'

interface ReasonProps {
  decision: Decision
  subject: MergeSubject
  dispatch: (event: MergeEvent) => void
}

/** A choice against what is recommended says why. */
export function ReasonForm({ decision: { take }, subject, dispatch }: ReasonProps) {
  const [reason, setReason] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const sides = sidesOf(subject)
  const labels = { mine: sides.reason_for_mine, theirs: sides.reason_for_theirs, ...words.reason }
  const give = (event: FormEvent) => {
    event.preventDefault()
    dispatch({ type: 'explain', reason: reason.trim() })
  }
  return (
    <form className={styles.explain} onSubmit={give}>
      <TextInput
        ref={input}
        label={labels[take]}
        placeholder={words.reason.placeholder}
        maxLength={1000}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Button type="submit" size="sm" disabled={reason.trim() === ''}>
        {words.reason.give}
      </Button>
      <Button size="sm" variant="default" onClick={() => dispatch({ type: 'cancel' })}>
        {words.cancel}
      </Button>
    </form>
  )
}
