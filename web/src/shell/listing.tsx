// Things as lines of a table, on a phone as cards: with what is said while they load, when there are none, and on failure.

import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../text.ts'
import styles from './listing.module.css'
import { Loading } from './page.tsx'
import { Problem } from './problem.tsx'

/** As much of a query as a list needs. */
interface Asked<Row> {
  data: readonly Row[] | undefined
  error: Error | null
  refetch: () => unknown
}

interface ListingProps<Row, Column extends string> {
  /** Of the table, for screen readers. */
  name: string
  columns: Readonly<Record<Column, string>>
  asked: Asked<Row>
  /** What it is for, and the way to the first one. */
  empty: ReactNode
  keyOf: (row: Row) => string | number
  /** By column; the first one names the row. */
  cells: (row: Row) => Readonly<Record<Column, ReactNode>>
  /** The buttons of a row. */
  deeds?: (row: Row) => ReactNode
  /** Rows that count less: revoked, turned off. */
  isPast?: (row: Row) => boolean
}

export function Listing<Row, Column extends string>({
  name,
  columns,
  asked: { data, error, refetch },
  empty,
  keyOf,
  cells,
  deeds,
  isPast,
}: ListingProps<Row, Column>) {
  if (!data) return error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />
  if (data.length === 0) return <div className={styles.empty}>{empty}</div>
  const [first, ...others] = Object.keys(columns) as Column[]
  return (
    <div className={`${styles.frame} frame`}>
      <table className={`${styles.table} table`} data-settled>
        <caption className="visually-hidden">{name}</caption>
        <thead>
          <tr>
            {Object.entries<string>(columns).map(([column, label]) => (
              <th key={column} scope="col">
                {label}
              </th>
            ))}
            {deeds && (
              <th scope="col">
                <span className="visually-hidden">{text.shell.deeds}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {data.map((row) => {
            const shown = cells(row)
            return (
              <tr key={keyOf(row)} data-past={isPast?.(row) || undefined}>
                <th scope="row">{shown[first!]}</th>
                {others.map((column) => (
                  <td key={column} data-label={columns[column]}>
                    {shown[column]}
                  </td>
                ))}
                {deeds && (
                  <td className={styles.deeds}>
                    <div className="row">{deeds(row)}</div>
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface MoreProps {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** Reads on. */
export const More = ({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) =>
  hasNextPage && (
    <Button size="xs" mt={12} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      {text.shell.more}
    </Button>
  )

interface SectionProps {
  id: string
  title: string
  intro?: string
  /** At the right: buttons. */
  actions?: ReactNode
  children: ReactNode
}

/** A part of a screen under a heading of its own. */
export const Section = ({ id, title, intro, actions, children }: SectionProps) => (
  <section className={styles.section} aria-labelledby={id}>
    <div className={`${styles.head} row`}>
      <div>
        <h2 id={id}>{title}</h2>
        {intro && <p className="dimmed small">{intro}</p>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </div>
    {children}
  </section>
)

/** The filters of a list, beside each other. */
export const Tools = ({ label, children }: { label: string; children: ReactNode }) => (
  <search className={`${styles.tools} row`} aria-label={label}>
    {children}
  </search>
)
