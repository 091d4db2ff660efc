// Figures for dashboards: what came in, what waits for somebody, and how far each campaign is.
//
// They are read once for all who see the same teams, however many dashboards are open, and only while somebody looks. Counting a
// campaign walks through its queue, so campaigns are counted one after the other, with long pauses; each says when it was.

import { setTimeout as sleep } from 'node:timers/promises'
import { RESULTS } from '../core/result.ts'
import { type IntakeTotals, type LastHour, lastHour } from '../db/intake-answers.ts'
import type { Pool } from '../db/pool.ts'
import type { Counts } from '../db/rearrange.ts'
import {
  type Attention,
  type CallsToday,
  callsToday,
  campaignsForStats,
  readAttention,
  type StatsCampaign,
} from '../db/stats.ts'
import type { Batcher } from './batcher.ts'
import { type Counted, sumOfCounts } from './counts.ts'
import { Fresh } from './fresh.ts'
import type { Gate } from './gate.ts'

/** How old the figures of intake, and the others, may be, milliseconds. */
const INTAKE_MS = { least: 1_900, most: 5_000 }
const OTHERS_MS = 5_000
/** Counting takes a fiftieth of the time; where a campaign was never counted, a fifth. */
const PAUSES = { first: 4, again: 49 }
/** So long after the last look campaigns are counted no more, and those that nobody asks for are forgotten. */
const LOOKED_MS = 30_000
const IDLE_MS = 250
const CAMPAIGNS_MAX = 100

const NAMES = new Map<number, string>(Object.entries(RESULTS).map(([name, { code }]) => [code, name]))

export interface CampaignStats extends Pick<StatsCampaign, 'campaign_id' | 'name' | 'started'> {
  /** Null: not counted yet, or it has too many leads to be counted in time. */
  counted_at: string | null
  counts: Counts | null
  calls: CallsToday | null
}

interface At {
  counted_at: string
}

export interface StatsNow {
  /** Of the last minute; and this server's gate. */
  minute: IntakeTotals & At & { busy: number; waiting: number }
  hour: Omit<LastHour, 'codes' | 'minute'> & { codes: (LastHour['codes'][number] & { name: string })[] } & At
  attention: Attention & At
  campaigns: { items: CampaignStats[]; has_more: boolean }
}

interface Known {
  campaign: StatsCampaign
  asked_at: number
  again_at: number
  stats: Pick<CampaignStats, 'counted_at' | 'counts' | 'calls'>
}

export class Stats {
  readonly #db: Pool
  readonly #counts: Batcher<Counted, Counts>
  readonly #intake: Fresh<string, Pick<StatsNow, 'minute' | 'hour'>>
  /** How long the last reading of intake took. */
  #intake_ms = 0
  readonly #others: Fresh<string, Pick<StatsNow, 'attention'> & { campaigns: StatsCampaign[] }>
  readonly #campaigns = new Map<number, Known>()
  #asked_at = 0
  #counting: Promise<void> | undefined
  readonly #stopped = new AbortController()

  constructor(db: Pool, counts: Batcher<Counted, Counts>, gate: Pick<Gate, 'busy' | 'waiting'>) {
    this.#db = db
    this.#counts = counts
    this.#intake = new Fresh(async (teams) => {
      const began = performance.now()
      const { minute, ...hour } = await lastHour(db, teamsOf(teams))
      this.#intake_ms = performance.now() - began
      const counted_at = this.#now()
      const codes = hour.codes.map((one) => ({ ...one, name: NAMES.get(one.code) ?? '' }))
      const { busy, waiting } = gate
      return { minute: { counted_at, ...minute, busy, waiting }, hour: { counted_at, ...hour, codes } }
    })
    this.#others = new Fresh(async (teams) => {
      const sight = teamsOf(teams)
      const [attention, campaigns] = await Promise.all([
        readAttention(db, sight),
        campaignsForStats(db, sight, CAMPAIGNS_MAX + 1),
      ])
      return { attention: { counted_at: this.#now(), ...attention }, campaigns }
    })
  }

  /** Throws when the database does not answer: old figures would look like those of now. */
  async of(team_ids: readonly number[] | null): Promise<StatsNow> {
    const teams = JSON.stringify(team_ids?.toSorted((a, b) => a - b) ?? null)
    const [{ minute, hour }, { attention, campaigns }] = await Promise.all([
      // Reading takes a fiftieth of the time here, too.
      this.#intake.find(teams, within(INTAKE_MS, this.#intake_ms * PAUSES.again)),
      this.#others.find(teams, OTHERS_MS),
    ])
    const shown = campaigns.slice(0, CAMPAIGNS_MAX)
    this.#want(shown)
    const items = shown.map((campaign) => {
      const { campaign_id, name, started } = campaign
      return { campaign_id, name, started, ...this.#campaigns.get(campaign_id)!.stats }
    })
    return { minute, hour, attention, campaigns: { items, has_more: campaigns.length > CAMPAIGNS_MAX } }
  }

  stop(): void {
    this.#stopped.abort()
  }

  #now = () => this.#db.now ?? new Date().toISOString()

  /** Has these campaigns counted, beside the others that somebody looks at. */
  #want(campaigns: readonly StatsCampaign[]): void {
    const asked_at = performance.now()
    this.#asked_at = asked_at
    for (const campaign of campaigns) {
      const known = this.#campaigns.get(campaign.campaign_id)
      if (known) Object.assign(known, { campaign, asked_at })
      else
        this.#campaigns.set(campaign.campaign_id, {
          campaign,
          asked_at,
          again_at: 0,
          stats: { counted_at: null, counts: null, calls: null },
        })
    }
    this.#counting ??= this.#countAll()
      .catch(() => undefined)
      .finally(() => {
        this.#counting = undefined
      })
  }

  async #countAll(): Promise<void> {
    const { signal } = this.#stopped
    while (performance.now() - this.#asked_at < LOOKED_MS) {
      const next = this.#next()
      const began = performance.now()
      const pauses = next?.again_at === 0 ? PAUSES.first : PAUSES.again
      if (next) await this.#count(next)
      const took_ms = performance.now() - began
      if (next) next.again_at = performance.now() + OTHERS_MS
      await sleep(next ? took_ms * pauses : IDLE_MS, undefined, { signal, ref: false })
    }
  }

  /** The one whose turn was longest ago. */
  #next(): Known | undefined {
    const now = performance.now()
    let next: Known | undefined
    for (const [campaign_id, known] of this.#campaigns) {
      if (now - known.asked_at > LOOKED_MS) this.#campaigns.delete(campaign_id)
      else if (known.again_at <= now && known.again_at < (next?.again_at ?? Number.POSITIVE_INFINITY))
        next = known
    }
    return next
  }

  /** Keeps the figures before, with their time, where this cannot be done in time. */
  async #count(known: Known): Promise<void> {
    const { campaign_id, zone, allocation_ids } = known.campaign
    try {
      const counts: Counts[] = []
      for (const allocation_id of allocation_ids)
        counts.push(
          await this.#counts.submit({ campaign_id, allocation_id }, Number.POSITIVE_INFINITY, 'stats'),
        )
      const calls = await callsToday(this.#db, { campaign_id, zone })
      known.stats = { counted_at: this.#now(), counts: sumOfCounts(counts), calls }
    } catch {
      // Too many leads for one statement, or no database: the next turn tries again.
    }
  }
}

const within = ({ least, most }: typeof INTAKE_MS, ms: number) => Math.min(Math.max(least, ms), most)

const teamsOf = (teams: string): { team_ids: number[] | null } => ({ team_ids: JSON.parse(teams) })
