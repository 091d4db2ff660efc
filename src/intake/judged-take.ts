// A hand-out of leads whose calls are counted, or that need a consent: taken, judged and set aside in one transaction.

import type { Rules } from '../core/rules.ts'
import { clocksOf } from '../core/zone-set.ts'
import { lockNumbers, noteHandedOut, parkLeased } from '../db/attempts.ts'
import { lockParkingShared, park } from '../db/parking.ts'
import type { Pool } from '../db/pool.ts'
import { type Leased, type Taking, takeNext } from '../db/queue.ts'
import { callableNumbers, judgeCalls } from './attempts.ts'

/** What a hand-out took. */
export interface TakenLeads {
  leased: Leased[]
  /** Of each lead the numbers that may be dialled; null: nobody has judged them. */
  free: ReadonlyMap<number, readonly number[]> | null
  /** Leads that nobody is shown, set aside already. */
  parked: number
}

interface Asked {
  taking: Taking
  /** How many leads are shown at most; the others that were looked at go back to their place. */
  wanted: number
  is_by_zone: boolean
  inOrder: (a: Leased, b: Leased) => number
}

/**
 * Takers of other campaigns may hold the same numbers. So the leases are seen by others only once they are judged: of two
 * takers the second one counts what the first was given. What nobody is shown is parked or goes back here, because
 * afterwards others may have counted it.
 */
export const takeJudged = (
  pool: Pool,
  rules: Rules,
  { taking, wanted, is_by_zone, inOrder }: Asked,
): Promise<TakenLeads> =>
  pool.transaction(
    async (tx) => {
      const { campaign_id } = rules
      // Before any place is locked: a removal from a list has this lock alone, and then locks places.
      await lockParkingShared(tx)
      const leased = (await takeNext(tx, taking, is_by_zone)).sort(inOrder)
      if (leased.length === 0) return { leased, free: new Map(), parked: 0 }
      const judged = leased.map((row) => {
        const { is_asleep, shut } = clocksOf(rules, row.lead, taking.at)
        const numbers = callableNumbers(row.lead.phones, rules).filter((number) => !shut.has(number))
        const is_silent = is_asleep || (shut.size > 0 && numbers.length === 0)
        return { ...row, numbers, held_until: row.expires_at, is_silent }
      })
      // The hour forbids to call them: the caller sets them aside, and nobody counts them as called.
      const silent = new Set(judged.flatMap((row) => (row.is_silent ? [row.lead_number] : [])))
      const callable = judged.filter(({ is_silent }) => !is_silent)
      await lockNumbers(
        tx,
        callable.flatMap(({ numbers }) => numbers),
      )
      const unlisted = callable.filter(({ numbers }) => numbers.length > 0)
      const verdicts = await judgeCalls(tx, campaign_id, unlisted, wanted)
      const aside = callable.flatMap(({ lead_number, lease_number }) => {
        const obstacle = verdicts.get(lead_number)?.obstacle
        return obstacle ? [{ lead_number, lease_number, look_at: obstacle.look_at }] : []
      })
      const unjudged = callable.filter(({ lead_number }) => !verdicts.has(lead_number))
      if (aside.length > 0) await parkLeased(tx, campaign_id, aside)
      if (unjudged.length > 0) await park(tx, campaign_id, unjudged, tx.now)
      const free = new Map([...verdicts].map(([lead_number, { numbers }]) => [lead_number, numbers]))
      const shown = leased.filter(({ lead_number }) => (free.get(lead_number)?.length ?? 0) > 0)
      const handed_out = shown.map(({ lead_number, lease_number }) => ({
        lease_number,
        numbers: free.get(lead_number)!,
      }))
      if (rules.counts_attempts) await noteHandedOut(tx, campaign_id, handed_out)
      return {
        leased: [...shown, ...leased.filter(({ lead_number }) => silent.has(lead_number))],
        free,
        parked: aside.length + unjudged.length,
      }
    },
    { retry: 'lock' },
  )
