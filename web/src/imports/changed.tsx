// What a row changes of its lead, from old to new: at the cell that brings it, else beside what becomes of the row.

import type { Import, ImportedRow } from '../../../src/client/api.ts'
import type { LeadSetUp } from '../lead/set-up.ts'
import { labelOf, shownValue, sorted } from '../lead/show.tsx'
import { changes as words } from '../text/import-fixes.ts'

/** What a column fills, as changes name it; undefined: nothing of a lead. */
export function pathOf({ mapping }: Pick<Import, 'mapping'>, column: string): string | undefined {
  const target = mapping?.columns.find((one) => one.column === column)?.target
  if (target?.to === 'field') return `fields.${target.field}`
  if (target?.to === 'unmapped') return `unmapped.${target.key}`
  return target?.to === 'system' ? target.key : undefined
}

interface ChangedProps {
  row: ImportedRow
  set_up: LeadSetUp
}

function said({ changes }: ImportedRow, path: string, set_up: LeadSetUp) {
  const [was, is] = changes?.[path] ?? []
  const word = (value: typeof was) => shownValue(path, value ?? null, set_up) ?? words.empty
  return words.change(word(was), word(is))
}

export const ChangedCell = ({ row, path, set_up }: ChangedProps & { path: string | undefined }) =>
  path !== undefined && row.changes?.[path] !== undefined ? (
    <div className="dimmed tiny">{said(row, path, set_up)}</div>
  ) : null

/** Changes that no column brings by itself: what follows from an outcome. */
export function OtherChanges({
  row,
  paths,
  set_up,
}: ChangedProps & { paths: readonly (string | undefined)[] }) {
  const others = Object.keys(row.changes ?? {}).filter((path) => !paths.includes(path))
  if (others.length === 0) return null
  return (
    <ul className="list dimmed tiny">
      {sorted(others, set_up).map((path) => (
        <li key={path}>{words.of(labelOf(path, set_up), said(row, path, set_up))}</li>
      ))}
    </ul>
  )
}
