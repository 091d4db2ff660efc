// Editing one lead: the draft, what others change meanwhile, what is asked before it is saved.

import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { openGroups } from '../../../src/core/conflict.ts'
import type { Scalar } from '../../../src/core/merge.ts'
import { serverNow } from '../api/clock.ts'
import { leadName } from '../api/leads.ts'
import { announce } from '../shell/parts.tsx'
import { endToast, toast } from '../shell/toast.tsx'
import { text } from '../text.ts'
import { type Draft, dropped, edited, valuesOf } from './draft.ts'
import { useFresh } from './fresh.ts'
import { useDraft } from './kept.ts'
import { callsNow, chosenKind } from './outcome.ts'
import { ofCall } from './report.ts'
import { type CallWork, useSave } from './save.ts'
import { useLeadSetUp } from './set-up.ts'
import { focusInput } from './show.tsx'

const words = text.lead

/** Few drafts meet a later change; until the rules are there, a save meets it on the server. */
const rulesQuery = queryOptions({
  queryKey: ['rules of the merge'],
  queryFn: () => import('./meet.ts'),
  staleTime: Number.POSITIVE_INFINITY,
})

/** `work`: the outcome is that of a call of a lead that was handed to the operator. */
export function useEdit(lead: Lead, work?: CallWork) {
  const set_up = useLeadSetUp()
  const [draft, store] = useDraft(lead.id)
  const current = useMemo(() => valuesOf(lead), [lead])
  const fresh = useFresh(lead, set_up, draft)
  const saving = useSave(lead, work?.onReported)
  /** Whether the operator is asked to confirm that the numbers must not be called. */
  const [asking, setAsking] = useState(false)
  /** The draft that was not sent because its callback has no time. */
  const [timeless, setTimeless] = useState<Draft | null>(null)
  const about = { lead_id: lead.id, name: leadName(lead, set_up.template) }

  // A change that has no answer yet may be the lead's newest version: nothing is compared before the answer.
  const behind = draft !== null && !draft.sent && draft.base_version < lead.version
  const { data: rules } = useQuery({ ...rulesQuery, enabled: behind })
  const groups = useMemo(
    () => (rules && draft && behind ? rules.meet(draft, current, set_up) : []),
    [rules, draft, behind, current, set_up],
  )
  const clashing = openGroups(groups)
  useEffect(() => {
    if (!rules || !draft || !behind) return
    const next = rules.rebased(draft, lead, groups)
    if (next !== undefined) store.set(next)
  }, [rules, draft, behind, lead, groups, store])

  const send = (options: { allow_duplicates?: true } = {}) => {
    if (!draft) return
    const { base_version, base, changes } = draft
    if (!work || changes.disposition === undefined)
      return saving.send({ base_version, base, changes, ...options })
    const { lease_id, phone } = work
    const call = { lease_id, phone, at: new Date(serverNow()).toISOString() }
    saving.send({ base_version, base, changes: ofCall(changes), call })
  }
  const problems = new Map(saving.problems)
  if (timeless && timeless === draft) problems.set('callback', words.outcome.needs_time)

  return {
    lead_id: lead.id,
    draft,
    current,
    fresh,
    clashing,
    problems,
    error: draft ? saving.error : null,
    saving: saving.pending,
    waiting: saving.waiting,
    again: saving.again,
    asking,
    change(path: string, value: Scalar) {
      endToast()
      store.set(edited(store.get(), lead, path, value, new Date().toISOString()))
    },
    takeBack(path: string) {
      if (draft) store.set(dropped(draft, [path]))
    },
    discard() {
      if (!draft) return
      store.set(null)
      saving.reset()
      const actions = [{ label: words.save.undo, run: () => store.set(draft) }]
      toast(words.save.discarded(Object.keys(draft.changes).length), actions, about)
    },
    /** Takes the clashing groups as others left them. */
    takeTheirs() {
      if (!draft) return
      const theirs = clashing.flatMap(({ paths }) => paths)
      const next = dropped(draft, theirs)
      store.set(next && { ...next, base: current, base_version: lead.version })
      toast(words.live.taken, [{ label: words.save.undo, run: () => store.set(draft) }], about)
    },
    save(options: { allow_duplicates?: true } = {}) {
      if (saving.pending || asking) return
      if (draft?.sent) return saving.again()
      if (!draft) return announce(words.save.nothing)
      if (callsNow(draft, current, set_up, serverNow())) {
        setTimeless(draft)
        focusInput('callback')
      } else if (chosenKind(draft, set_up) === 'dnc') setAsking(true)
      else send(options)
    },
    /** Answers the question before a do-not-call. */
    answer(is_sure: boolean) {
      setAsking(false)
      if (is_sure) send()
    },
  }
}

export type Edit = ReturnType<typeof useEdit>
