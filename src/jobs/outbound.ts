// A request to another system: to an address that was judged, without redirects.

import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { RenderedRequest } from '../core/action-request.ts'
import { portOf } from './address.ts'

/** The request with its body, on its way. `address`: of the host of the URL, as `addressFor` found it. */
export function sendTo(
  address: string,
  url: URL,
  { method, headers, body }: RenderedRequest,
  signal: AbortSignal,
): http.ClientRequest {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const options: https.RequestOptions = {
    host: address,
    port: portOf(url),
    path: url.pathname + url.search,
    method,
    headers: {
      'User-Agent': 'Leadline',
      ...headers,
      Host: url.host,
      ...(body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    },
    // The certificate is that of the name, although the connection goes to its address.
    ...(isIP(host) ? {} : { servername: host }),
    agent: false,
    signal,
  }
  const request = (url.protocol === 'https:' ? https : http).request(options)
  request.end(body ?? undefined)
  return request
}

/** A name look-up cannot be aborted; this stops waiting for it. */
export function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}
