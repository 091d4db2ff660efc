// Who asks: the key is taken out of the URL first of all, looked up by its hash, and kept for half a second.

import type { IncomingMessage } from 'node:http'
import { type Outcome, ok, refuse } from '../core/result.ts'
import { type Key, keyByHash } from '../db/keys.ts'
import type { Db } from '../db/pool.ts'
import { hashKey } from '../intake/keys.ts'

/** How long a looked-up key may serve, milliseconds: a revoked one works in no process for longer. */
const FRESH_MS = 500
const KNOWN_MAX = 10_000
/** Longer than any key of ours: looked up, not kept. */
const KEY_UNITS_MAX = 256

export class Keys {
  readonly #db: Db
  readonly #known = new Map<string, { until: number; key: Promise<Key | undefined> }>()

  constructor(db: Db) {
    this.#db = db
  }

  /** No key, a wrong, revoked or expired one: the same work and the same answer. */
  async find(presented: string): Promise<Key | undefined> {
    if (presented.length > KEY_UNITS_MAX) return keyByHash(this.#db, hashKey(presented))
    const known = this.#known.get(presented)
    if (known && known.until > performance.now()) return known.key
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    const key = keyByHash(this.#db, hashKey(presented))
    this.#known.set(presented, { until: performance.now() + FRESH_MS, key })
    key.catch(() => this.#known.delete(presented))
    return key
  }
}

const KEY_PARAMETER = /^apikey$/i

/** The URL without the key, and the keys that stood in it. Runs before routing, logging and error handling see the URL. */
export function takeKeysOutOfUrl(url: string): { url: string; keys: string[] } {
  const mark = url.indexOf('?')
  if (mark < 0) return { url, keys: [] }
  const keys: string[] = []
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((part) => {
      const equals = part.indexOf('=')
      const name = decode(equals < 0 ? part : part.slice(0, equals))
      if (!KEY_PARAMETER.test(name)) return true
      keys.push(equals < 0 ? '' : decode(part.slice(equals + 1)))
      return false
    })
  return { url: kept.length > 0 ? `${url.slice(0, mark)}?${kept.join('&')}` : url.slice(0, mark), keys }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The one key that a request presents; '' for none, and for a header that is no Bearer (a proxy's own sign-in). Two that differ are refused: never "the first wins". */
export function presentedKey(message: IncomingMessage, query_keys: readonly string[]): Outcome<string> {
  const headers = new Set(message.headersDistinct.authorization)
  const presented = [...headers].map((header) => /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '')
  const keys = new Set([...presented, ...query_keys].filter((key) => key !== ''))
  if (headers.size > 1) return refuse('MALFORMED_REQUEST', 'the request has two Authorization headers')
  if (keys.size > 1) return refuse('MALFORMED_REQUEST', 'the request presents two different keys')
  return ok([...keys][0] ?? '')
}
