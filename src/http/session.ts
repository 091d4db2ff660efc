// The cookie of a session: read, written, guarded against other sites, looked up and kept for half a second.

import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Outcome, ok, refuse } from '../core/result.ts'
import type { Db } from '../db/pool.ts'
import { type SessionRow, sessionByHash, sessionUsed } from '../db/sessions.ts'
import { hashToken } from '../intake/sign-in.ts'

export const COOKIE = 'leadline_session'

/** 256 bits in base64url; anything else is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/
/** How long a looked-up session may serve, milliseconds: one that has ended works in no process for longer. */
const FRESH_MS = 500
const KNOWN_MAX = 10_000

export class Sessions {
  readonly #db: Db
  readonly #known = new Map<string, { until: number; session: Promise<SessionRow | undefined> }>()

  constructor(db: Db) {
    this.#db = db
  }

  /** The session of a token, if it counts now. `used`: by a person, so that it goes on. */
  async find(token: string, used: boolean): Promise<SessionRow | undefined> {
    const session = await this.#look(token)
    if (session?.stale_use && used) {
      session.stale_use = false
      await sessionUsed(this.#db, session)
      // The next look finds the later end.
      this.#known.delete(token)
    }
    return session
  }

  #look(token: string): Promise<SessionRow | undefined> {
    const known = this.#known.get(token)
    if (known && known.until > performance.now()) return known.session
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    const session = sessionByHash(this.#db, hashToken(token))
    this.#known.set(token, { until: performance.now() + FRESH_MS, session })
    session.catch(() => this.#known.delete(token))
    return session
  }

  /** After a change of sessions or operators: this process knows it at once. */
  clear(): void {
    this.#known.clear()
  }
}

/** The token that the cookie holds; '' for none, and for what cannot be one. Two that differ are refused. */
export function presentedToken(message: IncomingMessage): Outcome<string> {
  const tokens = new Set(
    (message.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim().split('='))
      .filter(([name]) => name === COOKIE)
      .map(([, ...value]) => value.join('=')),
  )
  if (tokens.size > 1) return refuse('MALFORMED_REQUEST', 'the request presents two different sessions')
  const [token = ''] = tokens
  return ok(TOKEN.test(token) ? token : '')
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request of a browser comes from a page of another site. Browsers say so in Sec-Fetch-Site, or (on plain
 * HTTP) by an Origin that is not the host; who says neither is no browser of today, and may not use a cookie.
 */
export function isForeign({ method = '', headers }: IncomingMessage): boolean {
  if (SAFE.has(method)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin'
  if (headers.origin !== undefined) return hostOf(headers.origin) !== headers.host?.toLowerCase()
  return headers.cookie?.includes(`${COOKIE}=`) ?? false
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Strict, and out of reach of scripts; Secure where the browser's side of the proxy is HTTPS. */
export function setCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = /^https\b/i.test(String(request.headers['x-forwarded-proto'] ?? '')) ? '; Secure' : ''
  const ended = token === '' ? '; Max-Age=0' : ''
  reply.header('Set-Cookie', `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict${secure}${ended}`)
}
