// What a saved action would do to a lead. Nothing is sent.

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DryRun } from '../../../src/client/api.ts'
import { actionsQuery } from '../api/actions.ts'
import { client, must } from '../api/client.ts'
import { leadName, leadsQuery } from '../api/leads.ts'
import { templateOf, useSetUp } from '../api/set-up.ts'
import { useAllocationName } from '../keys/names.ts'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { Section } from '../shell/listing.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Notice, Problem, sentence } from '../shell/problem.tsx'
import { actions } from '../text/actions.ts'
import styles from './actions.module.css'

const words = actions.trial

export function Trial({ action_id, is_saved }: { action_id: number; is_saved: boolean }) {
  const set_up = useSetUp().data
  const leads = useQuery(leadsQuery({})).data?.items ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const [disposition, setDisposition] = useState('')
  const [attempt, setAttempt] = useState('1')
  const lead_id = chosen ?? leads[0]?.id ?? null
  const trial = useMutation({
    mutationFn: () =>
      must(
        client.dryRun(action_id, {
          lead_id: lead_id ?? '',
          attempt: Number(attempt) || 1,
          ...(disposition && { disposition }),
        }),
      ),
  })
  const codes = new Set(set_up?.disposition_sets.flatMap((set) => set.dispositions.map(({ code }) => code)))
  return (
    <Section id="trial" title={words.title} intro={words.intro}>
      {leads.length === 0 ? (
        <p className="dimmed">{words.no_leads}</p>
      ) : (
        <form className="stack" onSubmit={onSubmit(() => is_saved && trial.mutate())}>
          <div className={styles.beside}>
            <ChoiceInput
              label={words.lead}
              choices={leads.map((lead) => ({
                value: lead.id,
                label: words.lead_and_id(leadName(lead, templateOf(set_up, lead.campaign_id)), lead.id),
              }))}
              value={lead_id}
              onChoose={setChosen}
            />
            <NativeSelect
              label={words.outcome}
              value={disposition}
              data={[{ value: '', label: words.as_lead }, ...codes]}
              onChange={typed(setDisposition)}
            />
            <TextInput
              label={words.attempt}
              inputMode="numeric"
              value={attempt}
              onChange={typed(setAttempt)}
            />
          </div>
          <div className="row">
            <Button type="submit" loading={trial.isPending} disabled={!is_saved || lead_id === null}>
              {words.submit}
            </Button>
            {!is_saved && <span className="dimmed small">{words.save_first}</span>}
          </div>
          {trial.error && <Problem error={trial.error} />}
          {trial.data && <Foreseen found={trial.data} />}
        </form>
      )}
    </Section>
  )
}

const pairs = (of: object) =>
  Object.entries(of)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('\n')

function Foreseen({ found }: { found: DryRun }) {
  const allocationName = useAllocationName()
  const all = useQuery(actionsQuery).data ?? []
  const { problem, request, email, copy, dnc, choice } = found
  const next = all.find(({ action_id }) => action_id === choice?.next_action_id)
  return (
    <div className="stack" role="status">
      {problem ? (
        <Notice tone="warn" title={words.problem}>
          {sentence(problem)}
        </Notice>
      ) : (
        <p>{words.ready}</p>
      )}
      {request && <Shown name={words.request} text={requestText(request)} />}
      {email && <Shown name={words.email} text={emailText(email)} />}
      {copy && (
        <Shown
          name={words.copy(allocationName(Number(copy.allocation_id)))}
          text={pairs((copy.fields ?? {}) as object)}
        />
      )}
      {dnc && <p>{words.dnc((dnc.numbers as string[]).join(', '), String(dnc.list))}</p>}
      {choice && <p>{words.next(findingOf(String(choice.detail)), next?.name ?? words.nothing)}</p>}
    </div>
  )
}

/** The server's finding in words. */
function findingOf(detail: string): string {
  const [, attempt, wanted] = /^attempt (\d+), waits for attempt (\d+)$/.exec(detail) ?? []
  if (attempt && wanted) return words.finding_attempt(attempt, wanted)
  return Object.hasOwn(words.findings, detail) ? words.findings[detail]! : sentence(detail)
}

const Shown = ({ name, text }: { name: string; text: string }) => (
  <div>
    <p className="dimmed small">{name}</p>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
    <pre className={styles.code} tabIndex={0}>
      {text}
    </pre>
  </div>
)

function requestText({ method, url, headers = {}, body }: Record<string, unknown>): string {
  return [`${method} ${url}`, pairs(headers as object), body && `\n${body}`].filter(Boolean).join('\n')
}

function emailText({ text, html, ...head }: Record<string, unknown>): string {
  return [pairs(head), text && `\n${text}`, html && `\n${html}`].filter(Boolean).join('\n')
}
