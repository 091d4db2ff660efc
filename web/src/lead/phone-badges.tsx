// Beside a phone field: the number as it is dialled, whether it may be, and why not.

import { Loader, Popover } from '@mantine/core'
import IconPhoneOff from '@tabler/icons-react/icons/IconPhoneOff'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { LeadPhone } from '../../../src/client/model.ts'
import { path } from '../../../src/client/path.ts'
import { call } from '../api/client.ts'
import { sentence, tell } from '../shell/problem.tsx'
import { text } from '../text.ts'
import styles from './form.module.css'
import { Tag } from './tag.tsx'

const words = text.lead.phone

export function PhoneBadges({ phone, campaign_id }: { phone: LeadPhone | undefined; campaign_id: number }) {
  if (!phone) return null
  const { number, state, blocked_by } = phone
  return (
    <span className={styles.badges}>
      {number && <span className={styles.number}>{number}</span>}
      {state !== 'ok' && <Tag tone={state === 'unlisted' ? 'plain' : 'warn'}>{words.states[state]}</Tag>}
      {number && blocked_by && <Blocked number={number} list={blocked_by} campaign_id={campaign_id} />}
    </span>
  )
}

interface BlockedProps {
  number: string
  list: NonNullable<LeadPhone['blocked_by']>
  campaign_id: number
}

function Blocked({ number, list, campaign_id }: BlockedProps) {
  const [open, setOpen] = useState(false)
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.blocked} onClick={() => setOpen(!open)}>
          <IconPhoneOff size={12} aria-hidden />
          {words.blocked(words.lists[list])}
          <span className="visually-hidden">{words.why(number)}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.why} tabIndex={-1} aria-label={words.reason}>
        {open && <Why number={number} campaign_id={campaign_id} />}
      </Popover.Dropdown>
    </Popover>
  )
}

function Why({ number, campaign_id }: { number: string; campaign_id: number }) {
  const { data, error } = useQuery({
    queryKey: ['dnc', number, campaign_id],
    queryFn: () =>
      call<{ explanation: string }>('GET', path`/v1/dnc/numbers/${number}`, {
        query: { campaign_id },
      }),
  })
  if (error) return <p>{tell(error).fix}</p>
  return data ? <p>{sentence(data.explanation)}</p> : <Loader size="xs" />
}
