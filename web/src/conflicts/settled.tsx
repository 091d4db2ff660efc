// A conflict that is not open any more: who decided what, and what the lead got.

import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Conflict } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { fold } from '../../../src/core/field.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { client, must, queries } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { conflictsChanged } from '../api/inbox.ts'
import { leadQuery } from '../api/leads.ts'
import { type LeadSetUp, useLeadSetUp } from '../lead/set-up.ts'
import { groupLabel, labelOf, settledBy, sorted } from '../lead/show.tsx'
import { Value } from '../lead/values.tsx'
import { Problem } from '../shell/problem.tsx'
import { conflicts } from '../text/conflicts.ts'
import styles from './conflicts.module.css'
import { decisionsOf, sideName } from './names.ts'
import { stateName } from './rows.tsx'

const words = conflicts.one

export function Settled({ conflict }: { conflict: Conflict }) {
  const set_up = useLeadSetUp()
  const now = useNow()
  const { state, mine, base, resolution, settled, bulk_id } = conflict
  const reason = typeof resolution?.reason === 'string' ? resolution.reason : undefined
  const paths = sorted(
    Object.keys(mine).filter((path) => !FOLLOWING.has(path)),
    set_up,
  )
  const { columns } = words
  const heads = [
    columns.field,
    columns.before,
    columns.wanted,
    ...(settled ? [columns.lead, columns.result] : []),
  ]
  return (
    <section className={`${styles.settled} card stack`}>
      <p>
        <strong>{stateName(conflict)}</strong> {conflicts.states_detail[state]} {settledBy(conflict, now)}
        {bulk_id !== null && ` ${words.by_bulk}`}
      </p>
      <ul className={styles.left}>
        {decisionsOf(resolution).map(([group, take]) => (
          <li key={group}>{words.decided(groupLabel({ group, paths: [group] }, set_up), sideName(take))}</li>
        ))}
      </ul>
      {reason && <p>{words.reason(reason)}</p>}
      <div className="frame">
        <table className={`${styles.table} ${styles.plain} table`}>
          <caption className="visually-hidden">{words.wanted}</caption>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paths.map((path) => {
              const old = valueAt(base, path)
              return (
                <tr key={path}>
                  <th scope="row">{labelOf(path, set_up)}</th>
                  <td>
                    <Value path={path} value={old} base={old} />
                  </td>
                  <td>
                    <Value path={path} value={valueAt(mine, path)} base={old} />
                  </td>
                  {settled && (
                    <>
                      <td>
                        <Value path={path} value={valueAt(settled.theirs, path)} base={old} />
                      </td>
                      <td>
                        <strong>
                          <Value
                            path={path}
                            value={valueAt(settled.result, path)}
                            base={valueAt(settled.result, path)}
                          />
                        </strong>
                      </td>
                    </>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {(state === 'resolved' || state === 'dismissed') && resolution?.taken_back !== true && (
        <Reopen conflict={conflict} />
      )}
    </section>
  )
}

/** Takes the settlement back, and says what stays. */
export async function reopen({ conflict_id, lead_id, mine, settled_version }: Conflict, set_up: LeadSetUp) {
  await must(client.reopenConflict(conflict_id))
  void conflictsChanged()
  void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
  const given = typeof mine.disposition === 'string' && set_up.dispositions.get(fold(mine.disposition))
  return given && given.kind === 'dnc' && settled_version !== null ? words.undone_dnc : words.undone
}

function Reopen({ conflict }: { conflict: Conflict }) {
  const set_up = useLeadSetUp()
  const [said, setSaid] = useState<string>()
  const send = useMutation({ mutationFn: () => reopen(conflict, set_up), onSuccess: setSaid })
  if (said) return <p role="status">{said}</p>
  return (
    <div>
      {send.error && <Problem error={send.error} />}
      <Button loading={send.isPending} onClick={() => send.mutate()}>
        {words.reopen}
      </Button>
    </div>
  )
}
