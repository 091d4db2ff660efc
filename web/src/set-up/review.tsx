// Shows a change before it is saved: what becomes different, and how many leads it reaches.

import { Button } from '@mantine/core'
import { Modal } from '../shell/modal.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { Notice } from '../shell/problem.tsx'
import { set_up as words } from '../text/set-up.ts'
import type { Difference } from './differences.ts'
import type { Editing } from './editing.ts'
import { Refusal } from './refusal.tsx'
import styles from './set-up.module.css'

export const Changes = ({ of, caption }: { of: readonly Difference[]; caption: string }) => (
  <div className={`${styles.changes} frame`}>
    <table className="table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.what}</th>
          <th scope="col">{words.columns.before}</th>
          <th scope="col">{words.columns.after}</th>
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
  return (
    <form className="stack" onSubmit={onSubmit(editing.save)}>
      <Changes of={differences} caption={words.table} />
      {editing.touched !== undefined && <p>{words.reaches(editing.touched)}</p>}
      {notes.map((note) => (
        <p key={note} className="small dimmed">
          {note}
        </p>
      ))}
      {editing.error && <Refusal error={editing.error} />}
      <div className="row">
        <Button variant="filled" type="submit" data-autofocus loading={editing.busy}>
          {words.save}
        </Button>
        <Button onClick={editing.back}>{words.back}</Button>
      </div>
    </form>
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
  <Notice tone="warn" title={words.met_title}>
    <p>{words.met}</p>
    {differences.length > 0 ? (
      <Changes of={differences} caption={words.met_table} />
    ) : (
      <p>{words.met_nothing}</p>
    )}
  </Notice>
)
