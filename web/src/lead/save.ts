// Saving a draft: sent again when the server is back, and never saved twice.

import { useWindowEvent } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import type { CallReported, ChangedLead, Lead } from '../../../src/client/api.ts'
import { client, must, NoAnswer, queries, Refused, sessionEnded } from '../api/client.ts'
import { collisionIn, historyQuery, learn, whole } from '../api/lead.ts'
import { leadName } from '../api/leads.ts'
import { useOperator } from '../api/session.ts'
import { endToast, toast } from '../shell/toast.tsx'
import { useStore } from '../store.ts'
import { call as call_words } from '../text/call.ts'
import { text } from '../text.ts'
import { patchOf, type Sent, typedSince } from './draft.ts'
import { collisionKey, useDraft } from './kept.ts'
import { countUse } from './most-used.ts'
import { type Problems, problemsIn } from './refusal.ts'
import { reportOf } from './report.ts'
import { type LeadSetUp, useLeadSetUp } from './set-up.ts'
import { actorName, focusInput, groupLabel, inputId, labelOf, listed } from './show.tsx'
import { useUndo } from './undo.ts'

const words = text.lead

/** The pause before a save without an answer is sent again, milliseconds. */
const RETRY_MS = 10_000

export interface Saving {
  send: (sent: Sent) => void
  pending: boolean
  /** The last save has no answer yet, and is sent again by itself. */
  waiting: boolean
  /** Sends it again at once. */
  again: () => void
  /** Why the last save was refused, except for a collision. */
  error: Error | null
  /** The values that were refused, by path. */
  problems: Problems
  reset: () => void
}

/** The work on a lead that was handed to the operator. */
export interface CallWork {
  lease_id: string
  /** The number that was dialled. */
  phone: string
  /** The outcome is on record: the lead is done. */
  onReported: () => void
}

/** What became of it: the lead, unless it was forgotten meanwhile, and what the report of a call could not change. */
interface Delivered {
  lead: ChangedLead | null
  report?: CallReported
}

async function deliver(
  lead_id: string,
  { base_version, changes, allow_duplicates, call }: Sent,
): Promise<Delivered> {
  if (!call) {
    const patch = { ...patchOf(changes), ...(allow_duplicates && { allow_duplicates }) }
    return { lead: await whole(must(client.patchLead(lead_id, base_version, patch, 'merge'))) }
  }
  const report = await must(client.reportOutcome(call.lease_id, reportOf(changes, call)))
  // Sent again for want of this lead, the report gets the same answer.
  return { lead: report.version === null ? null : await must(client.lead(lead_id)), report }
}

/** What was sent, without what the report did not take. */
function taken(sent: Sent, report?: CallReported): Sent {
  const left = new Set(report?.not_taken.map(({ field }) => `fields.${field}`))
  const changes = Object.entries(sent.changes).filter(([path]) => !left.has(path))
  return { ...sent, changes: Object.fromEntries(changes) }
}

export function useSave(lead: Lead, onReported?: () => void): Saving {
  const set_up = useLeadSetUp()
  const navigate = useNavigate()
  const undo = useUndo(lead)
  const [draft, store] = useDraft(lead.id)
  const { operator_id } = useOperator()
  const about = { lead_id: lead.id, name: leadName(lead, set_up.template) }

  const undoing = (version: number) => [{ label: words.save.undo, run: () => void undo(version, version) }]
  const undoOf = ({ version }: CallReported, saved: ChangedLead | null) =>
    saved !== null && saved.version === version ? undoing(saved.version) : []
  const save = useMutation({
    mutationFn: (sent: Sent) => {
      const latest = store.get()
      // Kept before it is sent: a page that is reloaded meanwhile knows of it.
      if (latest) store.set({ ...latest, sent })
      return deliver(lead.id, sent)
    },
    onSuccess: async ({ lead: saved, report }, sent) => {
      // What was not taken stays in the draft: it is nowhere else.
      store.set(saved && typedSince(taken(sent, report), store.get(), saved))
      const { disposition } = sent.changes
      if (typeof disposition === 'string') countUse(operator_id, disposition)
      // The keys of the page work again, unless somebody types on.
      const note = document.getElementById(inputId('note'))
      if (note === document.activeElement && store.get() === null) note?.blur()
      if (saved) learn(saved)
      if (report) {
        toast(reported(report, set_up), undoOf(report, saved), about)
        return onReported?.()
      }
      if (!saved) return
      const kept = saved.merged?.kept ?? []
      const is_own = saved.merged ? await isBy(saved, operator_id) : saved.version > sent.base_version
      const way_back = is_own ? undoing(saved.version) : []
      if (kept.length === 0) return toast(words.save.saved, way_back, about)
      const who = await authorsSince(sent.base_version, saved, operator_id)
      const search = { from: sent.base_version, to: saved.version }
      const run = () => void navigate({ to: '/leads/$id/history', params: { id: lead.id }, search })
      toast(words.save.kept(kept.length, who), [{ label: words.save.review, run }, ...way_back], about)
    },
    onError: (error, sent) => {
      endToast()
      if (isAway(error)) return
      const latest = store.get()
      if (latest) store.set({ ...latest, sent: undefined })
      const collision = collisionIn(error)
      if (collision) {
        // The collision lacks what was typed meanwhile; then the merge screen asks for the sides again.
        if (latest?.changes === sent.changes) queries.setQueryData(collisionKey(lead.id), collision)
        void navigate({ to: '/leads/$id/merge', params: { id: lead.id } })
        return
      }
      const [first] = problemsIn(error).keys()
      if (first !== undefined) focusInput(first)
    },
  })

  const ended = useStore(sessionEnded)
  const waiting = draft?.sent !== undefined && !save.isPending
  const again = () => {
    const sent = store.get()?.sent
    if (sent && !save.isPending && !sessionEnded.get()) save.mutate(sent)
  }
  const signed_in_again = isSignedOut(save.error)
  const onTime = useEffectEvent(again)
  useEffect(() => {
    if (!waiting || ended) return
    const timer = setTimeout(() => onTime(), signed_in_again ? 0 : RETRY_MS)
    return () => clearTimeout(timer)
  }, [waiting, ended, signed_in_again])
  useWindowEvent('online', again)

  const error = save.error && !isAway(save.error) && !collisionIn(save.error) ? save.error : null
  return {
    send: (sent) => save.mutate(sent),
    pending: save.isPending,
    waiting,
    again,
    error,
    problems: problemsIn(error),
    reset: save.reset,
  }
}

const heldLabel = (group: string, set_up: LeadSetUp) =>
  groupLabel({ group, paths: group.startsWith('group:') ? [] : [group] }, set_up)

/** What an outcome did, and what of it waits for somebody or was not taken. */
function reported({ version, applied, held, not_taken }: CallReported, set_up: LeadSetUp): string {
  if (version === null) return call_words.reported.forgotten
  const labels = (paths: readonly string[]) => listed(paths.map((path) => labelOf(path, set_up)))
  return [
    applied ? words.save.saved : call_words.reported.other_outcome,
    held.length > 0 && call_words.reported.held(listed(held.map((group) => heldLabel(group, set_up)))),
    not_taken.length > 0 &&
      call_words.reported.not_taken(labels(not_taken.map(({ field }) => `fields.${field}`))),
  ]
    .filter(Boolean)
    .join(' ')
}

const isSignedOut = (error: unknown) => error instanceof Refused && error.problem.name === 'UNAUTHORIZED'

/** The server is away, or the operator is: what was sent can be sent again. */
const isAway = (error: unknown) =>
  error instanceof NoAnswer ||
  isSignedOut(error) ||
  (error instanceof Refused && error.problem.name === 'UNAVAILABLE')

const eventsSince = ({ id }: ChangedLead, version: number) =>
  queries.fetchQuery(historyQuery(id, version)).catch(() => [])

/** Whether this operator made the version that the lead has now: a save that changed nothing made none. */
async function isBy(saved: ChangedLead, operator_id: number): Promise<boolean> {
  const events = await eventsSince(saved, saved.version - 1)
  return events.some(({ version, actor }) => version === saved.version && actor === `operator:${operator_id}`)
}

async function authorsSince(base_version: number, saved: ChangedLead, own_id: number): Promise<string> {
  const others = (await eventsSince(saved, base_version)).filter(({ version }) => version < saved.version)
  return listed([...new Set(others.map((event) => actorName(event, own_id)))]) || words.live.somebody
}
