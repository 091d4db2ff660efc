// Attempts to sign in, by login and origin, and the browsers that operators signed in with. All times come from the
// database's clock, so servers agree.

import { LIMITS } from '../core/limits.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

export interface Attempt {
  /** Of the given login, whether it exists or not. */
  login_hash: Buffer
  from_hash: Buffer
}

// The fifth failure in a row, and each one after it, makes the next attempt wait: 1 s, 2 s, 4 s … 15 min. After a day
// without one they are forgotten.
const ATTEMPT = statement<Attempt, { failures: number }>(
  'signIns.attempt',
  `insert into sign_in_failures as f (login_hash, from_hash) values (:login_hash, :from_hash)
   on conflict (login_hash, from_hash) do update set last_at = now(),
     failures = case when f.last_at < now() - interval '1 day' then 1 else least(f.failures + 1, 1000) end,
     blocked_until = case when f.failures + 1 >= 5 and f.last_at >= now() - interval '1 day'
       then now() + make_interval(secs => least(900, 2 ^ least(f.failures + 1 - 5, 10))) end
     where f.blocked_until is null or f.blocked_until <= now()
   returning failures`,
)
const BLOCKED = statement<Attempt, { wait_s: number | null }>(
  'signIns.blocked',
  `select greatest(1, ceil(extract(epoch from blocked_until - now())))::integer as wait_s
   from sign_in_failures where login_hash = :login_hash and from_hash = :from_hash`,
)

/** Counts an attempt as failed until it is cleared. Answers the seconds to wait if it may not be tried yet. */
export async function attemptSignIn(db: Db, attempt: Attempt): Promise<number | undefined> {
  if ((await db.query(ATTEMPT, attempt)).length > 0) return undefined
  return (await db.query(BLOCKED, attempt))[0]?.wait_s ?? 1
}

const CLEAR = statement<Attempt>(
  'signIns.clear',
  'delete from sign_in_failures where login_hash = :login_hash and from_hash = :from_hash',
)

export const clearSignIn = (db: Db, attempt: Attempt) => db.query(CLEAR, attempt)

const CLEAR_ALL = statement<{ login_hash: Buffer }>(
  'signIns.clearAll',
  'delete from sign_in_failures where login_hash = :login_hash',
)

/** Ends the delays of a login, wherever its attempts come from. */
export const clearSignIns = (db: Db, login_hash: Buffer) => db.query(CLEAR_ALL, { login_hash })

const SWEEP = statement<None>(
  'signIns.sweep',
  `delete from sign_in_failures where last_at < greatest(now() - interval '1 day',
     (select last_at from sign_in_failures
      order by last_at desc offset ${LIMITS.sign_in_failures_max} limit 1))`,
)
const SWEEP_DEVICES = statement<None>(
  'devices.sweep',
  `delete from sign_in_devices where seen_at < now() - make_interval(secs => ${LIMITS.device_s_max})`,
)

/** Removes expired attempts, and the oldest ones beyond the limit. */
export async function sweepSignIns(db: Db): Promise<void> {
  await db.query(SWEEP)
  await db.query(SWEEP_DEVICES)
}

const KNOWN = statement<{ token_hash: Buffer; login: string }, { is_known: boolean; is_own: boolean }>(
  'devices.known',
  `select exists (select from sign_in_devices d where d.token_hash = :token_hash) as is_known,
     exists (select from sign_in_devices d join operators o using (operator_id)
       where d.token_hash = :token_hash and o.login = :login) as is_own`,
)

/** Whether the token is one of ours, and whether this login was used with it before. */
export const knowDevice = async (db: Db, token_hash: Buffer, login: string) =>
  (await db.query(KNOWN, { token_hash, login }))[0]!

const KEEP = statement<{ token_hash: Buffer; operator_id: number }>(
  'devices.keep',
  `insert into sign_in_devices (token_hash, operator_id) values (:token_hash, :operator_id)
   on conflict (token_hash, operator_id) do update set seen_at = now()`,
)
const TRIM = statement<{ operator_id: number }>(
  'devices.trim',
  `delete from sign_in_devices where operator_id = :operator_id and token_hash in (
     select token_hash from sign_in_devices where operator_id = :operator_id
     order by seen_at desc offset ${LIMITS.devices_max})`,
)

/** Remembers that the operator signed in with this browser; forgets the oldest ones beyond the limit. */
export async function keepDevice(tx: Db, token_hash: Buffer, operator_id: number): Promise<void> {
  await tx.query(KEEP, { token_hash, operator_id })
  await tx.query(TRIM, { operator_id })
}

const FORGET = statement<{ operator_id: number }>(
  'devices.forget',
  'delete from sign_in_devices where operator_id = :operator_id',
)

export const forgetDevices = (tx: Db, operator_id: number) => tx.query(FORGET, { operator_id })
