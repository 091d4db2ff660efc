// HTTP as bytes on a socket, for what no HTTP library sends: broken framing, bodies that never end, two lengths.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

export type Bytes = string | Uint8Array

/** A string is sent one byte per character, so that '\xff' is that byte; UTF-8 goes in as bytes. */
const bytesOf = (bytes: Bytes) => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)

export class Conversation {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #ended = false
  #closed = false
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#news()
    })
    socket.on('drain', () => this.#news())
    // A server that cuts the line may reset it: to the test that is an end like any other.
    socket.on('error', () => undefined)
    socket.on('end', () => {
      this.#ended = true
      this.#news()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#closed = true
      this.#news()
    })
  }

  static async open(url: string): Promise<Conversation> {
    const { hostname, port } = new URL(url)
    // Half open: a rude client goes on sending when the server has said its last.
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    await once(socket, 'connect')
    socket.setNoDelay(true)
    return new Conversation(socket)
  }

  #news(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** False when the time is over before `found` is true. */
  async #until(found: () => boolean, timeout_ms: number): Promise<boolean> {
    const end = performance.now() + timeout_ms
    while (!found()) {
      const left = end - performance.now()
      if (left <= 0) return false
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    return true
  }

  /** False: the line is cut, or the server has stopped reading. */
  async send(bytes: Bytes): Promise<boolean> {
    if (this.#closed || !this.#socket.writable) return false
    if (this.#socket.write(bytesOf(bytes))) return true
    const written = () => this.#closed || !this.#socket.writableNeedDrain
    return (await this.#until(written, 5_000)) && !this.#closed
  }

  /** The server says no more. */
  get ended(): boolean {
    return this.#ended
  }

  /** The next answer; undefined when the line ends, or the time is over, without one. */
  async answer(timeout_ms = 10_000): Promise<RawAnswer | undefined> {
    await this.#until(() => this.#ended || takeAnswer(this.#received) !== undefined, timeout_ms)
    const found = takeAnswer(this.#received)
    if (found) this.#received = found.rest
    return found?.answer
  }

  /** Whether the server ends its side within the time. */
  ends(timeout_ms = 10_000): Promise<boolean> {
    return this.#until(() => this.#ended, timeout_ms)
  }

  /** Whether the server cuts the line within the time, however much we still send and never hang up. */
  async isCut(timeout_ms = 10_000): Promise<boolean> {
    const end = performance.now() + timeout_ms
    while (performance.now() < end && (await this.send(' ')))
      await new Promise((resolve) => setTimeout(resolve, 50))
    return this.#until(() => this.#closed, Math.max(0, end - performance.now()))
  }

  /** We hang up. */
  hangUp(): void {
    this.#socket.destroy()
  }
}

function takeAnswer(received: Buffer): { answer: RawAnswer; rest: Buffer } | undefined {
  const head_end = received.indexOf('\r\n\r\n')
  if (head_end < 0) return undefined
  const [status_line = '', ...lines] = received.subarray(0, head_end).toString('latin1').split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const body_end = head_end + 4 + Number(headers['content-length'] ?? 0)
  if (received.length < body_end) return undefined
  const answer = {
    status: Number(status_line.split(' ')[1]),
    headers,
    body: received.subarray(head_end + 4, body_end).toString('utf8'),
  }
  return { answer, rest: received.subarray(body_end) }
}

/** The head of a request, with its closing empty line. */
export const head = (method: string, path: string, lines: readonly string[] = [], host = 'localhost') =>
  [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...lines, '', ''].join('\r\n')
