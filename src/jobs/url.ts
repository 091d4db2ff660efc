// Calls a URL: one request, no redirects, five seconds for everything, and of the answer only its status and Retry-After.

import { HTTP_ANSWERS, httpDetail, retryAfterSeconds, verdictOf } from '../core/action-answer.ts'
import { type RenderedRequest, renderRequest } from '../core/action-request.ts'
import type { RunEnd } from '../db/action-runs.ts'
import { addressFor } from './address.ts'
import { raced, sendTo } from './outbound.ts'
import { done, errorCode, failed, type RunOf, TryAgain, type Work } from './work.ts'

const CALL_MS_MAX = 5_000
/** An answer is read so far, out of politeness; then the connection is cut. */
const ANSWER_BYTES_MAX = 64 * 1024

export async function runUrl({ jobs, run, values, signal }: Work<RunOf<'url'>>): Promise<RunEnd> {
  const rendered = renderRequest(run.config, values)
  if (rendered.problem !== undefined) return failed(rendered.problem)
  const request = rendered.ok
  if (!URL.canParse(request.url)) return failed('the address cannot be read')
  const url = new URL(request.url)
  const timeout = AbortSignal.timeout(CALL_MS_MAX)
  const over = AbortSignal.any([signal, timeout])
  try {
    const target = await raced(addressFor(url, jobs.options.private_hosts, over), over)
    if (target.problem !== undefined) return failed(target.problem)
    // Whatever a target does, a run that never ended would keep its turn for ever.
    const { status, retry_after } = await raced(
      send(request, url, target.address, run.delivery_id, over),
      over,
    )
    const detail = httpDetail(status)
    switch (verdictOf(HTTP_ANSWERS, status)) {
      case 'done':
        return done(status, status < 300 ? null : detail)
      case 'failed':
        return failed(detail, status)
      case 'again':
        throw new TryAgain(detail, status, retryAfterSeconds(retry_after, jobs.now()))
    }
  } catch (error) {
    if (error instanceof TryAgain) throw error
    if (signal.aborted) throw new TryAgain('the server stopped or was cut off; the target may have got it')
    if (timeout.aborted) throw new TryAgain(`no answer within ${CALL_MS_MAX / 1_000} s`)
    throw new TryAgain(`the connection failed (${errorCode(error)})`)
  }
}

/** All that is read of an answer. */
interface Answered {
  status: number
  retry_after?: string
}

function send(
  rendered: RenderedRequest,
  url: URL,
  address: string,
  delivery_id: string,
  signal: AbortSignal,
): Promise<Answered> {
  const headers = { ...rendered.headers, 'Leadline-Delivery-Id': delivery_id }
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const request = sendTo(address, url, { ...rendered, headers }, signal)
  request.on('error', reject)
  // A target that changes the protocol gives no answer.
  request.on('upgrade', ({ statusCode = 0 }, socket) => {
    resolve({ status: statusCode })
    socket.destroy()
  })
  request.on('response', (answer) => {
    const finish = () => {
      resolve({ status: answer.statusCode ?? 0, retry_after: answer.headers['retry-after'] })
      request.destroy()
    }
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > ANSWER_BYTES_MAX) finish()
    })
    // Whatever becomes of the rest, the status has been said.
    answer.on('end', finish).on('error', finish).on('close', finish)
  })
  return promise
}
