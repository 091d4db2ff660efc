// Editing one lead: the draft, what others change meanwhile, saving, and taking a change back.

import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import type { ChangedLead, Lead } from '../../../src/client/api.ts'
import { openGroups } from '../../../src/core/conflict.ts'
import type { Scalar } from '../../../src/core/merge.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { collisionIn, historyQuery, learn, whole } from '../api/lead.ts'
import { useOperator } from '../api/session.ts'
import { announce } from '../shell/parts.tsx'
import { problemsOf } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { text } from '../text.ts'
import {
  changedPaths,
  type Draft,
  dropped,
  edited,
  meet,
  patchOf,
  rebased,
  typedSince,
  valuesOf,
} from './draft.ts'
import { collisionKey, useDraft } from './kept.ts'
import { type LeadSetUp, useLeadSetUp } from './set-up.ts'
import { actorName, groupsInWords, listed } from './show.tsx'

const words = text.lead

export function useEdit(lead: Lead) {
  const set_up = useLeadSetUp()
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
    mutationFn: ({ draft, allow_duplicates }: { draft: Draft; allow_duplicates?: true }) => {
      const patch = { ...patchOf(draft.changes), ...(allow_duplicates && { allow_duplicates }) }
      return whole(must(client.patchLead(lead.id, draft.base_version, patch, 'merge')))
    },
    onSuccess: async (saved, { draft }) => {
      store.set(typedSince(draft, store.get(), saved))
      learn(saved)
      const actions = [{ label: words.save.undo, run: () => undo(saved.version, saved.version) }]
      const kept = saved.merged?.kept ?? []
      if (kept.length === 0) return toast(words.save.saved, actions)
      const who = await authorsSince(draft.base_version, saved, operator_id)
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
      // The collision lacks what was typed meanwhile; then the merge screen asks for the sides again.
      if (store.get() === draft) queries.setQueryData(collisionKey(lead.id), collision)
      void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })
    },
  })
  const error = save.error && !collisionIn(save.error) ? save.error : null
  const problems = useMemo(() => problemsByPath(error), [error])

  return {
    draft,
    current,
    fresh,
    clashing,
    problems,
    error,
    saving: save.isPending,
    change(path: string, value: Scalar) {
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
    /** Takes the clashing groups as others left them. */
    takeTheirs() {
      if (!draft) return
      const theirs = clashing.flatMap(({ paths }) => paths)
      const next = dropped(draft, theirs)
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

/** The problems that the server found in a change, by the path of the value. */
function problemsByPath(error: Error | null): ReadonlyMap<string, string> {
  if (!(error instanceof Refused)) return new Map()
  return new Map(problemsOf(error.problem).map(({ path, detail }) => [path, detail]))
}

async function authorsSince(
  base_version: number,
  { id, version }: ChangedLead,
  own_id: number,
): Promise<string> {
  try {
    const events = await queries.fetchQuery(historyQuery(id, base_version))
    const others = events.filter((event) => event.version < version)
    return listed([...new Set(others.map((event) => actorName(event, own_id)))]) || words.live.somebody
  } catch {
    return words.live.somebody
  }
}

const FRESH_MS = 3_000

/** The paths of values that others have just changed; they are marked for a moment. */
function useFresh(lead: Lead, set_up: LeadSetUp, draft: Draft | null): ReadonlySet<string> {
  const [seen, setSeen] = useState(lead)
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const { operator_id } = useOperator()
  const is_news = seen.version < lead.version
  const { data: last } = useQuery({ ...historyQuery(lead.id, lead.version - 1), enabled: is_news })
  useEffect(() => {
    const event = last?.find(({ version }) => version === lead.version)
    if (!is_news || !event) return
    setSeen(lead)
    // The operator's own save is not news, and values that are being edited stay as they are.
    if (event.actor === `operator:${operator_id}`) return
    const paths = changedPaths(valuesOf(seen), valuesOf(lead)).filter(
      (path) => !draft || !Object.hasOwn(draft.changes, path),
    )
    if (paths.length === 0) return
    setFresh(new Set(paths))
    announce(words.live.updated(actorName(event), groupsInWords(paths, set_up)))
  }, [lead, seen, is_news, last, draft, set_up, operator_id])
  useEffect(() => {
    if (fresh.size === 0) return
    const timer = setTimeout(() => setFresh(new Set()), FRESH_MS)
    return () => clearTimeout(timer)
  }, [fresh])
  return fresh
}

/** Undoes a save. If something else has changed since, the operator merges the two first. */
export function useUndo(lead_id: string) {
  const navigate = useNavigate()
  const [, store] = useDraft(lead_id)
  return async (version: number, lead_version: number, done: string = words.save.undone): Promise<void> => {
    try {
      learn(await whole(must(client.revertLead(lead_id, { version, lead_version }))))
      toast(done)
    } catch (error) {
      const collision = collisionIn(error)
      if (!collision) return toast(words.save.undo_failed)
      // An undo is an edit like any other: it is merged with what has changed since.
      const wanted = collision.groups.flatMap(({ paths, base, mine }) =>
        paths.filter((path) => base[path] !== mine[path]).map((path) => [path, mine[path] ?? null] as const),
      )
      store.set({
        lead_id,
        base_version: collision.base_version,
        base: collision.base,
        changes: Object.fromEntries(wanted),
        at: new Date().toISOString(),
      })
      queries.setQueryData(collisionKey(lead_id), collision)
      toast(words.save.undo_clashes)
      void navigate({ to: '/leads/$id/merge', params: { id: lead_id } })
    }
  }
}
