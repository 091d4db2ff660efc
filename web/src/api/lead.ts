// One lead: its history, its calls, related leads, and the effects of a save.

import { queryOptions } from '@tanstack/react-query'
import type { ChangedLead, ConflictDocument, Lead } from '../../../src/client/api.ts'
import { all, client, must, queries, Refused } from './client.ts'
import { leadQuery } from './leads.ts'

const RELATED_MAX = 6

/** Leads that have one of these numbers, wherever they are. */
export const relatedQuery = (numbers: readonly string[]) =>
  queryOptions({
    queryKey: ['leads', 'by-number', ...numbers],
    enabled: numbers.length > 0,
    retry: false,
    queryFn: async () => {
      const pages = await Promise.all(numbers.map((q) => must(client.leads({ q, limit: RELATED_MAX }))))
      return [...new Map(pages.flatMap(({ items }) => items.map((each) => [each.id, each]))).values()]
    },
  })

/** The changes after a version, oldest first. */
export const historyQuery = (id: string, after = 0) =>
  queryOptions({
    queryKey: ['lead', id, 'history', after],
    queryFn: () => all(({ cursor = after || undefined, limit }) => client.leadHistory(id, { cursor, limit })),
  })

export const callsQuery = (id: string) =>
  queryOptions({
    queryKey: ['lead', id, 'calls'],
    queryFn: () => all((page) => client.leadCalls(id, page)),
  })

const NOTES_MAX = 100

/** Newest first. */
export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ['lead', id, 'notes'],
    queryFn: async () => (await must(client.leadNotes(id, { limit: NOTES_MAX }))).items,
  })

/** Newest first. */
export const consentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['lead', id, 'consents'],
    queryFn: () => all((page) => client.consents(id, page)),
  })

/** Whether the lead is called may depend on them. */
export function consentsChanged(id: string): void {
  for (const of of ['consents', 'standing']) void queries.invalidateQueries({ queryKey: ['lead', id, of] })
}

/** The leads of the queue that are asked for to find the place of one. */
export const QUEUE_SHOWN = 20

/** Why a lead is not called, and its place in the queue if it can be. */
export const standingQuery = ({ id, allocation_id, version }: Lead) =>
  queryOptions({
    queryKey: ['lead', id, 'standing', version],
    queryFn: () => must(client.queue(allocation_id, { lead_id: id, limit: QUEUE_SHOWN })),
    // Hours open and leases end without a change of the lead.
    refetchInterval: 60_000,
    retry: false,
  })

export const versionQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['lead', id, 'version', version],
    queryFn: () => must(client.leadVersion(id, version)),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Completes a saved lead: the answer has only its id and version when the server could not read it any more. */
export async function whole<Saved extends Lead>(saved: Promise<Saved>): Promise<Saved> {
  const lead = await saved
  return lead.fields ? lead : { ...lead, ...(await must(client.lead(lead.id))) }
}

/** The answer to a save is the lead; everything else about it is asked for again. */
export function learn(lead: ChangedLead): void {
  const { merged: _, ...plain } = lead
  queries.setQueryData(leadQuery(lead.id).queryKey, plain)
  void queries.invalidateQueries({
    queryKey: ['lead', lead.id],
    predicate: ({ queryKey }) => queryKey.length > 2,
  })
  void queries.invalidateQueries({ queryKey: ['leads'] })
}

/** Whether a lead is drawn as it is known. A press on one drawn before the last answer is meant for what has gone. */
export const isNewest = ({ id, version }: Lead): boolean =>
  (queries.getQueryData(leadQuery(id).queryKey)?.version ?? version) <= version

/** The collision, if the server refused because of one. */
export const collisionIn = (error: unknown): ConflictDocument | undefined =>
  error instanceof Refused && error.status === 412 ? (error.problem.conflict as ConflictDocument) : undefined

/** The lead does not exist any more, or not for this operator. */
export const isGone = (error: unknown): boolean => error instanceof Refused && error.status === 404
