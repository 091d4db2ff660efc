// What a person should know before going on: somebody changed the same, a draft came back, something is wrong.

import { Alert, Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Lead } from '../../../src/client/model.ts'
import { groupOf } from '../../../src/core/merge.ts'
import { Refused } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { historyQuery } from '../api/lead.ts'
import type { Present } from '../api/live.ts'
import { useOperator } from '../api/session.ts'
import { Problem } from '../shell/problem.tsx'
import { ago } from '../text/times.ts'
import { text } from '../text.ts'
import styles from './bars.module.css'
import { inputId } from './field.tsx'
import type { LeadSetUp } from './set-up.ts'
import { actorOf, groupLabel, groupLabels, labelOf, listed } from './show.ts'
import type { Edit } from './use-edit.ts'

const words = text.lead

/** What is being typed here has been changed by somebody else meanwhile. */
export function ChangedBanner({ lead, edit, set_up }: { lead: Lead; edit: Edit; set_up: LeadSetUp }) {
  const navigate = useNavigate()
  const now = useNow(1_000)
  const { operator_id } = useOperator()
  const { draft, clashing } = edit
  const is_shown = draft !== null && clashing.length > 0
  const { data } = useQuery({ ...historyQuery(lead.id, draft?.base_version ?? 0), enabled: is_shown })
  if (!is_shown) return null
  const last = data?.at(-1)
  const paths = [...new Set(data?.flatMap(({ changes }) => Object.keys(changes ?? {})))]
  const changed = groupLabels(paths, set_up, groupOf(set_up.fields))
  const clashes = clashing.map(({ group, paths }) => groupLabel(group, paths, set_up))
  return (
    <div className={styles.banner} role="status">
      <IconAlertTriangle size={18} aria-hidden />
      <p>
        {last && words.live.changed(actorOf(last, operator_id).name, listed(changed), ago(last.at, now))}{' '}
        {words.live.changed_yours(listed(clashes))}
      </p>
      <Button
        size="xs"
        variant="default"
        onClick={() => void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })}
      >
        {words.live.see}
      </Button>
      <Button size="xs" variant="default" onClick={edit.takeTheirs}>
        {words.live.take_it}
      </Button>
    </div>
  )
}

export function RestoredBanner({ at, onDiscard }: { at: string; onDiscard: () => void }) {
  const now = useNow()
  return (
    <div className={styles.banner} data-tone="plain" role="status">
      <IconHistory size={18} aria-hidden />
      <p>{words.save.restored(ago(at, now))}</p>
      <Button size="xs" variant="default" onClick={onDiscard}>
        {words.save.discard}
      </Button>
    </div>
  )
}

/** Who else has the lead open. */
export function PresentChips({ present }: { present: readonly Present[] }) {
  if (present.length === 0) return null
  return (
    <ul
      className={styles.present}
      aria-label={words.live.who_is_here}
      style={{ listStyle: 'none', padding: 0 }}
    >
      {present.map(({ operator_id, name, editing }) => (
        <li key={operator_id} className={styles.person} data-editing={editing || undefined}>
          {editing ? words.live.editing(name) : words.live.here(name)}
        </li>
      ))}
    </ul>
  )
}

/** Why the last save was refused: by field where the server says so. */
export function SaveProblem({ edit, set_up }: { edit: Edit; set_up: LeadSetUp }) {
  const { error, problems } = edit
  if (!error) return null
  const other =
    error instanceof Refused && error.problem.name === 'DUPLICATE' ? error.problem.lead_id : undefined
  if (typeof other === 'string')
    return (
      <div className={styles.banner} role="alert">
        <IconAlertTriangle size={18} aria-hidden />
        <p>{words.save.duplicate(other)}</p>
        <Button component={Link} to={`/leads/${other}`} size="xs" variant="default">
          {words.save.duplicate_open}
        </Button>
        <Button size="xs" variant="default" onClick={() => edit.save({ allow_duplicates: true })}>
          {words.save.duplicate_anyway}
        </Button>
      </div>
    )
  if (problems.size === 0) return <Problem error={error} onRetry={() => edit.save()} />
  return (
    <Alert
      className={styles.wrong}
      color="red"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={words.save.wrong(problems.size)}
      role="alert"
      mb="sm"
    >
      <ul>
        {[...problems].map(([path, problem]) => (
          <li key={path}>
            <button type="button" onClick={() => document.getElementById(inputId(path))?.focus()}>
              {words.save.wrong_field(labelOf(path, set_up), problem)}
            </button>
          </li>
        ))}
      </ul>
    </Alert>
  )
}
