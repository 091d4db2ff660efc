// Requests that pages of other sites send.

import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../../core/access.ts'
import { refuse } from '../../core/result.ts'
import { orRefuse } from '../errors.ts'

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Whether the Origin of a request is not this server. */
export const hasForeignOrigin = ({ headers: { origin, host } }: IncomingMessage) =>
  origin !== undefined && hostOf(origin) !== host?.toLowerCase()

/** Whether a browser sends the request for a page of another site. Where nothing says so, no browser of today did. */
export function comesFromElsewhere(message: IncomingMessage): boolean {
  const site = message.headers['sec-fetch-site']
  return hasForeignOrigin(message) || (site !== undefined && site !== 'same-origin' && site !== 'none')
}

/** An Origin of another kind belongs to a program (an extension, an app on a phone), not to a public page. */
const PAGE = /^(?:https?:|null$)/i

const isForeignPage = (message: IncomingMessage) =>
  PAGE.test(message.headers.origin ?? '') && hasForeignOrigin(message)

/**
 * Everybody who opens a page can read the key in it, so that key may insert and do nothing else. The
 * refusal comes before anything is written.
 */
export function refusePage(message: IncomingMessage, scopes: readonly Scope[]): void {
  if (!isForeignPage(message) || scopes.every((scope) => scope === 'insert')) return
  const detail =
    'everybody can read the key of a page, and this one may do more than insert: make one with the scope insert alone'
  orRefuse(refuse('FORBIDDEN', detail))
}

const EXPOSED = 'X-Lead-Id, ETag, X-Request-Id, X-Leadline-Warnings, Retry-After'

/**
 * The page may read the answer, whatever it is: otherwise its browser reports a failure where a lead was written. Nothing
 * is given away by it, for no cookie counts on the classic API, and Basic does not count for pages of other sites.
 */
export function letPageRead({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (!hasForeignOrigin(raw)) return
  reply.header('Access-Control-Allow-Origin', '*').header('Access-Control-Expose-Headers', EXPOSED)
}

/** A browser asks whether a page may send what no form can send: JSON, a key in a header. */
export const isPreflight = ({ method, headers }: FastifyRequest) =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined

const DAY_S = 86_400

export function answerPreflight(reply: FastifyReply, methods: readonly string[]) {
  return reply
    .code(204)
    .header('Access-Control-Allow-Methods', methods.join(', '))
    .header('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-API-Key')
    .header('Access-Control-Max-Age', String(DAY_S))
    .send()
}
