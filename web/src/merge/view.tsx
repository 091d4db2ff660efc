// The merge screen: before, yours, theirs and the result of every group; nothing is preselected where both differ.

import { Button, Modal } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import IconArrowForwardUp from '@tabler/icons-react/icons/IconArrowForwardUp'
import { useState } from 'react'
import { openGroups, presetOf } from '../../../src/core/conflict.ts'
import { useNow } from '../api/clock.ts'
import { useOperator } from '../api/session.ts'
import { ActorChip } from '../lead/actor-chip.tsx'
import { actorOf, wayOf } from '../lead/show.ts'
import { Problem } from '../shell/problem.tsx'
import { sheetOpen } from '../shell/shortcuts.ts'
import { merge as words } from '../text/merge.ts'
import { ago, exactly } from '../text/times.ts'
import { Automatic, Unchanged } from './automatic.tsx'
import { Foot } from './foot.tsx'
import { Heads } from './heads.tsx'
import { type Deed, eventOf } from './keys.ts'
import { Preview } from './preview.tsx'
import { Row } from './row.tsx'
import { leftOf } from './state.ts'
import { type MergeSubject, sidesOf } from './subject.ts'
import { summaryOf } from './summary.ts'
import type { Merging } from './use-merge.ts'
import { useDeedKeys, useFocus, useListed } from './use-screen-keys.ts'
import { bothOf } from './values.tsx'
import styles from './view.module.css'

export function MergeView({ subject, merging }: { subject: MergeSubject; merging: Merging }) {
  const { state, dispatch, save } = merging
  const { collision, phase } = state
  const [automatic_open, setAutomaticOpen] = useState(false)
  const [previewing, setPreviewing] = useState(false)
  const sides = sidesOf(subject)
  const open = openGroups(collision.groups)
  const automatic = collision.groups.filter(
    (group) => presetOf(group) !== null && group.class !== 'unchanged',
  )
  const left = leftOf(state).length
  const frozen = phase !== 'deciding' && phase !== 'offline'

  const run = (deed: Deed): void => {
    switch (deed) {
      case 'save':
        save()
        break
      case 'help':
        sheetOpen.set(true)
        break
      case 'preview':
        setPreviewing(true)
        break
      case 'toggle_automatic':
        setAutomaticOpen(!automatic_open)
        break
      case 'take_both': {
        const group = collision.groups.find((one) => one.group === state.focus)
        const value = group && bothOf(group, subject.set_up)
        if (value) dispatch({ type: 'decide', group: group.group, take: 'value', value })
        break
      }
      default: {
        const event = eventOf(deed, state)
        if (event) dispatch(event)
      }
    }
  }
  const onKeyDown = useDeedKeys(run)
  useFocus(state.focus, state.editing, state.explaining !== null)
  useListed(run)

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons within, as the sheet lists them
    <div className={styles.merge} onKeyDown={onKeyDown}>
      <Theirs subject={subject} merging={merging} />
      {state.moved_again && (
        <p className={styles.again} role="status">
          <IconAlertTriangle size={16} aria-hidden />
          {words.moved_again(actorOf(merging.theirs).name)}
        </p>
      )}
      {phase === 'read_only' && <p className={styles.again}>{words.read_only}</p>}
      {phase === 'offline' && (
        <p className={styles.again} role="alert">
          <IconAlertTriangle size={16} aria-hidden />
          {words.offline}
          <Button size="compact-sm" variant="default" onClick={save}>
            {words.actions.retry}
          </Button>
        </p>
      )}
      {merging.error !== null && <Problem error={merging.error} onRetry={save} />}
      <div className={styles.tools}>
        <p>{words.counts(left, automatic.length, summaryOf(state).unchanged)}</p>
        {open.length > 0 && (
          <div className={styles.buttons}>
            <Button
              size="xs"
              variant="default"
              disabled={frozen || left === 0}
              onClick={() => run('all_theirs')}
            >
              {sides.all_theirs}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={frozen || left === 0}
              onClick={() => run('all_mine')}
            >
              {sides.all_mine}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              disabled={frozen || state.past.length === 0}
              onClick={() => run('undo')}
            >
              {words.actions.undo}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowForwardUp size={14} aria-hidden />}
              disabled={frozen || state.future.length === 0}
              onClick={() => run('redo')}
            >
              {words.actions.redo}
            </Button>
          </div>
        )}
      </div>
      {open.length > 0 ? (
        <div className={styles.frame}>
          <table className={styles.table}>
            <caption className="visually-hidden">{words.table}</caption>
            <Heads subject={subject} merging={merging} />
            <tbody>
              {open.map((group, i) => (
                <Row
                  key={group.group}
                  group={group}
                  subject={subject}
                  state={state}
                  dispatch={dispatch}
                  place={{ index: i + 1, of: open.length }}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className={styles.nothing}>{words.nothing_left}</p>
      )}
      <Automatic
        groups={automatic}
        subject={subject}
        merging={merging}
        opened={automatic_open}
        onToggle={setAutomaticOpen}
      />
      <Unchanged
        groups={collision.groups.filter((group) => group.class === 'unchanged')}
        set_up={subject.set_up}
      />
      <Foot subject={subject} merging={merging} onPreview={() => setPreviewing(true)} />
      <Preview opened={previewing} onClose={() => setPreviewing(false)} subject={subject} state={state} />
      <Modal
        opened={state.asking !== null}
        onClose={() => dispatch({ type: 'cancel' })}
        title={state.asking === 'mine' ? sides.ask_all_mine(left) : sides.ask_all_theirs(left)}
        size="sm"
        centered
      >
        <div className={styles.buttons}>
          <Button data-autofocus onClick={() => dispatch({ type: 'confirm' })}>
            {words.actions.yes}
          </Button>
          <Button variant="default" onClick={() => dispatch({ type: 'cancel' })}>
            {words.cancel}
          </Button>
        </div>
      </Modal>
    </div>
  )
}

/** Who changed the lead meanwhile, when and which way (M10). */
function Theirs({ subject, merging: { theirs } }: { subject: MergeSubject; merging: Merging }) {
  const now = useNow()
  const { operator_id } = useOperator()
  const line = words.theirs_line
  return (
    <div className={styles.intro}>
      <p className={styles.warning}>
        <IconAlertTriangle size={16} aria-hidden />
        {subject.kind === 'mine' ? words.intro : words.intro_held(subject.sender)}
      </p>
      <p className={styles.theirs}>
        <span>{subject.kind === 'mine' ? line.theirs : line.held}</span>
        <ActorChip actor={actorOf(theirs, operator_id)} />
        <time dateTime={theirs.at}>{`${ago(theirs.at, now)} (${exactly(theirs.at)})`}</time>
        <span>{line.way(wayOf(theirs.way))}</span>
        <span className="mono">{line.request(theirs.request_id)}</span>
        <span>{line.versions(theirs.versions_between)}</span>
      </p>
    </div>
  )
}
