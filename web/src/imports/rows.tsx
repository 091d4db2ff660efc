// The rows of a file with what becomes or came of each: those of one tile. Before the run, their cells can be corrected.

import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { Import, RowTally } from '../../../src/client/api.ts'
import { rowsQuery } from '../api/imports.ts'
import { useSetUp } from '../api/set-up.ts'
import { leadSetUp } from '../lead/set-up.ts'
import { More, Section } from '../shell/listing.tsx'
import { Loading } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { fix } from '../text/import-fixes.ts'
import { imports } from '../text/imports.ts'
import { pathOf } from './changed.tsx'
import { type FixBegun, FixDialog } from './fix.tsx'
import styles from './imports.module.css'
import type { Shown } from './parts.tsx'
import { Row } from './row.tsx'

const words = imports.rows_shown

interface RowsProps {
  found: Import
  tally: RowTally
  shown: Shown
  /** What was found by the run, not by the check. */
  is_run?: boolean
}

export function Rows({ found, tally, shown, is_run = false }: RowsProps) {
  const { import_id, table, state, updated_at } = found
  const changes = tally.updated + tally.held > 0
  const { data, error, refetch, ...paging } = useInfiniteQuery(
    rowsQuery(import_id, { ...shown, changes }, is_run),
  )
  const [begun, setBegun] = useState<FixBegun | null>(null)
  // All pages that are shown are read again, so nobody loses their place.
  const counted = `${JSON.stringify(tally)} ${updated_at}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever more was counted
  useEffect(() => void refetch(), [counted, refetch])
  const rows = data?.pages.flatMap(({ items }) => items)
  const columns = table?.columns ?? []
  const paths = columns.map((column) => pathOf(found, column))
  const all = useSetUp().data
  const set_up = useMemo(() => all && leadSetUp(all, found.campaign_id), [all, found.campaign_id])
  const can_edit = !is_run && state === 'read'
  if (found.emptied_at !== null) return <p className="dimmed">{words.gone}</p>
  return (
    <Section
      id="rows"
      title={words.title}
      actions={can_edit && <Button onClick={() => setBegun({})}>{fix.open}</Button>}
    >
      {begun && <FixDialog found={found} begun={begun} onClose={() => setBegun(null)} />}
      {!rows && (error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />)}
      {rows?.length === 0 && <p className="dimmed">{words.none}</p>}
      {rows !== undefined && rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
        <section className="frame" aria-label={words.table} tabIndex={0}>
          <table className={`${styles.rows} table`} data-settled>
            <caption className="visually-hidden">{words.table}</caption>
            <thead>
              <tr>
                <th scope="col">{words.row}</th>
                <th scope="col">{is_run ? words.came : words.outcome}</th>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row
                  key={row.row}
                  import_id={import_id}
                  row={row}
                  columns={columns}
                  paths={paths}
                  set_up={set_up}
                  can_edit={can_edit}
                  is_run={is_run}
                  onFixAlike={setBegun}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      <More {...paging} />
    </Section>
  )
}
