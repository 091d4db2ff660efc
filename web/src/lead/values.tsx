// Values of a lead, with the differences from before marked.

import type { Scalar } from '../../../src/core/merge.ts'
import { brief } from '../text/brief.ts'
import { marked } from '../text/diff.ts'
import { text } from '../text.ts'
import { useLeadSetUp } from './set-up.ts'
import { labelOf, shownValue } from './show.tsx'
import styles from './values.module.css'

interface ValueProps {
  path: string
  value: Scalar
  base: Scalar
  /** Of long texts only what differs, with a few words around it. */
  short?: boolean
}

export function Value({ path, value, base, short }: ValueProps) {
  const set_up = useLeadSetUp()
  const shown = shownValue(path, value, set_up)
  if (shown === null) return <em className="dimmed">{text.lead.empty}</em>
  const pieces =
    value === base ? [{ text: shown, changed: false }] : marked(shownValue(path, base, set_up) ?? '', shown)
  return (
    <span className={styles.value} dir="auto">
      {(short ? brief(pieces) : pieces).map(({ text, changed }, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
        changed ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>,
      )}
    </span>
  )
}

interface ChangesProps {
  caption: string
  /** Of the columns: the field, before, after. */
  heads: readonly [string, string, string]
  rows: readonly (readonly [path: string, before: Scalar, after: Scalar])[]
  /** The path that the filter asks for. */
  found?: string
  className?: string
  /** A last column, with its head: who gave the value. */
  by?: { head: string; of: (path: string) => string | undefined }
  /** The parts that only screen readers get. */
  hidden?: readonly ('caption' | 'heads')[]
}

/** Changes of a lead, a row for each value. */
export function Changes({ caption, heads, rows, found, className, by, hidden = ['caption'] }: ChangesProps) {
  const set_up = useLeadSetUp()
  const hide = (part: 'caption' | 'heads') => (hidden.includes(part) ? 'visually-hidden' : undefined)
  return (
    <table className={className ?? styles.changes}>
      <caption className={hide('caption')}>{caption}</caption>
      <thead className={hide('heads')}>
        <tr>
          {[...heads, ...(by ? [by.head] : [])].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([path, before, after]) => (
          <tr key={path} data-found={path === found || undefined}>
            <th scope="row">{labelOf(path, set_up)}</th>
            <td>
              <Value path={path} value={before} base={before} />
            </td>
            <td>
              <Value path={path} value={after} base={before} />
            </td>
            {by && <td className="dimmed">{by.of(path)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
