// One value of a lead in the list, by its column.

import { Badge, Tooltip } from '@mantine/core'
import type { FoundLead, Template } from '../../../src/client/api.ts'
import { serverNow } from '../api/clock.ts'
import type { SetUp } from '../api/set-up.ts'
import { usePhoneText } from '../phone-text.ts'
import { Ago } from '../shell/parts.tsx'
import { comingTime, wallTime } from '../text/times.ts'
import { text } from '../text.ts'
import type { Column } from './columns.ts'
import { numberPieces } from './found.ts'
import styles from './leads.module.css'
import { Marked, Pieces } from './marked.tsx'

const words = text.leads

interface CellProps {
  column: Column
  lead: FoundLead
  template: Template | undefined
  set_up: SetUp | undefined
  sought: readonly string[]
}

export function Cell({ column, lead, template, set_up, sought }: CellProps) {
  switch (column) {
    case 'lead':
      return <Marked text={lead.id} sought={sought} />
    case 'phones':
      return <Phones lead={lead} template={template} sought={sought} />
    case 'disposition':
      return (
        <span className={styles.parts}>
          {lead.disposition ?? <span className="dimmed">{words.none_yet}</span>}
          {lead.closed && (
            <Badge size="sm" color="gray" className={`${styles.badge} ${styles.closed}`}>
              {words.closed}
            </Badge>
          )}
        </span>
      )
    case 'callback':
      return <Callback lead={lead} />
    case 'campaign':
      return set_up?.campaigns.find(({ campaign_id }) => campaign_id === lead.campaign_id)?.name
    case 'allocation':
      return (
        set_up?.allocations.find((one) => one.allocation_id === lead.allocation_id)?.name ??
        lead.allocation_id
      )
    case 'priority':
      return lead.priority
    case 'created':
      return <Ago at={lead.created_at} />
    case 'changed':
      return <Ago at={lead.updated_at} />
    case 'external_id':
    case 'source':
      return <Shown value={lead[column]} sought={sought} />
    default:
      return <Field name={column.slice('fields.'.length)} {...{ lead, template, sought }} />
  }
}

const Shown = ({ value, sought }: { value: string | null; sought: readonly string[] }) =>
  value && (
    <bdi title={value}>
      <Marked text={value} sought={sought} />
    </bdi>
  )

function Field({ name, lead, template, sought }: Omit<CellProps, 'column' | 'set_up'> & { name: string }) {
  const value = lead.fields[name] ?? null
  const is_check = template?.fields.find((field) => field.name === name)?.kind === 'check'
  if (is_check && (value === 'true' || value === 'false'))
    return value === 'true' ? text.lead.yes : text.lead.no
  return <Shown value={value} sought={sought} />
}

function Callback({ lead: { callback, closed, next_attempt_at: next } }: { lead: FoundLead }) {
  if (!callback) return null
  const now = serverNow()
  const due = !closed && new Date(callback.at).getTime() <= now
  const local = wallTime(callback.local)
  const agreed = words.in_zone(local, callback.zone)
  const waits = !due && next
  return (
    <time
      dateTime={waits || callback.at}
      title={waits ? words.agreed(agreed) : agreed}
      data-due={due || undefined}
    >
      {waits ? comingTime(waits, callback.zone, now) : local}
      {due && <span className={styles.due}>{words.due}</span>}
    </time>
  )
}

/**
 * The first number that may be called, else the first one with the reason why not. When the search was for another one,
 * that one, with the name of its field.
 */
function Phones({ lead, template, sought }: Pick<CellProps, 'lead' | 'template' | 'sought'>) {
  const write = usePhoneText()
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
      <bdi className="figures">
        {phone.number === undefined ? (
          <Marked text={(other && fields[other.field]) ?? words.no_number} sought={sought} />
        ) : (
          <Pieces
            of={numberPieces(
              write(phone.number, template?.region),
              phone.number,
              found.includes(phone) ? sought : [],
            )}
          />
        )}
      </bdi>
      {other && (
        <span className="dimmed">
          {template?.fields.find(({ name }) => name === other.field)?.label ?? other.field}
        </span>
      )}
      {phone.blocked_by && (
        <Tooltip label={text.lead.phone.blocked(text.lead.phone.lists[phone.blocked_by])}>
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
