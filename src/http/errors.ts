// Refusals on their way out: from whatever was thrown, to the classic envelope or to problem details. The list of results
// has their statuses.

import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { mayDo, type Scope } from '../core/access.ts'
import { RESULTS, type Refusal, type RefusalName, refuse, type Written } from '../core/result.ts'
import { DeadlinePassed, sqlState } from '../db/again.ts'
import type { IntakeDeed } from '../db/intake-answers.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { Locked } from '../intake/locks.ts'
import { Interrupted } from '../intake/rearrange.ts'
import type { Logger } from '../log.ts'
import { type Style, styleOf } from './style.ts'

/** A refusal on its way out of a handler. Not an error of ours: a value that has to skip the rest of the request. */
export class Refused extends Error {
  readonly refusal: Refusal
  /** Where HTTP has a better status than the list. */
  readonly status: number | undefined
  constructor({ refusal }: { refusal: Refusal }, status?: number) {
    super(refusal.name)
    this.refusal = refusal
    this.status = status
  }
}

/** The value of a result; a refusal leaves the handler. */
export function orRefuse(refused: { refusal: Refusal }): never
export function orRefuse<T>(result: { ok?: T; refusal?: Refusal }): T
export function orRefuse<T>({ ok, refusal }: { ok?: T; refusal?: Refusal }): T {
  if (refusal) throw new Refused({ refusal })
  return ok as T
}

/** Statuses of the classic API that an installation has chosen, instead of those of the list. */
export type ClassicStatuses = Partial<Record<RefusalName, number>>

export const statusOf = ({ name }: Refusal, style: Style, chosen: ClassicStatuses): number => {
  const { classic, v1 } = RESULTS[name]
  return (style === 'classic' ? (chosen[name] ?? classic) : v1) ?? classic ?? v1 ?? 500
}

/** These refusals tell of other leads and of lists. */
const CLASHES = new Set<Refusal['name']>(['DNC', 'DUPLICATE', 'DUPLICATE_EXTERNAL_ID'])

/**
 * The refusal as its caller may see it. Values of the lead that a change met need the scope read. A caller who may only
 * insert learns nothing about other leads and lists.
 */
export function seenBy(caller: { scopes: readonly Scope[] } | undefined, refusal: Refusal): Refusal {
  if (!caller || mayDo(caller.scopes, ['read'])) return refusal
  const { conflict: _, ...told } = refusal
  if (mayDo(caller.scopes, ['write']) || !CLASHES.has(refusal.name)) return told
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

/** More than any template has fields: only a flood of keys has more. */
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
  chosen: ClassicStatuses,
  status = statusOf(refused, styleOf(reply.request.url), chosen),
) {
  const notes = reply.request.raw.leadline!
  const refusal = seenBy(notes.caller, refused)
  const { retry_after_s, ...rest } = refusal
  const retryable = isRetryable(refusal, isRepeatable(reply.request))
  notes.code = RESULTS[refusal.name].code
  reply.code(status)
  if (retryable && retry_after_s !== undefined) reply.header('Retry-After', String(retry_after_s))
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer')
  const [type, body] =
    styleOf(reply.request.url) === 'classic'
      ? ['json', classicBody(refusal, notes.request_id)]
      : ['problem+json', problemBody(retryable ? refusal : rest, status, notes.request_id, retryable)]
  return reply.header('Content-Type', `application/${type}; charset=utf-8`).send(JSON.stringify(body))
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The same request again does nothing twice. */
    repeatable?: boolean
    /** It brings a lead, or changes one. */
    deed?: IntakeDeed
  }
}

const isRepeatable = ({ routeOptions }: FastifyRequest) => routeOptions?.config?.repeatable === true

/**
 * Turns a thrown error into the refusal that the caller gets. Only a lost connection may leave the outcome unknown; everything else
 * certainly wrote nothing. `ours`: a bug, to be logged as one.
 */
export function refusalOf(error: unknown, request?: FastifyRequest): { refusal: Refusal; ours: boolean } {
  if (error instanceof Interrupted) return interruptedRefusal(error, request)
  const refusal = expectedRefusal(error, request)
  if (refusal) return { refusal, ours: false }
  return { ...refuse('EXCEPTION', 'an error of ours; it is logged under the request id'), ours: true }
}

function expectedRefusal(error: unknown, request?: FastifyRequest): Refusal | undefined {
  if (error instanceof Refused) return error.refusal
  if (error instanceof DeadlinePassed) {
    const detail = 'the request waited for too long; nothing was written'
    return refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', detail, { retry_after_s: 2 }).refusal
  }
  if (error instanceof Locked)
    return unavailable('another transaction holds the lead or its number; nothing was written')
  if (error instanceof DatabaseUnavailable) {
    if (!error.unknown)
      return unavailable('the database is away; nothing was written', { written: 'no', retry_after_s: 1 })
    const advice = request && isRepeatable(request) ? REPEAT : LOOK
    const detail = `the connection to the database was lost while this was written: the outcome is unknown. ${advice}`
    return unavailable(detail, { written: 'unknown', retry_after_s: 1 })
  }
  if (STATEMENT_ENDED.has(sqlState(error) ?? ''))
    return unavailable('the database was too slow or is full; nothing was written')
  return error instanceof Error ? frameworkRefusal(error) : undefined
}

const unavailable = (detail: string, more: Partial<Refusal> = {}) =>
  refuse('UNAVAILABLE', detail, { retry_after_s: 2, ...more }).refusal

/** The framework's own errors: of a schema, or of a request that it cannot read. */
function frameworkRefusal(error: Error & Partial<FastifyError>): Refusal | undefined {
  const { validation, validationContext, statusCode = 500 } = error
  if (validation) {
    const name = validationContext === 'body' ? 'INVALID_FIELD' : 'MALFORMED_REQUEST'
    const errors = validation.map(({ instancePath, message = 'is invalid', params }) => {
      const keys = [params.missingProperty, params.additionalProperty].filter(Boolean)
      return { name, field: [instancePath, ...keys].join('/') || '/', detail: message } as const
    })
    const { field, detail } = errors[0]!
    return refuse(name, `${field} ${detail}`, { field, errors }).refusal
  }
  if (statusCode < 400 || statusCode >= 500) return undefined
  return refuse('MALFORMED_REQUEST', 'the request cannot be read').refusal
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

export const logException = (log: Logger, request_id: string, error: unknown) =>
  log.error({ request_id, ...traceOf(error) }, 'exception')

/** The loggable part of a thrown error. Driver texts can hold values, so it is only the name, the code and the place. */
export function traceOf(error: unknown) {
  if (!(error instanceof Error)) return { error: typeof error }
  const lines = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? []
  return { error: error.name, code: sqlState(error), place: lines.slice(0, 8) }
}
