// One lead: as it is, how it came to be, and what can be done with it.

import { queryOptions } from '@tanstack/react-query'
import type {
  CallRecord,
  ChangedLead,
  ConflictDocument,
  Decisions,
  HistoryEvent,
  LeadPatch,
  LeadVersion,
  OnConflict,
} from '../../../src/client/model.ts'
import { path } from '../../../src/client/path.ts'
import { call, type Page, Refused } from './client.ts'
import { leadQuery, whole } from './leads.ts'
import { queries } from './queries.ts'

const HISTORY_MAX = 500

/** The changes after a version, oldest first. */
export const historyQuery = (id: string, after = 0, upto?: number) =>
  queryOptions({
    queryKey: ['lead', id, 'history', after, upto ?? null],
    queryFn: async () =>
      (
        await call<Page<HistoryEvent>>('GET', path`/v1/leads/${id}/history`, {
          query: { cursor: after > 0 ? after : undefined, limit: HISTORY_MAX },
        })
      ).items,
  })

export const callsQuery = (id: string, calls_max = HISTORY_MAX) =>
  queryOptions({
    queryKey: ['lead', id, 'calls'],
    queryFn: async () =>
      (await call<Page<CallRecord>>('GET', path`/v1/leads/${id}/calls`, { query: { limit: calls_max } }))
        .items,
  })

export const versionQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['lead', id, 'version', version],
    queryFn: () => call<LeadVersion>('GET', path`/v1/leads/${id}/versions/${version}`),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const patchLead = async (
  id: string,
  base_version: number,
  patch: LeadPatch,
  on_conflict: OnConflict,
) =>
  whole(
    await call<ChangedLead>('PATCH', path`/v1/leads/${id}`, {
      query: { on_conflict },
      headers: { 'If-Match': `"v${base_version}"` },
      body: patch,
    }),
  )

/** Stores a change that clashes for somebody to settle later. */
export const holdUpdate = (id: string, base_version: number, patch: LeadPatch) =>
  call<{ conflict_id?: number }>('PATCH', path`/v1/leads/${id}`, {
    query: { on_conflict: 'hold' },
    headers: { 'If-Match': `"v${base_version}"` },
    body: patch,
  })

export const previewMerge = (id: string, base_version: number, mine: LeadPatch) =>
  call<ConflictDocument>('POST', path`/v1/leads/${id}/merge/preview`, { body: { base_version, mine } })

export interface MergeToSave {
  base_version: number
  lead_version: number
  mine: LeadPatch
  decisions: Decisions
}

export const saveMerge = async (id: string, merge: MergeToSave) =>
  whole(await call<ChangedLead>('POST', path`/v1/leads/${id}/merge`, { body: merge }))

/** Undoes the change that made a version. */
export const revertLead = async (id: string, version: number, lead_version: number) =>
  whole(await call<ChangedLead>('POST', path`/v1/leads/${id}/revert`, { body: { version, lead_version } }))

/** What clashed, where that is why the server refused. */
export const collisionIn = (error: unknown): ConflictDocument | undefined =>
  error instanceof Refused && error.status === 412 ? (error.problem.conflict as ConflictDocument) : undefined

/** The lead is not there any more, or not for this operator. */
export const isGone = (error: unknown): boolean => error instanceof Refused && error.status === 404

/** The answer to a save is the lead: what stands beside it is asked for again. */
export function learn(lead: ChangedLead): void {
  const { merged: _, ...plain } = lead
  queries.setQueryData(leadQuery(lead.id).queryKey, plain)
  void queries.invalidateQueries({
    queryKey: ['lead', lead.id],
    predicate: ({ queryKey }) => queryKey.length > 2,
  })
  void queries.invalidateQueries({ queryKey: ['leads'] })
}
