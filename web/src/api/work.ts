// The leads that an operator takes to call, one at a time, and the callbacks that are kept for the operator.

import { queryOptions } from '@tanstack/react-query'
import type { FoundLead, HeldLease } from '../../../src/client/api.ts'
import { client, must } from './client.ts'
import { serverNow } from './clock.ts'

/** A lead that the operator has. */
export type InHand = Pick<HeldLease, 'lease_id' | 'lead_id' | 'expires_at' | 'numbers'>

/** The lead that the operator took last and still has. */
export async function inHand(allocation_id: number): Promise<InHand | undefined> {
  return (await must(client.heldLeases(allocation_id))).items.at(-1)
}

/** The next lead; undefined: there is none now. Whoever has one already gets that: its answer may have been lost. */
export async function takeNext(allocation_id: number, agent: string): Promise<InHand | undefined> {
  const held = await inHand(allocation_id)
  if (held) return held
  const { items } = await must(client.takeLeases(allocation_id, { agent }))
  return items.map(({ lead, numbers, ...lease }) => ({
    ...lease,
    lead_id: lead.id,
    numbers: numbers.map(({ number }) => number),
  }))[0]
}

/** Whether an allocation is started now. */
export const startedQuery = (allocation_id: number) =>
  queryOptions({
    queryKey: ['allocation', allocation_id, 'started'],
    queryFn: async () => (await must(client.queue(allocation_id, { limit: 0 }))).started,
  })

/** The first callback of an allocation that is to come; null: there is none. */
export const nextCallbackQuery = (allocation_id: number) =>
  queryOptions({
    queryKey: ['leads', 'next-callback', allocation_id],
    queryFn: async () => {
      const callback_from = new Date(serverNow()).toISOString()
      const asked = { allocation_id, closed: false, callback_from, sort: 'callback', limit: 1 } as const
      return (await must(client.leads(asked))).items[0]?.callback?.at ?? null
    },
  })

/** Hours open and close on the minute. */
export const OPENING_AGAIN_MS = 30_000

/** Whether a number can be called now, by contact hours and by the law where its owner is. */
export const openingQuery = (
  contact_hours_id: number | undefined,
  called: { region: string; phone?: string; address?: string },
) =>
  queryOptions({
    queryKey: ['opening', contact_hours_id, 'now', called],
    enabled: contact_hours_id !== undefined,
    queryFn: () => must(client.opening(contact_hours_id!, called)),
    retry: false,
  })

/** Most callbacks that are shown: nobody makes more promises than these. */
const CALLBACKS_MAX = 500
/** Pages that are looked through for them: between those of one agent are the callbacks of all others. */
const PAGES_MAX = 10

/** The callbacks that are kept for an agent, the earliest first. `more`: there may be later ones. */
export const callbacksQuery = (agent: string) =>
  queryOptions({
    queryKey: ['leads', 'callbacks-of', agent],
    queryFn: async () => {
      const asked = { callback_agent: agent, closed: false, sort: 'callback', limit: CALLBACKS_MAX } as const
      const items: FoundLead[] = []
      let cursor: string | null | undefined
      for (let i = 0; i < PAGES_MAX && cursor !== null && items.length < CALLBACKS_MAX; i++) {
        const page = await must(client.leads({ ...asked, cursor }))
        items.push(...page.items)
        cursor = page.next_cursor
      }
      return { items: items.slice(0, CALLBACKS_MAX), more: cursor !== null }
    },
  })
