// The load generator. It shares the CPUs with what it measures, so it does as little as can be: bare sockets, one
// request per connection that is made once and only has its digits changed, and no more of an answer read than
// its status and length.

import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { LoadMessage, LoadOptions, LoadResult, Phase } from './load.ts'
import { Dealer, EXTERNAL_ID_LENGTH, externalId, LANDLINES, landline, MOBILES, mobile } from './numbers.ts'

const options = workerData as LoadOptions
const mobiles = new Dealer(MOBILES)
const landlines = new Dealer(LANDLINES)
let count = 0

/** How long answers may take once the time is over, milliseconds. */
const DRAIN_MS_MAX = 30_000
/** How long a number of requests may take. */
const REQUESTS_MS_MAX = 600_000
const ANSWER_BYTES_MAX = 16_384
const OK = '{"code":0,"message":"OK"}'

// A run of one character that JSON does not escape marks each part of the body that differs between requests.
const HOLES = { number: '~', external_id: '^', mobile: '|', landline: '`' } as const
type Hole = keyof typeof HOLES
const WIDTHS: Record<Hole, number> = { number: 8, external_id: EXTERNAL_ID_LENGTH, mobile: 10, landline: 10 }
const hole = (name: Hole) => HOLES[name].repeat(WIDTHS[name])

const BODIES: Record<Phase['kind'], Record<string, string>> = {
  insert: {
    Name: `Jane Smith ${hole('number')}`,
    StreetAddress: '12 Langridge Street',
    City: 'Abbotsford',
    State: 'Vic',
    PostCode: '3067',
    Email: `jane.${hole('number')}@example.com`,
    FirstPhone: hole('mobile'),
    SecondPhone: hole('landline'),
    njExternalLeadId: hole('external_id'),
  },
  // The usual outcome: the call reached nobody, and something was learnt about the lead.
  update: {
    njExternalLeadId: hole('external_id'),
    FirstPhone: '<NO CHANGE>',
    City: `Abbotsford ${hole('number')}`,
    njDisposition: 'No Answer',
  },
}

/** One request as bytes, of a length that never changes. */
class Request {
  readonly bytes: Buffer
  readonly #places: Record<Hole, number[]> = { number: [], external_id: [], mobile: [], landline: [] }

  constructor(kind: Phase['kind']) {
    const { template_id, campaign_id, allocation_id } = options.target
    const body = JSON.stringify(BODIES[kind])
    const query = `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
    const head = [
      `POST /servicemanager/rest/CampaignAPI/${kind}LeadFast?${query} HTTP/1.1`,
      `Host: ${options.host}:${options.port}`,
      `Authorization: Bearer ${options.key}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '\r\n',
    ].join('\r\n')
    this.bytes = Buffer.from(head + body, 'latin1')
    for (const name of Object.keys(HOLES) as Hole[])
      for (let at = body.indexOf(hole(name)); at >= 0; at = body.indexOf(hole(name), at + 1))
        this.#places[name].push(head.length + at)
  }

  set(name: Hole, text: string): void {
    for (const place of this.#places[name]) this.bytes.write(text, place, WIDTHS[name], 'latin1')
  }
}

interface Client {
  socket: Socket
  request: Request
  /** performance.now() when its request should have been sent. */
  intended: number
  busy: boolean
  /** The lead that it is updating. */
  lead: number
  /** The part of an answer that came so far. */
  held: string
}

/** Of each share (0.5: the median) the time that this share of them does not exceed. */
function percentiles(times: readonly number[], shares: number[]): number[] {
  const sorted = Float64Array.from(times).sort()
  return shares.map((share) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)
}

class Run {
  readonly #phase: Phase
  readonly #ms_max: number
  /** As many as this, when time does not count. */
  readonly #requests: number | null
  readonly #clients: Client[] = []
  readonly #latencies: number[] = []
  readonly #refused: Record<string, number> = {}
  /** Updates: leads whose update is under way. Two at once would clash, and clashes are not measured. */
  readonly #leads = new Set<number>()
  #start = 0
  #end = 0
  #busy = 0
  #taken = 0
  #taken_in_time = 0
  /** With a rate those that were given up count too. */
  #sent = 0
  // With a rate: clients without work, and requests that are due.
  readonly #idle: Client[] = []
  readonly #due: number[] = []
  #backlog = 0
  #timer: NodeJS.Timeout | undefined
  #done = false
  readonly #result = Promise.withResolvers<LoadResult>()

  constructor(phase: Phase) {
    const { length, rate } = phase
    this.#phase = phase
    // At a rate, a number of requests is a time.
    const seconds = 'seconds' in length ? length.seconds : rate === null ? null : length.requests / rate
    this.#ms_max = seconds === null ? REQUESTS_MS_MAX : seconds * 1_000
    this.#requests = 'requests' in length && rate === null ? length.requests : null
  }

  async run(): Promise<LoadResult> {
    try {
      this.#result.promise.catch(() => undefined)
      const opened = Array.from({ length: this.#phase.clients }, () => this.#open())
      this.#clients.push(...(await Promise.all(opened)))
      this.#start = performance.now()
      this.#end = this.#start + this.#ms_max
      if (this.#phase.rate === null) {
        for (const client of this.#clients) if (this.#goesOn(this.#start)) this.#send(client, this.#start)
      } else {
        this.#idle.push(...this.#clients)
        this.#tick()
      }
      const overdue = setTimeout(
        () => this.#result.reject(new Error(`${this.#busy} requests were never answered`)),
        this.#ms_max + DRAIN_MS_MAX,
      )
      return await this.#result.promise.finally(() => clearTimeout(overdue))
    } finally {
      this.#done = true
      clearTimeout(this.#timer)
      for (const { socket } of this.#clients) socket.destroy()
    }
  }

  #open(): Promise<Client> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        const error = new Error(`${options.host}:${options.port}: ${why}`)
        reject(error)
        if (!this.#done) this.#result.reject(error)
      }
      const bytes = Buffer.allocUnsafe(ANSWER_BYTES_MAX)
      const socket = connect({
        host: options.host,
        port: options.port,
        noDelay: true,
        onread: {
          buffer: bytes,
          callback: (length) => {
            try {
              this.#receive(client, bytes.toString('latin1', 0, length))
            } catch (error) {
              fail(error instanceof Error ? error.message : String(error))
            }
            return true
          },
        },
      })
      const request = new Request(this.#phase.kind)
      const client: Client = { socket, request, intended: 0, busy: false, lead: 0, held: '' }
      socket.on('connect', () => resolve(client))
      socket.on('error', (error) => fail(error.message))
      socket.on('close', () => fail('the server closed a connection'))
    })
  }

  #send(client: Client, intended: number): void {
    client.busy = true
    client.intended = intended
    this.#busy++
    this.#sent++
    const { request } = client
    if (this.#phase.kind === 'insert') {
      const number = ++count
      request.set('number', String(number).padStart(WIDTHS.number, '0'))
      request.set('external_id', externalId(options.run, `s${number}`))
      request.set('mobile', mobile(mobiles.deal()))
      request.set('landline', landline(landlines.deal()))
    } else {
      do client.lead = 1 + Math.floor(Math.random() * this.#phase.leads)
      while (this.#leads.has(client.lead))
      this.#leads.add(client.lead)
      request.set('number', String(++count).padStart(WIDTHS.number, '0'))
      request.set('external_id', externalId(options.run, client.lead))
    }
    client.socket.write(request.bytes)
  }

  #receive(client: Client, text: string): void {
    const answer = client.held + text
    client.held = answer
    const head = answer.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(answer)?.[1]
    if (length === undefined) throw new Error('an answer without Content-Length')
    const size = head + 4 + Number(length)
    if (answer.length < size) return
    if (answer.length > size || !client.busy) throw new Error('more was answered than was asked')
    client.held = ''
    this.#answered(client, answer.slice(9, 12), answer.slice(head + 4))
  }

  #answered(client: Client, status: string, body: string): void {
    const now = performance.now()
    client.busy = false
    this.#busy--
    this.#leads.delete(client.lead)
    if (status === '200' && body === OK) {
      this.#taken++
      if (now <= this.#end) this.#taken_in_time++
      this.#latencies.push(now - client.intended)
    } else {
      const code = /^\{[^}]*?"code":(\d+)/.exec(body)?.[1] ?? `HTTP ${status}`
      this.#refused[code] = (this.#refused[code] ?? 0) + 1
    }
    if (this.#phase.rate !== null) {
      this.#idle.push(client)
      this.#dispatch()
    } else if (this.#goesOn(now)) this.#send(client, now)
    if (!this.#goesOn(now)) this.#finish()
  }

  #goesOn(now: number): boolean {
    return now < this.#end && (this.#requests === null || this.#sent < this.#requests)
  }

  /** With a rate: sends the requests that are due, at most a millisecond late; that millisecond counts as latency. */
  #tick(): void {
    const now = performance.now()
    const every = 1_000 / this.#phase.rate!
    for (;;) {
      const next = this.#start + this.#due.length * every
      if (next > now || next >= this.#end) break
      this.#due.push(next)
    }
    this.#dispatch()
    if (now < this.#end) {
      this.#timer = setTimeout(() => this.#tick(), 1)
      return
    }
    // Requests that could not be sent at all have waited at least until now.
    this.#backlog = this.#due.length - this.#sent
    for (; this.#sent < this.#due.length; this.#sent++) this.#latencies.push(now - this.#due[this.#sent]!)
    this.#finish()
  }

  #dispatch(): void {
    while (this.#sent < this.#due.length) {
      const client = this.#idle.pop()
      if (!client) return
      this.#send(client, this.#due[this.#sent]!)
    }
  }

  #finish(): void {
    if (this.#busy > 0 || this.#sent < this.#due.length) return
    const [p50 = 0, p99 = 0, max = 0] = percentiles(this.#latencies, [0.5, 0.99, 1])
    const ms = this.#requests === null ? this.#ms_max : performance.now() - this.#start
    this.#result.resolve({
      per_s: (this.#taken_in_time * 1_000) / ms,
      taken: this.#taken,
      refused: this.#refused,
      p50_ms: p50,
      p99_ms: p99,
      max_ms: max,
      backlog: this.#backlog,
    })
  }
}

const answer = (message: LoadMessage) => parentPort!.postMessage(message)

parentPort!.on('message', async (phase: Phase) => {
  try {
    answer({ result: await new Run(phase).run() })
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) })
  }
})
