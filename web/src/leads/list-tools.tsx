// What stands above the table once it is there: that there are newer leads, what was done to many leads at once and the export
// for those who may, the order and the columns.

import { Link } from '@tanstack/react-router'
import { hasRole, useOperator } from '../api/session.ts'
import { type LeadSearch, SORTS, sortOf } from '../search.ts'
import { typed } from '../shell/parts.tsx'
import { text } from '../text.ts'
import type { ColumnBoxesProps } from './column-boxes.tsx'
import { ColumnsMenu } from './columns-menu.tsx'
import { ExportButton } from './export-button.tsx'
import styles from './leads.module.css'
import { Newer, type NewerProps } from './newer.tsx'

const words = text.leads

interface ListToolsProps extends NewerProps {
  onSort: (sort: LeadSearch['sort']) => void
  columns: ColumnBoxesProps
}

export function ListTools({ columns, onSort, ...list }: ListToolsProps) {
  const me = useOperator()
  return (
    <>
      <Newer {...list} />
      {hasRole(me, 'lead') && (
        <Link to="/bulk-changes/{-$id}" params={{ id: undefined }} className="small">
          {words.bulk_changes}
        </Link>
      )}
      {hasRole(me, 'manager') && <ExportButton search={list.search} />}
      <SortSelect search={list.search} onSort={onSort} />
      <ColumnsMenu {...columns} />
    </>
  )
}

/** Mantine's own would cost the list more than all orders. */
const SortSelect = ({ search, onSort }: Pick<ListToolsProps, 'search' | 'onSort'>) => (
  <select
    className={styles.sort}
    aria-label={words.sort.label}
    title={search.q === undefined ? undefined : words.sort.with_text}
    disabled={search.q !== undefined}
    value={sortOf(search)}
    onChange={typed((value) => onSort(SORTS.find((one) => one === value)))}
  >
    {SORTS.map((value) => (
      <option key={value} value={value}>
        {words.sort.names[value]}
      </option>
    ))}
  </select>
)
