// The leads as a table.

import { Badge, Skeleton, Tooltip } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode, Ref } from 'react'
import type { FoundLead, Template } from '../../../src/client/api.ts'
import { serverNow } from '../api/clock.ts'
import { leadName } from '../api/leads.ts'
import { type SetUp, templateOf } from '../api/set-up.ts'
import { Ago } from '../shell/parts.tsx'
import { Phone } from '../shell/phone.tsx'
import { wallTime } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './leads.module.css'

const words = text.leads

const COLUMNS = ['name', 'lead', 'phones', 'disposition', 'callback', 'allocation', 'changed'] as const

function Frame({ children, waiting }: { children: ReactNode; waiting?: boolean }) {
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
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={styles[column]}>
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  )
}

interface LeadTableProps {
  ref: Ref<HTMLTableSectionElement>
  leads: readonly FoundLead[]
  set_up: SetUp | undefined
  /** These are the rows of the previous search, until the next ones are there. */
  waiting: boolean
}

export const LeadTable = ({ ref, leads, set_up, waiting }: LeadTableProps) => (
  <Frame waiting={waiting}>
    <tbody ref={ref}>
      {leads.map((lead) => (
        <Row key={lead.id} lead={lead} set_up={set_up} />
      ))}
    </tbody>
  </Frame>
)

function Row({ lead, set_up }: { lead: FoundLead; set_up: SetUp | undefined }) {
  const navigate = useNavigate()
  const template = templateOf(set_up, lead.campaign_id)
  const allocation = set_up?.allocations.find((one) => one.allocation_id === lead.allocation_id)
  const open = (event: MouseEvent) => {
    // Marking text or following a link does not open the lead.
    if (event.defaultPrevented || (event.target as Element).closest('a, button')) return
    if (window.getSelection()?.toString()) return
    void navigate({ to: '/leads/$id', params: { id: lead.id } })
  }
  return (
    // Keyboard users have the link in the row.
    <tr onClick={open} data-closed={lead.closed || undefined}>
      <th scope="row" className={styles.name}>
        <span className={styles.who}>
          <Link to="/leads/$id" params={{ id: lead.id }} data-opens>
            {leadName(lead, template)}
          </Link>
          {lead.open_conflicts > 0 && (
            <Badge size="sm" color="orange" className={styles.badge}>
              {words.conflict(lead.open_conflicts)}
            </Badge>
          )}
        </span>
        <span className={`${styles.under} dimmed tiny`}>{lead.id}</span>
      </th>
      <td className={styles.lead}>{lead.id}</td>
      <td>
        <Phones lead={lead} template={template} />
      </td>
      <td>
        <span className={styles.parts}>
          {lead.disposition ?? <span className="dimmed">{words.none_yet}</span>}
          {lead.closed && (
            <Badge size="sm" variant="outline" color="gray" className={`${styles.badge} ${styles.closed}`}>
              {words.closed}
            </Badge>
          )}
        </span>
      </td>
      <td className={styles.callback}>
        <Callback lead={lead} />
      </td>
      <td className={styles.allocation}>{allocation?.name ?? lead.allocation_id}</td>
      <td className={styles.changed}>
        <Ago at={lead.updated_at} />
      </td>
    </tr>
  )
}

function Callback({ lead: { callback, closed } }: { lead: FoundLead }) {
  if (!callback) return null
  const due = !closed && new Date(callback.at).getTime() <= serverNow()
  const local = wallTime(callback.local)
  return (
    <time dateTime={callback.at} title={words.in_zone(local, callback.zone)} data-due={due || undefined}>
      {local}
      {due && <span className={styles.due}>{words.due}</span>}
    </time>
  )
}

/**
 * The first number that may be called, else the first one with the reason why not. When the search was for another one,
 * that one, with the name of its field.
 */
function Phones({ lead, template }: { lead: FoundLead; template: Template | undefined }) {
  const { phones, fields, found_in = [] } = lead
  // Numbers whose state has no text are dialled.
  const callable = phones.find(({ state, blocked_by }) => !words.phone_states[state] && !blocked_by)
  const first = callable ?? phones.find(({ number }) => number !== undefined) ?? phones[0]
  if (!first) return null
  const found = phones.filter(({ field }) => found_in.includes(`fields.${field}`))
  const other = found.includes(first) ? undefined : found[0]
  const phone = other ?? first
  const problem = words.phone_states[phone.state]
  return (
    <span className={styles.parts}>
      {phone.number ? (
        <Phone number={phone.number} region={template?.region} plain />
      ) : (
        <span>{other ? fields[other.field] : words.no_number}</span>
      )}
      {other && (
        <span className="dimmed">
          {template?.fields.find(({ name }) => name === other.field)?.label ?? other.field}
        </span>
      )}
      {phone.blocked_by && (
        <Tooltip label={words.blocked_why[phone.blocked_by]}>
          <Badge size="sm" color="red" className={styles.badge}>
            {words.blocked[phone.blocked_by]}
          </Badge>
        </Tooltip>
      )}
      {problem && (other ?? phone.number) !== undefined && <span className="dimmed">{problem}</span>}
      {phones.length > 1 && <span className="dimmed tiny">{words.more_phones(phones.length - 1)}</span>}
    </span>
  )
}

const ROWS = Array.from({ length: 12 }, (_, i) => i)

export const LoadingTable = () => (
  <>
    <p className="visually-hidden" role="status">
      {words.loading}
    </p>
    <Frame waiting>
      <tbody aria-hidden>
        {ROWS.map((row) => (
          <tr key={row}>
            <td colSpan={COLUMNS.length}>
              <Skeleton height={12} width={`${64 + ((row * 13) % 28)}%`} radius={3} />
            </td>
          </tr>
        ))}
      </tbody>
    </Frame>
  </>
)
