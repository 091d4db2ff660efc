// A block of callbacks is put off or brought forward: all of it in one transaction, or nothing.

import { callbackInstant } from '../core/callback.ts'
import { LIMITS } from '../core/limits.ts'
import { ok, type Result, refuse, refuseField } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import { type BlockedCallback, callbacksIn, type ShiftedCallback, writeShift } from '../db/callback-shifts.ts'
import { allocationOf, dispositionsNamed } from './rearrange.ts'
import type { Asker } from './set-up.ts'
import { transact } from './transact.ts'

interface ShiftAsked {
  /** Instants, RFC 3339: callbacks from the one on and before the other. */
  from: string
  to: string
  /** Later, or earlier below zero. */
  minutes: number
  /** Only of leads with one of these dispositions. */
  dispositions?: string[]
  /** Callbacks that customers have asked for are moved too. */
  client_approved?: boolean
  dry_run: boolean
}

interface Shifted {
  shifted: number
  /** Callbacks that customers have asked for, and that stay. */
  kept: number
}

export async function shiftCallbacks(
  asker: Asker,
  allocation_id: number,
  { from, to, minutes, dispositions, client_approved = false, dry_run }: ShiftAsked,
): Promise<Result<Shifted>> {
  const { services, caller, by, deadline } = asker
  const allocation = await allocationOf(asker, allocation_id)
  if (allocation.refusal) return allocation
  const rules = await services.intake.targets.ofAllocation(allocation_id, caller)
  if (rules.refusal) return rules
  if (Date.parse(from) >= Date.parse(to)) return refuseField('/to', 'lies before from: the block is empty')
  const named = dispositions ? dispositionsNamed(dispositions, rules.ok) : ok(null)
  if (named.refusal) return named
  const codes = named.ok?.flatMap((disposition) => disposition?.code ?? []) ?? null
  const { campaign_id } = allocation.ok
  const rows_max = LIMITS.callbacks_shifted_max + 1
  return transact(
    services.pool,
    async (tx) => {
      const block = await callbacksIn(tx, { campaign_id, allocation_id, from, to, codes, rows_max })
      if (block.length >= rows_max)
        return refuse(
          'TOO_LARGE',
          `the block has more than ${LIMITS.callbacks_shifted_max} callbacks: name a shorter one`,
        )
      const moving = block.filter((callback) => client_approved || !callback.client_approved)
      const shifted = await writeShift(
        tx,
        { campaign_id, allocation_id, ...by },
        moving.map((callback) => later(callback, minutes)),
      )
      const details = { from, to, minutes, shifted }
      if (shifted > 0)
        await audit(tx, {
          ...by,
          action: 'allocation.shift_callbacks',
          subject: `allocation:${allocation_id}`,
          details,
        })
      return ok({ shifted, kept: block.length - moving.length })
    },
    { retry: 'lock', deadline },
    { rehearse: dry_run },
  )
}

/** The wall time moves: nine o'clock put off by a day is nine o'clock, whatever the clocks do in between. */
function later({ zone, client_approved: _, ...callback }: BlockedCallback, minutes: number): ShiftedCallback {
  const new_local = Temporal.PlainDateTime.from(callback.local).add({ minutes }).toString({
    smallestUnit: 'second',
  })
  return { ...callback, new_local, at: callbackInstant(new_local, zone) }
}
