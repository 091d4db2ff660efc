// A conflict that is not open any more: who decided what, what was given up, and the way back.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Conflict, DecidedMerge } from '../../../src/client/api.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { fold } from '../../../src/core/field.ts'
import { valueAt } from '../../../src/core/merge.ts'
import { client, must, queries } from '../api/client.ts'
import { useNow } from '../api/clock.ts'
import { conflictsChanged } from '../api/inbox.ts'
import { historyQuery } from '../api/lead.ts'
import { leadQuery } from '../api/leads.ts'
import { hasRole, useOperator } from '../api/session.ts'
import { Decision } from '../history/decision.tsx'
import { RESTORE_KEY, restoreFocused } from '../history/restore.tsx'
import { type LeadSetUp, useLeadSetUp } from '../lead/set-up.ts'
import { settledBy, sorted } from '../lead/show.tsx'
import { Changes } from '../lead/values.tsx'
import { Ago } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { toast } from '../shell/toast.tsx'
import { conflicts } from '../text/conflicts.ts'
import { history } from '../text/history.ts'
import styles from './conflicts.module.css'
import { stateName } from './rows.tsx'

const words = conflicts.one

export function Settled({ conflict }: { conflict: Conflict }) {
  const now = useNow()
  const { state, resolution, decided, bulk_id } = conflict
  const reason = typeof resolution?.reason === 'string' ? resolution.reason : undefined
  return (
    <section className={`${styles.settled} card stack`}>
      <p>
        <strong>{stateName(conflict)}</strong>{' '}
        {decided ? (
          <Ago at={decided.at} />
        ) : (
          `${conflicts.states_detail[state]} ${settledBy(conflict, now) ?? ''}`
        )}
        {bulk_id !== null && ` ${words.by_bulk}`}
      </p>
      {reason && !decided && <p>{words.reason(reason)}</p>}
      {decided ? <Decided conflict={conflict} decided={decided} /> : <Wanted conflict={conflict} />}
      {(state === 'resolved' || state === 'dismissed') && resolution?.taken_back !== true && (
        <Reopen conflict={conflict} />
      )}
    </section>
  )
}

function Decided({ conflict: { lead_id, state }, decided }: { conflict: Conflict; decided: DecidedMerge }) {
  const lead = useQuery(leadQuery(lead_id))
  const events = useQuery(historyQuery(lead_id, decided.base_version))
  useShortcuts([{ keys: RESTORE_KEY, does: history.restore.key, run: restoreFocused }])
  // Without the history nobody is named who changed the lead.
  if (events.isPending) return null
  return (
    <div>
      <Decision
        merge={decided}
        lead={lead.data}
        events={events.data ?? []}
        dismissed={state === 'dismissed'}
        whole
      />
    </div>
  )
}

/** Nobody decided it, or an older release did: what was wanted. */
function Wanted({ conflict: { mine, base } }: { conflict: Conflict }) {
  const set_up = useLeadSetUp()
  const paths = sorted(
    Object.keys(mine).filter((path) => !FOLLOWING.has(path)),
    set_up,
  )
  return (
    <Changes
      caption={words.wanted}
      heads={[words.columns.field, words.columns.before, words.columns.wanted]}
      rows={paths.map((path) => [path, valueAt(base, path), valueAt(mine, path)] as const)}
    />
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
  const operator = useOperator()
  // The conflict is open again before an answer could be read here.
  const send = useMutation({ mutationFn: () => reopen(conflict, set_up), onSuccess: (said) => toast(said) })
  if (!hasRole(operator, 'lead') && conflict.resolved_by !== `operator:${operator.operator_id}`) return null
  return (
    <div>
      {send.error && <Problem error={send.error} />}
      <Button loading={send.isPending} onClick={() => send.mutate()}>
        {words.reopen}
      </Button>
    </div>
  )
}
