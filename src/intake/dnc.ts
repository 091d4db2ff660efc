// Numbers are added to the do-not-call lists and removed from them.

import type { Grant } from '../core/access.ts'
import { keepsAllLists } from '../core/dnc-rights.ts'
import { LIMITS } from '../core/limits.ts'
import { type DncList, ok, type Result, refuse } from '../core/result.ts'
import { audit } from '../db/audit.ts'
import {
  addDncEntries,
  countDncAddition,
  type DncEntryRow,
  type ListedNumber,
  removeDncEntries,
} from '../db/dnc.ts'
import { lockParking, unpark } from '../db/parking.ts'
import type { Db, Pool } from '../db/pool.ts'
import type { Sight } from '../db/sight.ts'
import type { Actor } from './actor.ts'
import type { Feed } from './feed.ts'
import { transact } from './transact.ts'

/** The caller who changes a list, and its process. A call of the API is one. */
interface ListKeeper {
  services: { pool: Pool; feed: Feed }
  caller: Grant & Sight
  by: Actor
}

/** `campaign_id`: of the campaign list; null for the others. */
interface WhichList {
  list: DncList
  campaign_id: number | null
}

/** Answers the entries that were made. */
export const addToList = (
  keeper: ListKeeper,
  which: WhichList,
  addition: { numbers: readonly ListedNumber[]; reason: string | null; source: string | null },
): Promise<Result<DncEntryRow[]>> =>
  changeList(keeper, which, {
    action: 'dnc.add',
    // A client may be called despite the list of a campaign.
    frees: which.list === 'client',
    write: async (tx) => {
      const { actor } = keeper.by
      const { team_ids } = keeper.caller
      const made = await addDncEntries(tx, { ...which, ...addition, actor, team_ids })
      const is_counted = which.list === 'private' && !keepsAllLists(keeper.caller) && made.length > 0
      return is_counted && !(await countDncAddition(tx, actor, made.length, LIMITS.dnc_numbers_day_max))
        ? refuse('RATE_LIMITED', ENOUGH_TODAY, { retry_after_s: secondsOfDayLeft() })
        : ok(made)
    },
  })

export const ENOUGH_TODAY = `the private list takes ${LIMITS.dnc_numbers_day_max} numbers a day from you; nothing was added. More needs the scope manage without a team`

const DAY_S = 86_400
const secondsOfDayLeft = () => DAY_S - (Math.floor(Date.now() / 1_000) % DAY_S)

/** Answers the entries that were removed. */
export const removeFromList = (
  keeper: ListKeeper,
  which: WhichList,
  removal: { phones: readonly number[]; reason: string },
): Promise<Result<DncEntryRow[]>> =>
  changeList(keeper, which, {
    action: 'dnc.remove',
    frees: which.list !== 'client',
    write: async (tx) => ok(await removeDncEntries(tx, { ...which, ...removal, actor: keeper.by.actor })),
  })

/** `frees`: numbers that were blocked may be called afterwards. */
interface ListChange {
  action: 'dnc.add' | 'dnc.remove'
  frees: boolean
  write: (tx: Db) => Promise<Result<DncEntryRow[]>>
}

/**
 * One transaction for a change of a list, with its audit entry. Leads that are parked because of the freed numbers go back
 * to their place in the queue.
 */
async function changeList(
  { services: { pool, feed }, by }: ListKeeper,
  { list, campaign_id }: WhichList,
  { action, frees, write }: ListChange,
): Promise<Result<DncEntryRow[]>> {
  const changed = await transact(
    pool,
    async (tx) => {
      // A removal beside the rewriting of numbers must see both forms of them (number-forms.ts), whatever it frees.
      if (frees || action === 'dnc.remove') await lockParking(tx)
      const entries = await write(tx)
      if (entries.refusal) return entries
      const phones = new Set(frees ? entries.ok.map(({ phone }) => Number(phone.slice(1))) : [])
      const unparked = phones.size > 0 ? await unpark(tx, [...phones], campaign_id) : []
      const details = { entries: entries.ok.length, ...(campaign_id === null ? {} : { campaign_id }) }
      await audit(tx, { ...by, action, subject: `dnc:${list}`, details })
      return ok({ entries: entries.ok, unparked })
    },
    { retry: 'clash' },
  )
  if (changed.refusal) return changed
  for (const { allocation_id, leads } of changed.ok.unparked) feed.wake(allocation_id, leads)
  return ok(changed.ok.entries)
}
