// Sends the requests of an adapter over connections that stay open, where the peer keeps them open.

import http from 'node:http'
import https from 'node:https'
import { type Adapter, failed, type HttpAnswer, type HttpRequest, type Peer } from './peer.ts'

const ANSWER_MS_MAX = 60_000

/** `address`: http://host/path, without credentials. */
export function overHttp(name: string, address: string, adapter: Adapter, clients: number): Peer {
  const base = new URL(address)
  if (base.username !== '' || base.password !== '' || base.search !== '')
    throw new Error(`the address of ${name} must not hold credentials: name them by their own variables`)
  const { request: open, Agent } = base.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const send = ({ method, path, headers, body }: HttpRequest) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const url = base.href.replace(/\/+$/, '') + path
      const length = { 'Content-Length': Buffer.byteLength(body) }
      const options = { agent, method, headers: { ...headers, ...length }, timeout: ANSWER_MS_MAX }
      const request = open(url, options, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString() }),
        )
      })
      request.on('timeout', () => request.destroy(new Error('no answer in time')))
      request.on('error', reject)
      request.end(body)
    })
  const outcome = async (request: HttpRequest) => {
    try {
      return adapter.read(await send(request))
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return failed(code ?? message)
    }
  }
  return {
    name,
    rows: 1,
    insert: ([lead]) => outcome(adapter.insert(lead!)),
    update: ([lead], city) => outcome(adapter.update(lead!, city)),
  }
}
