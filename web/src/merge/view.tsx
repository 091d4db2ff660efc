// The merge screen: before, yours, theirs and the result of every group; nothing is preselected where both differ.

import { Button, type ButtonProps, Kbd, Modal } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import IconArrowForwardUp from '@tabler/icons-react/icons/IconArrowForwardUp'
import { type ReactNode, useState } from 'react'
import {
  type ConflictGroup,
  FOLLOWING,
  groupResult,
  isDecided,
  openGroups,
  presetOf,
} from '../../../src/core/conflict.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { ActorChip, actorName, groupLabel, wayOf } from '../lead/show.tsx'
import { footRoom } from '../shell/foot-room.ts'
import { AgoExactly } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { sheetOpen } from '../shell/shortcuts.tsx'
import { merge as words } from '../text/merge.ts'
import { type Deed, eventOf } from './keys.ts'
import styles from './merge.module.css'
import { Row } from './row.tsx'
import { SAVE_ID, useDeedKeys, useFocus } from './screen-keys.ts'
import { canSave, decisionOf, groupOf, leftOf, originsOf } from './state.ts'
import { type Merging, MergingContext, useMerging } from './use-merge.ts'
import { bothOf, Groups, SideValues } from './values.tsx'

export function MergeView({ merging }: { merging: Merging }) {
  const { sides, state, frozen, theirs, error, dispatch, save } = merging
  const { collision, phase } = state
  const set_up = useLeadSetUp()
  const [automatic_open, setAutomaticOpen] = useState(false)
  const [previewing, setPreviewing] = useState(false)
  const open = openGroups(collision.groups)
  const unchanged = collision.groups.filter((group) => group.class === 'unchanged')
  const automatic = collision.groups.filter((group) => !open.includes(group) && !unchanged.includes(group))
  const left = leftOf(state).length

  const run = (deed: Deed): void => {
    const event = eventOf(deed, state)
    if (deed === 'save') save()
    else if (event) dispatch(event)
    else if (deed === 'help') sheetOpen.set(true)
    else if (deed === 'preview') setPreviewing(true)
    else if (deed === 'toggle_automatic') setAutomaticOpen(!automatic_open)
    else if (deed === 'take_both') {
      const group = state.focus === null ? undefined : groupOf(state, state.focus)
      const value = group && bothOf(group, set_up)
      if (value) dispatch({ type: 'decide', group: group.group, take: 'value', value })
    }
  }
  const onKeyDown = useDeedKeys(run)
  useFocus(state.focus, state.editing !== null || state.explaining !== null)
  const tool = (deed: Deed, label: string, can: boolean, more: ButtonProps = {}) => (
    <Button size="xs" disabled={frozen || !can} onClick={() => run(deed)} {...more}>
      {label}
    </Button>
  )

  return (
    <MergingContext value={merging}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons within, as the sheet lists them */}
      <div className={styles.merge} onKeyDown={onKeyDown}>
        <Intro />
        {state.moved_again && theirs && (
          <Warning role="status">{words.moved_again(actorName(theirs))}</Warning>
        )}
        {phase === 'offline' && (
          <Warning role="alert">
            {words.offline}
            <Button size="compact-sm" onClick={save}>
              {words.actions.retry}
            </Button>
          </Warning>
        )}
        {error !== null && <Problem error={error} onRetry={save} />}
        <div className={`${styles.tools} row`}>
          <p>{words.counts(left, automatic.length, unchanged.length)}</p>
          {open.length > 0 && (
            <div className="row">
              {tool('all_theirs', sides.all_theirs, left > 0)}
              {tool('all_mine', sides.all_mine, left > 0)}
              {tool('undo', words.actions.undo, state.past.length > 0, {
                leftSection: <IconArrowBackUp size={14} aria-hidden />,
              })}
              {tool('redo', words.actions.redo, state.future.length > 0, {
                leftSection: <IconArrowForwardUp size={14} aria-hidden />,
              })}
            </div>
          )}
        </div>
        {open.length > 0 ? (
          <div className={`${styles.frame} frame`}>
            <Table caption={words.table}>
              {open.map((group, i) => (
                <Row key={group.group} group={group} place={{ index: i + 1, of: open.length }} />
              ))}
            </Table>
          </div>
        ) : (
          <p className="notice" data-tone="good">
            {words.nothing_left}
          </p>
        )}
        <Automatic groups={automatic} opened={automatic_open} onToggle={setAutomaticOpen} />
        {unchanged.length > 0 && (
          <details className={styles.folded}>
            <summary className="small">
              <strong>{words.unchanged(unchanged.length)}</strong>
            </summary>
            <Groups groups={unchanged}>
              {(group) => <SideValues group={group} values={group.theirs} plain />}
            </Groups>
          </details>
        )}
        <Foot onPreview={() => setPreviewing(true)} />
        <Preview opened={previewing} onClose={() => setPreviewing(false)} />
        <Modal
          opened={state.asking !== null}
          onClose={() => dispatch({ type: 'cancel' })}
          title={state.asking === 'mine' ? sides.ask_all_mine(left) : sides.ask_all_theirs(left)}
          size="sm"
          centered
        >
          <div className="row">
            <Button variant="filled" data-autofocus onClick={() => dispatch({ type: 'confirm' })}>
              {words.actions.yes}
            </Button>
            <Button onClick={() => dispatch({ type: 'cancel' })}>{words.cancel}</Button>
          </div>
        </Modal>
      </div>
    </MergingContext>
  )
}

/** The newest change of the lead: its author, time and way. */
function Intro() {
  const { subject, theirs } = useMerging()
  const { operator_id } = useOperator()
  const line = words.theirs_line
  const is_mine = subject.kind === 'mine'
  return (
    <div className={styles.intro}>
      <p className={styles.met}>
        <IconAlertTriangle size={16} aria-hidden />
        {!is_mine ? words.intro_held(subject.sender ?? '') : theirs ? words.intro : words.intro_blocked}
      </p>
      {theirs && (
        <p className={`${styles.theirs} dimmed small`}>
          <span>{is_mine ? line.theirs : line.held}</span>
          <ActorChip actor={theirs.actor} actor_name={theirs.actor_name} own_id={operator_id} />
          <AgoExactly at={theirs.at} />
          <span>{line.way(wayOf(theirs.way))}</span>
          <span className="mono">{line.request(theirs.request_id)}</span>
          <span>{line.versions(theirs.versions_between)}</span>
        </p>
      )}
    </div>
  )
}

const Warning = ({ role, children }: { role: 'alert' | 'status'; children: ReactNode }) => (
  <p className={`${styles.again} notice row`} role={role}>
    <IconAlertTriangle size={16} aria-hidden />
    {children}
  </p>
)

/** A table of groups. The head of each side's column names its author. */
function Table({ caption, children }: { caption: string; children: ReactNode }) {
  const { subject, sides, theirs } = useMerging()
  const { operator_id } = useOperator()
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.field}</th>
          <th scope="col" data-side="mine">
            {sides.mine} <span>{sides.mine_who(subject.sender ?? '')}</span>
          </th>
          <th scope="col" data-side="theirs">
            {sides.theirs} {theirs && <span>{actorName(theirs, operator_id)}</span>}
          </th>
          <th scope="col">{words.columns.result}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

interface AutomaticProps {
  groups: readonly ConflictGroup[]
  opened: boolean
  onToggle: (opened: boolean) => void
}

/** The groups that were merged without a person; each can be changed. */
function Automatic({ groups, opened, onToggle }: AutomaticProps) {
  const { state, sides } = useMerging()
  const set_up = useLeadSetUp()
  if (groups.length === 0) return null
  const items = groups.map((group) => {
    const take = decisionOf(state, group.group)?.take ?? presetOf(group)!
    const from = group.class === 'agreed' && take === 'theirs' ? words.both : words.result_from[take](sides)
    return words.automatic_item(groupLabel(group, set_up), from)
  })
  return (
    <details
      className={styles.folded}
      open={opened}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary className="small">
        <strong>{words.automatic(groups.length)}</strong>
        <span className="dimmed">{items.join(' · ')}</span>
      </summary>
      {opened && (
        <Table caption={words.automatic_table}>
          {groups.map((group) => (
            <Row key={group.group} group={group} />
          ))}
        </Table>
      )}
    </details>
  )
}

/** The whole lead as it would be saved. */
function Preview({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { state } = useMerging()
  return (
    <Modal opened={opened} onClose={onClose} title={words.preview.title} size="lg">
      <Groups groups={state.collision.groups}>
        {(group) => {
          if (presetOf(group) === null && !isDecided(group, state.decisions))
            return <em className={styles.open}>{words.preview.open}</em>
          const result = groupResult(group, decisionOf(state, group.group))
          const differs = (path: string) => !FOLLOWING.has(path) && result[path] !== group.theirs[path]
          return (
            <>
              <SideValues group={group} values={result} plain />
              {group.paths.some(differs) && (
                <span className={`${styles.changed} tiny`}>{words.preview.changed}</span>
              )}
            </>
          )
        }}
      </Groups>
    </Modal>
  )
}

/** The foot of the screen: where the results come from, and the button that saves them. */
function Foot({ onPreview }: { onPreview: () => void }) {
  const { state, sides, save } = useMerging()
  const from = originsOf(state)
  const left = leftOf(state).length
  const can_save = canSave(state)
  const parts = [
    from.mine > 0 && sides.mine_count(from.mine),
    from.theirs > 0 && sides.theirs_count(from.theirs),
    from.base > 0 && words.summary.base(from.base),
    from.value > 0 && words.summary.value(from.value),
    from.merged > 0 && words.summary.merged(from.merged),
    left > 0 && words.summary.left(left),
  ].filter(Boolean)
  return (
    <section ref={footRoom} className={`${styles.foot} foot-bar row`} aria-label={words.summary.label}>
      <p>
        <strong>{words.summary.label}</strong> <span className="dimmed">{parts.join(' · ')}</span>
      </p>
      <Button onClick={onPreview}>{words.actions.preview}</Button>
      <Button
        variant="filled"
        id={SAVE_ID}
        loading={state.phase === 'saving'}
        // A disabled button would lose the focus; this one keeps it and shows what is left.
        data-disabled={!can_save || undefined}
        aria-disabled={!can_save}
        onClick={(event) => (can_save ? save() : event.preventDefault())}
      >
        {words.actions.save}
        {left > 0 ? (
          <span className={styles.left}>{words.actions.left(left)}</span>
        ) : (
          <Kbd size="xs" aria-hidden>
            {words.actions.key}
          </Kbd>
        )}
      </Button>
    </section>
  )
}
