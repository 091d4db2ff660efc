// The numbers of a lead, to be read aloud, dialled or copied, and why one must not be called.

import { Popover } from '@mantine/core'
import IconPhoneOff from '@tabler/icons-react/icons/IconPhoneOff'
import { useState } from 'react'
import type { Lead, LeadPhone } from '../../../src/client/api.ts'
import { usePhoneText } from '../phone-text.ts'
import { Tag } from '../shell/parts.tsx'
import { Phone } from '../shell/phone.tsx'
import { call } from '../text/call.ts'
import { text } from '../text.ts'
import styles from './call.module.css'
import { Blocked } from './dnc.tsx'
import lead_styles from './lead.module.css'
import { useLeadSetUp } from './set-up.ts'
import { labelOf } from './show.tsx'
import { WhyNot } from './why-not.tsx'

export function Numbers({ lead }: { lead: Lead }) {
  const set_up = useLeadSetUp()
  const dialled = lead.phones.filter(({ number }) => number)
  return (
    <section className={`${styles.numbers} card`} aria-labelledby="numbers">
      <h2 id="numbers" className="visually-hidden">
        {call.numbers}
      </h2>
      {dialled.length === 0 && <p className="dimmed">{call.no_numbers}</p>}
      <ul className={`${styles.phones} list`}>
        {dialled.map((phone) => (
          <li key={phone.field}>
            <span className="dimmed tiny">{labelOf(`fields.${phone.field}`, set_up)}</span>
            <Dialled phone={phone} campaign_id={lead.campaign_id} />
          </li>
        ))}
      </ul>
      <WhyNot lead={lead} />
    </section>
  )
}

function Dialled({ phone, campaign_id }: { phone: LeadPhone; campaign_id: number }) {
  const [open, setOpen] = useState(false)
  const { template } = useLeadSetUp()
  const inWords = usePhoneText()
  const words = text.lead.phone
  const { number, state, blocked_by } = phone
  if (!number) return null
  return (
    <span className={styles.number}>
      <Phone number={number} region={template.region} blocked={Boolean(blocked_by)} />
      {state !== 'ok' && <Tag tone={state === 'unlisted' ? 'plain' : 'warn'}>{words.states[state]}</Tag>}
      {blocked_by && (
        <Popover opened={open} onChange={setOpen} position="bottom-start" withArrow trapFocus returnFocus>
          <Popover.Target>
            <button type="button" className={lead_styles.blocked} onClick={() => setOpen(!open)}>
              <IconPhoneOff size={14} aria-hidden />
              {words.blocked(words.lists[blocked_by])}
              <span className="visually-hidden">{call.blocked.why_of(inWords(number, template.region))}</span>
            </button>
          </Popover.Target>
          <Popover.Dropdown className="small" maw={320} tabIndex={-1} aria-label={call.blocked.title}>
            {open &&
              (blocked_by === 'register' || blocked_by === 'unwashed' ? (
                call.blocked[blocked_by]
              ) : (
                <Blocked number={number} campaign_id={campaign_id} />
              ))}
          </Popover.Dropdown>
        </Popover>
      )}
    </span>
  )
}
