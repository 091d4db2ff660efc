// Shows a change before it is saved: what becomes different, and how many leads it reaches.

import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { Modal } from '../shell/modal.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { Notice } from '../shell/problem.tsx'
import { set_up as words } from '../text/set-up.ts'
import type { Difference } from './differences.ts'
import type { Editing } from './editing.ts'
import { Refusal } from './refusal.tsx'
import styles from './set-up.module.css'

interface ChangesProps {
  of: readonly Difference[]
  caption: string
  columns: Readonly<Record<'what' | 'before' | 'after', string>>
}

const Changes = ({ of, caption, columns }: ChangesProps) => (
  <div className={`${styles.changes} frame`}>
    <table className="table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.what}</th>
          <th scope="col">{columns.before}</th>
          <th scope="col">{columns.after}</th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ label, before, after }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className="dimmed">{before}</td>
            <td>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

interface ReviewProps<Thing> {
  editing: Editing<Thing>
  differences: readonly Difference[]
  /** What follows, beside the number of leads. */
  notes?: readonly string[]
}

/** The body of a dialog; Enter saves. */
export function Review<Thing>({ editing, differences, notes = [] }: ReviewProps<Thing>) {
  const save = useRef<HTMLButtonElement>(null)
  // It takes the place of a form in a dialog that is open already, and of the button that had the focus.
  useEffect(() => save.current?.focus(), [])
  return (
    <form className="stack" onSubmit={onSubmit(editing.save)}>
      <Changes of={differences} caption={words.table} columns={words.columns} />
      {editing.touched !== undefined && <p>{words.reaches(editing.touched)}</p>}
      {notes.map((note) => (
        <p key={note} className="small dimmed">
          {note}
        </p>
      ))}
      {editing.error && <Refusal error={editing.error} />}
      <div className="row">
        <Button ref={save} variant="filled" type="submit" data-autofocus aria-busy={editing.busy}>
          {words.save}
        </Button>
        <Button onClick={editing.back}>{words.back}</Button>
      </div>
    </form>
  )
}

/** Sends the form of a dialog to its review. Whoever comes back finds the focus here. */
export function ToReview<Thing>({ editing, children }: { editing: Editing<Thing>; children: ReactNode }) {
  const button = useRef<HTMLButtonElement>(null)
  const comes_back = useRef(editing.is_changed)
  useEffect(() => {
    if (comes_back.current) button.current?.focus()
  }, [])
  return (
    <Button
      ref={button}
      variant="filled"
      type="submit"
      aria-busy={editing.busy}
      disabled={!editing.is_changed}
    >
      {children}
    </Button>
  )
}

/** The review of an edit of a whole screen. */
export const ReviewDialog = <Thing,>(props: ReviewProps<Thing>) => (
  <Modal
    opened={props.editing.touched !== undefined}
    onClose={props.editing.back}
    title={words.review_title}
    size="lg"
    centered
  >
    <Review {...props} />
  </Modal>
)

/** What somebody else has changed since the edit began. */
export const Met = ({ differences }: { differences: readonly Difference[] }) => (
  <Notice tone="warn" title={words.met_title} className={`notice ${styles.met}`}>
    <p>{words.met}</p>
    {differences.length > 0 ? (
      <Changes of={differences} caption={words.met_table} columns={words.met_columns} />
    ) : (
      <p>{words.met_nothing}</p>
    )}
  </Notice>
)
