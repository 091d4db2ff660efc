// Bodies on their way in. A request takes its turn at the gate only once its body is there, so until then a budget of
// bytes, a deadline and a least rate keep slow or large bodies from being everybody's trouble.

import type { IncomingMessage } from 'node:http'
import { LIMITS } from '../core/limits.ts'
import { refuse } from '../core/result.ts'
import { type Admission, Gate } from '../intake/gate.ts'
import { Budget, type Held } from './budget.ts'
import { Refused } from './errors.ts'
import type { Holdings } from './holdings.ts'
import { type Encoding, unpack } from './inflate.ts'

/** The room for all bodies of at most 256 kB, until their requests are answered. */
const SHORT_BYTES_MAX = 32 * 1024 * 1024
/** A body counts for at least so much while it is on its way, with its request and its connection, and once it is there. */
const ARRIVING_BYTES_MIN = 32 * 1024
const WHOLE_BYTES_MIN = 1024

/** Longer bodies on their way or at work at once, and how many wait unread for one of them to be answered. */
const LONG_MAX = 2
const LONG_WAITING_MAX = 64

/** Bodies that are unpacked at once, and how many wait for it: until it is done, nobody knows how much one holds. */
const UNPACKING_MAX = 8
const UNPACKING_WAITING_MAX = 2_048

/** After so long a body must have come at a least rate. */
const PATIENCE_MS = 10_000
const BYTES_PER_S_MIN = 8 * 1024
const LOOK_MS = 250

export interface Reading {
  /** Whose bytes they are: an actor. */
  key: string
  /** As much as the route takes from this caller. */
  bytes_max: number
  holdings: Holdings
  /** How it is compressed. */
  encoding?: Encoding
}

interface Arrival {
  since: number
  received: number
  fail: (error: Error) => void
}

const CROWDED = (detail: string) =>
  new Refused(
    refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', `${detail}; nothing was written`, { retry_after_s: 1 })
      .refusal,
  )
const TOO_LARGE = () => new Refused(refuse('TOO_LARGE', 'the body is longer than this route takes').refusal)
const BROKEN = (encoding: Encoding) =>
  new Refused(
    refuse('MALFORMED_REQUEST', `the body is not what Content-Encoding says (${encoding}), or not whole`)
      .refusal,
  )
const LATE = () =>
  new Refused(
    refuse('MALFORMED_REQUEST', 'the request did not arrive in time', { written: 'no' }).refusal,
    408,
  )

/** Nobody is left to be told. */
const GONE = () => new Refused(refuse('MALFORMED_REQUEST', 'the client hung up').refusal)

export class Bodies {
  readonly #ms_max: number
  readonly #short = new Budget(SHORT_BYTES_MAX)
  readonly #long: Gate
  readonly #unpacking: Gate
  readonly #arriving = new Set<Arrival>()
  #timer: NodeJS.Timeout | undefined

  /** `ms_max`: longest time for a body to arrive; `wait_ms`: longest wait for a long one to be begun. */
  constructor({ ms_max, wait_ms }: { ms_max: number; wait_ms: number }) {
    this.#ms_max = ms_max
    this.#long = new Gate({ slots: LONG_MAX, queue_max: LONG_WAITING_MAX, wait_ms, share: 1 })
    this.#unpacking = new Gate({ slots: UNPACKING_MAX, queue_max: UNPACKING_WAITING_MAX, wait_ms, share: 1 })
  }

  /** All of a body, unpacked. Throws a refusal for one that is too large, too slow, broken, or has no room. */
  async read(message: IncomingMessage, reading: Reading): Promise<Buffer> {
    const sent = await this.#receive(message, reading)
    return reading.encoding ? this.#unpack(message, sent, reading, reading.encoding) : sent
  }

  async #receive(message: IncomingMessage, reading: Reading): Promise<Buffer> {
    const header = message.headers['content-length']
    const length = header === undefined ? undefined : Number(header)
    const is_long = length !== undefined && length > LIMITS.body_bytes_max
    // Most bodies come together with their head: they are there, and only have to be picked up.
    if (message.complete && length === message.readableLength && length > 0 && !is_long) {
      reading.holdings.add(this.#hold(reading, Math.max(length, WHOLE_BYTES_MIN)))
      // A copy: the bytes are a part of all that was read from the socket, which would be kept with them.
      return Buffer.from(message.read(length) as Buffer)
    }
    return this.#await(message, length, reading)
  }

  /**
   * A compressed body counts with what it is packed and unpacked. It is unpacked as a short one first, a few at a time: one that
   * turns out to be long waits for its place among the long ones, and nothing is made beyond the bound of the route.
   */
  async #unpack(
    message: IncomingMessage,
    sent: Buffer,
    reading: Reading,
    encoding: Encoding,
  ): Promise<Buffer> {
    const was_long = sent.length > LIMITS.body_bytes_max
    const short_max = Math.min(reading.bytes_max, LIMITS.body_bytes_max)
    let found: Awaited<ReturnType<typeof unpack>> = 'longer'
    if (!was_long) {
      await this.#enter(this.#unpacking, message, reading)
      found = await unpack(sent, encoding, short_max).finally(() => this.#unpacking.leave(reading.key))
    }
    const is_long = found === 'longer' && reading.bytes_max > short_max
    if (is_long) {
      if (!was_long) await this.#waitForLong(message, reading)
      found = await unpack(sent, encoding, reading.bytes_max)
    }
    if (found === 'longer') throw TOO_LARGE()
    if (found === 'broken') throw BROKEN(encoding)
    if (!is_long) reading.holdings.add(this.#hold(reading, Math.max(found.length, WHOLE_BYTES_MIN)))
    return found
  }

  async #await(message: IncomingMessage, length: number | undefined, reading: Reading): Promise<Buffer> {
    const is_long = length !== undefined && length > LIMITS.body_bytes_max
    if (is_long) await this.#waitForLong(message, reading)
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const arrival: Arrival = { since: performance.now(), received: 0, fail: reject }
    const held = is_long ? undefined : this.#hold(reading, Math.max(length ?? 0, ARRIVING_BYTES_MIN), reject)
    const grow = (bytes: number) => held?.resize(bytes)
    const forget = this.#collect(message, length, reading, arrival, { grow, done: resolve })
    this.#watch(arrival)
    try {
      const whole = await promise
      // A body that turned out to be long has a place among the long ones.
      grow(whole.length > LIMITS.body_bytes_max ? 0 : Math.max(whole.length, WHOLE_BYTES_MIN))
      held?.keep()
      return whole
    } finally {
      forget()
      this.#unwatch(arrival)
      if (held) reading.holdings.add(held)
    }
  }

  /** `fail`: ends a body that is on its way, when a later one of its key needs the room. */
  #hold({ key }: Reading, bytes: number, fail?: (error: Error) => void): Held {
    const cut =
      fail && (() => fail(CROWDED('too many of your bodies are on their way, and this one is the slowest')))
    const held = this.#short.hold(key, bytes, cut)
    if (!held) throw CROWDED('the bodies of your requests take all the room that they may have')
    return held
  }

  /** A long body is not read before there is room for it; meanwhile it stays with its sender. */
  async #waitForLong(message: IncomingMessage, reading: Reading): Promise<void> {
    await this.#enter(this.#long, message, reading)
    reading.holdings.add({ release: () => this.#long.leave(reading.key) })
  }

  /** Waits for a turn, which is to be given back. */
  async #enter(gate: Gate, message: IncomingMessage, { key }: Reading): Promise<void> {
    const gone = new AbortController()
    const onClose = () => gone.abort()
    message.socket.once('close', onClose)
    const admission: Admission = await gate.enter({ key, signal: gone.signal })
    message.socket.off('close', onClose)
    if (admission === 'left') throw GONE()
    if (admission !== 'admitted') throw CROWDED('too many long or compressed bodies are on their way already')
  }

  /** Puts the body together as it comes; the answer stops it. */
  #collect(
    message: IncomingMessage,
    length: number | undefined,
    reading: Reading,
    arrival: Arrival,
    { grow, done }: { grow: (bytes: number) => void; done: (whole: Buffer) => void },
  ): () => void {
    // One whose length is known has its place at once, so that it is never there twice.
    const whole = length === undefined ? undefined : Buffer.allocUnsafe(length)
    const chunks: Buffer[] = []
    let is_long = whole !== undefined && whole.length > LIMITS.body_bytes_max
    const onData = (chunk: Buffer) => {
      const at = arrival.received
      arrival.received += chunk.length
      if (arrival.received > reading.bytes_max) arrival.fail(TOO_LARGE())
      else if (whole) whole.set(chunk, at)
      else {
        chunks.push(chunk)
        if (arrival.received > ARRIVING_BYTES_MIN) grow(arrival.received)
      }
      if (is_long || arrival.received <= LIMITS.body_bytes_max) return
      // It did not say how long it is.
      is_long = true
      message.pause()
      arrival.since = Number.POSITIVE_INFINITY
      this.#waitForLong(message, reading).then(() => {
        arrival.since = performance.now()
        message.resume()
      }, arrival.fail)
    }
    const forget = () => {
      message.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    }
    const onEnd = () => {
      // It closes next, before the next one has its turn.
      forget()
      done(whole ?? Buffer.concat(chunks))
    }
    const onGone = () => arrival.fail(GONE())
    message.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
    message.resume()
    return forget
  }

  #watch(arrival: Arrival): void {
    this.#arriving.add(arrival)
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_MS, this.#ms_max / 4))
  }

  #unwatch(arrival: Arrival): void {
    this.#arriving.delete(arrival)
    if (this.#arriving.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const now = performance.now()
    for (const { since, received, fail } of this.#arriving) {
      const ms = now - since
      if (ms > this.#ms_max || received < ((ms - PATIENCE_MS) / 1_000) * BYTES_PER_S_MIN) fail(LATE())
    }
  }
}
