// The dialogs about drafts: the list of them, and the question at the sign-out.

import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { outlivesTab } from '../kept.ts'
import { Problem } from '../shell/problem.tsx'
import { useStore } from '../store.ts'
import { drafts as texts } from '../text/drafts.ts'
import { text } from '../text.ts'
import { draftsAsked, useDrafts, useLeave } from './asked.ts'
import styles from './drafts.module.css'
import { DraftList } from './drafts.tsx'

const words = texts

const close = () => draftsAsked.set(null)

export function DraftDialogs() {
  const asked = useStore(draftsAsked)
  const [shown, setShown] = useState(asked)
  // It stays as it is while it fades.
  if (asked !== null && asked !== shown) setShown(asked)
  const is_list = shown === null || shown === 'list'
  const leaving = useDrafts().length > 0 ? words.leave.title : text.shell.user.sign_out
  return (
    <Modal opened={asked !== null} onClose={close} title={is_list ? words.title : leaving} size="md">
      {is_list ? <List /> : <Leave {...shown} />}
    </Modal>
  )
}

const List = () => (
  <>
    <DraftList onOpen={close} />
    {outlivesTab && <p className="dimmed small">{words.kept}</p>}
  </>
)

/** Asks what becomes of the drafts, or says why signing out did not work. */
function Leave({ everywhere, error }: { everywhere: boolean; error?: unknown }) {
  const leave = useLeave()
  const drafts = useDrafts()
  const go = (keep: boolean) => leave.isPending || leave.mutate({ everywhere, keep })
  const has_drafts = drafts.length > 0
  const failed = leave.error ?? (leave.isIdle ? error : undefined)
  return (
    <>
      {failed !== undefined && <Problem error={failed} title={words.leave.still_here} />}
      {has_drafts && (
        <>
          <p>{words.leave.what(drafts.length)}</p>
          <DraftList onOpen={close} />
          <p className="dimmed small">{outlivesTab ? words.leave.keeping : words.leave.cannot_keep}</p>
        </>
      )}
      <div className={`${styles.ways} row`}>
        <Button onClick={close}>{words.leave.stay}</Button>
        <Button onClick={() => go(false)}>
          {has_drafts ? words.leave.discard : text.shell.user.sign_out}
        </Button>
        {has_drafts && outlivesTab && (
          <Button variant="filled" loading={leave.isPending} onClick={() => go(true)}>
            {words.leave.keep}
          </Button>
        )}
      </div>
    </>
  )
}
