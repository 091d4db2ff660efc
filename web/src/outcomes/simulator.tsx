// Tries outcomes on a made-up lead: when it would be called, and when it is closed. The rules are those of the server.

import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { DispositionSet, Template } from '../../../src/client/api.ts'
import { needsTime } from '../../../src/core/disposition.ts'
import { type MadeUpOutcome, type SimulatedCall, simulate } from '../../../src/core/simulation.ts'
import { instantOf, localIn } from '../../../src/core/times.ts'
import { zonesWithClock } from '../../../src/core/zone-set.ts'
import { serverNow } from '../api/clock.ts'
import type { SetUp } from '../api/set-up.ts'
import shared from '../set-up/set-up.module.css'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { DateField } from '../shell/date-field.tsx'
import { announce, PLAIN_MAX } from '../shell/parts.tsx'
import { isStored } from '../text/dates.ts'
import { outcomes } from '../text/outcomes.ts'
import { dayTime, zoneName } from '../text/times.ts'
import styles from './outcomes.module.css'

const words = outcomes.simulator

/** What a lead has that nobody has given another. */
const PRIORITY = 10

export function Simulator({ set, set_up }: { set: DispositionSet; set_up: SetUp }) {
  const users = set_up.templates.filter(({ name, disposition_set }) =>
    set.used_by.length > 0 ? disposition_set === set.name : name,
  )
  const [template_id, setTemplate] = useState<number | undefined>(users[0]?.template_id)
  const template = users.find((one) => one.template_id === template_id) ?? users[0]
  return (
    <section className={shared.section} aria-labelledby="simulator">
      <h2 id="simulator">{words.title}</h2>
      <p className={`${shared.intro} dimmed small`}>{template ? words.intro : words.no_template}</p>
      {template && (
        <div className={styles.simulator}>
          <ChoiceInput
            className={styles.narrow}
            label={words.as}
            choices={users.map((one) => ({ value: String(one.template_id), label: one.name }))}
            value={String(template.template_id)}
            onChoose={(chosen) => setTemplate(Number(chosen))}
            searchable={users.length > PLAIN_MAX}
          />
          <Run key={template.template_id} set={set} template={template} set_up={set_up} />
        </div>
      )}
    </section>
  )
}

interface RunProps {
  set: DispositionSet
  template: Template
  set_up: SetUp
}

/** An outcome as it is chosen; the agreed time is what was typed, which may be no time yet. */
interface Chosen {
  code: string
  agreed: string | null
}

const isTime = (text: string | null): text is string => text !== null && isStored(text) && text.includes('T')

const outcomeOf = ({ code, agreed }: Chosen): MadeUpOutcome =>
  isTime(agreed) ? { code, callback: agreed } : { code }

function Run({ set, template, set_up }: RunProps) {
  const hours = set_up.contact_hours.find(({ name }) => name === template.contact_hours)
  const zone = hours?.zone ?? 'UTC'
  const [from, setFrom] = useState<string | null>(() => localIn(serverNow(), zone))
  const [given, setGiven] = useState<readonly Chosen[]>([])
  const foot = useFocusKept()
  if (!hours) return null
  const run = (chosen: readonly Chosen[]) =>
    simulate(chosen.map(outcomeOf), {
      dispositions: set.dispositions,
      hours: { ...hours, zone_version: 0 },
      zones: zonesWithClock(template.region, zone, new Date(serverNow()).getUTCFullYear()),
      now: new Date(isTime(from) ? instantOf(from, zone) : serverNow()).toISOString(),
      priority: PRIORITY,
    })
  const outcomes = set.dispositions.filter(({ enabled }) => enabled)
  const calls = run(given)
  const inWords = (at: string) => dayTime(localIn(Date.parse(at), zone))
  // The time of the first call does not depend on its outcome.
  const first = calls[0]?.at ?? (outcomes[0] && run([{ code: outcomes[0].code, agreed: null }])[0]?.at)
  const last = calls.at(-1)
  const can_go_on = last ? last.next_at !== null : first !== undefined
  const choose = (code: string) => {
    const next = [...given, { code, agreed: null }]
    setGiven(next)
    const call = run(next).at(-1)
    if (call) announce(`${code}: ${resultOf(call, inWords)}`)
  }
  const agree = (i: number, agreed: string | null) =>
    setGiven(given.map((one, at) => (at === i ? { ...one, agreed } : one)))
  return (
    <>
      <div className={styles.narrow}>
        <DateField
          label={words.from}
          description={words.zone(zoneName(zone))}
          time
          value={from}
          zone={zone}
          onChange={setFrom}
        />
      </div>
      <p className={styles.first}>{first ? words.first(inWords(first)) : words.never}</p>
      {calls.length > 0 && (
        <ol className={`${styles.calls} list`} aria-label={words.calls}>
          {calls.map((call, i) => (
            <Call
              // biome-ignore lint/suspicious/noArrayIndexKey: calls are only added and taken away at the end
              key={i}
              n={i + 1}
              call={call}
              rule={set.dispositions.find(({ code }) => code === call.code)}
              inWords={inWords}
              agreed={given[i]?.agreed ?? null}
              zone={zone}
              onAgree={(agreed) => agree(i, agreed)}
            />
          ))}
        </ol>
      )}
      <div ref={foot} className="stack">
        {can_go_on && (
          <fieldset className={styles.choose}>
            <legend>{words.choose(calls.length + 1)}</legend>
            {outcomes.map(({ code }) => (
              <Button key={code} size="compact-md" onClick={() => choose(code)}>
                {code}
              </Button>
            ))}
          </fieldset>
        )}
        {calls.length > 0 && (
          <div className="row">
            <Button size="compact-sm" onClick={() => setGiven(given.slice(0, calls.length - 1))}>
              {words.undo}
            </Button>
            <Button size="compact-sm" onClick={() => setGiven([])}>
              {words.again}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

/** The buttons below the calls come and go: when the one that was pressed goes, the first of the others gets the focus. */
function useFocusKept() {
  const foot = useRef<HTMLDivElement>(null)
  const was_here = useRef(false)
  useEffect(() => {
    const here = () => foot.current?.contains(document.activeElement) ?? false
    if (was_here.current && document.activeElement === document.body)
      foot.current?.querySelector('button')?.focus()
    was_here.current = here()
    const look = () => {
      was_here.current = here()
    }
    document.addEventListener('focusin', look)
    return () => document.removeEventListener('focusin', look)
  })
  return foot
}

const resultOf = ({ closed_by, next_at, needs_time }: SimulatedCall, inWords: (at: string) => string) =>
  closed_by
    ? words.closed[closed_by]
    : next_at === null
      ? words.next_never
      : needs_time
        ? words.next_at_once
        : words.next(inWords(next_at))

interface CallProps {
  n: number
  call: SimulatedCall
  rule: DispositionSet['dispositions'][number] | undefined
  inWords: (at: string) => string
  agreed: string | null
  zone: string
  onAgree: (agreed: string | null) => void
}

function Call({ n, call, rule, inWords, agreed, zone, onAgree }: CallProps) {
  const asks = rule && (agreed !== null || needsTime(rule, null, zone, Date.parse(call.at)))
  return (
    <li>
      <span className={`${styles.at} figures`}>{inWords(call.at)}</span>
      <strong>{call.code}</strong>
      {rule?.kind === 'retry' && (
        <span className="dimmed small">{words.attempts(call.attempts, rule.redials_max)}</span>
      )}
      <span>{resultOf(call, inWords)}</span>
      <span className="dimmed small">{words.priority(call.priority)}</span>
      {asks && (
        <div className={styles.agreed}>
          <DateField
            label={words.agreed_of(n)}
            time
            size="xs"
            value={agreed}
            zone={zone}
            onChange={onAgree}
          />
        </div>
      )}
    </li>
  )
}
