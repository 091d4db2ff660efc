// The campaign that a request names, with its rules, as the caller may see it.

import { nextAttemptAt } from '../core/eligibility.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { badFields } from '../core/value.ts'
import { hoursOfView, type ShownZones, shownZones, waysToCall, zonesOfView } from '../core/zone-set.ts'
import { allocationById } from '../db/allocations.ts'
import type { LeadView } from '../db/leads.ts'
import type { Db } from '../db/pool.ts'
import { type RulesFound, rulesOf } from '../db/rules.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import { Fresh } from './fresh.ts'

/** Writes that lose a round at the same time share one look at the rules; too old a look loses the next round as well. */
const SHARED_MS = 20

/**
 * Keeps set-up for half a second, so that a stream of leads does not read it for each.
 * Nothing that must never be wrong (claims, DNC, versions, zones) is judged from it.
 */
export class Targets {
  readonly #db: Db
  readonly #loaded: Fresh<number, RulesFound | undefined>
  readonly #campaigns = new Map<number, number>()

  constructor(db: Db) {
    this.#db = db
    this.#loaded = new Fresh((campaign_id) => rulesOf(db, campaign_id))
  }

  /** Forgets everything: this process has changed the set-up. */
  clear(): void {
    this.#loaded.clear()
  }

  /** The rules of the campaign that an allocation belongs to; which one that is never changes. */
  async ofAllocation(allocation_id: number, sight: Sight): Promise<Result<Rules>> {
    const campaign_id =
      this.#campaigns.get(allocation_id) ??
      (await allocationById(this.#db, SEES_ALL, allocation_id))?.campaign_id
    if (campaign_id === undefined) return unknownAllocation(allocation_id)
    this.#campaigns.set(allocation_id, campaign_id)
    const found = await this.find({ campaign_id, allocation_id }, sight)
    return found.refusal ? unknownAllocation(allocation_id) : found
  }

  /** The same for a new lead, which an archived allocation does not take. */
  async openAllocation(allocation_id: number, sight: Sight): Promise<Result<Rules>> {
    const found = await this.ofAllocation(allocation_id, sight)
    return found.refusal ? found : this.#open(found.ok, allocation_id)
  }

  /** For a new lead that was not written: the rules as they are now, if its allocation takes it still. */
  openNow(rules: Rules, allocation_id: number): Promise<Result<Rules>> {
    return this.#open(rules, allocation_id, SHARED_MS)
  }

  async #open({ campaign_id }: Rules, allocation_id: number, ms_max?: number): Promise<Result<Rules>> {
    const loaded = await this.#load(campaign_id, ms_max)
    if (!loaded?.allocation_ids.has(allocation_id)) return unknownAllocation(allocation_id)
    if (loaded.members.has(allocation_id)) return refuseVirtual(allocation_id)
    return loaded.taking_ids.has(allocation_id) ? ok(loaded.rules) : refuseArchived(allocation_id)
  }

  /** The members of a virtual allocation; undefined: it has leads of its own. */
  async membersOf({ campaign_id }: Rules, allocation_id: number): Promise<readonly number[] | undefined> {
    return (await this.#load(campaign_id))?.members.get(allocation_id)
  }

  /** For a write that was lost: the rules as they are now, in the place of those that it rested on. */
  async rulesNow({ campaign_id }: Rules): Promise<Rules> {
    return (await this.#load(campaign_id, SHARED_MS))!.rules
  }

  /** A lead as it is answered: with the fields whose text does not fit their kind, and when it can be called again. */
  async marked<Lead extends LeadView>(
    lead: Lead,
    now: string,
  ): Promise<Lead & { bad_values: string[]; zones: ShownZones[]; next_attempt_at: string | null }> {
    const { rules } = (await this.#load(lead.campaign_id))!
    return {
      ...lead,
      bad_values: badFields(rules.fields, lead.fields),
      zones: zonesOfView(rules, lead).map(shownZones),
      next_attempt_at: nextAttemptAt(
        { ...lead, phones: rules.fields.rowsIn(lead.phones) },
        hoursOfView(rules, lead),
        waysToCall(zonesOfView(rules, lead)),
        now,
      ),
    }
  }

  async #load(campaign_id: number, ms_max?: number): Promise<RulesFound | undefined> {
    const loaded = await this.#loaded.find(campaign_id, ms_max)
    // The next request asks again: the campaign may have been made meanwhile.
    if (!loaded) this.#loaded.forget(campaign_id)
    return loaded
  }

  /** `find` for a new lead, which an archived allocation does not take. */
  async findOpen(target: Required<Parameters<Targets['find']>[0]>, sight: Sight): Promise<Result<Rules>> {
    const found = await this.find(target, sight)
    return found.refusal ? found : this.#open(found.ok, target.allocation_id)
  }

  /**
   * The rules of a campaign. Ids that are given must belong together; refuses with 1004, in the same words whether
   * something does not exist or may not be seen.
   */
  async find(
    target: { template_id?: number; campaign_id: number; allocation_id?: number },
    { team_ids, allocation_ids: bound }: Sight,
  ): Promise<Result<Rules>> {
    const { template_id, campaign_id, allocation_id } = target
    const fits = (loaded: RulesFound | undefined) =>
      loaded !== undefined &&
      (team_ids === null || team_ids.includes(loaded.rules.team_id)) &&
      (template_id === undefined || loaded.rules.template_id === template_id) &&
      (allocation_id === undefined || loaded.allocation_ids.has(allocation_id)) &&
      (bound === null ||
        bound.some((id) =>
          allocation_id === undefined ? loaded.allocation_ids.has(id) : id === allocation_id,
        ))
    let loaded = await this.#load(campaign_id)
    // A new allocation may be younger than the set-up that is kept.
    if (loaded && !fits(loaded)) loaded = await this.#load(campaign_id, 0)
    if (loaded && fits(loaded)) return ok(loaded.rules)
    const asked = [
      template_id === undefined ? '' : `template ${template_id}, `,
      `campaign ${campaign_id}`,
      allocation_id === undefined ? '' : `, allocation ${allocation_id}`,
    ].join('')
    return refuse('UNKNOWN_TARGET', `${asked}: not known, or they do not belong together`)
  }
}

const unknownAllocation = (allocation_id: number) =>
  refuse('UNKNOWN_TARGET', `allocation ${allocation_id}: not known`)

/** To whoever would put a lead into a virtual allocation, or do something to its leads. */
export const refuseVirtual = (allocation_id: number) =>
  refuse(
    'UNKNOWN_TARGET',
    `allocation ${allocation_id} is virtual and has no leads of its own: name one of its members`,
  )

/** To whoever would put a lead into an allocation that is archived, or whose campaign is. */
export const refuseArchived = (allocation_id: number) =>
  refuse('UNKNOWN_TARGET', `allocation ${allocation_id} is archived, or its campaign is: it takes no leads`)
