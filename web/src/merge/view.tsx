// The merge screen: old value, mine, theirs and the result of every group; nothing is chosen before somebody chooses it.

import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/icons/IconAlertTriangle'
import { type ReactNode, useEffect, useState } from 'react'
import { type ConflictGroup, openGroups, presetOf } from '../../../src/core/conflict.ts'
import { useOperator } from '../api/session.ts'
import { useLeadSetUp } from '../lead/set-up.ts'
import { groupLabel } from '../lead/show.tsx'
import { Modal } from '../shell/modal.tsx'
import { Problem } from '../shell/problem.tsx'
import { sheetOpen } from '../shell/shortcuts.tsx'
import { merge as words } from '../text/merge.ts'
import { FirstUse } from './first-use.tsx'
import { Foot, Preview } from './foot.tsx'
import { Head } from './head.tsx'
import { type Deed, eventOf } from './keys.ts'
import { loadLater } from './later.ts'
import styles from './merge.module.css'
import { nameOf, type Side } from './names.ts'
import { Row } from './row.tsx'
import { useDeedKeys, useFocus } from './screen-keys.ts'
import { decisionOf, groupOf, leftOf } from './state.ts'
import { Table } from './table.tsx'
import { type Merging, MergingContext, useMerging } from './use-merge.ts'
import { bothOf, Groups, SideValues } from './values.tsx'

export function MergeView({ merging }: { merging: Merging }) {
  const { subject, document, state, names, frozen, error, dispatch, save } = merging
  const { collision, phase } = state
  const set_up = useLeadSetUp()
  const { operator_id } = useOperator()
  const [automatic_open, setAutomaticOpen] = useState(false)
  const [previewing, setPreviewing] = useState(false)
  const open = openGroups(collision.groups)
  const left = leftOf(state).length
  const unchanged = collision.groups.filter((group) => group.class === 'unchanged')
  const automatic = collision.groups.filter((group) => !open.includes(group) && !unchanged.includes(group))

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
      if (group?.merged) dispatch({ type: 'decide', group: group.group, take: 'merged' })
      else if (value) dispatch({ type: 'decide', group: group.group, take: 'value', value })
    }
  }
  const onKeyDown = useDeedKeys(run)
  useEffect(loadLater, [])
  useFocus(state.focus, state.editing !== null || state.explaining !== null)
  const forAll = (side: Side, label = names.all[side]) => (
    <Button
      size="compact-xs"
      aria-label={names.all[side]}
      disabled={frozen || left === 0}
      onClick={() => run(side === 'mine' ? 'all_mine' : 'all_theirs')}
    >
      {label}
    </Button>
  )
  const { ask_all_mine, ask_all_theirs } = words.sides[subject.kind]

  return (
    <MergingContext value={merging}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons within, as the sheet lists them */}
      <div className={styles.merge} onKeyDown={onKeyDown}>
        <Head run={run} />
        {state.moved_again && (
          <Warning role="status">
            {words.moved_again(document.theirs ? nameOf(document.theirs, operator_id) : words.somebody)}
          </Warning>
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
        {open.length > 0 ? (
          <div className={`${styles.frame} frame`}>
            <Table caption={words.table} forAll={open.length > 1 ? forAll : undefined}>
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
        {open.length > 1 && (
          // On cards, which have no head.
          <div className={`${styles.all} row`}>
            {forAll('mine')}
            {forAll('theirs')}
          </div>
        )}
        {open.length > 0 && <FirstUse />}
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
          title={(state.asking === 'mine' ? ask_all_mine : ask_all_theirs)(left)}
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

const Warning = ({ role, children }: { role: 'alert' | 'status'; children: ReactNode }) => (
  <p className={`${styles.warning} notice row`} role={role}>
    <IconAlertTriangle size={16} aria-hidden />
    {children}
  </p>
)

interface AutomaticProps {
  groups: readonly ConflictGroup[]
  opened: boolean
  onToggle: (opened: boolean) => void
}

/** The groups that were merged without a person; each can be changed. */
function Automatic({ groups, opened, onToggle }: AutomaticProps) {
  const { state, names } = useMerging()
  const set_up = useLeadSetUp()
  if (groups.length === 0) return null
  const items = groups.map((group) => {
    const take = decisionOf(state, group.group)?.take ?? presetOf(group)!
    const side =
      take === 'mine' || take === 'theirs' ? names.took(group.group, take) : words.result_from[take]
    const from = group.class === 'agreed' && take === 'theirs' ? words.both : side
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
