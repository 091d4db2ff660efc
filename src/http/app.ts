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
import { LIMITS } from '../core/limits.ts'
import { RESULTS, refuse } from '../core/result.ts'
import { warningsHeader } from '../core/warnings.ts'
import { Bodies } from './body/arrival.ts'
import { closeAfterAnswer, comesLong, refuseUnparsed } from './connection.ts'
import type { Services } from './context.ts'
import { CONTRACT } from './contract.ts'
import { letPageRead } from './door/cross-origin.ts'
import { Door } from './door/door.ts'
import { takeKeysOutOfUrl } from './door/keys.ts'
import { logException, Refused, refusalOf, sendRefusal } from './errors.ts'
import { Holdings } from './holdings.ts'
import { describeApi } from './openapi.ts'
import { serveRoute } from './serve-route.ts'
import { Sockets } from './sockets.ts'
import { styleOf } from './style.ts'
import { keyOf, Turns } from './turns.ts'
import { answerUnknown } from './unknown.ts'
import { compileSchema } from './validate.ts'
import { isForWeb } from './web.ts'

const STARTING = refuse('UNAVAILABLE', 'the server is starting', { retry_after_s: 1 }).refusal

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
      return sendRefusal(reply, TWO_HOSTS, services.classic.statuses)
    if (request.is404) return void answerUnknown(services, request, reply)
    const closed = services.phase() === 'starting' && request.routeOptions.url !== '/healthz'
    if (closed && !isForWeb(request)) return sendRefusal(reply, STARTING, services.classic.statuses)
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
  for (const route of CONTRACT) serveRoute(fastify, services, door, turns, route)
  return fastify
}

const TWO_HOSTS = refuse('MALFORMED_REQUEST', 'the request has two Host headers').refusal

/** Sets the headers of every answer. */
function label(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.raw.leadline!.request_id)
  reply.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff')
  reply.header('Referrer-Policy', 'no-referrer')
  if (styleOf(request.url) === 'classic') letPageRead(request, reply)
}

/** The warnings of reading the body, behind those of the handler, which may name them already. */
function addWarnings(request: FastifyRequest, reply: FastifyReply): void {
  const { warnings } = request.raw.leadline!
  if (warnings.length === 0) return
  const said = String(reply.getHeader('X-Leadline-Warnings') ?? '').split(', ')
  const all = new Set([...said, ...warningsHeader(warnings).split(', ')].filter((part) => part !== ''))
  reply.header('X-Leadline-Warnings', [...all].join(', '))
}

/** The slot and the bytes of a request go back once nothing is at work for it any more. */
function afterWork({ raw }: FastifyRequest): void {
  const { work, holdings } = raw.leadline!
  const end = () => holdings.end()
  if (work) work.then(end, end)
  else end()
}

function refuseError(services: Services, error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const { refusal, ours } = refusalOf(error, request)
  if (ours) logException(services.log, request.raw.leadline!.request_id, error)
  const status = error instanceof Refused ? error.status : undefined
  return sendRefusal(reply, refusal, services.classic.statuses, status)
}

/** An update that is held (202) clashed. */
function codeOf({ code }: NonNullable<FastifyRequest['raw']['leadline']>, status: number): number {
  return code ?? (status === 202 ? RESULTS.LEAD_NOT_UPDATED_DUE_TO_CONFLICT.code : 0)
}

function countIntake({ tally }: Services, request: FastifyRequest, reply: FastifyReply): void {
  const { deed } = request.routeOptions.config
  const notes = request.raw.leadline!
  if (deed === undefined || notes.rows_counted) return
  tally.count(deed, codeOf(notes, reply.statusCode), notes.campaign_id ?? 0, keyOf(request))
}

function note(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  const notes = request.raw.leadline!
  const route = request.routeOptions.url ?? 'unknown'
  const ms = performance.now() - notes.started
  services.metrics.answered(route, reply.statusCode, notes.code, ms / 1_000)
  countIntake(services, request, reply)
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
