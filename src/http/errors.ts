// How a refusal leaves: as the classic envelope or as problem details. Statuses come from the one list of results.

import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayDo } from '../core/access.ts'
import { RESULTS, type Refusal, type RefusalName, type Written } from '../core/result.ts'
import { DeadlinePassed, sqlState } from '../db/again.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { Locked } from '../intake/locks.ts'
import { Interrupted } from '../intake/rearrange.ts'
import type { Caller } from './context.ts'

export type Style = 'classic' | 'v1'

export const styleOf = (url: string): Style => (/^\/+servicemanager(?:[/?]|$)/.test(url) ? 'classic' : 'v1')

/** A refusal on its way out of a handler. Not an error of ours: a value that has to skip the rest of the request. */
export class Refused extends Error {
  readonly refusal: Refusal
  /** Where HTTP has a better one than the list. */
  readonly status: number | undefined
  constructor(refusal: Refusal, status?: number) {
    super(refusal.name)
    this.refusal = refusal
    this.status = status
  }
}

/** The value of a result; a refusal leaves the handler. */
export function orRefuse(refused: { refusal: Refusal }): never
export function orRefuse<T>(result: { ok?: T; refusal?: Refusal }): T
export function orRefuse<T>(result: { ok?: T; refusal?: Refusal }): T {
  if (result.refusal) throw new Refused(result.refusal)
  return result.ok as T
}

/** Statuses of the classic API that an installation has chosen, instead of those of the list. */
export type ClassicStatuses = Partial<Record<RefusalName, number>>

export const statusOf = ({ name }: Refusal, style: Style, chosen: ClassicStatuses): number => {
  const { classic, v1 } = RESULTS[name]
  return (style === 'classic' ? (chosen[name] ?? classic) : v1) ?? classic ?? v1 ?? 500
}

/** What a clash tells of other leads and lists. */
const CLASHES = new Set<Refusal['name']>(['DNC', 'DUPLICATE', 'DUPLICATE_EXTERNAL_ID'])

/** The refusal as its caller may see it: one who may only insert learns nothing of the leads and lists that are there. */
export function seenBy(caller: Pick<Caller, 'scopes'> | undefined, refusal: Refusal): Refusal {
  if (!caller || mayDo(caller.scopes, ['write', 'read']) || !CLASHES.has(refusal.name)) return refusal
  return { name: refusal.name, detail: RESULTS[refusal.name].when }
}

/** {"code":105,"message":"DUPLICATE","detail":"…", what helps}: code and message first, as published. */
export function classicBody(refusal: Refusal, request_id: string) {
  const { name, retry_after_s: _, ...rest } = refusal
  const { code } = RESULTS[name]
  return { code, message: name, ...rest, ...writtenOf(refusal), ...errorsOf(refusal), request_id }
}

/** A caller meets these without any fault of its request, and must know whether to send it again. */
const TELLS_WRITTEN = new Set<RefusalName>(['UNAVAILABLE', 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS'])

const writtenOf = ({ name, written }: Refusal): { written?: Written } =>
  written !== undefined || TELLS_WRITTEN.has(name) ? { written: written ?? 'no' } : {}

/** More than the fields of any template and all that may stand beside them: only a flood of keys has more. */
const ERRORS_MAX = 300

const errorsOf = ({ errors }: Refusal) =>
  errors
    ? {
        errors: errors
          .slice(0, ERRORS_MAX)
          .map(({ name, field, detail }) => ({ code: RESULTS[name].code, name, field, detail })),
      }
    : {}

const RETRYABLE = new Set([
  'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS',
  'IDEMPOTENCY_IN_PROGRESS',
  'RATE_LIMITED',
  'UNAVAILABLE',
])

/** Whether a retry can help, and does nothing twice. `repeatable`: the same again never does. */
const isRetryable = ({ name, written }: Refusal, repeatable: boolean) =>
  RETRYABLE.has(name) && (written !== 'unknown' || repeatable)

/** Problem details (RFC 9457) with our code, name, fix, request_id and whether a retry can help. */
function problemBody(refusal: Refusal, status: number, request_id: string, retryable: boolean) {
  const { name, detail, ...rest } = refusal
  const { code, fix } = RESULTS[name]
  return {
    type: `urn:leadline:result:${code}`,
    title: STATUS_CODES[status] ?? name,
    status,
    code,
    name,
    detail,
    ...rest,
    ...writtenOf(refusal),
    ...errorsOf(refusal),
    fix,
    request_id,
    retryable,
  }
}

/** `status`: where HTTP has a better one than the list (405). */
export function sendRefusal(
  reply: FastifyReply,
  refused: Refusal,
  style: Style,
  chosen: ClassicStatuses,
  status = statusOf(refused, style, chosen),
) {
  const notes = reply.request.raw.leadline!
  const refusal = seenBy(notes.caller, refused)
  const { retry_after_s, ...rest } = refusal
  const retryable = isRetryable(refusal, isRepeatable(reply.request))
  notes.code = RESULTS[refusal.name].code
  reply.code(status)
  if (retryable && retry_after_s !== undefined) reply.header('Retry-After', String(retry_after_s))
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer')
  if (style === 'classic')
    return reply
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(JSON.stringify(classicBody(refusal, notes.request_id)))
  const problem = problemBody(retryable ? refusal : rest, status, notes.request_id, retryable)
  return reply.header('Content-Type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem))
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The same request again does nothing twice. */
    repeatable?: boolean
  }
}

const isRepeatable = ({ routeOptions }: FastifyRequest) => routeOptions?.config?.repeatable === true

/**
 * What a thrown error means to the caller. Only a lost connection may leave the outcome unknown; everything else
 * certainly wrote nothing. `ours`: a bug, to be logged as one.
 */
export function refusalOf(error: unknown, request?: FastifyRequest): { refusal: Refusal; ours: boolean } {
  if (error instanceof Refused) return { refusal: error.refusal, ours: false }
  if (error instanceof Interrupted) return interruptedRefusal(error, request)
  if (error instanceof DeadlinePassed)
    return {
      refusal: {
        name: 'TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS',
        detail: 'the request waited for too long; nothing was written',
        retry_after_s: 2,
      },
      ours: false,
    }
  if (error instanceof Locked)
    return {
      refusal: {
        name: 'UNAVAILABLE',
        detail: 'another transaction holds the lead or its number; nothing was written',
        retry_after_s: 2,
      },
      ours: false,
    }
  if (error instanceof DatabaseUnavailable)
    return {
      refusal: {
        name: 'UNAVAILABLE',
        detail: error.unknown
          ? `the connection to the database was lost while this was written: the outcome is unknown. ${request && isRepeatable(request) ? REPEAT : LOOK}`
          : 'the database is away; nothing was written',
        written: error.unknown ? 'unknown' : 'no',
        retry_after_s: 1,
      },
      ours: false,
    }
  if (STATEMENT_ENDED.has(sqlState(error) ?? ''))
    return {
      refusal: {
        name: 'UNAVAILABLE',
        detail: 'the database was too slow or is full; nothing was written',
        retry_after_s: 2,
      },
      ours: false,
    }
  return {
    refusal: { name: 'EXCEPTION', detail: 'an error of ours; it is logged under the request id' },
    ours: true,
  }
}

/** Long work that stopped has written something: the answer counts it. */
function interruptedRefusal({ what, done, cause }: Interrupted, request?: FastifyRequest) {
  const { refusal, ours } = refusalOf(cause, request)
  if (done === 0) return { refusal, ours }
  const rest = refusal.written === 'unknown' ? 'it is not known whether more were' : 'no more were'
  const detail = `${done} leads were ${what} before the work stopped; ${rest}. Send the same again: it goes on`
  return { refusal: { ...refusal, detail, [what]: done, written: 'unknown' as const }, ours }
}

const LOOK =
  'Look before you send it again; an insert of a lead that is there answers 105 or 112 with its lead_id'
const REPEAT = 'Send it again: what is done already is not done twice'

/** Statement or lock timeout, disk or memory full, read-only server: rolled back, and no fault of the request. */
const STATEMENT_ENDED = new Set(['57014', '55P03', '53100', '53200', '25006', '40P01', '40001'])

/** What may be logged of a thrown error: driver texts can hold values, so only its name, code and place. */
export function placeOf(error: unknown) {
  if (!(error instanceof Error)) return { error: typeof error }
  const lines = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? []
  return { error: error.name, code: sqlState(error), place: lines.slice(0, 8) }
}
