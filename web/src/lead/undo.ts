// Takes a change back, and says what cannot be taken back: calls stay on record, numbers on their lists.

import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { fold } from '../../../src/core/field.ts'
import { client, must, queries, Refused } from '../api/client.ts'
import { collisionIn, historyQuery, learn, whole } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { usePhoneText } from '../phone-text.ts'
import { toast } from '../shell/toast.tsx'
import { text } from '../text.ts'
import { collisionKey, useDraft } from './kept.ts'
import { type LeadSetUp, useLeadSetUp } from './set-up.ts'
import { listed } from './show.tsx'

const words = text.lead.undo

/** Undoes a change. If something else has changed since, the operator merges the two first. */
export function useUndo(lead: Lead) {
  const navigate = useNavigate()
  const set_up = useLeadSetUp()
  const inWords = usePhoneText()
  const [, store] = useDraft(lead.id)
  const about = { lead_id: lead.id, name: leadName(lead, set_up.template) }
  const is_busy = useRef(false)
  return async (version: number, lead_version: number, done: string = words.done): Promise<void> => {
    if (is_busy.current) return
    is_busy.current = true
    try {
      const undone = await whole(must(client.revertLead(lead.id, { version, lead_version })))
      const stays = await staysOf(undone, version, set_up, inWords)
      learn(undone)
      toast([done, ...stays].join(' '), [], about)
    } catch (error) {
      const collision = collisionIn(error)
      if (!collision) return toast(refusalOf(error), [], about)
      // An undo is an edit like any other: it is merged with what has changed since.
      const wanted = collision.groups.flatMap(({ paths, base, mine }) =>
        paths.filter((path) => base[path] !== mine[path]).map((path) => [path, mine[path] ?? null] as const),
      )
      store.set({
        lead_id: lead.id,
        base_version: collision.base_version,
        base: collision.base,
        changes: Object.fromEntries(wanted),
        at: new Date().toISOString(),
      })
      queries.setQueryData(collisionKey(lead.id), collision)
      toast(words.clashes, [], about)
      void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })
    } finally {
      is_busy.current = false
    }
  }
}

const refusalOf = (error: unknown) =>
  error instanceof Refused && error.problem.name === 'FORBIDDEN' ? words.forbidden : words.failed

/** What an undone version leaves behind. */
async function staysOf(
  lead: Lead,
  version: number,
  { dispositions, template }: LeadSetUp,
  inWords: ReturnType<typeof usePhoneText>,
): Promise<string[]> {
  // Without the history the undo is done all the same: then nothing is said about outcomes.
  const events = await queries.fetchQuery(historyQuery(lead.id, version - 1)).catch(() => [])
  const code = events.find((event) => event.version === version)?.changes?.disposition?.[1]
  if (typeof code !== 'string') return []
  if (dispositions.get(fold(code))?.kind !== 'dnc') return [words.call_stays]
  const numbers = lead.phones.flatMap(({ number, blocked_by }) =>
    number && blocked_by === 'private' ? [inWords(number, template.region)] : [],
  )
  return numbers.length === 0 ? [words.call_stays] : [words.numbers_stay(listed([...new Set(numbers)]))]
}
