// A group in the table: its old value, the two sides and the result, on one line where the values are short.

import { type KeyboardEvent, Suspense } from 'react'
import { type ConflictGroup, groupResult, isDecided, presetOf } from '../../../src/core/conflict.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { groupLabel } from '../lead/show.tsx'
import { announce, Tag } from '../shell/parts.tsx'
import { merge as words } from '../text/merge.ts'
import { By, Key, SideChoice, WordChoice } from './choice.tsx'
import { Consequences, Edit, Note } from './later.ts'
import { changersOf } from './names.ts'
import styles from './row.module.css'
import { rowId } from './screen-keys.ts'
import { decisionOf } from './state.ts'
import { useMerging } from './use-merge.ts'
import { bothOf, concernsCalling, inWords, SideValues } from './values.tsx'

interface RowProps {
  group: ConflictGroup
  /** Its number among the open groups; undefined: it is merged automatically. */
  place?: { index: number; of: number }
}

export function Row({ group, place }: RowProps) {
  const { subject, document, state, names, frozen, mayTake, dispatch } = useMerging()
  const set_up = useLeadSetUp()
  const name = group.group
  const label = groupLabel(group, set_up)
  const was = inWords(group, group.base, set_up)
  const where = place ? words.place(place.index, place.of, was) : words.place_automatic(was)
  const decision = decisionOf(state, name)
  const preset = presetOf(group)
  const decided = preset !== null || isDecided(group, state.decisions)
  const taken = decision?.take ?? preset
  const error = Object.hasOwn(state.errors, name) ? state.errors[name] : undefined
  const both = bothOf(group, set_up)
  const choice = { group, place: where, taken: decided ? taken : null }
  // The lead has the old value still: then both choices would be the same.
  const is_old = changersOf(document, name).length === 0
  const is_noted = Boolean(group.reason || state.explaining?.group === name || error || decision?.reason)
  const from = () => {
    if (group.class === 'agreed' && !decision) return words.both
    return taken === 'mine' || taken === 'theirs'
      ? names.took(name, taken)
      : words.result_from[taken ?? 'base']
  }
  return (
    <>
      <tr
        id={rowId(name)}
        tabIndex={-1}
        className={styles.row}
        aria-label={words.row(label, where)}
        data-open={!decided || undefined}
        data-focus={state.focus === name || undefined}
        data-noted={is_noted || undefined}
        onFocus={() => dispatch({ type: 'focus', group: name })}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || event.target !== event.currentTarget || event.ctrlKey) return
          announce(words.said.choose_first(names.use(name, 'mine'), names.use(name, 'theirs')))
        }}
      >
        <th scope="row">
          <span className={`${styles.name} row`}>
            {label}
            {state.fresh.has(name) && <Tag tone="warn">{words.fresh}</Tag>}
          </span>
          <span className={`${styles.was} dimmed tiny`}>
            <span>{words.was}</span>
            <SideValues group={group} values={group.base} plain />
          </span>
        </th>
        {(['mine', 'theirs'] as const).map((side) => {
          const untouched = group.class === (side === 'mine' ? 'only_theirs' : 'only_mine')
          return (
            <td key={side} data-side={side} data-taken={choice.taken === side || undefined}>
              {(untouched && side === 'mine') || !mayTake(group, side) ? (
                <div className="dimmed">
                  <By group={name} side={side} />
                  {untouched ? (
                    words.sides[subject.kind].not_changed_mine
                  ) : (
                    <SideValues group={group} values={group[side]} short />
                  )}
                </div>
              ) : (
                <SideChoice {...choice} side={side} />
              )}
            </td>
          )
        })}
        <td data-side="result">
          {state.editing === name ? (
            <Suspense>
              <Edit group={group} label={label} />
            </Suspense>
          ) : (
            <>
              {decided ? (
                <SideValues group={group} values={groupResult(group, decision)} short />
              ) : (
                <span className={styles.choose}>{words.choose}</span>
              )}
              {decided && concernsCalling(group, set_up) && (
                <Suspense>
                  <Consequences group={group} />
                </Suspense>
              )}
              <div className={`${styles.more} row`}>
                {decided && taken !== null && taken !== 'base' && taken !== 'merged' && (
                  <span className={styles.from} data-take={taken}>
                    {from()}
                  </span>
                )}
                {!is_old && mayTake(group, 'base') && (
                  <WordChoice {...choice} take="base" use={words.keep_old} />
                )}
                {group.merged && <WordChoice {...choice} take="merged" use={words.keep_both} />}
                {!group.merged && both !== undefined && (
                  <button
                    type="button"
                    className={styles.word}
                    disabled={frozen}
                    onClick={() => dispatch({ type: 'decide', group: name, take: 'value', value: both })}
                  >
                    {words.keep_both}
                    <Key of="b" />
                  </button>
                )}
                {mayTake(group, 'value') && (
                  <button
                    type="button"
                    className={styles.word}
                    aria-label={words.edit_label(label)}
                    disabled={frozen}
                    onClick={() => dispatch({ type: 'edit', group: name })}
                  >
                    {words.edit}
                    <Key of="e" />
                  </button>
                )}
                <button
                  type="button"
                  className={`${styles.word} ${styles.again}`}
                  aria-label={words.change_label(label)}
                  onClick={() => dispatch({ type: 'focus', group: name })}
                >
                  {words.change}
                </button>
              </div>
            </>
          )}
        </td>
      </tr>
      {is_noted && (
        <Suspense>
          <Note group={group} error={error} />
        </Suspense>
      )}
    </>
  )
}
