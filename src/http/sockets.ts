// The limits of connections, and of answers that wait in them for clients that do not read.

import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Budget } from './body/budget.ts'

/** The room for all answers that are not sent yet; shorter answers are not counted. */
const UNSENT_BYTES_MAX = 32 * 1024 * 1024
const SHORT_BYTES = 1024
/** A client that takes nothing of a long answer is cut off after twice this: the first time only notes the rest. */
const SEND_MS = 10_000

/** Requests of one connection that are not answered yet: all of them are at work at once. */
const UNANSWERED_MAX = 16

/** Within so long a new connection brings its first request. */
const ASK_MS = 1_000

export class Sockets {
  readonly #connections_max: number
  /** Connections that have asked nothing yet, since when, and those that wait for their next request; the oldest first. */
  readonly #silent = new Map<Socket, number>()
  readonly #idle = new Set<Socket>()
  readonly #requests = new Map<Socket, number>()
  /** Long answers that are on their way. */
  readonly #sending = new Map<Socket, number>()
  readonly #unsent = new Budget(UNSENT_BYTES_MAX)

  constructor(connections_max: number) {
    this.#connections_max = connections_max
  }

  watch(server: Server): void {
    server.on('connection', (socket) => this.#open(socket))
  }

  #open(socket: Socket): void {
    if (this.#requests.size >= this.#connections_max) {
      const least = this.#leastMissed() ?? socket
      least.destroy()
      if (least === socket) return
      this.#close(least)
    }
    // Each of its requests listens for its end.
    socket.setMaxListeners(2 * UNANSWERED_MAX)
    this.#requests.set(socket, 0)
    this.#silent.set(socket, performance.now())
    socket.once('close', () => this.#close(socket))
  }

  /** A connection without a request makes room; first the oldest one that had time to ask and never did. */
  #leastMissed(): Socket | undefined {
    const [silent] = this.#silent
    const [idle] = this.#idle
    const never_asks = silent && performance.now() - silent[1] > ASK_MS
    return never_asks ? silent[0] : (idle ?? silent?.[0])
  }

  #close(socket: Socket): void {
    this.#requests.delete(socket)
    this.#silent.delete(socket)
    this.#idle.delete(socket)
  }

  /** A request begins. False: its connection has asked too much already, and is closed. */
  ask(socket: Socket): boolean {
    const requests = this.#requests.get(socket)
    if (requests === undefined) return true
    this.#requests.set(socket, requests + 1)
    if (requests >= UNANSWERED_MAX) socket.destroy()
    if (requests === 0) {
      this.#silent.delete(socket)
      this.#idle.delete(socket)
    }
    return requests < UNANSWERED_MAX
  }

  /** A request is over, answered or not. */
  answered(socket: Socket): void {
    const requests = this.#requests.get(socket)
    if (requests === undefined) return
    this.#requests.set(socket, requests - 1)
    if (requests === 1) this.#idle.add(socket)
  }

  /**
   * Before an answer goes out. A caller whose unread answers fill its room loses the oldest. The socket is
   * that of the request: an answer that waits behind another one on its line has none yet.
   */
  send(socket: Socket, response: ServerResponse, key: string, payload: unknown): void {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
    if (payload.length <= SHORT_BYTES || response.destroyed) return
    // The bytes of a file of the app exist once for all its readers.
    const bytes = typeof payload === 'string' ? payload.length : 0
    const held = this.#unsent.hold(key, bytes, () => socket.destroy())
    this.#sending.set(socket, (this.#sending.get(socket) ?? 0) + 1)
    socket.setTimeout(SEND_MS)
    response.once('close', () => {
      held?.release()
      const left = this.#sending.get(socket)! - 1
      if (left > 0) this.#sending.set(socket, left)
      else this.#sent(socket)
    })
  }

  #sent(socket: Socket): void {
    this.#sending.delete(socket)
    // The requests behind it on this connection may take their time.
    if ((this.#requests.get(socket) ?? 0) > 0) socket.setTimeout(0)
  }
}
