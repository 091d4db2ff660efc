// The leads as a table.

import { Badge, Skeleton } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { type MouseEvent, type ReactNode, type Ref, useMemo, useRef } from 'react'
import type { FoundLead, Template } from '../../../src/client/api.ts'
import { leadName } from '../api/leads.ts'
import { type SetUp, templateOf } from '../api/set-up.ts'
import { text } from '../text.ts'
import { Cell } from './cell.tsx'
import type { Column, OfferedColumn } from './columns.ts'
import { isFoundIn, snippetOf, soughtIn } from './found.ts'
import styles from './leads.module.css'
import { Marked } from './marked.tsx'
import type { Selection } from './selection.ts'

const words = text.leads

const classOf = (column: Column) => (column.startsWith('fields.') ? 'field' : column)

interface FrameProps {
  columns: readonly OfferedColumn[]
  /** In front of the name: the box that selects all. */
  selectAll?: ReactNode
  sorted?: { column: Column; direction: 'ascending' | 'descending' }
  waiting?: boolean
  children: ReactNode
}

function Frame({ columns, selectAll, sorted, children, waiting }: FrameProps) {
  return (
    <div
      className={`${styles.frame} frame`}
      aria-busy={waiting || undefined}
      data-waiting={waiting || undefined}
    >
      <table className={`${styles.table} table`} data-settled={waiting ? undefined : true}>
        <caption className="visually-hidden">{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.name}>
              <span className={styles.who}>
                {selectAll}
                {words.columns.name}
              </span>
            </th>
            {columns.map(({ column, label }) => (
              <th
                key={column}
                scope="col"
                className={styles[classOf(column)]}
                aria-sort={sorted?.column === column ? sorted.direction : undefined}
              >
                <bdi>{label}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  )
}

interface LeadTableProps extends Pick<FrameProps, 'columns' | 'sorted'> {
  ref: Ref<HTMLTableSectionElement>
  leads: readonly FoundLead[]
  set_up: SetUp | undefined
  /** What was typed into the search box. */
  q: string | undefined
  selection: Selection
  /** These are the rows of the previous search, until the next ones are there. */
  waiting: boolean
}

export function LeadTable({ ref, leads, set_up, q, selection, waiting, ...frame }: LeadTableProps) {
  const sought = useMemo(() => (q ? soughtIn(q) : []), [q])
  const chosen = leads.filter(({ id }) => selection.chosen.has(id)).length
  const all = (
    <SelectBox
      label={words.selection.all(leads.length)}
      checked={chosen === leads.length}
      some={chosen > 0 && chosen < leads.length}
      onChange={() => selection.toggleAll(leads)}
    />
  )
  return (
    <Frame {...frame} waiting={waiting} selectAll={all}>
      <tbody ref={ref}>
        {leads.map((lead) => (
          <Row
            key={lead.id}
            lead={lead}
            set_up={set_up}
            sought={sought}
            columns={frame.columns}
            chosen={selection.chosen.has(lead.id)}
            onChoose={(ranged) => selection.toggle(lead, leads, ranged)}
          />
        ))}
      </tbody>
    </Frame>
  )
}

interface SelectBoxProps {
  label: string
  checked: boolean
  some?: boolean
  /** `ranged`: with Shift, all from the last one to this one. */
  onChange: (ranged: boolean) => void
}

function SelectBox({ label, checked, some = false, onChange }: SelectBoxProps) {
  // A click on the label becomes one on the box, which does not know of the key.
  const shift = useRef(false)
  return (
    <label
      className={styles.select}
      onMouseDown={(event) => {
        shift.current = event.shiftKey
        // Shift would mark the text between two clicks.
        if (!event.shiftKey) return
        event.preventDefault()
        event.currentTarget.querySelector('input')?.focus()
      }}
      onKeyDown={(event) => {
        shift.current = event.shiftKey
      }}
    >
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = some
        }}
        onChange={() => onChange(shift.current)}
      />
    </label>
  )
}

interface RowProps {
  lead: FoundLead
  set_up: SetUp | undefined
  sought: readonly string[]
  columns: readonly OfferedColumn[]
  chosen: boolean
  onChoose: (ranged: boolean) => void
}

function Row({ lead, set_up, sought, columns, chosen, onChoose }: RowProps) {
  const navigate = useNavigate()
  const template = templateOf(set_up, lead.campaign_id)
  const name = leadName(lead, template)
  const open = (event: MouseEvent) => {
    // Marking text, choosing a row or following a link does not open the lead.
    if (event.defaultPrevented || (event.target as Element).closest('a, button, label')) return
    if (window.getSelection()?.toString()) return
    void navigate({ to: '/leads/$id', params: { id: lead.id } })
  }
  return (
    // Keyboard users have the link in the row.
    <tr onClick={open} data-closed={lead.closed || undefined} data-chosen={chosen || undefined}>
      <th scope="row" className={styles.name}>
        <span className={styles.who}>
          <SelectBox label={words.selection.one(name, lead.id)} checked={chosen} onChange={onChoose} />
          <Link to="/leads/$id" params={{ id: lead.id }} data-opens dir="auto">
            <Marked text={name} sought={sought} />
          </Link>
          <span className={`${styles.under} dimmed tiny`}>{lead.id}</span>
          {lead.open_conflicts > 0 && (
            <Badge size="sm" color="orange" className={styles.badge}>
              {words.conflict(lead.open_conflicts)}
            </Badge>
          )}
        </span>
        <Hits lead={lead} template={template} name={name} columns={columns} sought={sought} />
      </th>
      {columns.map(({ column }) => (
        <td key={column} className={styles[classOf(column)]}>
          <Cell column={column} lead={lead} template={template} set_up={set_up} sought={sought} />
        </td>
      ))}
    </tr>
  )
}

const HITS_MAX = 2

interface HitsProps {
  lead: FoundLead
  template: Template | undefined
  name: string
  columns: readonly OfferedColumn[]
  sought: readonly string[]
}

/** What of a search is not in the name, but in values that no column shows. */
function Hits({ lead, template, name, columns, sought: all }: HitsProps) {
  const sought = all.filter((word) => !isFoundIn(name, [word]))
  if (sought.length === 0) return null
  const shown = new Set<string>(columns.map(({ column }) => column))
  const phones = new Set(lead.phones.map(({ field }) => field))
  const values = [
    ...Object.entries(lead.fields)
      .filter(([field, value]) => value !== name && !phones.has(field) && !shown.has(`fields.${field}`))
      .map(([field, value]) => {
        const label = template?.fields.find((one) => one.name === field)?.label ?? field
        return { label, value }
      }),
    ...(lead.external_id !== null && !shown.has('external_id')
      ? [{ label: words.columns.external_id, value: lead.external_id }]
      : []),
  ]
  const hits = values.filter(({ value }) => isFoundIn(value, sought)).slice(0, HITS_MAX)
  if (hits.length === 0) return null
  return (
    <span className={`${styles.hits} tiny`}>
      {hits.map(({ label, value }) => (
        <span key={label}>
          <span className="dimmed">{words.hit_in(label)}</span>{' '}
          <bdi>
            <Marked text={snippetOf(value, sought)} sought={sought} />
          </bdi>
        </span>
      ))}
    </span>
  )
}

const ROWS = Array.from({ length: 12 }, (_, i) => i)

export const LoadingTable = ({ columns }: Pick<FrameProps, 'columns'>) => (
  <>
    <p className="visually-hidden" role="status">
      {words.loading}
    </p>
    <Frame waiting columns={columns}>
      <tbody aria-hidden>
        {ROWS.map((row) => (
          <tr key={row}>
            <td colSpan={columns.length + 1}>
              <Skeleton height={12} width={`${64 + ((row * 13) % 28)}%`} radius={3} />
            </td>
          </tr>
        ))}
      </tbody>
    </Frame>
  </>
)
