// What came of the rows of an import that has ended, and the files about it.

import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Import, UndoTally } from '../../../src/client/api.ts'
import { BASE } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { actorName } from '../lead/show.tsx'
import { Section } from '../shell/listing.tsx'
import { imports } from '../text/imports.ts'
import { ago } from '../text/times.ts'
import styles from './imports.module.css'
import { LinkButton, MainLink, NO_ROWS, Progress, Tiles } from './parts.tsx'
import { Rows } from './rows.tsx'
import { Onwards } from './target.tsx'
import { UndoCounts, UndoDialog } from './undo.tsx'

const words = imports.report

export function ReportStep({ found }: { found: Import }) {
  const { import_id, rows, state, created_by, created_by_name, created_at } = found
  const shown = useSearch({ from: '/app/imports/$id/{-$step}' })
  const navigate = useNavigate({ from: '/imports/$id/{-$step}' })
  const own = useOperator().operator_id
  const done = found.done ?? NO_ROWS
  const who = actorName({ actor: created_by, actor_name: created_by_name }, own)
  const [undoing, setUndoing] = useState(false)
  const can_undo = (state === 'done' || state === 'cancelled') && done.rows > 0 && found.emptied_at === null
  const has_changed = done.updated + done.moved > 0
  return (
    <>
      <Section
        id="report"
        title={words.title}
        intro={[saidOf(found), words.by(who, ago(created_at, useNow()))].join(' ')}
      >
        <div className="stack">
          {found.done && (
            <Tiles
              tally={done}
              all={rows}
              shown={shown}
              is_run
              onShow={(search) => void navigate({ search, replace: true, resetScroll: false })}
            />
          )}
          {found.undone && <Undone found={found} tally={found.undone} />}
          {found.done && found.emptied_at === null && (
            <Downloads import_id={import_id} rejected={done.rejected} />
          )}
        </div>
        <Onwards>
          {done.created > 0 && (
            <LinkButton to="/leads" search={{ import_id }}>
              {words.leads}
            </LinkButton>
          )}
          {has_changed && (
            <LinkButton to="/leads" search={{ changed_by: `import:${import_id}` }}>
              {words.changed}
            </LinkButton>
          )}
          <MainLink to="/imports/new" search={{ campaign_id: found.campaign_id }}>
            {words.another}
          </MainLink>
          {can_undo && <Button onClick={() => setUndoing(true)}>{imports.undo.open}</Button>}
        </Onwards>
      </Section>
      {undoing && <UndoDialog found={found} onClose={() => setUndoing(false)} />}
      {found.done && (
        <Rows found={found} tally={done} shown={shown} is_run={state !== 'cancelled' || done.rows > 0} />
      )}
    </>
  )
}

function Undone({ found: { state, done }, tally }: { found: Import; tally: UndoTally }) {
  const all = done?.rows ?? 0
  return (
    <div role="status">
      <p>{state === 'undone' ? words.undone : words.undoing}</p>
      {state === 'undoing' && (
        <Progress
          name={words.undo_progress}
          done={tally.rows}
          all={all}
          said={imports.rows_of(tally.rows, all)}
        />
      )}
      <UndoCounts tally={tally} />
    </div>
  )
}

function saidOf({ state, rows, done }: Import): string {
  if (state !== 'cancelled') return words.done(done?.rows ?? 0)
  return done && done.rows > 0 ? words.cancelled_after(done.rows, rows) : words.cancelled_before
}

function Downloads({ import_id, rejected }: { import_id: number; rejected: number }) {
  const files = rejected > 0 ? (['rejects', 'results'] as const) : (['results'] as const)
  return (
    <div className="stack" style={{ gap: 6 }}>
      <h3 className={styles.found}>{words.downloads}</h3>
      {files.map((file) => (
        <div key={file} className="row">
          {(['csv', 'xlsx'] as const).map((format) => (
            <Button
              key={format}
              component="a"
              href={`${BASE}v1/imports/${import_id}/${file}.${format}`}
              download
            >
              {words.files[file](words.formats[format])}
            </Button>
          ))}
        </div>
      ))}
      {rejected > 0 && <p className="dimmed small">{words.rejects_hint}</p>}
    </div>
  )
}
