// Addresses and methods that no route has.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from '../core/result.ts'
import type { Services } from './context.ts'
import { CONTRACT } from './contract.ts'
import { answerPreflight, isPreflight } from './door/cross-origin.ts'
import { sendRefusal } from './errors.ts'
import { styleOf } from './style.ts'

const PATTERNS = CONTRACT.map(({ method, url }) => ({
  method,
  pattern: new RegExp(`^${url.replace(/:[a-z_]+/g, '[^/]+')}/?$`),
}))

/** An address that no route has: a file or page of the app, or nothing. No body is read for it. */
export async function answerUnknown(services: Services, request: FastifyRequest, reply: FastifyReply) {
  if (await services.web.answer(request, reply)) return reply
  const { statuses } = services.classic
  const [path = ''] = request.url.split('?')
  const allowed = [
    ...new Set(PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
  ]
  if (allowed.length === 0) {
    // The usual mistake is a base address that ends in a slash before a path that begins with one.
    const hint = path.includes('//') ? ': it has two slashes (//) where one belongs' : ''
    const { refusal } = refuse('UNKNOWN_TARGET', `there is no such address${hint}`)
    return sendRefusal(reply, refusal, statuses, 404)
  }
  if (styleOf(request.url) === 'classic' && isPreflight(request)) return answerPreflight(reply, allowed)
  reply.header('Allow', allowed.join(', '))
  const { refusal } = refuse('MALFORMED_REQUEST', `this address takes ${allowed.join(' and ')}`)
  return sendRefusal(reply, refusal, statuses, 405)
}
