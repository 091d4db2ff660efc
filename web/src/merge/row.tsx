// A group in the table: what it was, the two sides, the result. The choices are one group of radio buttons, spread over
// the cells of the row; their names say what the table shows.

import IconArrowsLeftRight from '@tabler/icons-react/icons/IconArrowsLeftRight'
import IconPencil from '@tabler/icons-react/icons/IconPencil'
import {
  type ConflictGroup,
  groupResult,
  isDecided,
  presetOf,
  type Take,
} from '../../../src/core/conflict.ts'
import { inputId } from '../lead/field.tsx'
import { groupLabel } from '../lead/show.ts'
import { Tag } from '../lead/tag.tsx'
import { merge as words } from '../text/merge.ts'
import { EditCell } from './edit-cell.tsx'
import { takeId } from './ids.ts'
import { ReasonForm } from './reason-form.tsx'
import styles from './row.module.css'
import { decisionOf, type MergeEvent, type MergeState } from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'
import { bothOf, inWords, SideValues } from './values.tsx'

export interface RowProps {
  group: ConflictGroup
  subject: MergeSubject
  state: MergeState
  dispatch: (event: MergeEvent) => void
  /** Which of the open ones it is; undefined: it is merged by itself. */
  place?: { index: number; of: number }
}

export function Row({ group, subject, state, dispatch, place }: RowProps) {
  const { set_up } = subject
  const sides = sidesOf(subject)
  const label = groupLabel(group.group, group.paths, set_up)
  const decision = decisionOf(state, group.group)
  const preset = presetOf(group)
  const decided = preset !== null || isDecided(group, state.decisions)
  const take = decision?.take ?? preset
  const is_fresh = state.fresh.has(group.group)
  const editing = state.editing === group.group
  const explaining = state.explaining?.group === group.group ? state.explaining.decision : null
  const error = Object.hasOwn(state.errors, group.group) ? state.errors[group.group] : undefined
  const both = bothOf(group, set_up)
  const option = (of: Take, use: string) => (
    <TakeOption
      group={group}
      take={of}
      use={use}
      shown={take === of}
      place={place}
      label={label}
      subject={subject}
      state={state}
      dispatch={dispatch}
    />
  )
  const note = group.reason || explaining || error
  return (
    <>
      <tr
        className={styles.row}
        data-open={!decided || undefined}
        data-focus={state.focus === group.group || undefined}
        data-noted={note !== undefined && note !== null && note !== '' ? true : undefined}
      >
        <th scope="row">
          <span className={styles.name}>
            {label}
            {is_fresh && <Tag tone="warn">{words.fresh}</Tag>}
            {group.class === 'linked' && (
              <Tag tone="strong">
                <IconArrowsLeftRight size={11} aria-hidden />
                {words.linked}
              </Tag>
            )}
          </span>
          <span className={styles.was}>
            <span>{words.was}</span>
            <SideValues group={group} values={group.base} set_up={set_up} plain />
          </span>
        </th>
        <td data-side="mine" data-label={sides.mine} data-taken={take === 'mine' || undefined}>
          {group.class === 'only_theirs' ? (
            <span className={styles.untouched}>{sides.not_changed_mine}</span>
          ) : (
            <>
              <SideValues group={group} values={group.mine} set_up={set_up} />
              {option('mine', sides.use_mine)}
            </>
          )}
        </td>
        <td data-side="theirs" data-label={sides.theirs} data-taken={take === 'theirs' || undefined}>
          {group.class === 'only_mine' ? (
            <>
              <span className={styles.untouched}>{sides.not_changed_theirs}</span>
              {option('theirs', sides.use_theirs)}
            </>
          ) : (
            <>
              <SideValues group={group} values={group.theirs} set_up={set_up} />
              {option('theirs', sides.use_theirs)}
            </>
          )}
        </td>
        <td data-side="result" data-label={words.columns.result}>
          {editing ? (
            <EditCell group={group} label={label} subject={subject} state={state} dispatch={dispatch} />
          ) : (
            <>
              {decided && take !== null ? (
                <div className={styles.result}>
                  <SideValues group={group} values={groupResult(group, decision)} set_up={set_up} />
                  <span className={styles.from} data-take={take}>
                    {group.class === 'agreed' && !decision ? words.both : words.result_from[take](sides)}
                  </span>
                </div>
              ) : (
                <p className={styles.choose}>{words.choose}</p>
              )}
              <div className={styles.more}>
                {group.class !== 'only_mine' && option('base', words.keep_before)}
                {both !== undefined && (
                  <button
                    type="button"
                    className={styles.take}
                    disabled={isFrozen(state)}
                    onClick={() =>
                      dispatch({ type: 'decide', group: group.group, take: 'value', value: both })
                    }
                  >
                    {words.keep_both}
                    <Key of="b" />
                  </button>
                )}
                <button
                  type="button"
                  id={takeId(group.group, 'edit')}
                  className={styles.take}
                  aria-label={words.edit_label(label)}
                  disabled={isFrozen(state)}
                  onClick={() => dispatch({ type: 'edit', group: group.group })}
                >
                  <IconPencil size={13} aria-hidden />
                  {words.edit}
                  <Key of="e" />
                </button>
              </div>
            </>
          )}
        </td>
      </tr>
      {note && (
        <tr className={styles.note} data-open={!decided || undefined}>
          <td colSpan={4}>
            {group.reason && (
              <p className={styles.why}>
                {words.reasons[group.reason]}{' '}
                {group.recommended &&
                  words.needs_reason(group.recommended === 'mine' ? sides.use_mine : sides.use_theirs)}
              </p>
            )}
            {decision?.reason && <p className={styles.given}>{words.given_reason(decision.reason)}</p>}
            {explaining && <ReasonForm decision={explaining} subject={subject} dispatch={dispatch} />}
            {error && (
              <p className={styles.error} role="alert">
                {error}
              </p>
            )}
          </td>
        </tr>
      )}
    </>
  )
}

const isFrozen = ({ phase }: MergeState) => phase !== 'deciding' && phase !== 'offline'

const KEYS: Record<Take, string> = { mine: '1', theirs: '2', base: '0', value: 'e' }

/** Drawn by the style, so that it is no part of the button's name. */
const Key = ({ of }: { of: string }) => <kbd className={styles.key} data-key={of} aria-hidden />

interface OptionProps extends RowProps {
  take: Take
  use: string
  shown: boolean
  label: string
}

function TakeOption({ group, take, use, shown, place, label, subject, state, dispatch }: OptionProps) {
  const { set_up } = subject
  const value = inWords(group, group[take === 'value' ? 'theirs' : take], set_up)
  const where = place ? words.place(place.index, place.of, inWords(group, group.base, set_up)) : ''
  return (
    <label className={styles.take} data-checked={shown || undefined} data-take={take}>
      <input
        type="radio"
        id={takeId(group.group, take)}
        name={`take-${inputId(group.group)}`}
        checked={shown}
        disabled={isFrozen(state)}
        aria-label={words.option(use, value, label, where)}
        onChange={() => dispatch({ type: 'decide', group: group.group, take })}
        onFocus={() => dispatch({ type: 'focus', group: group.group })}
      />
      <span>{use}</span>
      {group.recommended === take && <span className={styles.recommended}>{words.recommended}</span>}
      <Key of={KEYS[take]} />
    </label>
  )
}
