// The key that a request presents. It is taken out of the URL before anything else reads the URL.

import type { IncomingMessage } from 'node:http'
import { ok, type Result, refuse } from '../../core/result.ts'
import { comesFromElsewhere } from './cross-origin.ts'

/** The name of a key in the address, and in bodies, where it is dropped: a key is not kept with a lead. */
export const KEY_PARAMETER = /^apikey$/i

/** The URL without keys, and the keys that it had. Runs before routing, logging and error handling see the URL. */
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

/** The key that a request presents. */
export interface Presented {
  /** '' for none that counts. */
  key: string
  /** For the refusal: the place of the key, or the mistake in it; never the key. Undefined: nothing was presented. */
  found?: string
}

/** A credential: its place, and either the key or the mistake. */
interface Finding {
  place: string
  key?: string
  problem?: string
}

/** The refusal where nothing was presented. */
export const NO_KEY =
  'no API key: send it as Authorization: Bearer KEY or as X-API-Key: KEY. A key in the body does not count'

/**
 * The one key that a request presents. Two that differ are refused: never "the first wins". A header without a key
 * of ours (a proxy's own sign-in) is passed over, but named if nothing else counts.
 */
export function presentedKey(
  message: IncomingMessage,
  query_keys: readonly string[],
  classic: boolean,
): Result<Presented> {
  const headers = [...new Set(message.headersDistinct.authorization)]
  if (headers.length > 1) return refuse('MALFORMED_REQUEST', 'the request has two Authorization headers')
  const findings = [
    ...headers.map(inAuthorization),
    ...(message.headersDistinct['x-api-key'] ?? []).map(inApiKeyHeader),
    ...query_keys.map(classic ? inQuery : notInQuery),
  ].filter((finding) => finding !== undefined)
  const keys = findings.filter(({ key }) => key !== undefined)
  const basic = basicOf(headers[0] ?? '')
  if (basic !== undefined && keys.length === 0) {
    const finding = inBasic(message, basic, classic)
    findings.push(finding)
    if (finding.key !== undefined) keys.push(finding)
  }
  const [first] = keys
  if (first?.key === undefined) {
    const problem = findings.find((finding) => finding.problem !== undefined)
    return ok({ key: '', found: problem && `no API key: ${problem.place} ${problem.problem}` })
  }
  const other = keys.find(({ key }) => key !== first.key)
  if (other)
    return refuse(
      'MALFORMED_REQUEST',
      `the request presents two different keys: ${first.place} and ${other.place}`,
    )
  return ok({
    key: first.key,
    found: `no valid API key: the one in ${first.place} is wrong, revoked or expired`,
  })
}

function inAuthorization(header: string): Finding | undefined {
  const place = 'Authorization'
  const key = /^Bearer +(\S+) *$/i.exec(header)?.[1]
  if (key !== undefined) return { place, key }
  if (header.trim() === '' || basicOf(header) !== undefined) return undefined
  if (/^Bearer\b/i.test(header)) return { place, problem: 'takes one word behind Bearer: the key' }
  if (/^\S+$/.test(header))
    return { place, problem: 'has no scheme: write Bearer and a blank before the key' }
  return { place, problem: 'has a scheme that is not taken: it is Bearer' }
}

function inApiKeyHeader(header: string): Finding | undefined {
  const place = 'X-API-Key'
  if (header === '') return undefined
  return /^\S+$/.test(header)
    ? { place, key: header }
    : { place, problem: 'takes the key alone: one word, without a scheme' }
}

const ADDRESS = 'apiKey in the address'

function inQuery(text: string): Finding | undefined {
  if (text === '') return undefined
  return text.trim() === text
    ? { place: ADDRESS, key: text }
    : { place: ADDRESS, problem: 'has a blank at an end (%20 or +): take it away' }
}

const notInQuery = (): Finding => ({
  place: ADDRESS,
  problem: 'counts on the classic API alone: send the key in a header',
})

const basicOf = (header: string) => /^Basic(?: +(\S*))? *$/i.exec(header)?.slice(1)[0]

/** The key as user, without a password. Browsers send it by themselves, also for a page of another site. */
function inBasic(message: IncomingMessage, encoded: string, classic: boolean): Finding {
  const place = 'Authorization: Basic'
  if (!classic) return { place, problem: 'counts on the classic API alone: send Bearer and the key' }
  if (comesFromElsewhere(message))
    return { place, problem: 'does not count in a request of a page of another site' }
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const password = rest.join(':')
  return user !== '' && password === ''
    ? { place, key: user }
    : { place, problem: 'takes the key as user, without a password' }
}
