// API keys. The key itself is never stored, only its SHA-256.

import type { Scope } from '../core/access.ts'
import type { FallbackCharset } from '../core/charset.ts'
import type { Db } from './pool.ts'
import type { TeamIds } from './sight.ts'
import { statement } from './statement.ts'

/** A key that counts now. */
export interface Key {
  key_id: number
  name: string
  scopes: Scope[]
  /** The teams whose templates it may see; null: all. */
  team_ids: number[] | null
  /** The allocations that it may insert into and dial; null: all that it may see. */
  allocation_ids: number[] | null
  /** For its classic bodies that are not UTF-8 and come without a charset; null: as the installation says. */
  fallback_charset: FallbackCharset | null
}

export interface KeyRow extends Key {
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  created_at: string
  created_by: string
  /** What it used before scopes were split, and may no longer do. */
  former_scopes: Scope[]
}

const ROW = `key_id, name, scopes, team_ids, allocation_ids, fallback_charset, former_scopes, expires_at, revoked_at, last_used_at,
  created_at, created_by`

const BY_HASH = statement(
  'keys.byHash',
  `select key_id, name, scopes, team_ids, allocation_ids, fallback_charset, last_used_at is null or last_used_at < now() - interval '1 minute' as stale_use
   from api_keys where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
)

const USED = statement(
  'keys.used',
  `update api_keys set last_used_at = now()
   where key_id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
)

/** The key with this hash, if it counts now. Notes its use, at most once a minute. */
export async function keyByHash(db: Db, hash: Buffer): Promise<Key | undefined> {
  const [row] = await db.query<Key & { stale_use: boolean }>(BY_HASH, [hash])
  if (!row) return undefined
  const { stale_use, ...key } = row
  if (stale_use) await db.query(USED, [key.key_id])
  return key
}

const CREATE = statement(
  'keys.create',
  `insert into api_keys (name, hash, scopes, team_ids, allocation_ids, expires_at, created_by, fallback_charset)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict on constraint api_key_hashes_are_unique do nothing
   returning ${ROW}`,
)

/** Undefined when a key with this hash is there already. */
export async function createKey(
  db: Db,
  key: {
    name: string
    hash: Buffer
    scopes: readonly Scope[]
    team_ids?: number[] | null
    allocation_ids?: number[] | null
    expires_at?: string | null
    fallback_charset?: FallbackCharset | null
    created_by: string
  },
): Promise<KeyRow | undefined> {
  const { name, hash, scopes, team_ids = null, allocation_ids = null, created_by } = key
  const { expires_at = null, fallback_charset = null } = key
  const params = [name, hash, scopes, team_ids, allocation_ids, expires_at, created_by, fallback_charset]
  return (await db.query<KeyRow>(CREATE, params))[0]
}

// Somebody who is bound to teams sees the keys that are bound to no other team.
const LIST = statement(
  'keys.list',
  `select ${ROW} from api_keys
   where ($1::integer[] is null or team_ids <@ $1) and ($2::integer is null or key_id = $2) and key_id > $3::bigint
   order by key_id limit $4`,
)

/** Keys in the order in which they were made, after an id; rows_max null: all of them. */
export const listKeys = (db: Db, teams: TeamIds, after = 0, rows_max: number | null = null) =>
  db.query<KeyRow>(LIST, [teams, null, after, rows_max])

export const keyById = async (db: Db, teams: TeamIds, key_id: number) =>
  (await db.query<KeyRow>(LIST, [teams, key_id, 0, 1]))[0]

const GRANT = statement(
  'keys.grant',
  `update api_keys set former_scopes = array(select unnest(former_scopes) except select unnest($2::text[])),
     scopes = array(select distinct unnest(scopes || $2::text[]))
   where key_id = $1 and revoked_at is null returning ${ROW}`,
)

/** Undefined: no such key that counts. A key that is bound to allocations takes no scope that reaches beyond them (23514). */
export const grantScopes = async (db: Db, key_id: number, scopes: readonly Scope[]) =>
  (await db.query<KeyRow>(GRANT, [key_id, scopes]))[0]

const REVOKE = statement(
  'keys.revoke',
  `update api_keys set revoked_at = coalesce(revoked_at, now()) where key_id = $1 returning ${ROW}`,
)

/** Undefined: no such key. A key that is revoked already keeps its first time. */
export async function revokeKey(db: Db, key_id: number): Promise<KeyRow | undefined> {
  const [row] = await db.query<KeyRow>(REVOKE, [key_id])
  return row
}
