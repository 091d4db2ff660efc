// A table of groups. The head of each side's column names its author.

import type { ReactNode } from 'react'
import { openGroups } from '../../../src/core/conflict.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { listed } from '../lead/show.tsx'
import { shortcutsOn } from '../shell/shortcuts.tsx'
import { useStore } from '../store.ts'
import { merge as words } from '../text/merge.ts'
import { ago } from '../text/times.ts'
import { changersOfAll, nameOf, type Side, senderOf } from './names.ts'
import styles from './row.module.css'
import { useMerging } from './use-merge.ts'

interface TableProps {
  caption: string
  /** A button that takes a side for all that are left. */
  forAll?: (side: Side, label: string) => ReactNode
  children: ReactNode
}

export function Table({ caption, forAll, children }: TableProps) {
  const { subject, document, state } = useMerging()
  const { operator_id } = useOperator()
  const now = useNow()
  const letters = useStore(shortcutsOn)
  const said = words.sides[subject.kind]
  const changers = changersOfAll(
    document,
    openGroups(state.collision.groups).map(({ group }) => group),
  )
  const [one, another] = changers
  const sender = subject.kind === 'held' ? senderOf(document) : undefined
  const when = (at: string | null) => (at === null ? '' : ago(at, now))
  const who = listed(changers.map((author) => nameOf(author, operator_id)))
  const is_named = subject.kind === 'mine' && one !== undefined && another === undefined
  return (
    <table
      className={styles.table}
      data-several={another !== undefined || undefined}
      data-keys={letters || undefined}
    >
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.field}</th>
          <th scope="col" data-side="mine">
            <div>
              <p>
                {sender ? nameOf(sender, operator_id) : said.mine}{' '}
                <span>{sender ? when(sender.at) : said.mine_note}</span>
              </p>
              {forAll?.('mine', said.all_mine_short)}
            </div>
          </th>
          <th scope="col" data-side="theirs">
            <div>
              <p>
                {is_named ? who : said.theirs}{' '}
                <span>{is_named ? when(one.at) : another || !one ? who : words.by(who, when(one.at))}</span>
              </p>
              {forAll?.('theirs', said.all_theirs_short)}
            </div>
          </th>
          <th scope="col">{words.columns.result}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
