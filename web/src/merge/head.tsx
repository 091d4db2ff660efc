// The head of the merge screen: how many are left, who made the other changes, and the steps for all.

import { ActionIcon } from '@mantine/core'
import IconArrowBackUp from '@tabler/icons-react/icons/IconArrowBackUp'
import IconArrowForwardUp from '@tabler/icons-react/icons/IconArrowForwardUp'
import type { ReactNode } from 'react'
import { openGroups } from '../../../src/core/conflict.ts'
import { useOperator } from '../api/session.ts'
import { listed, wayOf } from '../lead/show.tsx'
import { Details } from '../shell/details.tsx'
import { merge as words } from '../text/merge.ts'
import { exactly } from '../text/times.ts'
import type { Deed } from './keys.ts'
import styles from './merge.module.css'
import { changersHere, changersOfAll, nameOf, senderOf } from './names.ts'
import { leftOf } from './state.ts'
import { useMerging } from './use-merge.ts'

export function Head({ run }: { run: (deed: Deed) => void }) {
  const { subject, document, state, frozen } = useMerging()
  const { operator_id } = useOperator()
  const open = openGroups(state.collision.groups).map(({ group }) => group)
  const left = leftOf(state).length
  const changers = changersOfAll(document, open)
  const sender = senderOf(document)
  const who = listed(changers.map((author) => nameOf(author, operator_id)))
  const intro =
    subject.kind === 'held'
      ? words.intro_held(sender ? nameOf(sender, operator_id) : words.somebody)
      : changers.length > 0
        ? words.intro(who)
        : document.theirs
          ? words.intro(nameOf(document.theirs, operator_id))
          : words.intro_blocked
  const step = (deed: 'undo' | 'redo', can: boolean, icon: ReactNode) => (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={words.actions[deed]}
      title={words.actions[deed]}
      disabled={frozen || !can}
      onClick={() => run(deed)}
    >
      {icon}
    </ActionIcon>
  )
  return (
    <div className={styles.head}>
      <div className={styles.progress}>
        <strong>{words.to_decide(left)}</strong>
        {open.length > 0 && (
          <span className="row">
            {step('undo', state.past.length > 0, <IconArrowBackUp size={16} aria-hidden />)}
            {step('redo', state.future.length > 0, <IconArrowForwardUp size={16} aria-hidden />)}
          </span>
        )}
      </div>
      <p className={`${styles.intro} dimmed small`}>
        {intro}{' '}
        {changersHere(document, state, subject.present).map(({ operator_id: id, name }) => (
          <strong key={id}>{words.present(name)}</strong>
        ))}{' '}
        <Details
          about={words.details.about}
          of={document.changes.map((change) => [
            nameOf(change, operator_id),
            words.details.line(exactly(change.at), wayOf(change.way), change.request_id),
          ])}
        />
      </p>
    </div>
  )
}
