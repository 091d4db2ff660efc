// Banners above the form: somebody changed the same values, a draft was restored, the save was refused. And the bar for
// saving at its foot.

import { Button, type ButtonProps, Kbd } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import IconHistory from '@tabler/icons-react/icons/IconHistory'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import type { Present } from '../../../src/client/events.ts'
import { Refused } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { historyQuery } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { Notice, Problem } from '../shell/problem.tsx'
import { ago } from '../text/times.ts'
import { text } from '../text.ts'
import type { Edit } from './edit.ts'
import styles from './lead.module.css'
import { useLeadSetUp } from './set-up.ts'
import { actorName, focusInput, groupLabel, groupsInWords, labelOf, listed } from './show.tsx'

const words = text.lead

interface BannerProps {
  said: string
  tone?: 'plain'
  role?: 'alert'
  /** Buttons. */
  children: ReactNode
}

const Banner = ({ said, tone, role, children }: BannerProps) => (
  <div className={`${styles.banner} notice row`} data-tone={tone} role={role ?? 'status'}>
    {tone ? <IconHistory size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
    <p>{said}</p>
    {children}
  </div>
)

const Way = (button: ButtonProps & { onClick: () => void }) => <Button size="xs" {...button} />

/** Somebody else has changed values that are being edited here. */
export function ChangedBanner({ lead, edit }: { lead: Lead; edit: Edit }) {
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const now = useNow(1_000)
  const { operator_id } = useOperator()
  const { draft, clashing } = edit
  const is_shown = draft !== null && clashing.length > 0
  const { data } = useQuery({ ...historyQuery(lead.id, draft?.base_version ?? 0), enabled: is_shown })
  if (!is_shown) return null
  const last = data?.at(-1)
  const changed = new Set(data?.flatMap(({ changes }) => Object.keys(changes ?? {})))
  const theirs =
    last &&
    words.live.changed(actorName(last, operator_id), groupsInWords(changed, set_up), ago(last.at, now))
  const yours = words.live.changed_yours(listed(clashing.map((group) => groupLabel(group, set_up))))
  return (
    <Banner said={[theirs, yours].filter(Boolean).join(' ')}>
      <Way onClick={() => void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })}>
        {words.live.see}
      </Way>
      <Way onClick={edit.takeTheirs}>{words.live.take_it}</Way>
    </Banner>
  )
}

export const RestoredBanner = ({ at, onDiscard }: { at: string; onDiscard: () => void }) => (
  <Banner said={words.save.restored(ago(at, useNow()))} tone="plain">
    <Way onClick={onDiscard}>{words.save.discard}</Way>
  </Banner>
)

/** The other operators who have the lead open. */
export function PresentChips({ present }: { present: readonly Present[] }) {
  if (present.length === 0) return null
  return (
    <ul className={`${styles.present} list row`} aria-label={words.live.who_is_here}>
      {present.map(({ operator_id, name, editing }) => (
        <li key={operator_id} data-editing={editing || undefined}>
          {editing ? words.live.editing(name) : words.live.here(name)}
        </li>
      ))}
    </ul>
  )
}

/** Explains why the last save was refused, by field where the server names fields. */
export function SaveProblem({ edit }: { edit: Edit }) {
  const set_up = useLeadSetUp()
  const { error, problems } = edit
  if (!error) return null
  const other = error instanceof Refused && error.problem.name === 'DUPLICATE' && error.problem.lead_id
  if (typeof other === 'string')
    return (
      <Banner said={words.save.duplicate(other)} role="alert">
        <Button component={Link} to={`/leads/${other}`} size="xs">
          {words.save.duplicate_open}
        </Button>
        <Way onClick={() => edit.save({ allow_duplicates: true })}>{words.save.duplicate_anyway}</Way>
      </Banner>
    )
  if (problems.size === 0) return <Problem error={error} onRetry={() => edit.save()} />
  return (
    <Notice tone="bad" title={words.save.wrong(problems.size)} mb="sm">
      <ul className={styles.wrong}>
        {[...problems].map(([path, problem]) => (
          <li key={path}>
            <button type="button" onClick={() => focusInput(path)}>
              {words.save.wrong_field(labelOf(path, set_up), problem)}
            </button>
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** The bar at the foot, as long as something is unsaved. */
export function SaveBar({ edit: { draft, saving, discard, save } }: { edit: Edit }) {
  if (!draft) return null
  return (
    <section className={`${styles.bar} foot-bar row`} aria-label={words.save.bar}>
      <strong>{words.save.changes(Object.keys(draft.changes).length)}</strong>
      <span className="dimmed tiny">{words.save.kept_here}</span>
      <Button onClick={discard} disabled={saving}>
        {words.save.discard}
      </Button>
      <Button variant="filled" loading={saving} onClick={() => save()}>
        {words.save.save}
        <Kbd size="xs" aria-hidden>
          {words.save.key}
        </Kbd>
      </Button>
    </section>
  )
}
