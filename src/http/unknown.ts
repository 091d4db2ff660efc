// Addresses and methods that no route has.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Refusal, refuse } from '../core/result.ts'
import type { Services } from './context.ts'
import { CONTRACT } from './contract.ts'
import { answerPreflight, isPreflight } from './cross-origin.ts'
import { sendRefusal, styleOf } from './errors.ts'

const PATTERNS = CONTRACT.map(({ method, url }) => ({
  method,
  pattern: new RegExp(`^${url.replace(/:[a-z_]+/g, '[^/]+')}/?$`),
}))

const methodsOf = (url: string) => {
  const [path = ''] = url.split('?')
  return [...new Set(PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
}

/** An address that no route has: a file or page of the app, or nothing. No body is read for it. */
export async function answerUnknown(services: Services, request: FastifyRequest, reply: FastifyReply) {
  if (await services.web.answer(request, reply)) return reply
  const allowed = methodsOf(request.url)
  if (allowed.length === 0)
    return sendRefusal(reply, unknownAddress(request.url), styleOf(request.url), {}, 404)
  if (styleOf(request.url) === 'classic' && isPreflight(request)) return answerPreflight(reply, allowed)
  reply.header('Allow', allowed.join(', '))
  const { refusal } = refuse('MALFORMED_REQUEST', `this address takes ${allowed.join(' and ')}`)
  return sendRefusal(reply, refusal, styleOf(request.url), {}, 405)
}

/** A base address that ends in a slash, put before a path that begins with one, is the usual mistake. */
function unknownAddress(url: string): Refusal {
  const [path = ''] = url.split('?')
  const detail = path.includes('//')
    ? 'there is no such address: it has two slashes (//) where one belongs'
    : 'there is no such address'
  return refuse('UNKNOWN_TARGET', detail).refusal
}
