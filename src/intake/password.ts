// Passwords as argon2id. Hashing is costly on purpose, so only a few passwords are hashed at once: sign-ins never take the
// whole processor.

import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { foldPassword } from '../core/operator.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { Gate } from './gate.ts'

/** 19 MiB, two passes, one lane: the smaller of the two settings that OWASP recommends. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32

// The work runs on the four threads of the process that also read files and look up names.
const AT_WORK_MAX = Math.max(1, Math.min(2, availableParallelism() - 1))
const WAITING_MAX = 256
const WAIT_MS = 10_000
const strangers = new Gate({ slots: AT_WORK_MAX, queue_max: WAITING_MAX, wait_ms: WAIT_MS })
/** A known browser never waits for strangers, however many they are. */
const known = new Gate({ slots: 1, queue_max: WAITING_MAX, wait_ms: WAIT_MS })

/** The sender of a password: a known browser, or a stranger at some address. */
export interface Whose {
  is_known: boolean
  /** The caller in whose turn it waits. */
  key: string
}

/** Runs the hashing of a password in its turn. Refuses (1012) when too many wait already. */
export async function inPasswordTurn<T>(
  { is_known, key }: Whose,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const gate = is_known ? known : strangers
  if ((await gate.enter({ key })) !== 'admitted')
    return refuse('RATE_LIMITED', 'too many passwords are being checked at once', {
      retry_after_s: gate.retryAfterSeconds(),
    })
  try {
    return await work()
  } finally {
    gate.leave(key)
  }
}

const derive = promisify(argon2)
const run = (
  password: string,
  nonce: Buffer,
  cost: Omit<Argon2Parameters, 'message' | 'nonce' | 'tagLength'>,
) => derive('argon2id', { ...cost, message: foldPassword(password), nonce, tagLength: TAG_BYTES })

const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const phc = (nonce: Buffer, tag: Buffer) =>
  `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${text(nonce)}$${text(tag)}`

/** The PHC string of a password, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES)
  return phc(nonce, await run(password, nonce, COST))
}

export const hashInTurn = (whose: Whose, password: string): Promise<Result<string>> =>
  inPasswordTurn(whose, async () => ok(await hashPassword(password)))

/** The hash that unknown logins are checked against: it costs the same work, and no password fits. */
const NOBODY = phc(randomBytes(SALT_BYTES), randomBytes(TAG_BYTES))

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** `hash` undefined: nobody has this login. */
export async function passwordFits(password: string, hash: string = NOBODY): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = PHC.exec(hash) ?? []
  if (nonce === undefined || tag === undefined)
    throw new Error('a stored password is no PHC string of argon2id')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const [found, wanted] = [
    await run(password, Buffer.from(nonce, 'base64'), cost),
    Buffer.from(tag, 'base64'),
  ]
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}
