// The sessions of operators: their cookies, and the guard against other sites.

import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '../../core/limits.ts'
import { ok, type Result, refuse } from '../../core/result.ts'
import type { Db } from '../../db/pool.ts'
import { type SessionRow, sessionByHash, sessionUsed } from '../../db/sessions.ts'
import { Fresh } from '../../intake/fresh.ts'
import { hashToken, type SignedIn } from '../../intake/sign-in.ts'
import { hasForeignOrigin } from './cross-origin.ts'

export const COOKIE = 'leadline_session'
/** Says which browser it is, for longer than any session: see decision 0026. */
const DEVICE_COOKIE = 'leadline_device'

/** 256 bits in base64url; anything else is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

export class Sessions {
  readonly #db: Db
  readonly #fresh: Fresh<string, SessionRow | undefined>

  constructor(db: Db) {
    this.#db = db
    this.#fresh = new Fresh((token) => sessionByHash(db, hashToken(token)))
  }

  /** The session of a token, if it counts now. `used`: by a person, so that it goes on. */
  async find(token: string, used: boolean): Promise<SessionRow | undefined> {
    const session = await this.#fresh.find(token)
    if (session?.stale_use && used) {
      session.stale_use = false
      await sessionUsed(this.#db, session)
      // The next look finds the later end.
      this.#fresh.forget(token)
    }
    return session
  }

  /** After a change of sessions or operators: this process knows it at once. */
  clear(): void {
    this.#fresh.clear()
  }
}

function cookiesOf(message: IncomingMessage, wanted: string): Set<string> {
  return new Set(
    (message.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim().split('='))
      .filter(([name]) => name === wanted)
      .map(([, ...value]) => value.join('=')),
  )
}

/** The token by which the browser is known; undefined if it is missing, malformed, or there are several. */
export function presentedDevice(message: IncomingMessage): string | undefined {
  const [token = '', another] = cookiesOf(message, DEVICE_COOKIE)
  return another === undefined && TOKEN.test(token) ? token : undefined
}

/** The token that the cookie holds; '' if it is missing or malformed. Two that differ are refused. */
export function presentedToken(message: IncomingMessage): Result<string> {
  const tokens = cookiesOf(message, COOKIE)
  if (tokens.size > 1) return refuse('MALFORMED_REQUEST', 'the request presents two different sessions')
  const [token = ''] = tokens
  return ok(TOKEN.test(token) ? token : '')
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request of a browser comes from a page of another site. Browsers say so in Sec-Fetch-Site, or (on plain
 * HTTP) by an Origin that is not the host. A client that sends neither is not a current browser and may not use a cookie.
 */
export function isForeign(message: IncomingMessage): boolean {
  const { method = '', headers } = message
  if (SAFE.has(method)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin'
  if (headers.origin !== undefined) return hasForeignOrigin(message)
  return headers.cookie?.includes(`${COOKIE}=`) ?? false
}

/** Ends with the browser; an empty token ends it now. */
export const setCookie = (request: FastifyRequest, reply: FastifyReply, token: string) =>
  addCookie(request, reply, `${COOKIE}=${token}`, token === '' ? '; Max-Age=0' : '')

const setDeviceCookie = (request: FastifyRequest, reply: FastifyReply, token: string) =>
  addCookie(request, reply, `${DEVICE_COOKIE}=${token}`, `; Max-Age=${LIMITS.device_s_max}`)

/** Hands the session's cookie out; the answer is the operator as everybody sees it. */
export function welcome(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { operator, token, expires_at, device }: SignedIn,
) {
  setCookie(request, reply, token)
  if (device !== undefined) setDeviceCookie(request, reply, device)
  return { operator, expires_at }
}

/** Strict, and out of reach of scripts; Secure where the browser's side of the proxy is HTTPS. */
function addCookie({ headers }: FastifyRequest, reply: FastifyReply, pair: string, age: string): void {
  const secure = /^https\b/i.test(String(headers['x-forwarded-proto'] ?? '')) ? '; Secure' : ''
  reply.header('Set-Cookie', `${pair}; Path=/; HttpOnly; SameSite=Strict${secure}${age}`)
}
