// What would become of each row: a check of all of them that writes nothing. From here the import is started.

import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Import } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { NumberField } from '../set-up/number-field.tsx'
import { Section } from '../shell/listing.tsx'
import { onSubmit } from '../shell/parts.tsx'
import { imports } from '../text/imports.ts'
import { Fixes } from './fix.tsx'
import { LinkButton, Progress, Refusal, Tiles } from './parts.tsx'
import { Rows } from './rows.tsx'
import { Onwards } from './target.tsx'

const words = imports.check

export function CheckStep({ found }: { found: Import }) {
  const { import_id, state, rows, checked, detail } = found
  const id = String(import_id)
  const shown = useSearch({ from: '/app/imports/$id/{-$step}' })
  const navigate = useNavigate({ from: '/imports/$id/{-$step}' })
  const step = useStep(import_id)
  const check = () => step.mutate(() => client.checkImport(import_id))
  const is_checking = state === 'checking'
  const is_fixing = state === 'fixing'
  const left = rows - (checked?.rows ?? 0)
  return (
    <>
      <Section id="check" title={words.title} intro={words.intro}>
        <div className="stack">
          {is_checking && checked && (
            <div>
              <p className="figures">{imports.rows_of(checked.rows, rows)}</p>
              <Progress
                name={words.progress}
                done={checked.rows}
                all={rows}
                said={imports.rows_of(checked.rows, rows)}
              />
            </div>
          )}
          <div className="row">
            {is_checking || is_fixing ? (
              <>
                <Button
                  loading={step.isPending}
                  onClick={() => step.mutate(() => client.pauseImport(import_id))}
                >
                  {is_fixing ? imports.busy.fixing.stop : words.stop}
                </Button>
                {is_fixing && <span role="status">{imports.busy.fixing.title}</span>}
              </>
            ) : (
              <Button
                variant={checked && left === 0 ? 'default' : 'filled'}
                loading={step.isPending}
                onClick={check}
              >
                {checked ? words.again : words.begin(rows)}
              </Button>
            )}
            {state === 'read' && checked && left > 0 && <span role="status">{words.edited(left)}</span>}
          </div>
          {!is_checking && detail !== null && <p className="notice">{words.halted}</p>}
          {step.error && <Refusal error={step.error} />}
          {checked && (
            <Tiles
              tally={checked}
              all={rows}
              shown={shown}
              onShow={(search) => void navigate({ search, replace: true, resetScroll: false })}
            />
          )}
        </div>
      </Section>
      {(state === 'read' || is_fixing) && <Fixes found={found} />}
      {checked && <Rows found={found} tally={checked} shown={shown} />}
      {state === 'read' && <Start found={found} />}
      <Onwards>
        <LinkButton to="/imports/$id/{-$step}" params={{ id, step: 'columns' }}>
          {imports.previous}
        </LinkButton>
      </Onwards>
    </>
  )
}

function Start({ found: { import_id, rows, bad_percent_max } }: { found: Import }) {
  const navigate = useNavigate()
  const step = useStep(import_id)
  const [percent, setPercent] = useState(bad_percent_max)
  const start = () =>
    step.mutate(
      async () => {
        if (percent !== bad_percent_max)
          await must(client.changeImport(import_id, { bad_percent_max: percent }))
        return client.startImport(import_id)
      },
      {
        onSuccess: () =>
          void navigate({
            to: '/imports/$id/{-$step}',
            params: { id: String(import_id), step: 'run' },
            replace: true,
          }),
      },
    )
  return (
    <Section id="start" title={words.start_title} intro={words.start_intro}>
      <form className="stack" style={{ maxWidth: 560 }} onSubmit={onSubmit(() => step.isPending || start())}>
        <NumberField
          label={words.limit}
          description={words.limit_hint}
          max={100}
          value={percent}
          onChange={setPercent}
        />
        <div className="row">
          <Button variant="filled" type="submit" loading={step.isPending}>
            {words.start(rows)}
          </Button>
        </div>
        {step.error && <Refusal error={step.error} />}
      </form>
    </Section>
  )
}
