// The dialogs about drafts: the list of them, and the question at the sign-out.

import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Answer, Problem as RefusedProblem } from '../../../src/client/client.ts'
import { client, Refused } from '../api/client.ts'
import { discardAll, outlivesTab } from '../kept.ts'
import { Problem } from '../shell/problem.tsx'
import { leaveSignedOut } from '../shell/session.tsx'
import { createStore, useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './drafts.module.css'
import { DraftList, useDrafts } from './drafts.tsx'

const words = text.drafts

export const draftsOpen = createStore(false)

export function DraftsDialog() {
  const close = () => draftsOpen.set(false)
  return (
    <Modal opened={useStore(draftsOpen)} onClose={close} title={words.title} size="md">
      <DraftList onOpen={close} />
      {outlivesTab && <p className="dimmed small">{words.kept}</p>}
    </Modal>
  )
}

/** Signs out. `everywhere`: on all devices. `keep`: drafts wait for the next sign-in. */
export const useLeave = () =>
  useMutation({
    mutationFn: async ({ everywhere, keep }: { everywhere: boolean; keep: boolean }) => {
      const answer = await client.signOut({ everywhere: everywhere || undefined })
      // A session that has ended already is as good.
      if (!answer.ok && answer.status !== 401) throw new Refused(answer as Answer<RefusedProblem>)
      if (!keep) discardAll()
    },
    meta: { signs_in: true },
    onSuccess: leaveSignedOut,
  })

interface LeaveProps {
  everywhere: boolean
  leave: ReturnType<typeof useLeave>
  onStay: () => void
}

/** Asks what becomes of the drafts, or says why signing out did not work. */
export function LeaveDialog({ everywhere, leave, onStay }: LeaveProps) {
  const drafts = useDrafts()
  const go = (keep: boolean) => leave.isPending || leave.mutate({ everywhere, keep })
  const has_drafts = drafts.length > 0
  return (
    <Modal
      opened
      onClose={onStay}
      title={has_drafts ? words.leave.title : text.shell.user.sign_out}
      size="md"
    >
      {leave.error && <Problem error={leave.error} title={words.leave.still_here} />}
      {has_drafts && (
        <>
          <p>{words.leave.what(drafts.length)}</p>
          <DraftList onOpen={onStay} />
          <p className="dimmed small">{outlivesTab ? words.leave.keeping : words.leave.cannot_keep}</p>
        </>
      )}
      <div className={`${styles.ways} row`}>
        <Button onClick={onStay}>{words.leave.stay}</Button>
        <Button onClick={() => go(false)}>
          {has_drafts ? words.leave.discard : text.shell.user.sign_out}
        </Button>
        {has_drafts && outlivesTab && (
          <Button variant="filled" loading={leave.isPending} onClick={() => go(true)}>
            {words.leave.keep}
          </Button>
        )}
      </div>
    </Modal>
  )
}
