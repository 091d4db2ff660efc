// Attempts to sign in, by login and by where they come from; and the browsers in which an operator signed in before. The
// clock is the database's: of several servers none can be ahead.

import { LIMITS } from '../core/limits.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

export interface Attempt {
  /** Of the login as it was given, known or not. */
  login_hash: Buffer
  from_hash: Buffer
}

// The fifth failure in a row, and each one after it, makes the next attempt wait: 1 s, 2 s, 4 s … 15 min. After a day
// without one they are forgotten.
const ATTEMPT = statement(
  'signIns.attempt',
  `insert into sign_in_failures as f (login_hash, from_hash) values ($1, $2)
   on conflict (login_hash, from_hash) do update set last_at = now(),
     failures = case when f.last_at < now() - interval '1 day' then 1 else least(f.failures + 1, 1000) end,
     blocked_until = case when f.failures + 1 >= 5 and f.last_at >= now() - interval '1 day'
       then now() + make_interval(secs => least(900, 2 ^ least(f.failures + 1 - 5, 10))) end
     where f.blocked_until is null or f.blocked_until <= now()
   returning failures`,
)
const BLOCKED = statement(
  'signIns.blocked',
  `select greatest(1, ceil(extract(epoch from blocked_until - now())))::integer as wait_s
   from sign_in_failures where login_hash = $1 and from_hash = $2`,
)

/** Counts an attempt, as failed until it is cleared; how many seconds to wait when it may not even be tried. */
export async function attemptSignIn(db: Db, { login_hash, from_hash }: Attempt): Promise<number | undefined> {
  if ((await db.query(ATTEMPT, [login_hash, from_hash])).length > 0) return undefined
  return (await db.query<{ wait_s: number | null }>(BLOCKED, [login_hash, from_hash]))[0]?.wait_s ?? 1
}

const CLEAR = statement(
  'signIns.clear',
  'delete from sign_in_failures where login_hash = $1 and from_hash = $2',
)

export const clearSignIn = (db: Db, { login_hash, from_hash }: Attempt) =>
  db.query(CLEAR, [login_hash, from_hash])

const CLEAR_ALL = statement('signIns.clearAll', 'delete from sign_in_failures where login_hash = $1')

/** Ends the delays of a login, wherever its attempts come from. */
export const clearSignIns = (db: Db, login_hash: Buffer) => db.query(CLEAR_ALL, [login_hash])

const SWEEP = statement(
  'signIns.sweep',
  `delete from sign_in_failures where last_at < greatest(now() - interval '1 day',
     (select last_at from sign_in_failures order by last_at desc offset $1 limit 1))`,
)
const SWEEP_DEVICES = statement(
  'devices.sweep',
  'delete from sign_in_devices where seen_at < now() - make_interval(secs => $1)',
)

/** Removes attempts that count no more, and the oldest ones beyond the limit. */
export async function sweepSignIns(db: Db): Promise<void> {
  await db.query(SWEEP, [LIMITS.sign_in_failures_max])
  await db.query(SWEEP_DEVICES, [LIMITS.device_s_max])
}

const KNOWN = statement(
  'devices.known',
  `select exists (select from sign_in_devices d where d.token_hash = $1) as is_known,
     exists (select from sign_in_devices d join operators o using (operator_id)
       where d.token_hash = $1 and o.login = $2) as is_own`,
)

/** Whether the token is one of ours, and whether this login was used with it before. */
export const knowDevice = async (db: Db, token_hash: Buffer, login: string) =>
  (await db.query<{ is_known: boolean; is_own: boolean }>(KNOWN, [token_hash, login]))[0]!

const KEEP = statement(
  'devices.keep',
  `insert into sign_in_devices (token_hash, operator_id) values ($1, $2)
   on conflict (token_hash, operator_id) do update set seen_at = now()`,
)
const TRIM = statement(
  'devices.trim',
  `delete from sign_in_devices where operator_id = $1 and token_hash in (
     select token_hash from sign_in_devices where operator_id = $1 order by seen_at desc offset $2)`,
)

/** The operator signed in there; of very many devices the oldest are forgotten. */
export async function keepDevice(tx: Db, token_hash: Buffer, operator_id: number): Promise<void> {
  await tx.query(KEEP, [token_hash, operator_id])
  await tx.query(TRIM, [operator_id, LIMITS.devices_max])
}

const FORGET = statement('devices.forget', 'delete from sign_in_devices where operator_id = $1')

export const forgetDevices = (tx: Db, operator_id: number) => tx.query(FORGET, [operator_id])
