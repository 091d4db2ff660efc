// Makes, widens and revokes API keys. A key is shown once; the database has its hash.

import { createHash, randomBytes } from 'node:crypto'
import { ALLOCATION_SCOPES, type Grant, isWithin, SCOPES, type Scope } from '../core/access.ts'
import type { FallbackCharset } from '../core/charset.ts'
import { type FieldProblem, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import { listAllocations } from '../db/allocations.ts'
import { audit } from '../db/audit.ts'
import { createKey, grantScopes, type KeyRow, keyById, revokeKey } from '../db/keys.ts'
import type { Db, Pool } from '../db/pool.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import { ensureTeam } from '../db/teams.ts'
import type { Author } from './actor.ts'
import { transact } from './transact.ts'

/** A key: a prefix that secret scanners can know, and 256 random bits. */
export const newKey = () => `leadline_${randomBytes(32).toString('base64url')}`

/** A fast hash is enough for a secret of 256 random bits. */
export const hashKey = (key: string) => createHash('sha256').update(key).digest()

interface NewKey {
  name: string
  scopes: readonly Scope[]
  /** Null: every team. */
  team_ids: number[] | null
  /** Null: every allocation that the teams may see. */
  allocation_ids: number[] | null
  /** RFC 3339; null: never. */
  expires_at: string | null
  fallback_charset: FallbackCharset | null
}

/** The new key with its row. `own`: the rights of its maker, beyond which no key goes. */
export const addKey = (pool: Pool, asked: NewKey, by: Author, own: Grant) =>
  pool.transaction((tx) => addKeyIn(tx, asked, by, own))

/** The same for a key of teams that are named; a team that does not exist yet is created. None: every team. */
export const addKeyOfTeams = (
  pool: Pool,
  { teams, ...asked }: Omit<NewKey, 'team_ids'> & { teams: readonly string[] },
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
  asked: NewKey,
  by: Author,
  own: Grant,
): Promise<Result<{ key: string; row: KeyRow }>> {
  const wrong = refuseProblems(await keyProblems(tx, asked, own))
  if (wrong) return wrong
  const key = newKey()
  const { scopes, team_ids, allocation_ids, fallback_charset } = asked
  const row = (await createKey(tx, { ...asked, hash: hashKey(key), created_by: by.actor }))!
  const details = { scopes: [...scopes], team_ids, allocation_ids, fallback_charset }
  await audit(tx, { ...by, action: 'key.create', subject: `key:${row.key_id}`, details })
  return ok({ key, row })
}

async function keyProblems(db: Db, asked: NewKey, own: Grant): Promise<FieldProblem[]> {
  const { scopes, team_ids, allocation_ids, expires_at } = asked
  const problems: FieldProblem[] = []
  const note = (field: string, detail: string, name: FieldProblem['name'] = 'INVALID_FIELD') =>
    problems.push({ name, field, detail })
  if (scopes.length === 0) note('/scopes', `needs at least one of ${SCOPES.join(', ')}`)
  if (!isWithin(asked, own)) note('/scopes', 'gives more than you have', 'FORBIDDEN')
  if (expires_at !== null && Date.parse(expires_at) <= Date.now())
    note('/expires_at', 'is in the past: name a later time')
  if (allocation_ids !== null) {
    const beyond = scopes.filter((scope) => !ALLOCATION_SCOPES.includes(scope))
    if (beyond.length > 0)
      note(
        '/allocation_ids',
        `a key that is bound to allocations takes ${ALLOCATION_SCOPES.join(' and ')} only`,
      )
    const seen = await listAllocations(db, { team_ids, allocation_ids })
    for (const [i, id] of allocation_ids.entries())
      if (!seen.some(({ allocation_id }) => allocation_id === id))
        note(`/allocation_ids/${i}`, `allocation ${id}: not known`, 'UNKNOWN_TARGET')
  }
  return problems
}

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

/** Ends a key that the caller sees; within a second it works in no process. */
export const endKey = (pool: Pool, key_id: number, by: Author, sight: Sight): Promise<Result<KeyRow>> =>
  pool.transaction(async (tx) => {
    const row = await revokeKey(tx, sight, key_id)
    if (!row) return unknown(key_id)
    await audit(tx, { ...by, action: 'key.revoke', subject: `key:${key_id}` })
    return ok(row)
  })
