// The HTTP server, built apart from listening: hooks in the published order (size, key, gate, body), then the routes.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { isSame } from '../core/access.ts'
import { LIMITS } from '../core/limits.ts'
import { type Refusal, refuse } from '../core/result.ts'
import { Door } from './admit.ts'
import { takeKeysOutOfUrl } from './auth.ts'
import { judgeParameters, readBody } from './body.ts'
import { closeAfterAnswer, limitBody, refuseUnparsed } from './connection.ts'
import type { Call, Caller, Services } from './context.ts'
import { CONTRACT, type Route } from './contract.ts'
import { orRefuse, placeOf, Refused, refusalOf, type Style, sendRefusal } from './errors.ts'
import { describeApi, REFUSED, securityOf } from './openapi.ts'
import { compileSchema } from './validate.ts'
import { isForWeb } from './web.ts'

const STARTING = refuse('UNAVAILABLE', 'the server is starting', { retry_after_s: 1 }).refusal

/** A key is looked up again after a wait this long, milliseconds: no revoked one works for more than a second. */
const REVOKED_MS = 400

/** Time that a request has for its work once the longest wait at the gate is over, milliseconds. */
const WORK_MS_MAX = 10_000

export async function buildApp(services: Services): Promise<FastifyInstance> {
  const door = new Door(services)
  const fastify = Fastify({
    logger: false,
    bodyLimit: LIMITS.batch_body_bytes_max,
    // A request may wait at the gate before its body is read; from then on the body has a timer of its own.
    requestTimeout: services.gate_wait_ms + services.request_ms_max,
    http: { headersTimeout: Math.min(10_000, services.request_ms_max), connectionsCheckingInterval: 1_000 },
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    rewriteUrl: (message) => {
      const { url, keys: query_keys } = takeKeysOutOfUrl(message.url ?? '/')
      message.leadline = {
        request_id: randomUUID(),
        started: performance.now(),
        query_keys,
      }
      message.url = url
      return url
    },
    routerOptions: { ignoreTrailingSlash: true },
    // An address that the router cannot decode meets no hook and no error handler.
    frameworkErrors: (error, request, reply) => {
      label(request, reply)
      return refuseError(services, error, request, reply)
    },
    clientErrorHandler: (error, socket) => refuseUnparsed(error as NodeJS.ErrnoException, socket as Socket),
  })
  fastify.setValidatorCompiler(compileSchema)
  fastify.setSerializerCompiler(() => JSON.stringify)
  fastify.removeAllContentTypeParsers()
  // Bodies are read as bytes whatever the Content-Type says; the one strict decoder judges them.
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  await describeApi(fastify)

  fastify.addHook('onRequest', (request, reply, done) => {
    label(request, reply)
    const closed = services.phase() === 'starting' && request.routeOptions.url !== '/healthz'
    if (closed && !isForWeb(request))
      return sendRefusal(reply, STARTING, styleOf(request.url), services.classic_103_status)
    done()
  })
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // A connection that stays open behind its last answer would keep the stop waiting.
    if (services.phase() === 'stopping') reply.header('Connection', 'close')
    done(null, payload)
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    note(services, request, reply)
    done()
  })
  fastify.setErrorHandler((error: FastifyError, request, reply) =>
    refuseError(services, error, request, reply),
  )
  fastify.setNotFoundHandler(async (request, reply) => {
    if (await services.web.answer(request, reply)) return reply
    const allowed = methodsOf(request.url)
    if (allowed.length === 0)
      return sendRefusal(
        reply,
        refuse('UNKNOWN_TARGET', 'there is no such address').refusal,
        styleOf(request.url),
        500,
      )
    reply.header('Allow', allowed.join(', '))
    const { refusal } = refuse('MALFORMED_REQUEST', `this address takes ${allowed.join(' and ')}`)
    return sendRefusal(reply, refusal, styleOf(request.url), 500, 405)
  })
  for (const route of CONTRACT) addRoute(fastify, services, door, route)
  return fastify
}

/** What every answer carries. */
function label(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.raw.leadline!.request_id)
  reply.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
  reply.header('Referrer-Policy', 'no-referrer')
}

const styleOf = (url: string): Style => (url.startsWith('/servicemanager/') ? 'classic' : 'v1')

const PATTERNS = CONTRACT.map(({ method, url }) => ({
  method,
  pattern: new RegExp(`^${url.replace(/:[a-z_]+/g, '[^/]+')}/?$`),
}))

const methodsOf = (url: string) => {
  const [path = ''] = url.split('?')
  return [...new Set(PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
}

/** A /v1 body as plain JSON for its schema; a body that no schema asks for is not looked at. */
async function decodeBody(route: Route, request: FastifyRequest): Promise<void> {
  request.body = route.schema?.body ? orRefuse(await readBody(request.body)) : undefined
}

/** What HTTP promises of these methods, our routes keep. */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE'])

function addRoute(fastify: FastifyInstance, services: Services, door: Door, route: Route): void {
  const style = styleOf(route.url)
  const body_max = route.many ? LIMITS.batch_body_bytes_max : LIMITS.body_bytes_max
  fastify.route({
    method: route.method,
    url: route.url,
    bodyLimit: body_max,
    // The framework would run the handler for a HEAD, and nobody would read or end what it begins.
    exposeHeadRoute: route.method === 'GET' && !route.streams,
    config: { repeatable: route.repeatable ?? IDEMPOTENT.has(route.method) },
    schema: {
      summary: route.summary,
      tags: [route.tag],
      ...securityOf(route),
      ...route.schema,
      response: { ...route.schema?.response, default: REFUSED[style] },
    },
    // The documents of the classic routes are judged by their own rules, not by a schema.
    ...(style === 'classic' ? { validatorCompiler: () => () => true } : {}),
    onRequest: async (request, reply) => {
      const too_large = refuseSize(request, body_max)
      if (too_large) closeAfterAnswer(request, reply)
      const refusal = too_large ?? (await admit(door, route, request))
      if (refusal) return sendRefusal(reply, refusal, style, services.classic_103_status)
      // Operators' saves are few, and a person waits.
      const passes = route.gated && !request.raw.leadline!.caller?.operator
      if (passes && !(await passGate(services, request, reply, style))) return reply
      const unreadable = refuseEncoding(request)
      if (unreadable) return sendRefusal(reply, unreadable, style, services.classic_103_status)
      // The body is JSON whatever its type says; the framework refuses types that it cannot parse.
      request.raw.headers['content-type'] = undefined
      if (!request.raw.complete) limitBody(request, services.request_ms_max)
    },
    preValidation: async (request) => {
      await stillMay(door, route, request)
      if (style === 'classic') return
      orRefuse(judgeParameters(request.params))
      orRefuse(judgeParameters(request.query))
      await decodeBody(route, request)
    },
    handler: (request, reply) => {
      const call = callOf(services, request, reply, style)
      const readmit = async () => (await admit(door, route, request)) ?? refuseChanged(call.caller, request)
      const work = route.handle({ ...call, readmit })
      request.raw.leadline!.work = work
      return work
    },
  })
}

function refuseSize(request: FastifyRequest, bytes_max: number): Refusal | undefined {
  const length = Number(request.headers['content-length'] ?? 0)
  if (length <= bytes_max) return undefined
  return refuse('TOO_LARGE', `the body may have ${bytes_max} bytes`).refusal
}

function admit(door: Door, route: Route, request: FastifyRequest): Promise<Refusal | undefined> {
  request.raw.leadline!.admitted = performance.now()
  return door.admit(route, request)
}

/** Answers that go on end when their caller may see or do something else by now. */
function refuseChanged(before: Caller, request: FastifyRequest): Refusal | undefined {
  if (isSame(request.raw.leadline!.caller ?? before, before)) return undefined
  return refuse('UNAUTHORIZED', 'the rights of this caller have changed: ask again').refusal
}

/** A key or session that ended while its request waited, or was on its way, counts no more: it is refused here. */
async function stillMay(door: Door, route: Route, request: FastifyRequest): Promise<void> {
  const { admitted = 0 } = request.raw.leadline!
  if (performance.now() - admitted <= REVOKED_MS) return
  orRefuse({ refusal: await admit(door, route, request) })
}

function refuseEncoding(request: FastifyRequest): Refusal | undefined {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (charset && !/^utf-?8$/i.test(charset))
    return refuse('MALFORMED_REQUEST', 'the body must be UTF-8').refusal
  const encoding = request.headers['content-encoding']
  if (encoding && encoding !== 'identity')
    return refuse('MALFORMED_REQUEST', 'compressed bodies are not taken').refusal
  return undefined
}

/** False: answered (109), or nobody is there any more. */
async function passGate(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  style: Style,
): Promise<boolean> {
  const { gate } = services.intake
  const gone = new AbortController()
  const onClose = () => gone.abort()
  // The socket's end, not the answer's: the answer of a pipelined request has no socket yet.
  request.raw.socket.once('close', onClose)
  const admission = await gate.enter(gone.signal)
  request.raw.socket.off('close', onClose)
  switch (admission) {
    case 'admitted':
      // Answered or hung up: the slot is free once nothing more can be sent and nothing is at work any more, or
      // clients that hang up could put any amount of work behind the gate.
      if (reply.raw.destroyed || request.raw.socket.destroyed) gate.leave()
      else reply.raw.once('close', () => afterWork(request, () => gate.leave()))
      return true
    case 'left':
      reply.hijack()
      return false
    case 'full':
    case 'timeout': {
      const detail = admission === 'full' ? 'too many requests wait already' : 'no slot came free in time'
      const { refusal } = refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', `${detail}; nothing was written`, {
        retry_after_s: gate.retryAfterSeconds(),
      })
      request.raw.resume()
      sendRefusal(reply, refusal, style, services.classic_103_status)
      return false
    }
  }
}

function afterWork(request: FastifyRequest, then: () => void): void {
  Promise.resolve(request.raw.leadline!.work).then(then, then)
}

const NOBODY: Caller = { key_id: null, scopes: [], team_ids: null, allocation_ids: null, operator: null }

const actorOf = ({ key_id, operator }: Caller) =>
  operator ? `operator:${operator.operator_id}` : key_id === null ? 'system' : `key:${key_id}`

function callOf(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  style: Style,
): Omit<Call, 'readmit'> {
  const notes = request.raw.leadline!
  const caller = notes.caller ?? NOBODY
  return {
    services,
    request,
    reply,
    caller,
    by: {
      actor: actorOf(caller),
      way: caller.operator ? 'screen' : style === 'classic' ? 'classic' : 'v1',
      request_id: notes.request_id,
    },
    deadline: notes.started + services.gate_wait_ms + WORK_MS_MAX,
  }
}

function refuseError(services: Services, error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const style = styleOf(request.url)
  const { refusal, ours } = refusalOfFastify(error) ?? refusalOf(error, request)
  if (refusal.name === 'TOO_LARGE' && !request.raw.complete) closeAfterAnswer(request, reply)
  if (ours) {
    services.log.error({ request_id: request.raw.leadline!.request_id, ...placeOf(error) }, 'exception')
  }
  return sendRefusal(reply, refusal, style, services.classic_103_status)
}

function refusalOfFastify(error: FastifyError): { refusal: Refusal; ours: false } | undefined {
  if (error instanceof Refused) return undefined
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { ...refuse('TOO_LARGE', 'the body is longer than this route takes'), ours: false }
  if (error.validation) {
    const where = error.validationContext === 'body' ? 'INVALID_FIELD' : 'MALFORMED_REQUEST'
    const errors = error.validation.map(({ instancePath, message = 'is invalid', params }) => ({
      name: where as 'INVALID_FIELD',
      field:
        `${instancePath}${params.missingProperty ? `/${params.missingProperty}` : ''}${params.additionalProperty ? `/${params.additionalProperty}` : ''}` ||
        '/',
      detail: message,
    }))
    const [first] = errors
    return {
      ...refuse(where, `${first!.field} ${first!.detail}`, { field: first!.field, errors }),
      ours: false,
    }
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return { ...refuse('MALFORMED_REQUEST', 'the request cannot be read'), ours: false }
  return undefined
}

function note(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  const notes = request.raw.leadline!
  const route = request.routeOptions.url ?? 'unknown'
  const ms = performance.now() - notes.started
  services.metrics.answered(route, reply.statusCode, notes.code, ms / 1_000)
  services.log.debug(
    {
      request_id: notes.request_id,
      method: request.method,
      route,
      status: reply.statusCode,
      code: notes.code,
      ms: Math.round(ms * 10) / 10,
      key_id: notes.caller?.key_id ?? undefined,
      operator_id: notes.caller?.operator?.operator_id,
    },
    'request',
  )
}
