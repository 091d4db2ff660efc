// Editing one lead: the draft, what others change meanwhile, and saving.

import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import type { ChangedLead, Lead } from '../../../src/client/model.ts'
import { openGroups } from '../../../src/core/conflict.ts'
import { Refused } from '../api/client.ts'
import { collisionIn, historyQuery, learn, patchLead } from '../api/lead.ts'
import { queries } from '../api/queries.ts'
import { useOperator } from '../api/session.ts'
import { announce } from '../shell/announce.tsx'
import { text } from '../text.ts'
import { type Draft, dropped, edited, meet, patchOf, rebased, typedSince, valuesOf } from './draft.ts'
import { collisionKey, useDraft } from './drafts.ts'
import { problemsByPath } from './problems.ts'
import type { LeadSetUp } from './set-up.ts'
import { actorOf, listed } from './show.ts'
import { toast } from './toast.tsx'
import { useFresh } from './use-fresh.ts'
import { useUndo } from './use-undo.ts'

const words = text.lead

export function useEdit(lead: Lead, set_up: LeadSetUp) {
  const [draft, store] = useDraft(lead.id)
  const current = useMemo(() => valuesOf(lead), [lead])
  const navigate = useNavigate()
  const undo = useUndo(lead.id)
  const fresh = useFresh(lead, set_up, draft)
  const { operator_id } = useOperator()

  const behind = draft !== null && draft.base_version < lead.version
  const groups = useMemo(
    () => (draft && behind ? meet(draft, current, set_up) : []),
    [draft, behind, current, set_up],
  )
  const clashing = openGroups(groups)
  useEffect(() => {
    if (!draft || !behind) return
    const next = rebased(draft, lead, groups)
    if (next !== undefined) store.set(next)
  }, [draft, behind, lead, groups, store])

  const save = useMutation({
    mutationFn: ({ draft, allow_duplicates }: { draft: Draft; allow_duplicates?: true }) =>
      patchLead(
        lead.id,
        draft.base_version,
        { ...patchOf(draft.changes), ...(allow_duplicates && { allow_duplicates }) },
        'merge',
      ),
    onSuccess: async (saved, { draft }) => {
      store.set(typedSince(draft, store.get(), saved))
      learn(saved)
      const actions = [{ label: words.save.undo, run: () => undo(saved.version, saved.version) }]
      const kept = saved.merged?.kept ?? []
      if (kept.length === 0) return toast(words.save.saved, actions)
      const who = await authorsSince(lead.id, draft.base_version, saved, operator_id)
      toast(words.save.kept(kept.length, who), [
        {
          label: words.save.review,
          run: () => void navigate({ to: '/leads/$id/history', params: { id: lead.id } }),
        },
        ...actions,
      ])
    },
    onError: (error, { draft }) => {
      const collision = collisionIn(error)
      if (!collision) return
      // What was typed meanwhile is not in it: then the sides are asked for.
      if (store.get() === draft) queries.setQueryData(collisionKey(lead.id), collision)
      void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })
    },
  })
  const refused = save.error instanceof Refused && !collisionIn(save.error) ? save.error : null
  const problems = useMemo(
    () => (refused ? problemsByPath(refused.problem) : new Map<string, string>()),
    [refused],
  )

  return {
    draft,
    current,
    fresh,
    clashing,
    problems,
    saving: save.isPending,
    error: save.error && !collisionIn(save.error) ? save.error : null,
    change(path: string, value: Parameters<typeof edited>[3]) {
      store.set(edited(draft, lead, path, value, new Date().toISOString()))
    },
    takeBack(path: string) {
      if (draft) store.set(dropped(draft, [path]))
    },
    discard() {
      if (!draft) return
      store.set(null)
      save.reset()
      toast(words.save.discarded(Object.keys(draft.changes).length), [
        { label: words.save.undo, run: () => store.set(draft) },
      ])
    },
    /** The clashing groups as others left them. */
    takeTheirs() {
      if (!draft) return
      const next = dropped(
        draft,
        clashing.flatMap(({ paths }) => paths),
      )
      store.set(next && { ...next, base: current, base_version: lead.version })
      toast(words.live.taken, [{ label: words.save.undo, run: () => store.set(draft) }])
    },
    save(options: { allow_duplicates?: true } = {}) {
      if (save.isPending) return
      if (draft) save.mutate({ draft, ...options })
      else announce(words.save.nothing)
    },
  }
}

export type Edit = ReturnType<typeof useEdit>

async function authorsSince(
  id: string,
  base_version: number,
  saved: ChangedLead,
  own_id: number,
): Promise<string> {
  try {
    const events = await queries.fetchQuery(historyQuery(id, base_version))
    const others = events.filter(({ version }) => version < saved.version)
    return listed([...new Set(others.map((event) => actorOf(event, own_id).name))]) || words.live.somebody
  } catch {
    return words.live.somebody
  }
}
