// Makes, changes, replaces and revokes API keys. A key is shown once; the database has its hash.

import { createHash, randomBytes } from 'node:crypto'
import { ALLOCATION_SCOPES, type Grant, isWithin, SCOPES, type Scope } from '../core/access.ts'
import { LIMITS } from '../core/limits.ts'
import { type FieldProblem, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import { keepAllocations, listAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import {
  changeKey,
  createKey,
  grantScopes,
  type KeyRow,
  type KeyValues,
  keyById,
  lockKey,
  retireKey,
  revokeKey,
  successorOf,
} from '../db/keys.ts'
import type { Db, Pool } from '../db/pool.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import { ensureTeam, keepTeams } from '../db/teams.ts'
import type { Author } from './actor.ts'
import { type ChangeAsked, type Changer, changeSetUp, patchSetUp, refuseStale } from './set-up.ts'
import { transact } from './transact.ts'

/** A key: a prefix that secret scanners can know, and 256 random bits. */
export const newKey = () => `leadline_${randomBytes(32).toString('base64url')}`

/** A fast hash is enough for a secret of 256 random bits. */
export const hashKey = (key: string) => createHash('sha256').update(key).digest()

interface MadeKey {
  key: string
  row: KeyRow
}

/** The new key with its row. `own`: the rights of its maker, beyond which no key goes. */
export const addKey = (pool: Pool, asked: KeyValues, by: Author, own: Grant) =>
  pool.transaction((tx) => addKeyIn(tx, asked, by, own))

/** The same for a key of teams that are named; a team that does not exist yet is created. None: every team. */
export const addKeyOfTeams = (
  pool: Pool,
  { teams, ...asked }: Omit<KeyValues, 'team_ids'> & { teams: readonly string[] },
  by: Author,
  own: Grant,
) =>
  transact(pool, async (tx) => {
    const team_ids: number[] = []
    for (const team of teams) team_ids.push(await ensureTeam(tx, team))
    return addKeyIn(tx, { ...asked, team_ids: team_ids.length > 0 ? team_ids : null }, by, own)
  })

async function addKeyIn(
  tx: Db,
  asked: KeyValues & { follows?: number },
  by: Author,
  own: Grant,
): Promise<Result<MadeKey>> {
  const wrong = refuseProblems(await keyProblems(tx, asked, own))
  if (wrong) return wrong
  const key = newKey()
  const { name, scopes, team_ids, allocation_ids, expires_at, fallback_charset, follows = null } = asked
  const rights = { scopes: [...scopes], team_ids, allocation_ids, fallback_charset, follows }
  const row = (await createKey(tx, {
    ...rights,
    name,
    expires_at,
    hash: hashKey(key),
    created_by: by.actor,
  }))!
  const details = { ...rights, expires_at }
  await audit(tx, { ...by, action: 'key.create', subject: `key:${row.key_id}`, details })
  return ok({ key, row })
}

const isPast = (time: string | null) => time !== null && Date.parse(time) <= Date.now()

const hasEnded = ({ revoked_at, expires_at }: KeyRow) => revoked_at !== null || isPast(expires_at)

/** `before`: the key that is changed, which may have ended as it was to end. */
async function keyProblems(db: Db, asked: KeyValues, own: Grant, before?: KeyRow): Promise<FieldProblem[]> {
  const { scopes, team_ids, allocation_ids, expires_at } = asked
  const problems: FieldProblem[] = []
  const note = (field: string, detail: string, name: FieldProblem['name'] = 'INVALID_FIELD') =>
    problems.push({ name, field, detail })
  if (scopes.length === 0) note('/scopes', `needs at least one of ${SCOPES.join(', ')}`)
  if (team_ids !== null && !(await keepTeams(db, team_ids)))
    note('/teams', 'one of the teams was deleted meanwhile')
  if (!isWithin(asked, own)) note('/scopes', 'gives more than you have', 'FORBIDDEN')
  if (expires_at !== before?.expires_at && isPast(expires_at))
    note('/expires_at', 'is in the past: name a later time, or revoke the key')
  if (allocation_ids !== null) {
    const beyond = scopes.filter((scope) => !ALLOCATION_SCOPES.includes(scope))
    if (beyond.length > 0)
      note(
        '/allocation_ids',
        `a key that is bound to allocations takes ${ALLOCATION_SCOPES.join(' and ')} only`,
      )
    await keepAllocations(db, allocation_ids)
    const seen = await listAllocations(db, { team_ids, allocation_ids }, { archived: true })
    for (const [i, id] of allocation_ids.entries())
      if (!seen.some(({ allocation_id }) => allocation_id === id))
        note(`/allocation_ids/${i}`, `allocation ${id}: not known`, 'UNKNOWN_TARGET')
  }
  return problems
}

/** Who changes a key, with their own rights, beyond which no key goes. */
export interface KeyChanger extends Changer {
  caller: Grant & Sight & { key_id: number | null }
}

/** Changes a key that the caller may change, to what the caller may do. */
export async function patchKey(
  changer: KeyChanger,
  key_id: number,
  change: Partial<KeyValues>,
  asked: ChangeAsked,
) {
  const { caller } = changer
  if (caller.key_id === key_id)
    return refuse('FORBIDDEN', 'a key does not change itself: use another key, or sign in')
  return patchSetUp(changer, {
    noun: 'key',
    id: key_id,
    asked,
    details: change,
    lock: lockKey,
    done: (row) => isAsAsked(row, { ...row, ...change }),
    write: async (tx, before) => {
      if (before.revoked_at !== null)
        return refuse('INVALID_FIELD', `key ${key_id} is revoked: make another one`)
      const values = { ...before, ...change }
      const wrong = refuseProblems(await keyProblems(tx, values, caller, before))
      return wrong ?? ok(await changeKey(tx, key_id, values))
    },
    reach: async () => 0,
  })
}

const isAsAsked = (row: KeyValues, asked: KeyValues) =>
  row.name === asked.name &&
  row.fallback_charset === asked.fallback_charset &&
  instantOrNever(row.expires_at) === instantOrNever(asked.expires_at) &&
  areSame(row.scopes, asked.scopes) &&
  areSame(row.team_ids, asked.team_ids) &&
  areSame(row.allocation_ids, asked.allocation_ids)

const instantOrNever = (time: string | null) => time && Date.parse(time)

const areSame = <Item>(some: readonly Item[] | null, others: readonly Item[] | null) =>
  some === null || others === null
    ? some === others
    : new Set(some).symmetricDifference(new Set(others)).size === 0

/**
 * Makes a key with the same rights that follows this one, which ends after the overlap. One that follows it already may
 * be in somebody's hands, so there is never a second one that lives.
 */
export const rotateKey = (
  changer: KeyChanger,
  key_id: number,
  { overlap_s = LIMITS.key_overlap_s_default }: { overlap_s?: number },
  asked: Pick<ChangeAsked, 'base_version'>,
): Promise<Result<MadeKey>> =>
  changeSetUp(changer, {
    action: 'key.rotate',
    details: { overlap_s },
    work: async (tx) => {
      const old = await lockKey(tx, changer.caller, key_id)
      if (!old) return unknown(key_id)
      const next = await successorOf(tx, key_id)
      if (next && !hasEnded(next))
        return refuse(
          'INVALID_FIELD',
          `key ${next.key_id} follows key ${key_id} already. If the answer that showed it was lost, rotate key ${next.key_id} with overlap_s 0: no key is shown again`,
        )
      if (hasEnded(old)) return refuse('INVALID_FIELD', `key ${key_id} has ended: make another one`)
      const moved = refuseStale(old, asked, `key ${key_id}`)
      if (moved) return moved
      // The end of the old key may be that of an overlap: the new one ends when the one before it was to end.
      const expires_at = next && !isPast(next.expires_at) ? next.expires_at : old.expires_at
      const made = await addKeyIn(tx, { ...old, expires_at, follows: key_id }, changer.by, changer.caller)
      if (!made.refusal) await retireKey(tx, key_id, overlap_s)
      return made
    },
    subject: () => `key:${key_id}`,
  })

const unknown = (key_id: number) => refuse('UNKNOWN_TARGET', `there is no key ${key_id}`)

/** Adds scopes to a key. */
export const widenKey = (
  pool: Pool,
  key_id: number,
  scopes: readonly Scope[],
  by: Author,
): Promise<Result<KeyRow>> =>
  pool.transaction(async (tx) => {
    const found = await keyById(tx, SEES_ALL, key_id)
    if (!found) return unknown(key_id)
    if (found.allocation_ids !== null && scopes.some((scope) => !ALLOCATION_SCOPES.includes(scope)))
      return refuse(
        'INVALID_FIELD',
        `key ${key_id} is bound to allocations: make another key for these scopes`,
      )
    const row = await grantScopes(tx, SEES_ALL, key_id, scopes)
    if (!row) return refuse('INVALID_FIELD', `key ${key_id} is revoked: make another one`)
    await audit(tx, {
      ...by,
      action: 'key.grant',
      subject: `key:${key_id}`,
      details: { scopes: [...scopes] },
    })
    return ok(row)
  })

/** Ends a key that the caller sees; within a second it works in no process. Again, it does nothing. */
export const endKey = (pool: Pool, key_id: number, by: Author, sight: Sight): Promise<Result<KeyRow>> =>
  pool.transaction(async (tx) => {
    const row = await revokeKey(tx, sight, key_id)
    if (!row) {
      const found = await keyById(tx, sight, key_id)
      return found ? ok(found) : unknown(key_id)
    }
    await audit(tx, { ...by, action: 'key.revoke', subject: `key:${key_id}` })
    return ok(row)
  })
