// The run of an import: how far it is, how fast, and how to pause it.

import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Import } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { useStep } from '../api/imports.ts'
import { NumberField } from '../set-up/number-field.tsx'
import { useMeant } from '../shell/again.ts'
import { Section } from '../shell/listing.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { Notice } from '../shell/problem.tsx'
import { imports } from '../text/imports.ts'
import { lasted } from '../text/times.ts'
import { NO_ROWS, Progress, Refusal, Tiles } from './parts.tsx'
import { useRate } from './rate.ts'
import { Rows } from './rows.tsx'

const words = imports.run

export function RunStep({ found }: { found: Import }) {
  const { import_id, state, rows, detail } = found
  const done = found.done ?? NO_ROWS
  const shown = useSearch({ from: '/app/imports/$id/{-$step}' })
  const navigate = useNavigate({ from: '/imports/$id/{-$step}' })
  const step = useStep(import_id)
  const isMeant = useMeant()
  const rate = useRate(done.rows, useNow(1_000))
  const is_paused = state === 'paused'
  return (
    <>
      <Section id="run" title={is_paused ? words.paused_title : words.title}>
        <div className="stack">
          <div>
            <p className="row figures">
              <strong>{imports.rows_of(done.rows, rows)}</strong>
              {!is_paused && rate !== undefined && (
                <span className="dimmed">
                  {[words.rate(Math.round(rate)), words.left(lasted((rows - done.rows) / rate))].join(' · ')}
                </span>
              )}
            </p>
            <Progress
              name={words.progress}
              done={done.rows}
              all={rows}
              said={imports.rows_of(done.rows, rows)}
            />
          </div>
          {is_paused && detail !== null && (
            <Notice tone="warn" maw={760}>
              {whyPaused(detail)}
            </Notice>
          )}
          {is_paused ? (
            <Resume found={found} />
          ) : (
            <div className="row">
              <Button
                loading={step.isPending}
                onClick={() => isMeant() && step.mutate(() => client.pauseImport(import_id))}
              >
                {words.pause}
              </Button>
              <span className="dimmed">{words.safe}</span>
            </div>
          )}
          {step.error && <Refusal error={step.error} />}
          <Tiles
            tally={done}
            all={rows}
            shown={shown}
            is_run
            onShow={(search) => void navigate({ search, replace: true, resetScroll: false })}
          />
        </div>
      </Section>
      <Rows found={found} tally={done} shown={shown} is_run />
    </>
  )
}

/** The server's reason in words. */
function whyPaused(detail: string): string {
  const [, n, of, percent] = /^(\d+) of (\d+) rows were refused, more than (\d+) %/.exec(detail) ?? []
  return n && of && percent ? words.limit_reached(Number(n), Number(of), percent) : words.halted
}

function Resume({ found: { import_id, bad_percent_max } }: { found: Import }) {
  const step = useStep(import_id)
  const isMeant = useMeant()
  const [percent, setPercent] = useState(bad_percent_max)
  const resume = () =>
    step.mutate(async () => {
      if (percent !== bad_percent_max)
        await must(client.changeImport(import_id, { bad_percent_max: percent }))
      return client.resumeImport(import_id)
    })
  return (
    <form
      className="stack"
      style={{ maxWidth: 560 }}
      onSubmit={onSubmit(() => isMeant() && !step.isPending && resume())}
    >
      <NumberField
        label={imports.check.limit}
        description={imports.check.limit_hint}
        max={100}
        value={percent}
        onChange={setPercent}
      />
      <div className="row">
        <Button variant="filled" type="submit" loading={step.isPending}>
          {words.resume}
        </Button>
      </div>
      {step.error && <Refusal error={step.error} />}
    </form>
  )
}
