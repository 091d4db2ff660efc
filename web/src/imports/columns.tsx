// What each column of the file is: with sample values, how sure that is and why, and what only people can say.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Import, SuggestedMapping, Template } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { sampleQuery, suggestionQuery, useStep } from '../api/imports.ts'
import { type SetUp, templateOf } from '../api/set-up.ts'
import { Listing, Section } from '../shell/listing.tsx'
import { Tag } from '../shell/parts.tsx'
import { mapping as words } from '../text/import-columns.ts'
import { imports } from '../text/imports.ts'
import { Busy } from './busy.tsx'
import { Constants } from './constants.tsx'
import styles from './imports.module.css'
import { isOpen, readiness, sureness } from './mapping.ts'
import { LinkButton, Refusal } from './parts.tsx'
import { Onwards } from './target.tsx'
import { TargetPicker } from './target-picker.tsx'
import { useMapping } from './use-mapping.ts'

export function ColumnsStep({ found, set_up }: { found: Import; set_up: SetUp }) {
  const { data, error, refetch } = useQuery(suggestionQuery(found))
  const template = templateOf(set_up, found.campaign_id)
  if (found.state !== 'read')
    return (
      <Section id="columns" title={words.title}>
        <Busy found={found} />
      </Section>
    )
  if (!data || !template)
    return (
      <Listing
        name={words.table}
        columns={words.columns}
        asked={{ data: undefined, error, refetch }}
        empty={null}
        keyOf={() => ''}
        cells={() => ({ column: '', samples: '', target: '', why: '' })}
      />
    )
  return <Columns found={found} suggested={data} template={template} set_up={set_up} />
}

interface ColumnsProps {
  found: Import
  suggested: SuggestedMapping
  template: Template
  set_up: SetUp
}

const SAMPLES = 3

function Columns({ found, suggested, template, set_up }: ColumnsProps) {
  const { import_id, mode } = found
  const id = String(import_id)
  const navigate = useNavigate()
  const edit = useMapping(found, suggested)
  const check = useStep(import_id)
  const [asked, setAsked] = useState<string>()
  const sample = useQuery(sampleQuery(found)).data ?? []
  const { columns, constants } = edit.mapping
  const by_name = new Map(suggested.columns.map((one) => [one.column, one]))
  const { mapped, left_out, phone } = readiness(edit.mapping, template)
  const valuesOf = (i: number) => [
    ...new Set(sample.flatMap(({ cells }) => cells[i]?.trim() || []).slice(0, SAMPLES)),
  ]
  const onNext = async () => {
    const open = columns.find((column) => isOpen(column, template))
    setAsked(open?.column)
    if (open) return document.getElementById(daysId(columns.indexOf(open)))?.focus()
    if (!(await edit.save())) return
    check.mutate(() => client.checkImport(import_id), {
      onSuccess: () => void navigate({ to: '/imports/$id/{-$step}', params: { id, step: 'check' } }),
    })
  }
  return (
    <Section id="columns" title={words.title} intro={words.intro}>
      <div className="stack">
        <p className={`${styles.ready} row`} role="status">
          <Tag tone="strong">{words.ready(mapped, columns.length)}</Tag>
          {phone !== undefined && <Tag tone="good">{words.phone(phone)}</Tag>}
          {left_out > 0 && <Tag>{words.left_out(left_out)}</Tag>}
          <span className="dimmed small">{words[edit.state]}</span>
        </p>
        {suggested.from_import_id !== null && <p className="notice">{words.from_earlier}</p>}
        {phone === undefined && mode !== 'update' && <p className="notice">{words.no_phone}</p>}
        <Listing
          name={words.table}
          columns={words.columns}
          asked={{ data: columns, error: null, refetch: () => undefined }}
          empty={null}
          keyOf={({ column }) => column}
          cells={(column) => {
            const i = columns.indexOf(column)
            const guess = by_name.get(column.column)
            const sure = sureness(column, guess)
            return {
              column: column.column,
              samples: <Samples values={valuesOf(i)} />,
              target: (
                <TargetPicker
                  column={column}
                  guess={guess}
                  template={template}
                  set_up={set_up}
                  days_id={daysId(i)}
                  wrong={edit.wrong.get(`columns/${i}`)}
                  onChange={(next) => edit.change({ constants, columns: columns.with(i, next) })}
                />
              ),
              why: (
                <div>
                  <Tag tone={sure === 'sure' ? 'good' : sure === 'likely' ? 'warn' : 'plain'}>
                    {words.confidence[sure]}
                  </Tag>
                  {sure !== 'ours' && guess && (
                    <div className="dimmed tiny">{words.reasons[guess.reason]}</div>
                  )}
                </div>
              ),
            }
          }}
        />
        <Constants
          mapping={edit.mapping}
          template={template}
          wrong={edit.wrong}
          onChange={(next) => edit.change({ columns, constants: next })}
        />
        {asked !== undefined && (
          <p className="notice" role="alert">
            {words.answer_first(asked)}
          </p>
        )}
        {edit.error && <Refusal error={edit.error} />}
        {check.error && <Refusal error={check.error} />}
      </div>
      <Onwards>
        <LinkButton to="/imports/$id/{-$step}" params={{ id, step: 'file' }}>
          {imports.previous}
        </LinkButton>
        <Button
          variant="filled"
          loading={check.isPending || edit.state === 'saving'}
          onClick={() => void onNext()}
        >
          {imports.next.columns}
        </Button>
      </Onwards>
    </Section>
  )
}

const daysId = (i: number) => `days-${i}`

const Samples = ({ values }: { values: readonly string[] }) =>
  values.length === 0 ? (
    <span className="dimmed">{words.no_samples}</span>
  ) : (
    <ul className={`${styles.samples} list`}>
      {values.map((value) => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  )
