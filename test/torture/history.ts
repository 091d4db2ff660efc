// The history of a run: each request with the answer that its client got.

import { type Answer, NoAnswer } from '../../src/client/client.ts'
import type { Change, Deed, Op } from './plan.ts'

/** Acknowledged; kept for a person; certainly not done; no answer says. */
export type Fate = 'done' | 'held' | 'refused' | 'unknown'

/** A request, with the facts that the checks compare with the database. */
export interface Request {
  method: string
  path: string
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  body?: object
  lead_id?: string
  /** The version that its sender knew; `strict`: it may be written onto that very version alone. */
  base?: number
  strict?: boolean
  /** The values that it asks for. */
  change?: Change
  allocation_id?: number
  lease_id?: string
  conflict_id?: number
}

/** One sending of a request. Times are milliseconds of the machine's clock, which PostgreSQL shares. */
export interface Sent extends Request {
  client: number
  op: Op
  /** All sendings of the same request (`sameness`), in order. */
  sendings: Sent[]
  request_id: string
  /** `began` is no later than the sending, `ended` no earlier than the answer. */
  began: number
  ended: number
  fate: Fate
  /** Null: no answer came. */
  code: number | null
  version: number | null
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes
  answer: any
}

/**
 * Requests with the same text here are one, whichever client sends them, because all clients share one key. Of an update
 * Leadline compares the base and the wishes alone: neither the call that brings it nor what it asks for on a conflict.
 * Undefined: the request names no base and is a new one each time.
 */
export function sameness(deed: Deed, request: Request): string | undefined {
  const { base, change } = request
  if (base === undefined) return undefined
  const updates = deed === 'update' || deed === 'patch'
  return JSON.stringify(
    updates ? { base, ...change, allow_duplicates: change?.allow_duplicates ?? false } : request,
  )
}

const HELD = 110
export const UNAVAILABLE = 1013

export function fateOf({ ok, status, code, body }: Answer): Fate {
  const { conflict_id, written, detail = '' } = (body ?? {}) as Record<string, string | undefined>
  if (ok) return status === 202 ? 'held' : 'done'
  // Under /v1 a settlement that is refused names its conflict as well.
  if (code === HELD && conflict_id !== undefined && status === 400) return 'held'
  const unknown = written === undefined && code === UNAVAILABLE && detail.includes('unknown')
  return unknown || written === 'unknown' ? 'unknown' : 'refused'
}

/** A refused connection has carried no request. */
export function fateOfError(error: unknown): Fate {
  if (!(error instanceof NoAnswer)) throw error
  const { cause } = error as { cause?: { cause?: { code?: string } } }
  return cause?.cause?.code === 'ECONNREFUSED' ? 'refused' : 'unknown'
}

export const clock = (ms: number) => new Date(ms).toISOString().slice(14, 23)

export function shown({
  client,
  began,
  ended,
  method,
  path,
  base,
  fate,
  code,
  version,
  request_id,
}: Sent): string {
  const from = base === undefined ? '' : ` from v${base}`
  const answer = `${fate} ${code ?? 'no answer'}${version === null ? '' : ` v${version}`}`
  return `client ${client}, ${clock(began)} to ${clock(ended)}: ${method} ${path}${from} -> ${answer} ${request_id}`
}
