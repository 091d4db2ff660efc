// The changes that were handed to an operator, and those that the operator handed over: followed, and taken back while
// nobody has decided.

import { Button } from '@mantine/core'
import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Fragment, type ReactNode } from 'react'
import type { Conflict } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { client, must } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { handedToMeQuery } from '../api/conflicts.ts'
import { conflictsChanged, handedOverQuery } from '../api/inbox.ts'
import { useLiveConflicts } from '../api/live.ts'
import { useDraft } from '../lead/kept.ts'
import { type LeadSetUp, useSetUpOf } from '../lead/set-up.ts'
import { ActorChip, groupLabel, settledBy } from '../lead/show.tsx'
import { Loading, Page } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { conflicts } from '../text/conflicts.ts'
import { handed_over as words } from '../text/hand-over.ts'
import { age, exactly } from '../text/times.ts'
import styles from './conflicts.module.css'
import { decisionsOf, sideName } from './names.ts'
import { stateName, Wanted } from './rows.tsx'

export function HandedOverScreen() {
  const refetchInterval = useLiveConflicts()
  const by_me = useQuery({ ...handedOverQuery, refetchInterval })
  const to_me = useQuery({ ...handedToMeQuery, refetchInterval })
  return (
    <Page title={words.title}>
      <Section said={words.to_me} of={to_me} row={(conflict) => <Given conflict={conflict} />} />
      <Section said={words.by_me} of={by_me} row={(conflict) => <Own conflict={conflict} />} />
    </Page>
  )
}

interface SectionProps {
  said: { title: string; empty: string; table: string; columns: Readonly<Record<string, string>> }
  of: Pick<UseQueryResult<Conflict[]>, 'data' | 'error' | 'refetch'>
  row: (conflict: Conflict) => ReactNode
}

function Section({
  said: { title, empty, table, columns },
  of: { data, error, refetch },
  row,
}: SectionProps) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {!data && (error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />)}
      {data?.length === 0 && <p className={`${styles.empty} dimmed`}>{empty}</p>}
      {data && data.length > 0 && (
        <div className={`${styles.frame} frame`}>
          <table className={`${styles.table} ${styles.plain} table`}>
            <caption className="visually-hidden">{table}</caption>
            <thead>
              <tr>
                {Object.entries(columns).map(([name, column]) => (
                  <th key={name} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.map((conflict) => (
                <Fragment key={conflict.conflict_id}>{row(conflict)}</Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** The way from one to the next keeps to those that are handed to the operator. */
const TO_ME = { assigned: 'me' } as const

function Given({ conflict }: { conflict: Conflict }) {
  const { conflict_id, lead_id, lead_name, caller, caller_name, created_at } = conflict
  const set_up = useSetUpOf(lead_id).data
  const now = useNow()
  return (
    <tr>
      <th scope="row">
        <Link to="/conflicts/$id" params={{ id: String(conflict_id) }} search={TO_ME} dir="auto">
          {lead_name ?? lead_id}
        </Link>
      </th>
      <td>
        <ActorChip actor={caller} actor_name={caller_name} bare />
      </td>
      <td>
        <Change conflict={conflict} set_up={set_up} />
      </td>
      <td>
        <time dateTime={created_at} title={exactly(created_at)}>
          {age(created_at, now)}
        </time>
      </td>
    </tr>
  )
}

function Change({ conflict, set_up }: { conflict: Conflict; set_up: LeadSetUp | undefined }) {
  const { note } = conflict
  return (
    <>
      {set_up && <Wanted conflict={conflict} set_up={set_up} />}
      {note && <div className={`${styles.asks} dimmed tiny`}>{words.note(note)}</div>}
    </>
  )
}

function Own({ conflict }: { conflict: Conflict }) {
  const { lead_id, lead_name, state, assigned_to_name, resolution } = conflict
  const set_up = useSetUpOf(lead_id).data
  const now = useNow()
  const settled = settledBy(conflict, now)
  return (
    <tr>
      <th scope="row">
        <Link to="/leads/$id" params={{ id: lead_id }} dir="auto">
          {lead_name ?? lead_id}
        </Link>
      </th>
      <td>
        <Change conflict={conflict} set_up={set_up} />
      </td>
      <td>
        {state === 'open' ? (
          <span className="row">
            <span>{assigned_to_name ? words.with(assigned_to_name) : words.waits}</span>
            <TakeBack conflict={conflict} />
          </span>
        ) : (
          <>
            <strong>{stateName(conflict)}</strong> {settled && <span className="dimmed tiny">{settled}</span>}
            {set_up && state === 'resolved' && (
              <div className="small">
                {decisionsOf(resolution).map(([group, take]) => (
                  <div key={group}>
                    {conflicts.one.decided(groupLabel({ group, paths: [group] }, set_up), sideName(take))}
                  </div>
                ))}
              </div>
            )}
            {typeof resolution?.reason === 'string' && (
              <div className="small">{conflicts.one.reason(resolution.reason)}</div>
            )}
          </>
        )}
      </td>
    </tr>
  )
}

/** The change becomes an unsaved edit again. */
function TakeBack({ conflict }: { conflict: Conflict }) {
  const { conflict_id, lead_id, lead_name } = conflict
  const navigate = useNavigate()
  const [draft, store] = useDraft(lead_id)
  const take = useMutation({
    mutationFn: async () => {
      // Read before: a settled one does not have the lead that the change was made from.
      const taken = await must(client.conflict(conflict_id))
      await must(client.takeBackConflict(conflict_id))
      return taken
    },
    onSuccess: (taken) => {
      store.set({
        lead_id,
        base_version: taken.base_version,
        base: taken.conflict?.base ?? taken.base,
        changes: changesOf(taken),
        at: new Date().toISOString(),
      })
      toast(words.taken_back)
      void navigate({ to: '/leads/$id', params: { id: lead_id } })
    },
    onSettled: conflictsChanged,
  })
  if (draft) return <span className="dimmed tiny">{words.has_draft}</span>
  return (
    <>
      <Button
        size="compact-sm"
        aria-label={words.take_back_of(lead_name ?? lead_id)}
        loading={take.isPending}
        onClick={() => take.mutate()}
      >
        {words.take_back}
      </Button>
      {take.error && <Problem error={take.error} />}
    </>
  )
}

/** What its author entered: what follows from a disposition is worked out again when it is saved. */
const changesOf = ({ mine, base }: Conflict) =>
  Object.fromEntries(
    Object.entries(mine).filter(([path, value]) => {
      if (path === 'disposition') return true
      if (FOLLOWING.has(path) || (path === 'priority' && 'disposition' in mine)) return false
      return value !== valueAt(base, path) && !(path === 'callback' && value === null)
    }),
  )
