// The line below a row: the story of a linked group, the reason of a choice, a problem.

import type { ConflictGroup } from '../../../src/core/conflict.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { usePhoneText } from '../phone-text.ts'
import { merge as words } from '../text/merge.ts'
import styles from './edit.module.css'
import { Reason } from './edit.tsx'
import row from './row.module.css'
import { decisionOf } from './state.ts'
import { storyOf } from './story.ts'
import { useMerging } from './use-merge.ts'

/** Below a row: who did what to a linked group, what a choice needs, and what is wrong with it. */
export function Note({ group, error }: { group: ConflictGroup; error: string | undefined }) {
  const { subject, document, state, names, mayTake } = useMerging()
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const phoneText = usePhoneText()
  const now = useNow()
  const { explaining } = state
  const reason = decisionOf(state, group.group)?.reason
  const [held_back] = group.needs_reason ?? []
  const may = held_back === undefined || mayTake(group, held_back)
  return (
    <tr className={row.note}>
      <td colSpan={4}>
        {group.reason && (
          <div className={`${styles.why} row small`}>
            <p>
              {storyOf(group.group, { document, set_up, own_id: operator_id, now, phoneText })}{' '}
              {held_back && (may ? words.needs_reason : words.needs_lead)(names.use(group.group, held_back))}
            </p>
            {!may && subject.ask}
          </div>
        )}
        {reason && <p className={`${styles.given} dimmed small`}>{words.given_reason(reason)}</p>}
        {explaining?.group === group.group && <Reason group={group.group} take={explaining.decision.take} />}
        {error && (
          <p className={`${styles.error} small`} role="alert">
            {error}
          </p>
        )}
      </td>
    </tr>
  )
}
