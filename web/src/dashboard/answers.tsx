// The three answers: is it taking leads, is anything refused, does anybody have to act.

import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import IconCircleCheck from '@tabler/icons-react/icons/IconCircleCheck'
import IconInfoCircle from '@tabler/icons-react/icons/IconInfoCircle'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Stats } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { dashboard as words } from '../text/dashboard.ts'
import { age } from '../text/times.ts'
import { figure } from '../text/words.ts'
import styles from './dashboard.module.css'
import { faultsOf, intakeState, refusedState, shareOf } from './judge.ts'

type Tone = 'good' | 'warn' | 'plain'
const ICONS = { good: IconCircleCheck, warn: IconAlertTriangle, plain: IconInfoCircle }

interface AnswerProps {
  id: string
  question: string
  tone: Tone
  answer: string
  children?: ReactNode
}

function Answer({ id, question, tone, answer, children }: AnswerProps) {
  const Icon = ICONS[tone]
  return (
    <section className={`${styles.answer} card`} data-tone={tone} aria-labelledby={id}>
      <h2 id={id}>{question}</h2>
      <p className={styles.state}>
        <Icon size="1.25em" aria-hidden />
        {answer}
      </p>
      {children}
    </section>
  )
}

export function Answers({ stats }: { stats: Stats }) {
  return (
    <div className={styles.answers}>
      <Intake {...stats} />
      <Refused {...stats} />
      <Attention {...stats} />
    </div>
  )
}

function Intake({ minute, hour }: Stats) {
  const state = intakeState(minute, hour)
  const { intake } = words
  const tone = state === 'busy' ? 'warn' : state === 'quiet' ? 'plain' : 'good'
  return (
    <Answer id="intake" question={intake.title} tone={tone} answer={intake.states[state]}>
      <p className={`${styles.big} figures`}>
        <Link to="/leads">{figure(minute.inserted)}</Link> <span>{intake.minute}</span>
      </p>
      <ul className="list figures">
        <li>{intake.per_second(minute.inserted)}</li>
        <li>
          <a href="#hour">{intake.hour(hour.inserted)}</a>
        </li>
        <li>{intake.updated(hour.updated)}</li>
        {minute.waiting > 0 && <li>{intake.waiting(minute.waiting)}</li>}
      </ul>
    </Answer>
  )
}

function Refused({ minute, hour }: Stats) {
  const state = refusedState(hour)
  const { refused } = words
  return (
    <Answer
      id="refused"
      question={refused.title}
      tone={state === 'many' ? 'warn' : state === 'some' ? 'plain' : 'good'}
      answer={refused[state]}
    >
      <p className={`${styles.big} figures`}>
        <a href="#refusals">{figure(hour.refused)}</a> <span>{refused.hour}</span>
      </p>
      <ul className="list figures">
        <li>{refused.share(shareOf(hour.refused, hour.inserted + hour.updated))}</li>
        <li>{refused.minute(minute.refused)}</li>
      </ul>
    </Answer>
  )
}

function Attention({ hour, attention }: Stats) {
  const is_manager = hasRole(useOperator(), 'manager')
  const now = useNow()
  const { conflicts, callbacks_overdue, runs_failed, runs_queued, pulls_failing } = attention
  const faults = faultsOf(hour)
  const oldest = (at: string | null) =>
    at !== null && (
      <>
        {' '}
        <span className="dimmed">{words.attention.oldest(age(at, now))}</span>
      </>
    )
  const of = words.attention
  const items: { key: string; item: ReactNode }[] = []
  if (faults > 0) items.push({ key: 'faults', item: <a href="#refusals">{of.faults(faults)}</a> })
  if (conflicts.count > 0)
    items.push({
      key: 'conflicts',
      item: (
        <>
          <Link to="/conflicts">{of.conflicts(conflicts.count)}</Link>
          {oldest(conflicts.oldest_at)}
        </>
      ),
    })
  if (runs_failed.count > 0)
    items.push({
      key: 'failed',
      item: <Runs state="failed" said={of.runs_failed(runs_failed.count)} linked={is_manager} />,
    })
  for (const { pull_id, name, allocation_id, failures } of pulls_failing)
    items.push({
      key: `pull ${pull_id}`,
      item: (
        <Link to="/allocations/$id" params={{ id: String(allocation_id) }}>
          {of.pull(name, failures)}
        </Link>
      ),
    })
  if (callbacks_overdue.count > 0)
    items.push({
      key: 'callbacks',
      item: (
        <>
          <Link to="/leads" search={{ overdue: true }}>
            {of.callbacks(callbacks_overdue.count)}
          </Link>
          {oldest(callbacks_overdue.oldest_at)}
        </>
      ),
    })
  const has_to = items.length > 0
  // They run by themselves: nobody has to do anything.
  if (runs_queued.count > 0)
    items.push({
      key: 'queued',
      item: (
        <>
          <Runs state="queued" said={of.runs_queued(runs_queued.count)} linked={is_manager} />
          {oldest(runs_queued.oldest_at)}
        </>
      ),
    })
  return (
    <Answer
      id="attention"
      question={of.title}
      tone={has_to ? 'warn' : 'good'}
      answer={has_to ? of.some : of.none}
    >
      {items.length > 0 && (
        <ul className={`${styles.items} list figures`}>
          {items.map(({ key, item }) => (
            <li key={key}>{item}</li>
          ))}
        </ul>
      )}
    </Answer>
  )
}

/** Only managers may open the list of runs. */
const Runs = ({ state, said, linked }: { state: 'failed' | 'queued'; said: string; linked: boolean }) =>
  linked ? (
    <Link to="/actions" search={{ state }}>
      {said}
    </Link>
  ) : (
    said
  )
