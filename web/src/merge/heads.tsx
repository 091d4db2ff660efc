import { useOperator } from '../api/session.ts'
import { actorOf } from '../lead/show.ts'
import { merge as words } from '../text/merge.ts'
import { type MergeSubject, sidesOf } from './subject.ts'
import type { Merging } from './use-merge.ts'

/** The heads of the columns: whose side it is stands under its name. */
export function Heads({ subject, merging }: { subject: MergeSubject; merging: Merging }) {
  const sides = sidesOf(subject)
  const { operator_id } = useOperator()
  return (
    <thead>
      <tr>
        <th scope="col">{words.columns.field}</th>
        <th scope="col" data-side="mine">
          {sides.mine} <span>{sides.mine_who(subject.sender)}</span>
        </th>
        <th scope="col" data-side="theirs">
          {sides.theirs} <span>{actorOf(merging.theirs, operator_id).name}</span>
        </th>
        <th scope="col">{words.columns.result}</th>
      </tr>
    </thead>
  )
}
