// Taking a change back, from a toast or from the history.

import { useNavigate } from '@tanstack/react-router'
import { collisionIn, learn, revertLead } from '../api/lead.ts'
import { queries } from '../api/queries.ts'
import { text } from '../text.ts'
import { collisionKey, useDraft } from './drafts.ts'
import { toast } from './toast.tsx'

const words = text.lead

/** Undoes a save; where something else has changed since, both are looked at first. */
export function useUndo(lead_id: string) {
  const navigate = useNavigate()
  const [, store] = useDraft(lead_id)
  return (version: number, lead_version: number, done: string = words.save.undone): void => {
    void revertLead(lead_id, version, lead_version).then(
      (reverted) => {
        learn(reverted)
        toast(done)
      },
      (error: unknown) => {
        const collision = collisionIn(error)
        if (!collision) return toast(words.save.undo_failed)
        // Taking back is an edit like any other: what it wants is merged with what has changed since.
        const wanted = collision.groups.flatMap(({ paths, base, mine }) =>
          paths
            .filter((path) => base[path] !== mine[path])
            .map((path) => [path, mine[path] ?? null] as const),
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
      },
    )
  }
}
