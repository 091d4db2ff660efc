// The choices of a group: a value of a side fills its cell and is clicked itself, the others are words beside the result.

import type { ConflictGroup, Take } from '../../../src/core/conflict.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { groupLabel } from '../lead/show.tsx'
import { merge as words } from '../text/merge.ts'
import { ago } from '../text/times.ts'
import { byline, changersOf, type Side, senderOf } from './names.ts'
import styles from './row.module.css'
import { useMerging } from './use-merge.ts'
import { inWords, SideValues } from './values.tsx'

const KEYS = { mine: '1', theirs: '2', base: '0', merged: 'b' }

/** The style draws the key, so that it is not part of the button's name. */
export const Key = ({ of }: { of: string }) => <kbd className={styles.key} data-key={of} aria-hidden />

interface ChoiceProps {
  group: ConflictGroup
  /** Of the row, for screen readers. */
  place: string
  /** What the group has now. */
  taken: Take | null
}

interface SideChoiceProps extends ChoiceProps {
  side: Side
}

/** Whose value it is, and since when: on cards, which have no head. */
export function By({ group, side }: { group: string; side: Side }) {
  const { subject, document } = useMerging()
  const { operator_id } = useOperator()
  const now = useNow()
  const said = words.sides[subject.kind]
  const sender = subject.kind === 'held' && senderOf(document)
  const authors = side === 'theirs' ? changersOf(document, group) : sender ? [sender] : []
  const unnamed = side === 'mine' ? words.by(said.mine, said.mine_note) : said.theirs
  return <span className={`${styles.by} tiny`}>{byline(authors, operator_id, now) || unnamed}</span>
}

/** The value of a side, over the whole cell. */
export function SideChoice({ group, side, ...choice }: SideChoiceProps) {
  const { names, document } = useMerging()
  const { operator_id } = useOperator()
  const now = useNow()
  const use = names.use(group.group, side)
  const [author, ...others] = side === 'theirs' ? changersOf(document, group.group) : []
  // The button has the name of the only one.
  const by =
    others.length > 0 ? byline([author!, ...others], operator_id, now) : author?.at && ago(author.at, now)
  const note =
    group.recommended === side
      ? words.recommended
      : group.suggestion?.take === side && words.suggestions[group.suggestion.reason]
  return (
    <Radio {...choice} group={group} take={side} use={use} className={styles.choice}>
      <By group={group.group} side={side} />
      <SideValues group={group} values={group[side]} short />
      <span className={styles.use}>
        <span>{use}</span>
        {by && <span className={styles.since}>{by}</span>}
        <Key of={KEYS[side]} />
        {note && <span className={styles.advice}>{note}</span>}
      </span>
    </Radio>
  )
}

interface WordChoiceProps extends ChoiceProps {
  take: 'base' | 'merged'
  use: string
}

/** A choice whose value the row does not show in a cell of its own. */
export const WordChoice = ({ use, ...choice }: WordChoiceProps) => (
  <Radio {...choice} use={use} className={styles.word}>
    {use}
    <Key of={KEYS[choice.take]} />
  </Radio>
)

interface RadioProps extends ChoiceProps {
  take: keyof typeof KEYS
  use: string
  className: string | undefined
  children: React.ReactNode
}

/** A button in the role of a radio: Tab goes to each, and Enter and Space take it. The arrows go from row to row. */
function Radio({ group, take, use, place, taken, className, children }: RadioProps) {
  const { dispatch, frozen } = useMerging()
  const set_up = useLeadSetUp()
  const value = inWords(group, (take === 'merged' ? group.merged : group[take]) ?? {}, set_up)
  return (
    // biome-ignore lint/a11y/useSemanticElements: of inputs only the first would be reached with Tab, and arrows would decide
    <button
      type="button"
      role="radio"
      className={className}
      aria-checked={taken === take}
      aria-label={words.option(use, value, groupLabel(group, set_up), place)}
      disabled={frozen}
      onClick={() => dispatch({ type: 'decide', group: group.group, take })}
    >
      {children}
    </button>
  )
}
