// One keep-alive connection of a classic client, on a bare socket: races and load tests have many clients, and with
// anything heavier the clients would be what is measured. One request at a time.

import { connect, type Socket } from 'node:net'
import type { ClassicBody, LeadDocument, Target } from '../../src/client/client.ts'

export interface ConnectionAnswer {
  status: number
  code: number
  body: ClassicBody
  lead_id: string | null
  version: number | null
  retry_after_s: number | null
}

type Call = 'insertLeadFast' | 'updateLeadFast'

/** The connection ended before the answer, or was never made. */
export class ConnectionLost extends Error {
  /** True: the request may have been read, so what became of it is not known. */
  readonly connected: boolean

  constructor(connected: boolean) {
    super('the connection was lost')
    this.connected = connected
  }
}

export class ClassicConnection {
  readonly #socket: Socket
  readonly #head: string
  readonly #query: string
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: ConnectionAnswer) => void; reject: (error: Error) => void } | undefined
  #lost: ConnectionLost | undefined
  #connected = false

  constructor(url: string, key: string, target: Target) {
    const { hostname, port } = new URL(url)
    const { template_id, campaign_id, allocation_id } = target
    this.#query = `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
    this.#head = `Host: ${hostname}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.on('connect', () => (this.#connected = true))
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.#lost = new ConnectionLost(this.#connected)
      this.#waiting?.reject(this.#lost)
    })
  }

  post(
    call: Call,
    lead: LeadDocument,
    query: Record<string, string | boolean> = {},
  ): Promise<ConnectionAnswer> {
    if (this.#waiting) throw new Error('this connection waits for an answer already')
    if (this.#lost) return Promise.reject(this.#lost)
    const body = Buffer.from(JSON.stringify(lead))
    const more = Object.entries(query).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`)
    const path = `/servicemanager/rest/CampaignAPI/${call}?${this.#query}${more.join('')}`
    return new Promise<ConnectionAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`POST ${path} HTTP/1.1\r\n${this.#head}Content-Length: ${body.length}\r\n\r\n`)
      this.#socket.write(body)
    }).finally(() => (this.#waiting = undefined))
  }

  /** Hangs up, whatever is on its way. */
  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.subarray(0, end).toString('latin1')
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? null
    const length = Number(header('content-length'))
    if (this.#received.length < end + 4 + length) return
    const body = JSON.parse(this.#received.subarray(end + 4, end + 4 + length).toString()) as ClassicBody
    this.#received = this.#received.subarray(end + 4 + length)
    const version = /^"v(\d+)"$/.exec(header('etag') ?? '')?.[1]
    const retry_after = header('retry-after')
    this.#waiting?.resolve({
      status: Number(head.slice(9, 12)),
      code: body.code,
      body,
      lead_id: header('x-lead-id') ?? body.lead_id ?? null,
      version: version === undefined ? null : Number(version),
      retry_after_s: retry_after === null ? null : Number(retry_after),
    })
  }
}
