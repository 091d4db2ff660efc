// What the operator's menu knows of drafts: which there are, and how signing out treats them.

import { useMutation } from '@tanstack/react-query'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { client, Refused } from '../api/client.ts'
import { allKept, discardAll, type Kept } from '../kept.ts'
import { leaveSignedOut } from '../shell/session.tsx'
import { createStore, useStore } from '../store.ts'

/** What is kept, the newest first. Decisions about a draft belong to that draft. */
export function useDrafts(): Kept[] {
  const all = [...useStore(allKept).values()]
  return all
    .filter(
      ({ kind, subject }) =>
        kind !== 'merge' || !all.some((one) => one.kind === 'draft' && one.subject === subject),
    )
    .sort((one, other) => other.at.localeCompare(one.at))
}

/** Signs out. `everywhere`: on all devices. `keep`: drafts wait for the next sign-in. */
export const useLeave = () =>
  useMutation({
    mutationFn: async ({ everywhere, keep }: { everywhere: boolean; keep: boolean }) => {
      const answer = await client.signOut({ everywhere: everywhere || undefined })
      // A session that has ended already is as good.
      if (!answer.ok && answer.status !== 401) throw new Refused(answer as Answer<Problem>)
      if (!keep) discardAll()
    },
    meta: { signs_in: true },
    onSuccess: leaveSignedOut,
  })

/** The dialog that is open: the list, or the question at the sign-out with what went wrong there. */
export const draftsAsked = createStore<'list' | { everywhere: boolean; error?: unknown } | null>(null)
