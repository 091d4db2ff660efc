// API keys. The key itself is never stored, only its SHA-256.

import { type Db, statement } from './pool.ts'

export const SCOPES = ['read', 'write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A key that counts now. */
export interface Key {
  key_id: number
  name: string
  scopes: Scope[]
  /** The teams whose templates it may see; null: all. */
  team_ids: number[] | null
}

export interface KeyRow extends Key {
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  created_at: string
  created_by: string
}

const ROW = 'key_id, name, scopes, team_ids, expires_at, revoked_at, last_used_at, created_at, created_by'

const BY_HASH = statement(
  'keys.byHash',
  `select key_id, name, scopes, team_ids, last_used_at is null or last_used_at < now() - interval '1 minute' as stale_use
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
  `insert into api_keys (name, hash, scopes, team_ids, expires_at, created_by) values ($1, $2, $3, $4, $5, $6)
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
    expires_at?: string | null
    created_by: string
  },
): Promise<KeyRow | undefined> {
  const { name, hash, scopes, team_ids = null, expires_at = null, created_by } = key
  const [row] = await db.query<KeyRow>(CREATE, [name, hash, scopes, team_ids, expires_at, created_by])
  return row
}

const LIST = statement('keys.list', `select ${ROW} from api_keys order by key_id`)

export const listKeys = (db: Db) => db.query<KeyRow>(LIST)

const REVOKE = statement(
  'keys.revoke',
  `update api_keys set revoked_at = coalesce(revoked_at, now()) where key_id = $1 returning ${ROW}`,
)

/** Undefined: no such key. A key that is revoked already keeps its first time. */
export async function revokeKey(db: Db, key_id: number): Promise<KeyRow | undefined> {
  const [row] = await db.query<KeyRow>(REVOKE, [key_id])
  return row
}
