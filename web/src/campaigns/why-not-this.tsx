// Finds a lead of an allocation, and says when it is called or what keeps it back.

import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Allocation, FoundLead, Template } from '../../../src/client/api.ts'
import { foundInQuery } from '../api/campaigns.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { WhyNot } from '../lead/why-not.tsx'
import { usePhoneText } from '../phone-text.ts'
import { Refusal } from '../set-up/refusal.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { campaigns } from '../text/campaigns.ts'
import styles from './campaigns.module.css'

const words = campaigns.one

interface WhyNotThisProps {
  allocation: Allocation
  template: Template | undefined
}

export function WhyNotThis({ allocation, template }: WhyNotThisProps) {
  const [sought, setSought] = useState('')
  const [q, setQ] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const inWords = usePhoneText()
  const { data: found, error, isFetching } = useQuery(foundInQuery(allocation.allocation_id, q))
  const lead_id = chosen ?? (found?.length === 1 ? found[0]!.id : null)
  return (
    <section className={styles.section} aria-labelledby="why">
      <h2 id="why">{words.why}</h2>
      <p className="dimmed small">{words.why_intro}</p>
      <form
        className={`${styles.find} row`}
        onSubmit={onSubmit(() => {
          setChosen(null)
          setQ(sought.trim())
        })}
      >
        <TextInput label={words.why_label} value={sought} onChange={typed(setSought)} autoComplete="off" />
        <Button type="submit" aria-busy={isFetching}>
          {words.why_submit}
        </Button>
      </form>
      <div className={styles.found} role="status">
        {error && <Refusal error={error} />}
        {found?.length === 0 && <p>{words.why_none}</p>}
        {found && found.length > 1 && (
          <>
            <p className="small">{words.why_found}</p>
            <ul className="list">
              {found.map((lead) => (
                <li key={lead.id}>
                  <button type="button" aria-pressed={lead.id === lead_id} onClick={() => setChosen(lead.id)}>
                    {leadName(lead, template)}
                  </button>{' '}
                  <span className="dimmed small">{numberOf(lead, inWords, template)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        {lead_id && <Standing lead_id={lead_id} template={template} />}
      </div>
    </section>
  )
}

/** People of one name are told apart by their numbers. */
function numberOf(
  { phones }: FoundLead,
  inWords: ReturnType<typeof usePhoneText>,
  template: Template | undefined,
): string | undefined {
  const number = phones.find((phone) => phone.number !== undefined)?.number
  return number && inWords(number, template?.region)
}

function Standing({ lead_id, template }: { lead_id: string; template: Template | undefined }) {
  const { data: lead } = useQuery(leadQuery(lead_id))
  if (!lead) return null
  return (
    <div className={styles.answer}>
      <Link to="/leads/$id" params={{ id: lead_id }}>
        {leadName(lead, template)}
      </Link>
      <WhyNot lead={lead} />
    </div>
  )
}
