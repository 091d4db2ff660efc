// How a version came to be of two that met: from where each group is, and why.

import type { DecidedMerge } from '../../../src/client/model.ts'
import { merge as merge_words } from '../text/merge.ts'
import { text } from '../text.ts'
import styles from './history.module.css'
import type { LeadSetUp } from './set-up.ts'
import { groupLabel } from './show.ts'

const words = text.history
const BY_ITSELF = { only_mine: 'mine', only_theirs: 'theirs' } as const

export function MergedFrom({ merge, set_up }: { merge: DecidedMerge; set_up: LeadSetUp }) {
  const { base_version, lead_version, classes, decisions } = merge
  const from = {
    ...words.merged_from,
    theirs: words.merged_from.theirs(lead_version),
    base: words.merged_from.base(base_version),
  }
  const items = Object.keys({ ...classes, ...decisions }).map((group) => {
    const found = classes[group]
    const by_itself = found === 'only_mine' || found === 'only_theirs' ? BY_ITSELF[found] : 'agreed'
    const { take, reason } = decisions[group] ?? { take: by_itself, reason: null }
    const path = /^(?:fields|unmapped|lead)\./.test(group) ? [group.replace(/^lead\./, '')] : []
    const item = merge_words.automatic_item(groupLabel(group, path, set_up), from[take])
    return reason ? `${item} (${merge_words.given_reason(reason)})` : item
  })
  return (
    <p className={styles.created}>
      <strong>{words.merged(base_version, lead_version)}</strong> {items.join(' · ')}
    </p>
  )
}
