// The HTTP server, built apart from listening: hooks in the published order (size, key, gate, body), then the routes.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
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
import { warningsHeader } from '../core/warnings.ts'
import { Door } from './admit.ts'
import { takeKeysOutOfUrl } from './auth.ts'
import { Bodies } from './bodies.ts'
import { bytesOf, isJson, judgeParameters, readBody, refuseSize } from './body.ts'
import { closeAfterAnswer, comesLong, refuseUnparsed } from './connection.ts'
import { readContent } from './content.ts'
import type { Call, Caller, Services } from './context.ts'
import { CONTRACT } from './contract.ts'
import { letPageRead } from './cross-origin.ts'
import { orRefuse, placeOf, Refused, refusalOf, type Style, sendRefusal, styleOf } from './errors.ts'
import { Holdings } from './holdings.ts'
import { describeApi, REFUSED, securityOf } from './openapi.ts'
import type { Route } from './route.ts'
import { Sockets } from './sockets.ts'
import { actorOf, keyOf, onlyReads, readInTurn, Turns } from './turns.ts'
import { answerUnknown } from './unknown.ts'
import { compileSchema } from './validate.ts'
import { isForWeb } from './web.ts'

const STARTING = refuse('UNAVAILABLE', 'the server is starting', { retry_after_s: 1 }).refusal

/** A key is looked up again after a wait this long, milliseconds: no revoked one works for more than a second. */
const REVOKED_MS = 400

/** Time that a request has for its work once the longest wait at the gate is over, milliseconds. */
const WORK_MS_MAX = 10_000

export async function buildApp(services: Services): Promise<FastifyInstance> {
  const door = new Door(services)
  const turns = new Turns(services.intake.gate, services.gate_wait_ms)
  const bodies = new Bodies({ ms_max: services.request_ms_max, wait_ms: services.gate_wait_ms })
  const sockets = new Sockets(services.connections_max)
  const fastify = Fastify({
    logger: false,
    bodyLimit: LIMITS.batch_body_bytes_max,
    // A long body may wait for its turn before it is read; from then on it has a time of its own.
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
        holdings: new Holdings(),
        content: { kind: 'json' },
        warnings: [],
        query_keys,
      }
      message.url = url
      return url
    },
    routerOptions: { ignoreTrailingSlash: true },
    // An address that the router cannot decode meets no hook and no error handler.
    frameworkErrors: (error, request, reply) => {
      label(request, reply)
      if (comesLong(request, reply)) closeAfterAnswer(request, reply)
      return refuseError(services, error, request, reply)
    },
    clientErrorHandler: (error, socket) => refuseUnparsed(error as NodeJS.ErrnoException, socket as Socket),
  })
  fastify.setValidatorCompiler(compileSchema)
  fastify.setSerializerCompiler(() => JSON.stringify)
  fastify.removeAllContentTypeParsers()
  // Bodies are read as bytes whatever the Content-Type says; the one strict decoder judges them.
  fastify.addContentTypeParser('*', (request: FastifyRequest, message: IncomingMessage) => {
    const { holdings, content, bytes_max = LIMITS.open_body_bytes_max } = request.raw.leadline!
    return bodies.read(message, { key: keyOf(request), bytes_max, holdings, encoding: content.encoding })
  })
  sockets.watch(fastify.server)

  await describeApi(fastify)

  fastify.addHook('onRequest', (request, reply, done) => {
    label(request, reply)
    const { socket } = request.raw
    const may_ask = sockets.ask(socket)
    reply.raw.once('close', () => {
      sockets.answered(socket)
      afterWork(request)
    })
    if (!may_ask) return
    if ((request.raw.headersDistinct.host?.length ?? 0) > 1)
      return sendRefusal(reply, TWO_HOSTS, styleOf(request.url), services.classic.statuses)
    if (request.is404) return void answerUnknown(services, request, reply)
    const closed = services.phase() === 'starting' && request.routeOptions.url !== '/healthz'
    if (closed && !isForWeb(request))
      return sendRefusal(reply, STARTING, styleOf(request.url), services.classic.statuses)
    done()
  })
  fastify.addHook('onSend', (request, reply, payload, done) => {
    addWarnings(request, reply)
    // A connection that stays open behind its last answer would keep the stop waiting.
    if (services.phase() === 'stopping') reply.header('Connection', 'close')
    // The rest of a body that nobody reads any more is not waited for, unless it is short.
    if (comesLong(request, reply)) closeAfterAnswer(request, reply)
    sockets.send(request.raw.socket, reply.raw, keyOf(request), payload)
    // However slowly the answer is read, the slot and the bytes of its request are for others.
    request.body = undefined
    request.raw.leadline!.holdings.end()
    done(null, payload)
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    note(services, request, reply)
    done()
  })
  fastify.setErrorHandler((error: FastifyError, request, reply) =>
    refuseError(services, error, request, reply),
  )
  fastify.setNotFoundHandler((request, reply) => answerUnknown(services, request, reply))
  for (const route of CONTRACT) addRoute(fastify, services, door, turns, route)
  return fastify
}

const TWO_HOSTS = refuse('MALFORMED_REQUEST', 'the request has two Host headers').refusal

/** What every answer carries. */
function label(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.raw.leadline!.request_id)
  reply.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
  reply.header('Referrer-Policy', 'no-referrer')
  if (styleOf(request.url) === 'classic') letPageRead(request, reply)
}

/** A /v1 body as plain JSON for its schema; a body that no schema asks for is not looked at. */
async function decodeBody(route: Route, request: FastifyRequest): Promise<void> {
  if (route.schema?.body && request.raw.leadline!.content.kind !== 'json' && !isJson(bytesOf(request.body)))
    orRefuse(refuse('MALFORMED_REQUEST', 'this is a form: /v1 takes JSON; insertLeadFast takes forms'))
  request.body = route.schema?.body ? orRefuse(await readBody(request.body)) : undefined
}

/** The warnings of reading the body, behind those of the handler, which may name them already. */
function addWarnings(request: FastifyRequest, reply: FastifyReply): void {
  const { warnings } = request.raw.leadline!
  if (warnings.length === 0) return
  const said = String(reply.getHeader('X-Leadline-Warnings') ?? '').split(', ')
  const all = new Set([...said, ...warningsHeader(warnings).split(', ')].filter((part) => part !== ''))
  reply.header('X-Leadline-Warnings', [...all].join(', '))
}

const FORMS_TOO = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** What HTTP promises of these methods, our routes keep. */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE'])

function addRoute(
  fastify: FastifyInstance,
  services: Services,
  door: Door,
  turns: Turns,
  route: Route,
): void {
  const style = styleOf(route.url)
  const body_max = route.many ? LIMITS.batch_body_bytes_max : LIMITS.body_bytes_max
  const { many = false, gated = false } = route
  const served = onlyReads(route) ? { ...services, pool: services.reads.pool } : services
  const inTurn = onlyReads(route) && !route.streams && !route.apart
  fastify.route({
    method: route.method,
    url: route.url,
    // The framework would run the handler for a HEAD, and nobody would read or end what it begins.
    exposeHeadRoute: route.method === 'GET' && !route.streams,
    config: { repeatable: route.repeatable ?? IDEMPOTENT.has(route.method) },
    schema: {
      operationId: route.name,
      summary: route.summary,
      tags: [route.tag],
      ...securityOf(route),
      ...(style === 'classic' && route.schema?.body ? { consumes: FORMS_TOO } : {}),
      ...route.schema,
      response: { ...route.schema?.response, default: REFUSED[style] },
    },
    // The documents of the classic routes are judged by their own rules, not by a schema.
    ...(style === 'classic' ? { validatorCompiler: () => () => true } : {}),
    onRequest: async (request, reply) => {
      const notes = request.raw.leadline!
      const closed = await admit(door, route, request)
      notes.bytes_max = notes.caller ? body_max : LIMITS.open_body_bytes_max
      const content = readContent(request.headers, style)
      const refusal = closed ?? refuseSize(request, notes.bytes_max) ?? content.refusal
      if (refusal) return sendRefusal(reply, refusal, style, services.classic.statuses)
      notes.content = content.ok!
      // Our own code reads the type; the framework would refuse those that it cannot parse.
      request.raw.headers['content-type'] = undefined
    },
    preValidation: async (request, reply) => {
      const { caller } = request.raw.leadline!
      // Operators' saves are few, and a person waits.
      const passes = gated && !caller?.operator
      const waited = await turns.take(request, { many, gated: passes })
      if (waited.left) return reply.hijack()
      orRefuse(waited)
      await stillMay(door, route, request)
      if (style === 'classic') return
      orRefuse(judgeParameters(request.params))
      orRefuse(judgeParameters(request.query))
      await decodeBody(route, request)
    },
    handler: (request, reply) => {
      const notes = request.raw.leadline!
      // The client hung up: the slot and the bytes of its request are free again.
      if (notes.holdings.ended) return reply.hijack()
      const asked = callOf(served, request, reply, style)
      const readmit = async () => (await admit(door, route, request)) ?? refuseChanged(asked.caller, request)
      const call = { ...asked, readmit }
      notes.work = inTurn ? readInTurn(call, route) : route.handle(call)
      return notes.work
    },
  })
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

/** The slot and the bytes of a request go back once nothing is at work for it any more. */
function afterWork({ raw }: FastifyRequest): void {
  const { work, holdings } = raw.leadline!
  const end = () => holdings.end()
  if (work) work.then(end, end)
  else end()
}

const NOBODY: Caller = {
  key_id: null,
  scopes: [],
  team_ids: null,
  allocation_ids: null,
  fallback_charset: null,
  operator: null,
}

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
  if (ours) {
    services.log.error({ request_id: request.raw.leadline!.request_id, ...placeOf(error) }, 'exception')
  }
  const status = error instanceof Refused ? error.status : undefined
  return sendRefusal(reply, refusal, style, services.classic.statuses, status)
}

function refusalOfFastify(error: FastifyError): { refusal: Refusal; ours: false } | undefined {
  if (error instanceof Refused) return undefined
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
