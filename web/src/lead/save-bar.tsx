// The bar at the foot of a lead: what is unsaved, what became of the last save, what others change meanwhile. It is always
// there, so that its buttons never come to lie where something else was, and everything it says is in sight.

import { Button, Kbd } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { historyQuery } from '../api/lead.ts'
import { leadName, leadQuery } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { usePhoneText } from '../phone-text.ts'
import { footRoom } from '../shell/foot-room.ts'
import { Modal } from '../shell/modal.tsx'
import { ProblemDetails, tell } from '../shell/problem.tsx'
import { Toast, useToastOf } from '../shell/toast.tsx'
import { call as call_words } from '../text/call.ts'
import { ago } from '../text/times.ts'
import { text } from '../text.ts'
import { Blocked } from './dnc.tsx'
import type { Edit } from './edit.ts'
import { duplicateIn, isBlockedNumber } from './refusal.ts'
import styles from './save-bar.module.css'
import { useLeadSetUp } from './set-up.ts'
import { actorName, focusInput, groupLabel, groupsInWords, labelOf, listed, numbersOf } from './show.tsx'

const words = text.lead

interface SaveBarProps {
  lead: Lead
  edit: Edit
  /** The time of a draft that was found, until something is typed. */
  restored: string | undefined
  /** On the screen of a call: what can be done there, and what is more urgent than anything unsaved. */
  call?: { deeds: ReactNode; urgent: ReactNode; idle: string } | undefined
}

export function SaveBar({ lead, edit, restored, call }: SaveBarProps) {
  const { draft, saving, discard, save } = edit
  const idle = draft === null
  // Disabled buttons would lose the focus.
  const off = (is_off: boolean, run: () => void) => ({
    'aria-disabled': is_off,
    'data-disabled': is_off || undefined,
    onClick: () => {
      if (!is_off) run()
    },
  })
  return (
    <section
      ref={footRoom}
      className={`${styles.bar} foot-bar`}
      aria-label={words.save.bar}
      data-tone={edit.error || edit.problems.size > 0 ? 'bad' : edit.clashing.length > 0 ? 'warn' : undefined}
    >
      <div className={styles.state}>
        <State lead={lead} edit={edit} restored={restored} call={call} />
      </div>
      {call ? (
        <div className={`${styles.deeds} ${styles.call} row`}>{call.deeds}</div>
      ) : (
        <div className={`${styles.deeds} row`}>
          <Button {...off(idle || saving, discard)}>{words.save.discard}</Button>
          <Button variant="filled" {...off(idle || saving, () => save())}>
            {saving ? words.save.saving : words.save.save}
            <Kbd size="xs" aria-hidden>
              {words.save.key}
            </Kbd>
          </Button>
        </div>
      )}
      <Sure lead={lead} edit={edit} />
    </section>
  )
}

/** One thing at a time, what needs the operator most first. */
function State({ lead, edit, restored, call }: SaveBarProps) {
  const now = useNow()
  const message = useToastOf(lead.id)
  const { draft, clashing, problems, error, waiting } = edit
  if (error || problems.size > 0) return <Refusal lead={lead} edit={edit} />
  if (waiting)
    return (
      <Said role="status">
        <p>{words.save.waiting}</p>
        <Way onClick={edit.again}>{words.save.try_now}</Way>
      </Said>
    )
  if (call?.urgent) return call.urgent
  if (draft && clashing.length > 0) return <Clash lead={lead} edit={edit} of_call={call !== undefined} />
  if (message) return <Toast {...message} />
  if (!draft) return <p className="dimmed small">{call?.idle ?? words.save.none}</p>
  return (
    <p>
      <strong>{words.save.changes(changesOf(draft))}</strong>{' '}
      <span className={`${styles.aside} dimmed tiny`}>
        {restored ? words.save.restored(ago(restored, now)) : words.save.kept_here}
      </span>
    </p>
  )
}

const changesOf = (draft: Edit['draft']) => Object.keys(draft?.changes ?? {}).length

export const Said = ({ role, children }: { role: 'alert' | 'status'; children: ReactNode }) => (
  <div className={`${styles.told} row small`} role={role}>
    <IconAlertTriangle size={18} aria-hidden />
    {children}
  </div>
)

export const Way = (button: { onClick: () => void; children: ReactNode }) => (
  <Button size="compact-xs" {...button} />
)

/** Somebody else has changed values that are being edited here. */
function Clash({ lead, edit, of_call }: { lead: Lead; edit: Edit; of_call: boolean }) {
  const { draft, clashing, takeTheirs } = edit
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const now = useNow(1_000)
  const { operator_id } = useOperator()
  const { data } = useQuery(historyQuery(lead.id, draft?.base_version ?? 0))
  const last = data?.at(-1)
  const changed = new Set(data?.flatMap(({ changes }) => Object.keys(changes ?? {})))
  const theirs =
    last &&
    words.live.changed(actorName(last, operator_id), groupsInWords(changed, set_up), ago(last.at, now))
  const yours = words.live.changed_yours(listed(clashing.map((group) => groupLabel(group, set_up))))
  return (
    <Said role="status">
      <p>
        <strong>{words.save.changes_first(changesOf(draft))}</strong>{' '}
        {[theirs, yours, of_call && call_words.held_if_saved].filter(Boolean).join(' ')}
      </p>
      {!of_call && (
        <Way onClick={() => void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })}>
          {words.live.see}
        </Way>
      )}
      <Way onClick={takeTheirs}>{words.live.take_it}</Way>
    </Said>
  )
}

/** Why the last save was refused, with a way to each field. */
function Refusal({ lead, edit }: { lead: Lead; edit: Edit }) {
  const set_up = useLeadSetUp()
  const { error, problems, draft } = edit
  const other = duplicateIn(error)
  const told = other !== undefined || isBlockedNumber(error)
  const jumps = [...problems].map(([path, problem]) => (
    <button key={path} type="button" onClick={() => focusInput(path)}>
      {told
        ? words.save.to_field(labelOf(path, set_up))
        : words.save.wrong_field(labelOf(path, set_up), problem)}
    </button>
  ))
  if (other !== undefined)
    return (
      <Said role="alert">
        <Holder lead_id={other} />
        {jumps}
        <Way onClick={() => edit.save({ allow_duplicates: true })}>{words.save.duplicate_anyway}</Way>
      </Said>
    )
  if (isBlockedNumber(error)) {
    const numbers = [...problems.keys()].flatMap((path) => draft?.changes[path] ?? [])
    return (
      <Said role="alert">
        <p>
          {words.save.blocked}{' '}
          {numbers.map((number) => (
            <Blocked key={String(number)} number={String(number)} campaign_id={lead.campaign_id} />
          ))}
        </p>
        {jumps}
      </Said>
    )
  }
  if (problems.size > 0)
    return (
      <Said role="alert">
        <p>{words.save.wrong(problems.size)}</p>
        {jumps}
      </Said>
    )
  const { title, said, retryable } = tell(error)
  return (
    <Said role="alert">
      <p>
        <strong>{title}</strong> {said}
      </p>
      {retryable && <Way onClick={() => edit.save()}>{text.shell.error.retry}</Way>}
      <ProblemDetails error={error} />
    </Said>
  )
}

/** The lead that has the number. */
function Holder({ lead_id }: { lead_id: string }) {
  const { template } = useLeadSetUp()
  const { data } = useQuery(leadQuery(lead_id))
  const name = data ? words.save.name_and_id(leadName(data, template), lead_id) : lead_id
  return (
    <p>
      {words.save.duplicate}{' '}
      <Link to="/leads/$id" params={{ id: lead_id }}>
        {words.save.duplicate_open(name)}
      </Link>
    </p>
  )
}

/** Asks once before numbers go onto the do-not-call list, and names them. */
function Sure({ lead, edit }: { lead: Lead; edit: Edit }) {
  const { sure } = words
  const set_up = useLeadSetUp()
  const inWords = usePhoneText()
  const numbers = numbersOf(lead, edit.draft, set_up).map((number) =>
    number.startsWith('+') ? inWords(number, set_up.template.region) : number,
  )
  return (
    <Modal
      opened={edit.asking}
      onClose={() => edit.answer(false)}
      title={sure.title}
      size="md"
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
    >
      <p>{numbers.length === 0 ? sure.no_numbers : sure.numbers(listed(numbers))}</p>
      <p className="dimmed small">{sure.removal}</p>
      <div className={`${styles.deeds} ${styles.answers} row`}>
        {/* Keys that are pressed once too often must not answer yes. */}
        <Button data-autofocus onClick={() => edit.answer(false)}>
          {sure.no}
        </Button>
        <Button variant="filled" color="red.9" onClick={() => edit.answer(true)}>
          {sure.yes}
        </Button>
      </div>
    </Modal>
  )
}
