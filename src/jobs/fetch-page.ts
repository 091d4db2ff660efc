// Fetches a page of a pull: one request, no redirects, and an answer of bounded size and time.

import type { IncomingMessage } from 'node:http'
import { httpDetail, retryAfterSeconds } from '../core/action-answer.ts'
import { type RenderedRequest, renderRequest } from '../core/action-request.ts'
import { CHARSETS_TEXT, charsetOf } from '../core/charset.ts'
import { LAST_ID, type PullSetUp } from '../core/pull.ts'
import { addressFor } from './address.ts'
import { raced, sendTo } from './outbound.ts'
import { type PulledPage, readPage } from './read-page.ts'
import { errorCode } from './work.ts'

const PAGE_BYTES_MAX = 8 * 1024 * 1024
/** Databases behind the address may need a moment for the first byte. */
const SILENCE_MS_MAX = 10_000
const PAGE_MS_MAX = 60_000

interface Fetching {
  private_hosts: readonly string[]
  now: () => string
  signal: AbortSignal
}

type Asked = Pick<PullSetUp, 'request' | 'format' | 'rows_at'> & { last_id: string | null }

/** The request for the rows after the last one. */
export const requestOf = ({ request, last_id }: Pick<Asked, 'request' | 'last_id'>) =>
  renderRequest(request, (name) => (name === LAST_ID ? (last_id ?? '') : ''))

/** Throws the reason of `signal` when it is aborted. */
export async function fetchPage(asked: Asked, { private_hosts, now, signal }: Fetching): Promise<PulledPage> {
  const rendered = requestOf(asked)
  if (rendered.problem !== undefined) return { problem: rendered.problem }
  const request = rendered.ok
  if (!URL.canParse(request.url)) return { problem: 'the address cannot be read' }
  const url = new URL(request.url)
  const timeout = AbortSignal.timeout(PAGE_MS_MAX)
  const over = AbortSignal.any([signal, timeout])
  try {
    const target = await raced(addressFor(url, private_hosts, over), over)
    if (target.problem !== undefined) return { problem: target.problem }
    const answer = await raced(answerTo(request, url, target.address, over), over)
    if (answer.problem !== undefined) return answer
    const { status, headers, body } = answer
    if (status === 204) return { rows: [] }
    if (status !== 200)
      return { problem: httpDetail(status), wait_s: retryAfterSeconds(headers['retry-after'], now()) }
    return await pageOf(asked, headers, body)
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return { problem: `the answer was not whole within ${PAGE_MS_MAX / 1_000} s` }
    return { problem: `the connection failed (${errorCode(error)})` }
  }
}

type Answered =
  | { status: number; headers: IncomingMessage['headers']; body: Buffer; problem?: undefined }
  | { problem: string }

function answerTo(
  request: RenderedRequest,
  url: URL,
  address: string,
  signal: AbortSignal,
): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const headers = { 'Accept-Encoding': 'identity', ...request.headers }
  const sent = sendTo(address, url, { ...request, headers }, signal)
  const end = (problem: string) => {
    resolve({ problem })
    sent.destroy()
  }
  sent.setTimeout(SILENCE_MS_MAX, () => end(`nothing was answered for ${SILENCE_MS_MAX / 1_000} s`))
  sent.on('error', reject)
  sent.on('upgrade', (_, socket) => {
    end('it wants to speak another protocol')
    socket.destroy()
  })
  sent.on('response', (answer) => {
    const chunks: Buffer[] = []
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes > PAGE_BYTES_MAX) end('the answer is longer than 8 MB: let it hold fewer rows')
    })
    answer.on('end', () => {
      const { statusCode: status = 0, headers } = answer
      resolve({ status, headers, body: Buffer.concat(chunks) })
      sent.destroy()
    })
    // A body that is shorter than it was declared.
    answer.on('error', () => end('the answer was cut off'))
    answer.on('close', () => end('the answer was cut off'))
  })
  return promise
}

/** Where the charset is said in a Content-Type. */
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i

async function pageOf(asked: Asked, headers: IncomingMessage['headers'], body: Buffer): Promise<PulledPage> {
  const type = headers['content-type'] ?? ''
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return { problem: 'the answer is compressed, which was not asked for' }
  if (/^\s*(text\/html|application\/xhtml)/i.test(type))
    return { problem: 'a web page was answered (text/html), and no rows' }
  const label = CHARSET.exec(type)?.[1]
  const declared = label === undefined ? undefined : charsetOf(label)
  if (label !== undefined && declared === undefined)
    return { problem: `the answer has a charset that is not read: it may be ${CHARSETS_TEXT}` }
  return readPage(body, declared, asked)
}
