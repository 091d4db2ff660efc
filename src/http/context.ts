// Every handler gets a Call: the services of the process, the request and its caller.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../core/access.ts'
import type { FallbackCharset } from '../core/charset.ts'
import type { Role } from '../core/operator.ts'
import type { Warning } from '../core/warnings.ts'
import type { Pool } from '../db/pool.ts'
import type { Counts } from '../db/rearrange.ts'
import type { SessionRow } from '../db/sessions.ts'
import type { Sight } from '../db/sight.ts'
import type { Actor } from '../intake/actor.ts'
import type { AnswerTally } from '../intake/answer-tally.ts'
import type { Batcher } from '../intake/batcher.ts'
import type { Bulkhead } from '../intake/bulkhead.ts'
import type { Counted } from '../intake/counts.ts'
import type { Exports } from '../intake/exports.ts'
import type { Feed } from '../intake/feed.ts'
import type { Intake } from '../intake/intake.ts'
import type { Pulse } from '../intake/pulse.ts'
import type { Search } from '../intake/search.ts'
import type { Stats } from '../intake/stats.ts'
import type { Watch } from '../intake/watch.ts'
import type { ActionOptions } from '../jobs/work.ts'
import type { Logger } from '../log.ts'
import type { Content } from './body/content.ts'
import type { Addresses } from './door/address.ts'
import type { Hosts } from './door/hosts.ts'
import type { Sessions } from './door/sessions.ts'
import type { ClassicStatuses } from './errors.ts'
import type { Holdings } from './holdings.ts'
import type { Metrics } from './metrics.ts'
import type { Web } from './web.ts'

export interface Services {
  /** For a route that only reads it is the one of the reads. */
  pool: Pool
  /** Keys and sessions are looked up here. */
  doors: Pool
  reads: Bulkhead
  counts: Batcher<Counted, Counts>
  sessions: Sessions
  addresses: Addresses
  intake: Intake
  feed: Feed
  search: Search
  exports: Exports
  watch: Watch
  pulse: Pulse
  metrics: Metrics
  /** What became of leads and changes. */
  tally: AnswerTally
  stats: Stats
  web: Web
  /** Under which names browsers reach this installation. */
  hosts: Hosts
  log: Logger
  /** Region in which numbers are read where no template is named. */
  region: string
  /** There is a register for tries. */
  has_loop_back: boolean
  actions: ActionOptions
  classic: ClassicOptions
  /** Longest wait at the gate, milliseconds. */
  gate_wait_ms: number
  /** The clock, as an RFC 3339 instant. */
  now: () => string
  /** Longest time for the head and the body of a request to arrive, milliseconds. */
  request_ms_max: number
  connections_max: number
  phase: () => 'starting' | 'ready' | 'stopping'
}

interface ClassicOptions {
  statuses: ClassicStatuses
  /** For bodies that are not UTF-8 and come without a charset, where the key has no fallback. */
  fallback_charset?: FallbackCharset | null
}

/** A key, or an operator by a session; on open routes neither. */
export interface Caller extends Sight {
  key_id: number | null
  scopes: readonly Scope[]
  fallback_charset: FallbackCharset | null
  operator: { operator_id: number; name: string; login: string; role: Role } | null
}

export interface Call {
  services: Services
  request: FastifyRequest
  notes: RequestNotes
  reply: FastifyReply
  caller: Caller
  by: Actor
  /** performance.now() after which nothing of this request is started any more. */
  deadline: number
  /** Refuses if the caller would no longer be let in, or has other rights by now. For work that waits. */
  readmit: () => Promise<void>
}

/** Our notes on a request, from its first byte on. The key is taken out of the URL before anything reads it. */
interface RequestNotes {
  request_id: string
  started: number
  /** Slots, turns and bytes that it holds. */
  holdings: Holdings
  /** Its body, as its head declares it. */
  content: Content
  /** Of reading its body. */
  warnings: Warning[]
  /** As much as its body may have. */
  bytes_max?: number
  /** Keys found in the query, in order. */
  query_keys: string[]
  caller?: Caller
  /** The session by which an operator came in. */
  session?: SessionRow
  /** performance.now() when its key or session was last looked up. */
  admitted?: number
  /** The work that the handler has begun. */
  work?: Promise<unknown>
  /** The code that was answered, for the log and the counters. */
  code?: number
  /** The campaign that it brings a lead to, or whose lead it changes. */
  campaign_id?: number
  /** What became of its rows is counted row by row. */
  rows_counted?: true
}

declare module 'http' {
  interface IncomingMessage {
    leadline?: RequestNotes
  }
}
