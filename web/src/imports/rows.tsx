// The rows of a file with what becomes or came of each: those of one tile. Before the run, their cells can be corrected.

import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Import, RowTally } from '../../../src/client/api.ts'
import { rowsQuery } from '../api/imports.ts'
import { More, Section } from '../shell/listing.tsx'
import { Loading } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { imports } from '../text/imports.ts'
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
  const { import_id, table, state } = found
  const { data, error, refetch, ...paging } = useInfiniteQuery(rowsQuery(import_id, shown, is_run))
  // All pages that are shown are read again, so nobody loses their place.
  const counted = JSON.stringify(tally)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever more was counted
  useEffect(() => void refetch(), [counted, refetch])
  const rows = data?.pages.flatMap(({ items }) => items)
  const columns = table?.columns ?? []
  if (found.emptied_at !== null) return <p className="dimmed">{words.gone}</p>
  return (
    <Section id="rows" title={words.title}>
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
                  can_edit={!is_run && state === 'read'}
                  is_run={is_run}
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
