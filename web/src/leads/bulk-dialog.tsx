// What agents do to several leads: asks once, with the number of leads, then does it to each and lists those that were refused.

import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { FoundLead } from '../../../src/client/api.ts'
import { fold } from '../../../src/core/field.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { client, must } from '../api/client.ts'
import { leadName } from '../api/leads.ts'
import { type SetUp, templateOf } from '../api/set-up.ts'
import { usePhoneText } from '../phone-text.ts'
import { onSubmit, typed } from '../shell/parts.tsx'
import { tell } from '../shell/problem.tsx'
import { bulk } from '../text/bulk.ts'
import { alone, type Progress, type Task, useBulk } from './bulk.ts'
import styles from './leads.module.css'
import type { OwnDeed } from './selection-bar.tsx'

const words = bulk

interface DialogProps {
  deed: OwnDeed
  leads: readonly FoundLead[]
  set_up: SetUp
  /** `left`: those that nothing was done to; absent: nothing was begun. */
  onClose: (left?: readonly FoundLead[]) => void
}

export function BulkDialog({ deed, leads, set_up, onClose }: DialogProps) {
  const { progress, run, stop } = useBulk()
  const Form = FORMS[deed]
  const running = progress !== null && !progress.ended
  const close = () => {
    if (running) return
    onClose(progress ? [...progress.refused.map(({ lead }) => lead), ...progress.left] : undefined)
  }
  const title = words.titles[deed](leads.length)
  return (
    // Without the header of Mantine's dialogs, which is a second banner of the page; each form has its own way out.
    <Modal.Root opened onClose={close} centered closeOnEscape={!running}>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body className="stack">
          <h2 className={styles.title}>{title}</h2>
          {progress ? (
            <Running progress={progress} set_up={set_up} onStop={stop} onClose={close} />
          ) : (
            <Form leads={leads} set_up={set_up} onCancel={close} onRun={(tasks) => void run(tasks)} />
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

interface RunningProps {
  progress: Progress
  set_up: SetUp
  onStop: () => void
  onClose: () => void
}

function Running({ progress: { of, done, refused, ended }, set_up, onStop, onClose }: RunningProps) {
  const past = done + refused.length
  return (
    <div className="stack">
      <progress className={styles.progress} value={past} max={of} aria-label={words.progress(past, of)} />
      <p role="status">{ended ? words.ended(done, of) : words.progress(past, of)}</p>
      {refused.length > 0 && (
        <>
          <h3 className="small">{words.refused(refused.length)}</h3>
          <ul className={styles.refused}>
            {refused.map(({ lead, error }) => {
              const why = tell(error).said
              return (
                <li key={lead.id}>
                  <Link to="/leads/$id" params={{ id: lead.id }} target="_blank">
                    <bdi>{leadName(lead, templateOf(set_up, lead.campaign_id))}</bdi>
                  </Link>
                  {words.refused_why(why)}
                </li>
              )
            })}
          </ul>
        </>
      )}
      <div className={`${styles.foot} row`}>
        {ended ? (
          <Button variant="filled" data-autofocus onClick={onClose}>
            {words.close}
          </Button>
        ) : (
          <Button onClick={onStop}>{words.stop}</Button>
        )}
      </div>
    </div>
  )
}

interface FormProps {
  leads: readonly FoundLead[]
  set_up: SetUp
  onCancel: () => void
  onRun: (tasks: readonly Task[]) => void
}

interface AskProps {
  /** Of the button that begins; absent: nothing can be done with these leads. */
  action?: string
  danger?: boolean
  disabled?: boolean
  onCancel: () => void
  onRun: () => void
  children: ReactNode
}

const Ask = ({ action, danger, disabled, onCancel, onRun, children }: AskProps) => (
  <form className="stack" onSubmit={onSubmit(() => disabled || !action || onRun())}>
    {children}
    <div className={`${styles.foot} row`}>
      <Button onClick={onCancel}>{words.cancel}</Button>
      {action && (
        <Button variant="filled" type="submit" disabled={disabled} color={danger ? 'red' : undefined}>
          {action}
        </Button>
      )}
    </div>
  </form>
)

/** Outcomes that need nothing but themselves. A promised callback has a time of its own for each lead. */
const PLAIN_KINDS = new Set(['retry', 'final', 'dnc'])

function OutcomeForm({ leads, set_up, onCancel, onRun }: FormProps) {
  const [code, setCode] = useState('')
  const sets = new Set(leads.map(({ campaign_id }) => templateOf(set_up, campaign_id)?.disposition_set))
  const offered = [...sets].map(
    (name) =>
      set_up.disposition_sets
        .find((set) => set.name === name)
        ?.dispositions.filter(({ enabled, kind }) => enabled && PLAIN_KINDS.has(kind)) ?? [],
  )
  const [first = [], ...rest] = offered
  const common = first.filter((one) =>
    rest.every((set) => set.some(({ code }) => fold(code) === fold(one.code))),
  )
  const kind = common.find((one) => one.code === code)?.kind
  return (
    <Ask
      action={common.length > 0 ? words.outcome.action(leads.length) : undefined}
      danger={kind === 'dnc'}
      disabled={code === ''}
      onCancel={onCancel}
      onRun={() =>
        onRun(
          leads.map((lead) =>
            alone(lead, () => must(client.patchLead(lead.id, lead.version, { disposition: code }, 'merge'))),
          ),
        )
      }
    >
      {common.length === 0 ? (
        <p>{words.outcome.none}</p>
      ) : (
        <>
          <NativeSelect
            data-autofocus
            label={words.outcome.label}
            data={[
              { value: '', label: words.outcome.choose, disabled: true },
              ...common.map((one) => ({ value: one.code, label: one.code })),
            ]}
            value={code}
            onChange={typed(setCode)}
          />
          <p className="dimmed small">{words.outcome.note(leads.length)}</p>
          {kind && (
            <p className="small" role="status">
              {words.outcome.kinds[kind as keyof typeof words.outcome.kinds](leads.length)}
            </p>
          )}
        </>
      )}
    </Ask>
  )
}

function DncForm({ leads, set_up, onCancel, onRun }: FormProps) {
  const write = usePhoneText()
  const [reason, setReason] = useState('')
  const numbersOf = ({ phones }: FoundLead) => phones.flatMap(({ number }) => number ?? [])
  const numbers = [...new Set(leads.flatMap(numbersOf))]
  const inWords = new Set(
    leads.flatMap((lead) =>
      numbersOf(lead).map((number) => write(number, templateOf(set_up, lead.campaign_id)?.region)),
    ),
  )
  const tasks = () => {
    const parts: FoundLead[][] = []
    let room = 0
    for (const lead of leads) {
      const own = numbersOf(lead).length
      if (own === 0) continue
      if (own > room) {
        parts.push([])
        room = LIMITS.dnc_numbers_bounded_max
      }
      parts.at(-1)!.push(lead)
      room -= own
    }
    const why = reason.trim() || undefined
    return parts.map((part) => ({
      leads: part,
      run: async () => {
        await must(client.addToDnc({ list: 'private', phones: part.flatMap(numbersOf), reason: why }))
        return []
      },
    }))
  }
  return (
    <Ask
      action={numbers.length > 0 ? words.dnc.action(numbers.length) : undefined}
      danger
      onCancel={onCancel}
      onRun={() => onRun(tasks())}
    >
      <p>{numbers.length === 0 ? words.dnc.none : words.dnc.what(numbers.length)}</p>
      {numbers.length > 0 && (
        <>
          <p className={`${styles.numbers} small figures`}>{[...inWords].join(', ')}</p>
          <TextInput label={words.dnc.reason} maxLength={200} value={reason} onChange={typed(setReason)} />
        </>
      )}
    </Ask>
  )
}

const FORMS = { outcome: OutcomeForm, dnc: DncForm }
