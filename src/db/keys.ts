// API keys. The key itself is never stored, only its SHA-256.

import type { Scope } from '../core/access.ts'
import type { FallbackCharset } from '../core/charset.ts'
import { EVERYTHING, type PageBounds } from './page.ts'
import type { Db } from './pool.ts'
import { type Sight, withinTeamsOf } from './sight.ts'
import { statement } from './statement.ts'

/** A key that counts now. Its sight: the templates of its teams, and the allocations that it may insert into and dial. */
export interface Key extends Sight {
  key_id: number
  name: string
  scopes: Scope[]
  /** For its classic bodies that are not UTF-8 and come without a charset; null: as the installation says. */
  fallback_charset: FallbackCharset | null
}

export interface KeyRow extends Key {
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  created_at: string
  created_by: string
  /** The key that this one was made to replace. */
  follows: number | null
  version: number
  /** What it used before scopes were split, and may no longer do. */
  former_scopes: Scope[]
}

const ROW = `key_id, name, scopes, team_ids, allocation_ids, fallback_charset, former_scopes, expires_at,
     revoked_at, last_used_at, created_at, created_by, follows, version`

const BY_HASH = statement<{ hash: Buffer }, Key & { stale_use: boolean }>(
  'keys.byHash',
  `select key_id, name, scopes, team_ids, allocation_ids, fallback_charset,
     last_used_at is null or last_used_at < now() - interval '1 minute' as stale_use
   from api_keys where hash = :hash and revoked_at is null and (expires_at is null or expires_at > now())`,
)

const USED = statement<{ key_id: number }>(
  'keys.used',
  `update api_keys set last_used_at = now()
   where key_id = :key_id and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
)

/** The key with this hash, if it counts now. Notes its use, at most once a minute. */
export async function keyByHash(db: Db, hash: Buffer): Promise<Key | undefined> {
  const [row] = await db.query(BY_HASH, { hash })
  if (!row) return undefined
  const { stale_use, ...key } = row
  if (stale_use) await db.query(USED, { key_id: key.key_id })
  return key
}

interface KeyParams extends Sight {
  name: string
  hash: Buffer
  scopes: readonly Scope[]
  expires_at: string | null
  fallback_charset: FallbackCharset | null
  created_by: string
  follows: number | null
}

const CREATE = statement<KeyParams, KeyRow>(
  'keys.create',
  `insert into api_keys (
     name, hash, scopes, team_ids, allocation_ids, expires_at, created_by, fallback_charset, follows)
   values (
     :name, :hash, :scopes, :team_ids, :allocation_ids, :expires_at, :created_by, :fallback_charset, :follows)
   on conflict on constraint api_key_hashes_are_unique do nothing
   returning ${ROW}`,
)

const UNBOUND = {
  team_ids: null,
  allocation_ids: null,
  expires_at: null,
  fallback_charset: null,
  follows: null,
}

/** Undefined when a key with this hash is there already. */
export const createKey = async (
  db: Db,
  key: Omit<KeyParams, keyof typeof UNBOUND> & Partial<KeyParams>,
): Promise<KeyRow | undefined> => (await db.query(CREATE, { ...UNBOUND, ...key }))[0]

const LIST = statement<Sight & PageBounds & { key_id: number | null }, KeyRow>(
  'keys.list',
  `select ${ROW} from api_keys
   where ${withinTeamsOf('team_ids')} and (:key_id::integer is null or key_id = :key_id)
     and key_id > :after::bigint
   order by key_id limit :rows_max`,
)

export const listKeys = (db: Db, sight: Sight, asked: Partial<PageBounds> & { key_id?: number } = {}) =>
  db.query(LIST, { ...sight, ...EVERYTHING, key_id: null, ...asked })

export const keyById = async (db: Db, sight: Sight, key_id: number) =>
  (await listKeys(db, sight, { key_id }))[0]

const LOCK = statement<Sight & { key_id: number }, KeyRow>(
  'keys.lock',
  `select ${ROW} from api_keys where key_id = :key_id and ${withinTeamsOf('team_ids')} for update`,
)

/** Undefined: the caller may not change such a key. */
export const lockKey = async (tx: Db, sight: Sight, key_id: number) =>
  (await tx.query(LOCK, { ...sight, key_id }))[0]

/** What may be changed of a key. */
export type KeyValues = Omit<KeyParams, 'hash' | 'created_by' | 'follows'>

const CHANGE = statement<KeyValues & { key_id: number }, KeyRow>(
  'keys.change',
  `update api_keys set name = :name, scopes = :scopes, team_ids = :team_ids, allocation_ids = :allocation_ids,
     expires_at = :expires_at, fallback_charset = :fallback_charset, version = version + 1,
     former_scopes = array(select unnest(former_scopes) except select unnest(:scopes::text[]))
   where key_id = :key_id
   returning ${ROW}`,
)

/** Of a locked key. A key that is bound to allocations takes no scope that reaches beyond them (23514). */
export const changeKey = async (
  tx: Db,
  key_id: number,
  { name, scopes, team_ids, allocation_ids, expires_at, fallback_charset }: KeyValues,
) => {
  const values = { name, scopes, team_ids, allocation_ids, expires_at, fallback_charset }
  return (await tx.query(CHANGE, { key_id, ...values }))[0]!
}

const SUCCESSOR = statement<{ key_id: number }, KeyRow>(
  'keys.successor',
  `select ${ROW} from api_keys where follows = :key_id order by key_id desc limit 1`,
)

/** The key that was made last to replace this one. */
export const successorOf = async (tx: Db, key_id: number) => (await tx.query(SUCCESSOR, { key_id }))[0]

const RETIRE = statement<{ key_id: number; overlap_s: number }, KeyRow>(
  'keys.retire',
  `update api_keys set expires_at = least(expires_at, now() + make_interval(secs => :overlap_s)),
     version = version + 1
   where key_id = :key_id
   returning ${ROW}`,
)

/** A locked key ends after the overlap, and never later than it was to end. */
export const retireKey = async (tx: Db, key_id: number, overlap_s: number) =>
  (await tx.query(RETIRE, { key_id, overlap_s }))[0]!

const GRANT = statement<Sight & { key_id: number; given: readonly Scope[] }, KeyRow>(
  'keys.grant',
  `update api_keys set
     former_scopes = array(select unnest(former_scopes) except select unnest(:given::text[])),
     scopes = array(select distinct unnest(scopes || :given::text[])), version = version + 1
   where key_id = :key_id and ${withinTeamsOf('team_ids')} and revoked_at is null
   returning ${ROW}`,
)

/**
 * Undefined: the caller sees no such key that counts. A key that is bound to allocations takes no scope that reaches
 * beyond them (23514).
 */
export const grantScopes = async (db: Db, sight: Sight, key_id: number, scopes: readonly Scope[]) =>
  (await db.query(GRANT, { ...sight, key_id, given: scopes }))[0]

const REVOKE = statement<Sight & { key_id: number }, KeyRow>(
  'keys.revoke',
  `update api_keys set revoked_at = now(), version = version + 1
   where key_id = :key_id and ${withinTeamsOf('team_ids')} and revoked_at is null
   returning ${ROW}`,
)

/** Undefined: the caller sees no such key that is not revoked yet. */
export const revokeKey = async (db: Db, sight: Sight, key_id: number) =>
  (await db.query(REVOKE, { ...sight, key_id }))[0]
