import { Badge, Skeleton, Tooltip } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode, Ref } from 'react'
import { type FoundLead, type Lead, leadName } from '../../api/leads.ts'
import { type SetUp, type Template, templateOf } from '../../api/set-up.ts'
import { ago, exactly, wallTime } from '../../text/times.ts'
import { text } from '../../text.ts'
import styles from './leads.module.css'

const words = text.leads

function Frame({ children, waiting }: { children: ReactNode; waiting?: boolean }) {
  const { columns } = words
  return (
    <div className={styles.frame} aria-busy={waiting || undefined} data-waiting={waiting || undefined}>
      <table className={styles.table} data-settled={waiting ? undefined : true}>
        <caption className="visually-hidden">{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.name}>
              {columns.name}
            </th>
            <th scope="col" className={styles.id}>
              {columns.lead}
            </th>
            <th scope="col">{columns.phones}</th>
            <th scope="col">{columns.disposition}</th>
            <th scope="col" className={styles.callback}>
              {columns.callback}
            </th>
            <th scope="col" className={styles.allocation}>
              {columns.allocation}
            </th>
            <th scope="col" className={styles.changed}>
              {columns.changed}
            </th>
          </tr>
        </thead>
        {children}
      </table>
    </div>
  )
}

export interface LeadTableProps {
  ref: Ref<HTMLTableSectionElement>
  leads: readonly FoundLead[]
  set_up: SetUp | undefined
  /** The rows of the search before, until the next ones are there. */
  waiting: boolean
}

export function LeadTable({ ref, leads, set_up, waiting }: LeadTableProps) {
  return (
    <Frame waiting={waiting}>
      <tbody ref={ref}>
        {leads.map((lead) => (
          <Row key={lead.id} lead={lead} set_up={set_up} />
        ))}
      </tbody>
    </Frame>
  )
}

function Row({ lead, set_up }: { lead: FoundLead; set_up: SetUp | undefined }) {
  const navigate = useNavigate()
  const template = templateOf(set_up, lead.campaign_id)
  const open = (event: MouseEvent) => {
    // Marking text and following a link are no wish to open the lead.
    if (event.defaultPrevented || (event.target as Element).closest('a, button')) return
    if (window.getSelection()?.toString()) return
    void navigate({ to: '/leads/$id', params: { id: lead.id } })
  }
  const allocation = set_up?.allocations.find((one) => one.allocation_id === lead.allocation_id)
  return (
    // By keyboard the link in the row is the way.
    <tr onClick={open} data-closed={lead.closed || undefined}>
      <th scope="row" className={styles.name}>
        <span className={styles.who}>
          <Link to="/leads/$id" params={{ id: lead.id }} data-opens>
            {leadName(lead, template)}
          </Link>
          {lead.open_conflicts > 0 && (
            <Badge size="sm" color="orange" className={styles.warn}>
              {words.conflict(lead.open_conflicts)}
            </Badge>
          )}
        </span>
        <span className={styles.under}>{lead.id}</span>
      </th>
      <td className={styles.id}>{lead.id}</td>
      <td className={styles.phone}>
        <Phones lead={lead} template={template} />
      </td>
      <td>
        <span className={styles.disposition}>
          {lead.disposition ?? <span className="dimmed">{words.none_yet}</span>}
          {lead.closed && (
            <Badge size="sm" variant="outline" color="gray" className={styles.closed}>
              {words.closed}
            </Badge>
          )}
        </span>
      </td>
      <td className={styles.callback}>{lead.callback && <CallbackTime lead={lead} at={lead.callback} />}</td>
      <td className={styles.allocation}>{allocation?.name ?? lead.allocation_id}</td>
      <td className={styles.changed}>
        <time dateTime={lead.updated_at} title={exactly(lead.updated_at)}>
          {ago(lead.updated_at)}
        </time>
      </td>
    </tr>
  )
}

function CallbackTime({ lead, at }: { lead: Lead; at: NonNullable<Lead['callback']> }) {
  const due = !lead.closed && new Date(at.at).getTime() <= Date.now()
  return (
    <time dateTime={at.at} title={words.in_zone(wallTime(at.local), at.zone)} data-due={due || undefined}>
      {wallTime(at.local)}
      {due && <span className={styles.due}>{words.due}</span>}
    </time>
  )
}

/**
 * The first number that may be called, else the first one with the reason why not; instead of it the one that was looked
 * for, by the name of its field.
 */
function Phones({ lead, template }: { lead: FoundLead; template: Template | undefined }) {
  const { phones, fields, found_in = [] } = lead
  // A state of which nothing is said is one that is dialled.
  const callable = phones.find(({ state, blocked_by }) => !words.phone_states[state] && !blocked_by)
  const first = callable ?? phones.find(({ number }) => number !== undefined) ?? phones[0]
  if (!first) return null
  const found = phones.filter(({ field }) => found_in.includes(`fields.${field}`))
  const other = found.includes(first) ? undefined : found[0]
  const phone = other ?? first
  const problem = words.phone_states[phone.state]
  return (
    <span className={styles.phones}>
      <span className="figures">{phone.number ?? (other ? fields[other.field] : words.no_number)}</span>
      {other && <span className="dimmed">{labelOf(template, other.field)}</span>}
      {phone.blocked_by && (
        <Tooltip label={words.blocked_why[phone.blocked_by]}>
          <Badge size="sm" color="red" className={styles.bad}>
            {words.blocked[phone.blocked_by]}
          </Badge>
        </Tooltip>
      )}
      {problem && (other ?? phone.number) !== undefined && <span className="dimmed">{problem}</span>}
      {phones.length > 1 && <span className={styles.more}>{words.more_phones(phones.length - 1)}</span>}
    </span>
  )
}

const labelOf = (template: Template | undefined, name: string) =>
  template?.fields.find((field) => field.name === name)?.label ?? name

const ROWS = Array.from({ length: 12 }, (_, i) => i)

export function LoadingTable() {
  return (
    <>
      <p className="visually-hidden" role="status">
        {words.loading}
      </p>
      <Frame waiting>
        <tbody aria-hidden>
          {ROWS.map((row) => (
            <tr key={row}>
              <td colSpan={7}>
                <Skeleton height={12} width={`${64 + ((row * 13) % 28)}%`} radius={3} />
              </td>
            </tr>
          ))}
        </tbody>
      </Frame>
    </>
  )
}
