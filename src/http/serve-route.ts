// Serves one route: the door, the size of the body, the turn, the body, the handler.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isSame } from '../core/access.ts'
import { LIMITS } from '../core/limits.ts'
import { refuse } from '../core/result.ts'
import { readContent } from './body/content.ts'
import { bytesOf, isJson, judgeParameters, judgeSize, readPlain } from './body/json.ts'
import type { Call, Caller, Services } from './context.ts'
import type { Door } from './door/door.ts'
import { orRefuse } from './errors.ts'
import { REFUSED, securityOf } from './openapi.ts'
import type { Route } from './route.ts'
import { type Style, styleOf } from './style.ts'
import { actorOf, onlyReads, type Turns } from './turns.ts'

/** A key is looked up again after a wait this long, milliseconds: no revoked one works for more than a second. */
const REVOKED_MS = 400
/** Work that waits looks for the first time right after its admission, which counts still. */
const ADMITTED_MS = 50

/** Time that a request has for its work once the longest wait at the gate is over, milliseconds. */
const WORK_MS_MAX = 10_000

const FORMS_TOO = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** HTTP promises that the same request again does nothing twice, and our routes keep it. */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE'])

export function serveRoute(
  fastify: FastifyInstance,
  services: Services,
  door: Door,
  turns: Turns,
  route: Route,
): void {
  const style = styleOf(route.url)
  const body_max = route.many || route.raw ? LIMITS.batch_body_bytes_max : LIMITS.body_bytes_max
  const { many = false, gated } = route
  const served = onlyReads(route) ? { ...services, pool: services.reads.pool } : services
  const inTurn = onlyReads(route) && !route.streams && !route.apart
  fastify.route({
    method: route.method,
    url: route.url,
    // For a HEAD the framework would run the handler, and nobody would read or end its stream.
    exposeHeadRoute: route.method === 'GET' && !route.streams,
    config: { repeatable: route.repeatable ?? IDEMPOTENT.has(route.method), deed: gated },
    schema: {
      operationId: route.name,
      summary: route.summary,
      tags: [route.tag],
      ...securityOf(route),
      ...(style === 'classic' && route.schema.body ? { consumes: FORMS_TOO } : {}),
      ...(route.csv ? { produces: ['text/csv'] } : {}),
      ...(route.raw ? { consumes: ['application/octet-stream'] } : {}),
      ...route.schema,
      response: { ...route.schema.response, default: REFUSED[style] },
    },
    // The documents of the classic routes are judged by their own rules, not by a schema.
    ...(style === 'classic' ? { validatorCompiler: () => () => true } : {}),
    onRequest: async (request) => {
      const notes = request.raw.leadline!
      await door.admit(route, request)
      notes.bytes_max = notes.caller ? body_max : LIMITS.open_body_bytes_max
      orRefuse(judgeSize(request, notes.bytes_max))
      notes.content = orRefuse(readContent(request.headers, style))
      // Our own code reads the type; the framework would refuse those that it cannot parse.
      request.raw.headers['content-type'] = undefined
    },
    preValidation: async (request, reply) => {
      const { caller, admitted = 0 } = request.raw.leadline!
      // Operators' saves are few, and a person waits.
      const passes = gated !== undefined && !caller?.operator
      if (!(await turns.take(request, { many, gated: passes }))) return reply.hijack()
      // A key or session that ended while its request waited, or was on its way, counts no more.
      if (performance.now() - admitted > REVOKED_MS) await door.admit(route, request)
      if (style === 'classic') return
      orRefuse(judgeParameters(request.params))
      orRefuse(judgeParameters(request.query))
      await decodeBody(route, request)
    },
    handler: (request, reply) => {
      const notes = request.raw.leadline!
      // The client hung up: the slot and the bytes of its request are free again.
      if (notes.holdings.ended) return reply.hijack()
      const call = callOf(served, request, reply, style, () => door.admit(route, request))
      notes.work = inTurn
        ? services.reads.run(call.by.actor, () => route.handle(call)).then(orRefuse)
        : route.handle(call)
      return notes.work
    },
  })
}

/** A /v1 body as plain JSON for its schema; a body that no schema asks for is not looked at. */
async function decodeBody(route: Route, request: FastifyRequest): Promise<void> {
  if (!route.schema.body) {
    request.body = undefined
    return
  }
  if (route.raw) {
    request.body = bytesOf(request.body)
    return
  }
  if (request.raw.leadline!.content.kind !== 'json' && !isJson(bytesOf(request.body)))
    orRefuse(refuse('MALFORMED_REQUEST', 'this is a form: /v1 takes JSON; insertLeadFast takes forms'))
  request.body = orRefuse(await readPlain(request.body))
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
  admit: () => Promise<void>,
): Call {
  const notes = request.raw.leadline!
  const caller = notes.caller ?? NOBODY
  return {
    services,
    request,
    notes,
    reply,
    caller,
    by: {
      actor: actorOf(caller),
      way: caller.operator ? 'screen' : style === 'classic' ? 'classic' : 'v1',
      request_id: notes.request_id,
    },
    deadline: notes.started + services.gate_wait_ms + WORK_MS_MAX,
    readmit: async () => {
      if (performance.now() - (notes.admitted ?? 0) < ADMITTED_MS) return
      await admit()
      // Answers that go on end when their caller may see or do something else by now.
      if (!isSame(notes.caller ?? caller, caller))
        orRefuse(refuse('UNAUTHORIZED', 'the rights of this caller have changed: ask again'))
    },
  }
}
