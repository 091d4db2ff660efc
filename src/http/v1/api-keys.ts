// API keys: listed, made, revoked. Nobody makes a key that may do more than they may.

import { type Static, Type } from 'typebox'
import { SCOPES } from '../../core/access.ts'
import { FALLBACK_CHARSETS, type FallbackCharset } from '../../core/charset.ts'
import { refuse } from '../../core/result.ts'
import { type KeyRow, listKeys } from '../../db/keys.ts'
import { teamNames } from '../../db/setup.ts'
import { addKey, endKey } from '../../intake/keys.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { type PageAsked, page } from './page.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, Time } from './schema-parts.ts'
import { teamIds } from './team.ts'

const Scopes = Type.Array(oneOf(SCOPES), { maxItems: SCOPES.length, uniqueItems: true })
const Allocations = Type.Array(Id, {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description: 'Only for leads of these allocations; for the scopes insert and dial',
})

export const ApiKey = Type.Object({
  key_id: Id,
  name: Type.String(),
  scopes: Scopes,
  teams: Type.Array(Type.String(), { description: 'None: every team' }),
  allocation_ids: nullable<number[]>({ type: 'array', items: { type: 'integer' } } as { type: string }),
  former_scopes: Type.Array(oneOf(SCOPES), {
    description: 'What it used before scopes were split, and may no longer do',
  }),
  fallback_charset: nullable<FallbackCharset>({ type: 'string' }),
  expires_at: NullableText,
  revoked_at: NullableText,
  last_used_at: NullableText,
  created_at: Time,
  created_by: Type.String(),
})
export const NewApiKey = Type.Object(
  {
    name: Name,
    scopes: Scopes,
    teams: Type.Optional(Type.Array(Name, { maxItems: 100, uniqueItems: true })),
    allocation_ids: Type.Optional(Allocations),
    expires_at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339' })),
    fallback_charset: Type.Optional(
      Type.Unsafe<FallbackCharset>({
        ...oneOf(FALLBACK_CHARSETS),
        description: 'Charset of its classic bodies that are not UTF-8 and declare none',
      }),
    ),
  },
  Closed,
)
export const MadeApiKey = Type.Object({
  ...ApiKey.properties,
  key: Type.String({ description: 'Shown this once and not kept' }),
})

const shown = ({ team_ids, ...row }: KeyRow, names: ReadonlyMap<number, string>) => ({
  ...row,
  teams: (team_ids ?? []).map((id) => names.get(id)!),
})

export async function getApiKeys(call: Call) {
  const { pool } = call.services
  const found = await page(
    call.request.query as PageAsked,
    (after, rows_max) => listKeys(pool, call.caller.team_ids, after, rows_max),
    (row) => row.key_id,
  )
  const names = await teamNames(pool)
  return { ...found, items: found.items.map((row) => shown(row, names)) }
}

export async function postApiKey(call: Call) {
  const body = call.request.body as Static<typeof NewApiKey>
  const { name, scopes, teams = [], allocation_ids = null, expires_at, fallback_charset = null } = body
  const team_ids = orRefuse(await teamIds(call, teams))
  const names = await teamNames(call.services.pool)
  const asked = {
    name,
    scopes,
    team_ids: team_ids.length > 0 ? team_ids : null,
    allocation_ids,
    expires_at: expires_at === undefined ? null : readExpiry(expires_at),
    fallback_charset,
  }
  const made = await call.services.pool.transaction((tx) => addKey(tx, asked, call.by, call.caller))
  const { key, row } = orRefuse(made)
  call.reply.code(201)
  return { ...shown(row, names), key }
}

function readExpiry(text: string): string {
  try {
    return Temporal.Instant.from(text).toString()
  } catch {
    return orRefuse(refuse('INVALID_FIELD', 'expires_at is no RFC 3339 time', { field: '/expires_at' }))
  }
}

/** Revoking is for good; the row stays, so that what the key did keeps its name. */
export async function deleteApiKey(call: Call) {
  const { id } = call.request.params as { id: number }
  orRefuse(await endKey(call.services.pool, id, call.by, call.caller.team_ids))
  call.reply.code(204)
}
