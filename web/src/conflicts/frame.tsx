// The frame of a conflict: its lead and sender, the note, those who are on the lead, the way to the next one.

import { Button } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft'
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { BulkTakes, Conflict } from '../../../src/client/api.ts'
import { useNow } from '../api/clock.ts'
import { kindsQuery, neighboursQuery } from '../api/inbox.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { actorName, listed } from '../lead/show.tsx'
import { lazyPart } from '../load-screen.tsx'
import type { ConflictSearch } from '../search.ts'
import { Details } from '../shell/details.tsx'
import { Back, Page } from '../shell/page.tsx'
import { createStore, useStore } from '../store.ts'
import { conflicts } from '../text/conflicts.ts'
import { handed_over } from '../text/hand-over.ts'
import { ago, dayOf } from '../text/times.ts'
import styles from './conflicts.module.css'

const words = conflicts.one

const Many = lazyPart(() => import('./many.tsx'), 'Many')

/** What was decided last: the same can be done for all like it. */
export const lastDecided = createStore<{ conflict: Conflict; takes: BulkTakes } | null>(null)

/** The entry of the browser's history whose scroll position the list had last. */
export const listScrolledAs = createStore<string | undefined>(undefined)

interface FrameProps {
  conflict: Conflict
  /** The names of others who have the lead open. */
  present?: readonly string[]
  actions?: ReactNode
  children: ReactNode
}

export function Frame({ conflict, present = [], actions, children }: FrameProps) {
  const now = useNow()
  const may_see_all = hasRole(useOperator(), 'lead')
  const search = useSearch({ from: '/app/conflicts/$id' })
  const { lead_id, lead_name, created_at, expires_at, request_id, state, way, clashes, note } = conflict
  const name = lead_name ?? lead_id
  const sender = actorName({ actor: conflict.caller, actor_name: conflict.caller_name })
  return (
    <Page
      title={words.title(name, clashes.length)}
      document_title={words.document_title(name)}
      back={
        may_see_all ? (
          <Back to="/conflicts" search={listSearch(search)} state={{ scrolled_as: listScrolledAs.get() }}>
            {words.back}
          </Back>
        ) : (
          <Back to="/conflicts/handed-over">{handed_over.title}</Back>
        )
      }
      actions={
        <>
          {state === 'open' && (may_see_all || search.assigned) && (
            <Neighbours id={conflict.conflict_id} search={search} />
          )}
          {actions}
          <Button component={Link} to={`/leads/${lead_id}`}>
            {words.open_lead}
          </Button>
        </>
      }
    >
      {may_see_all && <Same id={conflict.conflict_id} />}
      <div className={`${styles.intro} row small`}>
        <p className="dimmed">
          {words.from(sender, ago(created_at, now))} {state === 'open' && words.expires(dayOf(expires_at))}
        </p>
        <Details
          of={[
            [words.ids.lead, lead_id],
            [words.ids.request, request_id],
            [words.ids.answer, way === 'classic' ? words.answered : null],
          ]}
        />
      </div>
      {present.length > 0 && (
        <p className={`${styles.notice} notice`} data-tone="plain" role="status">
          {words.on_lead(listed(present))}
        </p>
      )}
      {note && (
        <figure className={`${styles.note} notice`} data-tone="plain">
          <figcaption className="tiny">{words.note}</figcaption>
          <blockquote dir="auto">{note}</blockquote>
        </figure>
      )}
      {children}
    </Page>
  )
}

/** The list is not narrowed to the kind, which the way from one conflict to the next keeps to. */
export const listSearch = ({ kind: _, ...search }: ConflictSearch): ConflictSearch => search

/** Lists of one lead, and those that only the merge narrows, are short: the way leads back to them. */
export const isInOrder = ({ lead_id, clashing }: ConflictSearch) => !lead_id && !clashing

/** The way to the conflict before and after, in the order of the list, by its filters. */
function Neighbours({ id, search }: { id: number; search: ConflictSearch }) {
  const { data } = useQuery(neighboursQuery(id, search))
  if (!isInOrder(search)) return null
  const to = (other: number | null | undefined, label: string, icon: ReactNode) =>
    other ? (
      <Button
        aria-label={label}
        title={label}
        renderRoot={(props) => (
          <Link to="/conflicts/$id" params={{ id: String(other) }} search={search} {...props} />
        )}
      >
        {icon}
      </Button>
    ) : (
      <Button disabled aria-label={label}>
        {icon}
      </Button>
    )
  return (
    <nav className={`${styles.neighbours} row`} aria-label={conflicts.title}>
      {to(data?.previous, words.previous, <IconChevronLeft size={16} aria-hidden />)}
      <span className="figures small dimmed">{data && words.place(data.before + 1, data.open)}</span>
      {to(data?.next, words.next, <IconChevronRight size={16} aria-hidden />)}
    </nav>
  )
}

/** After one is decided: the same for all like it. */
function Same({ id }: { id: number }) {
  const last = useStore(lastDecided)
  const [deciding, setDeciding] = useState(false)
  const { data } = useQuery({ ...kindsQuery({}), enabled: last !== null })
  // The screen of that one is about to go, with whatever would be opened on it.
  if (!last || last.conflict.conflict_id === id) return null
  const { conflict, takes } = last
  const open = data?.items.find(({ kind }) => kind === conflict.kind)?.open ?? 0
  if (open === 0 && !deciding) return null
  return (
    <div className={`${styles.notice} notice row`} data-tone="plain">
      <p>{conflicts.many.same(conflict.lead_name)}</p>
      <Button size="xs" onClick={() => setDeciding(true)}>
        {conflicts.many.same_do(open)}
      </Button>
      {deciding && (
        <Many
          of={{ where: { kind: conflict.kind }, kind: conflict, takes }}
          onClose={() => {
            setDeciding(false)
            lastDecided.set(null)
          }}
        />
      )}
    </div>
  )
}
