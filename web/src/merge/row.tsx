// A group in the table: the old value, the two sides, the result. The choices are one group of radio buttons, spread
// over the cells of the row; their names repeat what the table shows.

import { Button, TextInput } from '@mantine/core'
import IconArrowsLeftRight from '@tabler/icons-react/icons/IconArrowsLeftRight'
import IconPencil from '@tabler/icons-react/icons/IconPencil'
import { useEffect, useRef, useState } from 'react'
import {
  type ConflictGroup,
  FOLLOWING,
  groupResult,
  isDecided,
  presetOf,
  type Take,
} from '../../../src/core/conflict.ts'
import { type Values, valueAt } from '../../../src/core/merge.ts'
import { readFieldValue } from '../../../src/core/value.ts'
import { Editor } from '../lead/editor.tsx'
import { useLeadSetUp, zoneOf } from '../lead/set-up.ts'
import { fieldOf, groupLabel, inputId, labelOf } from '../lead/show.tsx'
import { onSubmit, Tag, typed } from '../shell/parts.tsx'
import { merge as words } from '../text/merge.ts'
import { problemForPeople } from '../text/problems.ts'
import styles from './merge.module.css'
import { takeId } from './screen-keys.ts'
import { decisionOf } from './state.ts'
import { useMerging } from './use-merge.ts'
import { bothOf, inWords, SideValues } from './values.tsx'

interface RowProps {
  group: ConflictGroup
  /** Its number among the open groups; undefined: it is merged automatically. */
  place?: { index: number; of: number }
}

export function Row({ group, place }: RowProps) {
  const { state, sides, frozen, mayTake, dispatch } = useMerging()
  const set_up = useLeadSetUp()
  const label = groupLabel(group, set_up)
  const decision = decisionOf(state, group.group)
  const preset = presetOf(group)
  const decided = preset !== null || isDecided(group, state.decisions)
  const take = decision?.take ?? preset
  const is_explained = state.explaining?.group === group.group
  const error = Object.hasOwn(state.errors, group.group) ? state.errors[group.group] : undefined
  const both = bothOf(group, set_up)
  const has_note = Boolean(group.reason || is_explained || error)
  const may = (wanted: Take) => mayTake(group, wanted)
  const option = (of: keyof typeof KEYS, use: string) =>
    may(of) && <TakeOption group={group} take={of} use={use} shown={take === of} place={place} />
  const button = (key: string, said: string, run: () => void, edited?: string) => (
    <button
      type="button"
      className={styles.take}
      aria-label={edited && words.edit_label(edited)}
      disabled={frozen}
      onClick={run}
    >
      {edited && <IconPencil size={13} aria-hidden />}
      {said}
      <Key of={key} />
    </button>
  )
  return (
    <>
      <tr
        className={styles.row}
        data-open={!decided || undefined}
        data-focus={state.focus === group.group || undefined}
        data-noted={has_note || undefined}
      >
        <th scope="row">
          <span className={`${styles.name} row`}>
            {label}
            {state.fresh.has(group.group) && <Tag tone="warn">{words.fresh}</Tag>}
            {group.class === 'linked' && (
              <Tag tone="strong">
                <IconArrowsLeftRight size={11} aria-hidden />
                {words.linked}
              </Tag>
            )}
          </span>
          <span className={`${styles.was} dimmed tiny`}>
            <span>{words.was}</span>
            <SideValues group={group} values={group.base} plain />
          </span>
        </th>
        {(['mine', 'theirs'] as const).map((side) => {
          const untouched = group.class === (side === 'mine' ? 'only_theirs' : 'only_mine')
          return (
            <td key={side} data-side={side} data-label={sides[side]} data-taken={take === side || undefined}>
              {untouched ? (
                <span className="dimmed">{sides[`not_changed_${side}`]}</span>
              ) : (
                <SideValues group={group} values={group[side]} />
              )}
              {!(untouched && side === 'mine') && option(side, sides[`use_${side}`])}
            </td>
          )
        })}
        <td data-side="result" data-label={words.columns.result}>
          {state.editing === group.group ? (
            <Edit group={group} label={label} />
          ) : (
            <>
              {decided && take !== null ? (
                <div className={styles.result}>
                  <SideValues group={group} values={groupResult(group, decision)} />
                  <span className={`${styles.from} tiny`} data-take={take}>
                    {group.class === 'agreed' && !decision ? words.both : words.result_from[take](sides)}
                  </span>
                </div>
              ) : (
                <p className={styles.choose}>{words.choose}</p>
              )}
              <div className={`${styles.more} row`}>
                {group.class !== 'only_mine' && option('base', words.keep_before)}
                {both !== undefined &&
                  button('b', words.keep_both, () =>
                    dispatch({ type: 'decide', group: group.group, take: 'value', value: both }),
                  )}
                {may('value') &&
                  button('e', words.edit, () => dispatch({ type: 'edit', group: group.group }), label)}
              </div>
            </>
          )}
        </td>
      </tr>
      {has_note && (
        <tr className={styles.note}>
          <td colSpan={4}>
            {group.reason && (
              <p className={`${styles.why} small`}>
                {words.reasons[group.reason]}{' '}
                {group.recommended &&
                  (may('value') ? words.needs_reason : words.needs_lead)(sides[`use_${group.recommended}`])}
              </p>
            )}
            {decision?.reason && (
              <p className={`${styles.given} dimmed small`}>{words.given_reason(decision.reason)}</p>
            )}
            {is_explained && state.explaining && <Reason take={state.explaining.decision.take} />}
            {error && (
              <p className={`${styles.error} small`} role="alert">
                {error}
              </p>
            )}
          </td>
        </tr>
      )}
    </>
  )
}

const KEYS = { mine: '1', theirs: '2', base: '0' }

/** The style draws the key, so that it is not part of the button's name. */
const Key = ({ of }: { of: string }) => <kbd className={styles.key} data-key={of} aria-hidden />

interface OptionProps extends RowProps {
  take: keyof typeof KEYS
  use: string
  shown: boolean
}

function TakeOption({ group, take, use, shown, place }: OptionProps) {
  const { dispatch, frozen } = useMerging()
  const set_up = useLeadSetUp()
  const value = inWords(group, group[take], set_up)
  const where = place ? words.place(place.index, place.of, inWords(group, group.base, set_up)) : ''
  return (
    <label className={styles.take} data-checked={shown || undefined}>
      <input
        type="radio"
        id={takeId(group.group, take)}
        name={`take-${inputId(group.group)}`}
        checked={shown}
        disabled={frozen}
        aria-label={words.option(use, value, groupLabel(group, set_up), where)}
        onChange={() => dispatch({ type: 'decide', group: group.group, take })}
        onFocus={() => dispatch({ type: 'focus', group: group.group })}
      />
      <span>{use}</span>
      {group.recommended === take && <span className={styles.recommended}>{words.recommended}</span>}
      <Key of={KEYS[take]} />
    </label>
  )
}

/** Asks for the reason of a choice that is not recommended. */
function Reason({ take }: { take: Take }) {
  const { sides, dispatch } = useMerging()
  const [reason, setReason] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const labels = { mine: sides.reason_for_mine, theirs: sides.reason_for_theirs, ...words.reason }
  const give = onSubmit(() => dispatch({ type: 'explain', reason: reason.trim() }))
  return (
    <form className={`${styles.explain} row`} onSubmit={give}>
      <TextInput
        ref={input}
        label={labels[take]}
        placeholder={words.reason.placeholder}
        maxLength={1000}
        value={reason}
        onChange={typed(setReason)}
      />
      <Button variant="filled" type="submit" disabled={reason.trim() === ''}>
        {words.reason.give}
      </Button>
      <Button onClick={() => dispatch({ type: 'cancel' })}>{words.cancel}</Button>
    </form>
  )
}

/** Edits the result of a group, with the same inputs as the form of a lead. */
function Edit({ group, label }: { group: ConflictGroup; label: string }) {
  const { subject, state, dispatch } = useMerging()
  const set_up = useLeadSetUp()
  const decision = decisionOf(state, group.group) ?? { take: 'mine' }
  const [values, setValues] = useState<Values>(() => ({ ...groupResult(group, decision) }))
  const [problems, setProblems] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), [])
  const paths = group.paths.filter((path) => !FOLLOWING.has(path))
  const hours = values.contact_hours
  const zone = zoneOf(set_up, typeof hours === 'string' ? hours : null) ?? subject.zone

  /** Applies the server's rule before the server is asked. */
  function problemOf(path: string): string | undefined {
    const [field, value] = [fieldOf(path, set_up), values[path]]
    if (!field || typeof value !== 'string' || value === group.theirs[path]) return undefined
    const read = readFieldValue(field, value)
    const problem = 'problem' in read ? read.problem : read.bad
    return problem && problemForPeople({ detail: problem })
  }
  const done = onSubmit(() => {
    const found = Object.keys(values).flatMap((path) => {
      const problem = problemOf(path)
      return problem ? [[path, problem]] : []
    })
    setProblems(Object.fromEntries(found))
    if (found.length === 0) dispatch({ type: 'decide', group: group.group, take: 'value', value: values })
  })
  return (
    <form ref={form} className={styles.edit} onSubmit={done} aria-label={words.edit_title(label)}>
      {paths.map((path) => {
        const id = `result-${inputId(path)}`
        const problem = problems[path]
        return (
          <div key={path}>
            <label htmlFor={id} className={paths.length === 1 ? 'visually-hidden' : 'tiny'}>
              {labelOf(path, set_up)}
            </label>
            <Editor
              path={path}
              value={valueAt(values, path)}
              onChange={(value) => setValues((before) => ({ ...before, [path]: value }))}
              zone={zone}
              id={id}
              invalid={problem !== undefined}
              described_by={problem && `${id}-problem`}
            />
            {problem && (
              <p id={`${id}-problem`} className={`${styles.error} small`}>
                {problem}
              </p>
            )}
          </div>
        )
      })}
      <div className={`${styles.more} row`}>
        <Button variant="filled" type="submit" size="xs">
          {words.done_editing}
        </Button>
        <Button size="xs" onClick={() => dispatch({ type: 'cancel' })}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}
