// Says in a sentence how a version was merged from two: what was kept, and what was taken from the newer version.

import type { DecidedMerge, GroupClass, Take } from '../../../src/client/api.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { groupLabel, listed } from '../lead/show.tsx'
import { history as words } from '../text/history.ts'
import styles from './history.module.css'

/** What was taken without a decision. */
const BY_ITSELF: Partial<Record<GroupClass, Take>> = {
  only_mine: 'mine',
  only_theirs: 'theirs',
  merged: 'merged',
}

interface MergedProps {
  merge: DecidedMerge
  /** Who decided. */
  who: string
}

export function Merged({ merge: { lead_version, classes, decisions }, who }: MergedProps) {
  const set_up = useLeadSetUp()
  const groups = Object.keys({ ...classes, ...decisions }).map((group) => {
    const paths = /^(?:fields|unmapped|lead)\./.test(group) ? [group.replace(/^lead\./, '')] : []
    const found = classes[group]
    const take = decisions[group]?.take ?? (found && BY_ITSELF[found]) ?? ('agreed' as const)
    return { label: groupLabel({ group, paths }, set_up), take, reason: decisions[group]?.reason ?? null }
  })
  const by_take = Map.groupBy(groups, ({ take }) => take)
  const parts = [...by_take].map(([take, some]) =>
    words.merged_parts[take](listed(some.map(({ label }) => label))),
  )
  return (
    <div className={`${styles.below} small`}>
      <p>{words.merged(who, lead_version, listed(parts))}</p>
      {groups.map(
        ({ label, reason }) =>
          reason && (
            <p key={label} className="dimmed">
              {words.reason(label, reason)}
            </p>
          ),
      )}
    </div>
  )
}
