// A lead that the agent has: who it is, its numbers, what is known, and its outcome by one key.

import { Button, Kbd } from '@mantine/core'
import IconExternalLink from '@tabler/icons-react/icons/IconExternalLink'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { client, must, Refused } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { isGone } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import type { Others } from '../api/live-lead.ts'
import { useOperator } from '../api/session.ts'
import type { InHand } from '../api/work.ts'
import call from '../lead/call.module.css'
import { useEdit } from '../lead/edit.ts'
import { Fields, leave } from '../lead/fields.tsx'
import { useLeftUnsaved, useRestored } from '../lead/left.ts'
import { Log } from '../lead/log.tsx'
import { inOrderOfKinds } from '../lead/most-used.ts'
import { OutcomeCard } from '../lead/outcome-card.tsx'
import { PresentChips } from '../lead/present.tsx'
import { Said, SaveBar, Way } from '../lead/save-bar.tsx'
import { useLeadSetUp } from '../lead/set-up.ts'
import { AGAIN_MS } from '../shell/again.ts'
import { Page } from '../shell/page.tsx'
import { announce, Tag } from '../shell/parts.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { type About, toast } from '../shell/toast.tsx'
import { dayTime } from '../text/times.ts'
import { work as words } from '../text/work.ts'
import { Dialling, numbersToDial } from './dialling.tsx'
import { type Hold, useHold } from './use-hold.ts'

/** What an agent gives with an outcome: when a lead may be called in general is changed on its own page. */
const GIVEN = ['disposition', 'callback', 'callback_agent', 'priority']
/** As many outcomes as have a key. */
const NUMBERED = 9

interface AtWorkProps {
  lead: Lead
  others: Others
  lease: InHand
  look: () => void
  rest: () => void
  onShown: () => void
}

export function AtWork({ lead, others, lease, look, rest, onShown }: AtWorkProps) {
  const set_up = useLeadSetUp()
  const name = leadName(lead, set_up.template)
  const [called_at, setCalledAt] = useState<number | null>(null)
  const [marked, mark] = useState<string>()
  const numbers = numbersToDial(lead, lease)
  // An outcome needs a number, even if none of them may be called any more.
  const phone =
    marked ?? numbers[0] ?? lease.numbers?.[0] ?? lead.phones.find(({ number }) => number)?.number ?? ''
  const then = useRef(look)
  const edit = useEdit(lead, { lease_id: lease.lease_id, phone, onReported: () => then.current() })
  const hold = useHold(lease, called_at)
  const restored = useRestored(edit.draft?.at)
  const about = { lead_id: lead.id, name }
  useLeftUnsaved(about)
  const isNotTheLast = useMeantForThis()
  const isMeant = () => isNotTheLast() && !edit.saving && !edit.waiting
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the lead is drawn first
  useEffect(() => onShown(), [])

  const chosen = edit.draft?.changes.disposition !== undefined
  const save = (next: () => void) => {
    if (!isNotTheLast() || edit.saving) return
    then.current = next
    if (chosen) edit.save()
    else announce(words.choose_first)
  }
  const handBack = useHandBack(lease, about, rest)
  useShortcuts([
    { keys: 'Enter', does: words.shortcuts.save_next, run: (event) => event.repeat || save(look) },
    { keys: 'mod+enter', does: words.shortcuts.save_next, run: () => save(look) },
    { keys: 'mod+s', does: words.shortcuts.save_rest, run: () => save(rest) },
    {
      keys: 't',
      does: words.shortcuts.number,
      run: () => mark(numbers[(numbers.indexOf(phone) + 1) % numbers.length]),
    },
  ])
  const dial = (number: string) => {
    mark(number)
    setCalledAt(serverNow())
  }
  // Keys keep their meaning while the lead is open, whatever is switched on or off meanwhile.
  const [outcomes] = useState(() => inOrderOfKinds(set_up.dispositions.values()).slice(0, NUMBERED))

  return (
    <Page
      title={name}
      document_title={[name, words.title]}
      actions={
        <>
          <PresentChips {...others} />
          <Button
            component={Link}
            to={`/leads/${lead.id}`}
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            {words.open_lead}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves whichever field has the focus */}
      <div className={call.page} onKeyDown={leave}>
        <Dialling
          lead={lead}
          why={<Why lead={lead} />}
          numbers={numbers}
          marked={phone}
          onMark={mark}
          onDial={dial}
        />
        <Log lead={lead} />
        <OutcomeCard
          lead={lead}
          edit={edit}
          numbered={{ outcomes, label: words.outcomes }}
          paths={GIVEN}
          isMeant={isMeant}
        />
        <Fields lead={lead} edit={edit} />
      </div>
      <SaveBar
        lead={lead}
        edit={edit}
        restored={restored}
        call={{
          idle: words.bar.idle,
          urgent: (hold.ended || hold.left_s !== null) && <Urgent hold={hold} />,
          deeds: (
            <>
              {!chosen && (
                <Button
                  loading={handBack.isPending}
                  onClick={() => (hold.ended ? look() : handBack.mutate())}
                >
                  {hold.ended ? words.bar.leave : words.bar.hand_back}
                </Button>
              )}
              {chosen && <Button onClick={() => save(rest)}>{words.bar.save_rest}</Button>}
              <Button
                variant="filled"
                aria-disabled={!chosen || edit.saving}
                data-disabled={!chosen || edit.saving || undefined}
                onClick={() => save(look)}
              >
                {edit.saving ? words.bar.saving : words.bar.save_next}
                <Kbd size="xs" aria-hidden>
                  {words.bar.enter}
                </Kbd>
              </Button>
            </>
          ),
        }}
      />
    </Page>
  )
}

/** A press on a lead that has come up a moment ago was meant for the one before it. */
function useMeantForThis(): () => boolean {
  const shown_at = useRef(0)
  useEffect(() => {
    shown_at.current = performance.now()
  }, [])
  return () => performance.now() - shown_at.current >= AGAIN_MS
}

function useHandBack({ lease_id }: InHand, about: About, rest: () => void) {
  return useMutation({
    mutationFn: async () => {
      await must(client.handBackLease(lease_id)).catch((error) => {
        // It has ended already.
        if (!isGone(error)) throw error
      })
    },
    onSuccess: () => {
      toast(words.handed_back, [], about)
      rest()
    },
    onError: (error) => toast(error instanceof Refused ? words.not_handed_back : words.hand_back_later),
  })
}

/** Why the lead is called now. */
function Why({ lead: { callback, callback_agent, client_approved, disposition } }: { lead: Lead }) {
  const { login } = useOperator()
  const { why } = words
  const due = callback && dayTime(callback.local)
  const said: ReactNode = due
    ? callback_agent === login
      ? why.due_mine(due)
      : why.due(due)
    : disposition
      ? why.again(disposition)
      : why.fresh
  return (
    <p className="row">
      <Tag>{said}</Tag>
      {client_approved && <Tag tone="strong">{why.promised}</Tag>}
    </p>
  )
}

/** What cannot wait: the lead is about to go back, or has gone. */
function Urgent({ hold: { left_s, ended, keep } }: { hold: Hold }) {
  if (ended)
    return (
      <Said role="alert">
        <p>{words.bar.ended}</p>
      </Said>
    )
  return (
    <Said role="alert">
      <p>{words.bar.ending}</p>
      <span className="figures" aria-hidden>
        {left_s !== null && words.bar.left(left_s)}
      </span>
      <Way onClick={keep}>{words.bar.keep}</Way>
    </Said>
  )
}
