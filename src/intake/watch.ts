// Tells open screens about changes of their leads, notes and held updates about them, who else has them open, and about
// the inbox; and tells dashboards the figures.
//
// It looks at the database every half second, once for all followers of this process: changes of other processes are
// seen like its own, and another follower costs no further question. The next look waits for the one before it, so
// that none pile up.

import { type Grant, isSame, SCOPES_OF } from '../core/access.ts'
import { type LeadKey, type LeadVersion, leadId } from '../core/lead.ts'
import { LIMITS } from '../core/limits.ts'
import type { Pool } from '../db/pool.ts'
import { type PresentRow, presenceOf, sweepPresence } from '../db/presence.ts'
import {
  type BesideLead,
  type Credential,
  changesAfter,
  type LeadChange,
  type LiveCredential,
  liveCredentials,
  newestLead,
  notesAndHeld,
  type OpenConflicts,
  openConflicts,
} from '../db/watch.ts'
import type { Stats, StatsNow } from './stats.ts'

type Happening =
  | ({ event: 'lead.updated'; lead_id: string } & Omit<LeadChange, 'campaign_id' | 'number'>)
  | { event: 'presence'; lead_id: string; operators: PresentRow[] }
  | { event: 'notes'; lead_id: string; newest: number | null }
  | { event: 'held'; lead_id: string; open: number; assigned_to: number[] }
  | ({ event: 'conflicts' } & OpenConflicts)
  | { event: 'leads'; newest: number | null }
  | ({ event: 'stats'; at: string } & Partial<StatsNow>)

export interface Follower {
  /** The key or session that let it in, and what that allowed. It ends within a second when either counts no more. */
  credential: Credential
  grant: Grant
  /** Leads with the version that the follower knows. */
  leads: readonly LeadVersion[]
  /** Whether it wants to know how many held updates wait, and of whose templates it may know. */
  conflicts: { team_ids: number[] | null } | null
  /** Whether it wants to know of new leads, and of which teams. */
  newest: { team_ids: number[] | null } | null
  /** Whether it wants the figures of a dashboard, and of which teams. */
  stats: { team_ids: number[] | null } | null
  /** It has not taken what it was told before: the figures of this moment are not for it. */
  isBehind: () => boolean
  /** `versions`: those that the follower knows once this is told. */
  tell: (followed: Happening, versions: ReadonlyMap<string, number>) => void
  end: () => void
}

interface Following extends Follower {
  versions: Map<string, number>
  /** The last message about each subject, as text. */
  told: Map<string, string>
  /** The figures that it was told last. */
  figures: Partial<StatsNow>
}

const LOOK_MS = 500
/** Held updates are counted, and new leads noticed, at every fourth look. */
const COUNT_LOOKS = 4
const SWEEP_LOOKS = 7_200

export class Watch {
  readonly #pool: Pool
  readonly #stats: Pick<Stats, 'of'>
  readonly #followers = new Set<Following>()
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #telling_stats = false
  #looks = 0
  #stopped = false

  constructor(pool: Pool, stats: Pick<Stats, 'of'>) {
    this.#pool = pool
    this.#stats = stats
  }

  get followers(): number {
    return this.#followers.size
  }

  /** Whether one more may follow. One caller never takes all the room: it may have as many as are left free. */
  hasRoomFor(credential: Credential): boolean {
    const who = nameOf(credential)
    const own = [...this.#followers].filter((other) => nameOf(other.credential) === who).length
    return own < LIMITS.followers_max - this.#followers.size
  }

  /** Tells what happens from now on, until the answer is called. */
  follow(follower: Follower): () => void {
    const versions = new Map(follower.leads.map((lead) => [idOf(lead), lead.version]))
    const following: Following = { ...follower, versions, told: new Map(), figures: {} }
    if (this.#stopped) {
      follower.end()
      return () => undefined
    }
    this.#followers.add(following)
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS)
    void this.#look([following])
    return () => {
      this.#followers.delete(following)
      if (this.#followers.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  /** Ends all followers; those who come later are ended at once. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const { end } of [...this.#followers]) end()
  }

  /** `only`: those who have just come, so that they need not wait for the next look at all. */
  async #look(only?: readonly Following[]): Promise<void> {
    if (!only && this.#looking) return
    if (!only) this.#looking = true
    try {
      if (!only) await this.#endThoseOut()
      const followers = only ?? [...this.#followers]
      const leads = leadsOf(followers)
      if (leads.length > 0) {
        this.#tellChanges(followers, await changesAfter(this.#pool, leads))
        this.#tellPresence(followers, await presenceOf(this.#pool, leads))
        this.#tellBeside(followers, await notesAndHeld(this.#pool, leads))
      }
      if (only || this.#looks++ % COUNT_LOOKS === 0) {
        void this.#tellStats(followers, only !== undefined)
        await tellAlike(followers, 'conflicts', async (teams) => ({
          event: 'conflicts',
          ...(await openConflicts(this.#pool, teams)),
        }))
        await tellAlike(followers, 'newest', async (teams) => ({
          event: 'leads',
          newest: await newestLead(this.#pool, teams),
        }))
      }
      if (!only && this.#looks % SWEEP_LOOKS === 0) await sweepPresence(this.#pool)
    } catch {
      // The database may be away: the next look tells what this one could not.
    } finally {
      if (!only) this.#looking = false
    }
  }

  /** Cuts off those whose key, session or rights have changed. While the database is away, that is known of nobody. */
  async #endThoseOut(): Promise<void> {
    const followers = [...this.#followers]
    const credentials = new Map(followers.map(({ credential }) => [nameOf(credential), credential]))
    const standings = await liveCredentials(this.#pool, [...credentials.values()])
    const grants = new Map(standings.map((standing) => [nameOf(standing), grantOf(standing)]))
    for (const { credential, grant, end } of followers) {
      const now = grants.get(nameOf(credential))
      if (!now || !isSame(now, grant)) end()
    }
  }

  /** Beside the other looks: however long the figures take, whoever is let in no more is cut off in time. */
  async #tellStats(followers: readonly Following[], are_new: boolean): Promise<void> {
    if (!are_new && this.#telling_stats) return
    if (!are_new) this.#telling_stats = true
    try {
      const following = followers.filter(({ stats }) => stats !== null)
      const by_sight = Map.groupBy(following, ({ stats }) => JSON.stringify(stats?.team_ids))
      for (const alike of by_sight.values()) {
        const now = await this.#stats.of(alike[0]!.stats!.team_ids)
        for (const follower of alike) tellFigures(follower, now)
      }
    } catch {
      // Without figures from the database nothing is told, and dashboards say that theirs are old.
    } finally {
      if (!are_new) this.#telling_stats = false
    }
  }

  #tellChanges(followers: readonly Following[], changes: readonly LeadChange[]): void {
    for (const { campaign_id, number, ...change } of changes) {
      const lead_id = leadId(campaign_id, number)
      for (const { versions, tell } of followers) {
        const known = versions.get(lead_id)
        if (known === undefined || change.version <= known) continue
        versions.set(lead_id, change.version)
        tell({ event: 'lead.updated', lead_id, ...change }, versions)
      }
    }
  }

  #tellPresence(
    followers: readonly Following[],
    present: readonly (LeadKey & { operators: PresentRow[] })[],
  ): void {
    const operators_of = new Map(present.map((row) => [idOf(row), row.operators]))
    for (const follower of followers)
      for (const lead_id of follower.versions.keys()) {
        const operators = operators_of.get(lead_id) ?? []
        tellOnce(follower, `presence ${lead_id}`, { event: 'presence', lead_id, operators })
      }
  }

  #tellBeside(followers: readonly Following[], beside: readonly BesideLead[]): void {
    for (const { newest_note: newest, held, ...lead } of beside) {
      const lead_id = idOf(lead)
      const assigned_to = held.filter((operator_id) => operator_id !== null)
      for (const follower of followers) {
        if (!follower.versions.has(lead_id)) continue
        tellOnce(follower, `notes ${lead_id}`, { event: 'notes', lead_id, newest })
        tellOnce(follower, `held ${lead_id}`, { event: 'held', lead_id, open: held.length, assigned_to })
      }
    }
  }
}

/** Tells a state of teams to those who follow it, asked once for all who see the same teams. */
async function tellAlike(
  followers: readonly Following[],
  topic: 'conflicts' | 'newest',
  ask: (teams: { team_ids: number[] | null }) => Promise<Happening>,
): Promise<void> {
  const following = followers.filter((follower) => follower[topic] !== null)
  const by_sight = Map.groupBy(following, (follower) => JSON.stringify(follower[topic]?.team_ids))
  for (const alike of by_sight.values()) {
    const happening = await ask(alike[0]![topic]!)
    for (const follower of alike) tellOnce(follower, topic, happening)
  }
}

/** Exactly one of the two is there. */
const grantOf = ({ scopes, role, ...bounds }: LiveCredential): Grant => ({
  scopes: scopes ?? SCOPES_OF[role!],
  ...bounds,
})

const nameOf = ({ key_id, session_id }: Credential) => `${key_id}/${session_id}`

const idOf = ({ campaign_id, number }: LeadKey) => leadId(campaign_id, number)

/** Each lead once, with the lowest version that one of the followers knows. */
function leadsOf(followers: readonly Following[]) {
  const leads = new Map<string, LeadVersion>()
  for (const follower of followers)
    for (const { campaign_id, number } of follower.leads) {
      const lead_id = leadId(campaign_id, number)
      const version = follower.versions.get(lead_id)!
      const known = leads.get(lead_id)
      if (!known || version < known.version) leads.set(lead_id, { campaign_id, number, version })
    }
  return [...leads.values()]
}

/** Tells a state, unless it was the last one told. */
function tellOnce(follower: Following, about: string, followed: Happening): void {
  const text = JSON.stringify(followed)
  if (follower.told.get(about) === text) return
  follower.told.set(about, text)
  follower.tell(followed, follower.versions)
}

/** Tells the parts that are newer than those it has. One that does not keep up misses some, and costs no memory. */
function tellFigures(follower: Following, now: StatsNow): void {
  if (follower.isBehind()) return
  const { figures } = follower
  const newer = Object.entries(now).filter(([part, value]) => figures[part as keyof StatsNow] !== value)
  follower.figures = now
  const at = new Date().toISOString()
  follower.tell({ event: 'stats', at, ...Object.fromEntries(newer) }, follower.versions)
}
