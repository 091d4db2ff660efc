// The consents of a lead: what was agreed to, whether it counts, and who recorded or withdrew it.

import { Button, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Consent, Lead } from '../../../src/client/api.ts'
import { Refused } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { consentsQuery } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { lazyPart } from '../load-screen.tsx'
import { Ago, Tag } from '../shell/parts.tsx'
import { tell } from '../shell/problem.tsx'
import { consents as words } from '../text/consents.ts'
import { dayOf } from '../text/times.ts'
import { text } from '../text.ts'
import type { ConsentDialogProps, WithdrawConsentProps } from './consent-dialogs.tsx'
import styles from './consents.module.css'
import { useLeadSetUp } from './set-up.ts'
import { ActorChip, actorName } from './show.tsx'

const load = () => import('./consent-dialogs.tsx')
const AddConsent = lazyPart<'AddConsent', ConsentDialogProps>(load, 'AddConsent')
const WithdrawConsent = lazyPart<'WithdrawConsent', WithdrawConsentProps>(load, 'WithdrawConsent')

const SHOWN_FIRST = 3
const SHOWN_MORE = 20
/** Characters of a text that are shown at once. */
const SHOWN_OF_TEXT = 200

/** Consents lapse while the screen is open. */
const counts = ({ withdrawn_at, expires_at }: Consent, now: number) =>
  withdrawn_at === null && (expires_at === null || Date.parse(expires_at) > now)

export function Consents({ lead }: { lead: Lead }) {
  const { data, error, refetch } = useQuery(consentsQuery(lead.id))
  const is_needed = useLeadSetUp().template.consent === 'required'
  const [most, setMost] = useState(SHOWN_FIRST)
  const [open, setOpen] = useState<'add' | Consent | null>(null)
  const now = useNow()
  const add = useRef<HTMLButtonElement>(null)
  const back = useRef<HTMLElement | null>(null)
  function show(what: 'add' | Consent) {
    back.current = document.activeElement as HTMLElement | null
    setOpen(what)
  }
  // The dialog goes with its focus, and the button of a consent that was withdrawn goes, too.
  useEffect(() => {
    if (open === null) back.current?.focus()
  }, [open])
  const dialog = {
    lead_id: lead.id,
    onClose: () => setOpen(null),
    onDone: () => {
      back.current = add.current
      setOpen(null)
    },
  }
  const hidden = Math.max(0, (data?.length ?? 0) - most)
  const lacks = is_needed && data !== undefined && !data.some((one) => counts(one, now))
  return (
    <section className="card small" aria-labelledby="consents">
      <h2 id="consents">{words.title}</h2>
      {!data && !error && <Loader size="xs" />}
      {!data && error && (
        <>
          <p role="alert">{tell(error).said}</p>
          {!(error instanceof Refused && error.status < 500) && (
            <Button size="compact-sm" onClick={() => void refetch()}>
              {text.shell.error.retry}
            </Button>
          )}
        </>
      )}
      {data?.length === 0 && <p className="dimmed">{words.none}</p>}
      {lacks && <p className="notice">{data.length === 0 ? words.none_needed : words.needed}</p>}
      {data && data.length > 0 && (
        <ol className={`${styles.consents} list`}>
          {data.slice(0, most).map((one) => (
            <li key={one.consent_id}>
              <One consent={one} now={now} onWithdraw={() => show(one)} />
            </li>
          ))}
        </ol>
      )}
      {hidden > 0 && (
        <Button size="compact-sm" onClick={() => setMost(most + SHOWN_MORE)}>
          {words.more(Math.min(hidden, SHOWN_MORE))}
        </Button>
      )}
      {data && (
        <Button ref={add} className={styles.add} size="compact-sm" onClick={() => show('add')}>
          {words.add}
        </Button>
      )}
      {open === 'add' && <AddConsent {...dialog} />}
      {open !== null && open !== 'add' && <WithdrawConsent {...dialog} consent_id={open.consent_id} />}
    </section>
  )
}

function One({ consent, now, onWithdraw }: { consent: Consent; now: number; onWithdraw: () => void }) {
  const { kind, given_at, given_by, source, expires_at, withdrawn_at, withdrawn_reason } = consent
  const { operator_id } = useOperator()
  const it_counts = counts(consent, now)
  const day = dayOf(given_at)
  return (
    <>
      <div className={styles.head}>
        <strong>{words.kinds[kind]}</strong>
        <Tag tone={it_counts ? 'good' : 'plain'}>
          {it_counts ? words.counts : withdrawn_at ? words.withdrawn : words.ended}
        </Tag>
      </div>
      <Wording of={consent.text} />
      <div className="dimmed tiny">
        <div>{words.given(day, given_by)}</div>
        {source && <div>{words.source(source)}</div>}
        {!withdrawn_at && <div>{endOf(expires_at, it_counts)}</div>}
        {withdrawn_at && (
          <div>
            {words.taken_back(
              dayOf(withdrawn_at),
              actorName({ actor: consent.withdrawn_by ?? 'system', actor_name: consent.withdrawn_by_name }),
              withdrawn_reason,
            )}
          </div>
        )}
        <div className={styles.head}>
          <span>
            {words.recorded}{' '}
            <ActorChip actor={consent.actor} actor_name={consent.actor_name} own_id={operator_id} />
          </span>
          <Ago at={consent.at} />
        </div>
      </div>
      {it_counts && (
        <Button
          size="compact-xs"
          aria-label={words.withdraw_of(words.kinds[kind].toLowerCase(), day)}
          onClick={onWithdraw}
        >
          {words.withdraw}
        </Button>
      )}
    </>
  )
}

function endOf(expires_at: string | null, it_counts: boolean): string {
  if (expires_at === null) return words.no_end
  // A last day counts to its end, which is the midnight of the next one.
  const last_day = dayOf(new Date(Date.parse(expires_at) - 1).toISOString())
  return it_counts ? words.until(last_day) : words.until_past(last_day)
}

function Wording({ of }: { of: string }) {
  const [whole, setWhole] = useState(false)
  const is_cut = of.length > SHOWN_OF_TEXT && !whole
  return (
    <>
      <p className={styles.text} dir="auto">
        {is_cut ? `${of.slice(0, SHOWN_OF_TEXT)}…` : of}
      </p>
      {is_cut && (
        <Button size="compact-xs" onClick={() => setWhole(true)}>
          {words.whole}
        </Button>
      )}
    </>
  )
}
