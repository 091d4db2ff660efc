// Bodies on their way in. A request takes its turn at the gate once its body has arrived. Until then a budget of bytes, a
// deadline and a minimum rate keep slow and large bodies from blocking others.

import type { IncomingMessage } from 'node:http'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { Gate } from '../../intake/gate.ts'
import { NOT_IN_TIME } from '../connection.ts'
import { Refused } from '../errors.ts'
import { Holdings, takeSlot } from '../holdings.ts'
import { Budget, type Held } from './budget.ts'
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

interface Arriving {
  /** The actor who sends the bytes. */
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
    refuse('TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS', `${detail}; nothing was written`, { retry_after_s: 1 }),
  )
const MALFORMED = (detail: string) => new Refused(refuse('MALFORMED_REQUEST', detail))
const TOO_LARGE = () => new Refused(refuse('TOO_LARGE', 'the body is longer than this route takes'))
const BROKEN = (encoding: Encoding) =>
  MALFORMED(`the body is not what Content-Encoding says (${encoding}), or not whole`)
const LATE = () => new Refused(refuse('MALFORMED_REQUEST', NOT_IN_TIME, { written: 'no' }), 408)
/** Nobody is left to be told. */
const GONE = () => MALFORMED('the client hung up')

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
  async read(message: IncomingMessage, arriving: Arriving): Promise<Buffer> {
    const sent = await this.#receive(message, arriving)
    return arriving.encoding ? this.#unpack(message, sent, arriving, arriving.encoding) : sent
  }

  async #receive(message: IncomingMessage, arriving: Arriving): Promise<Buffer> {
    const header = message.headers['content-length']
    const length = header === undefined ? undefined : Number(header)
    const is_long = length !== undefined && length > LIMITS.body_bytes_max
    // Most bodies come together with their head: they are there, and only have to be picked up.
    if (message.complete && length === message.readableLength && length > 0 && !is_long) {
      arriving.holdings.add(this.#hold(arriving, Math.max(length, WHOLE_BYTES_MIN)))
      // A copy: the bytes are a part of all that was read from the socket, which would be kept with them.
      return Buffer.from(message.read(length) as Buffer)
    }
    return this.#await(message, length, arriving)
  }

  /**
   * A compressed body counts with its packed and its unpacked bytes. It is unpacked as a short one first, a few at a time.
   * One that turns out to be long waits for its place among the long ones. Nothing is unpacked beyond the route's limit.
   */
  async #unpack(
    message: IncomingMessage,
    sent: Buffer,
    arriving: Arriving,
    encoding: Encoding,
  ): Promise<Buffer> {
    const was_long = sent.length > LIMITS.body_bytes_max
    const short_max = Math.min(arriving.bytes_max, LIMITS.body_bytes_max)
    let found: Awaited<ReturnType<typeof unpack>> = 'longer'
    if (!was_long) {
      const turn = new Holdings()
      await this.#enter(this.#unpacking, message, arriving.key, turn)
      found = await unpack(sent, encoding, short_max).finally(() => turn.end())
    }
    const is_long = found === 'longer' && arriving.bytes_max > short_max
    if (is_long) {
      if (!was_long) await this.#waitForLong(message, arriving)
      found = await unpack(sent, encoding, arriving.bytes_max)
    }
    if (found === 'longer') throw TOO_LARGE()
    if (found === 'broken') throw BROKEN(encoding)
    if (!is_long) arriving.holdings.add(this.#hold(arriving, Math.max(found.length, WHOLE_BYTES_MIN)))
    return found
  }

  async #await(message: IncomingMessage, length: number | undefined, arriving: Arriving): Promise<Buffer> {
    const is_long = length !== undefined && length > LIMITS.body_bytes_max
    if (is_long) await this.#waitForLong(message, arriving)
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const arrival: Arrival = { since: performance.now(), received: 0, fail: reject }
    const held = is_long ? undefined : this.#hold(arriving, Math.max(length ?? 0, ARRIVING_BYTES_MIN), reject)
    const grow = (bytes: number) => held?.resize(bytes)
    const forget = this.#collect(message, length, arriving, arrival, { grow, done: resolve })
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
      if (held) arriving.holdings.add(held)
    }
  }

  /** `fail`: ends a body that is on its way, when a later one of its key needs the room. */
  #hold({ key }: Arriving, bytes: number, fail?: (error: Error) => void): Held {
    const cut =
      fail && (() => fail(CROWDED('too many of your bodies are on their way, and this one is the slowest')))
    const held = this.#short.hold(key, bytes, cut)
    if (!held) throw CROWDED('the bodies of your requests take all the room that they may have')
    return held
  }

  /** A long body is not read before there is room for it; meanwhile it stays with its sender. */
  #waitForLong = (message: IncomingMessage, { key, holdings }: Arriving): Promise<void> =>
    this.#enter(this.#long, message, key, holdings)

  async #enter(gate: Gate, message: IncomingMessage, key: string, holdings: Holdings): Promise<void> {
    const admission = await takeSlot(gate, key, message, holdings)
    if (admission === 'left') throw GONE()
    if (admission !== 'admitted') throw CROWDED('too many long or compressed bodies are on their way already')
  }

  /** Puts the body together as it comes; the answer stops it. */
  #collect(
    message: IncomingMessage,
    length: number | undefined,
    arriving: Arriving,
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
      if (arrival.received > arriving.bytes_max) arrival.fail(TOO_LARGE())
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
      this.#waitForLong(message, arriving).then(() => {
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
