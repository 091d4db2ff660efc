// API keys: listed, made, changed, replaced, revoked. Nobody makes a key that may do more than they may.

import { Type } from 'typebox'
import { SCOPES } from '../../core/access.ts'
import { FALLBACK_CHARSETS } from '../../core/charset.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok, refuse } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { type KeyRow, keyById, listKeys } from '../../db/keys.ts'
import { teamNames } from '../../db/teams.ts'
import { addKey, endKey, patchKey, rotateKey } from '../../intake/keys.ts'
import { teamIds } from '../../intake/teams.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { del, get, patch, post, routes } from '../route.ts'
import { CHANGES, changeAsked, changed, created, listed, one, TOUCHES } from './set-up.ts'
import {
  closed,
  Id,
  IdParams,
  Name,
  NullableText,
  named,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  shape,
  Time,
  Version,
} from './shapes.ts'

const Scope = named('Scope', oneOf(SCOPES))
const Scopes = Type.Array(Scope, { maxItems: SCOPES.length, uniqueItems: true })
const Teams = Type.Array(Name, { maxItems: 100, uniqueItems: true, description: 'Names; none: every team' })
const Allocations = Type.Array(Id, {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description: 'Only for leads of these allocations; for the scopes insert and dial',
})
const Charset = oneOf(FALLBACK_CHARSETS, 'Charset of its classic bodies that are not UTF-8 and declare none')

const ApiKey = shape('ApiKey', {
  key_id: Id,
  name: Type.String(),
  scopes: Scopes,
  teams: Type.Array(Type.String(), { description: 'None: every team' }),
  allocation_ids: nullable(Type.Array(Type.Integer())),
  former_scopes: Type.Array(Scope, {
    description: 'Scopes whose deeds it used before scopes were split, and has lost',
  }),
  fallback_charset: nullable(Charset),
  expires_at: NullableText,
  revoked_at: NullableText,
  last_used_at: NullableText,
  created_at: Time,
  created_by: Type.String(),
  follows: nullable(Type.Integer({ description: 'The key that this one was made to replace' })),
  version: Version,
})
const Expiry = Type.String({ maxLength: 40, description: 'RFC 3339' })
const NewApiKey = closed('NewApiKey', {
  name: Name,
  scopes: Scopes,
  teams: Type.Optional(Teams),
  allocation_ids: Type.Optional(Allocations),
  expires_at: Type.Optional(Expiry),
  fallback_charset: Type.Optional(Charset),
})
const ApiKeyChange = closed('ApiKeyChange', {
  name: Type.Optional(Name),
  scopes: Type.Optional(Scopes),
  teams: Type.Optional(Teams),
  allocation_ids: Type.Optional(nullable(Allocations)),
  expires_at: Type.Optional(nullable(Expiry, 'RFC 3339; null: never')),
  fallback_charset: Type.Optional(nullable(Charset)),
})
const Rotation = closed('Rotation', {
  overlap_s: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LIMITS.key_overlap_s_max,
      default: LIMITS.key_overlap_s_default,
      description: 'For so long the old key works beside the new one',
    }),
  ),
})
const MadeApiKey = shape('MadeApiKey', {
  ...ApiKey.properties,
  key: Type.String({ description: 'Shown this once and not kept' }),
})

export const apiKeys = routes('people', {
  apiKeys: get('/v1/api-keys', {
    scope: 'admin',
    summary: 'API keys',
    query: PageQuery,
    answer: pageOf(ApiKey),
    handle: async (call) => {
      const found = await listed(call, listKeys, 'key_id')
      const names = await teamNames(call.services.pool)
      return { ...found, items: found.items.map((row) => shown(row, names)) }
    },
  }),

  createApiKey: post('/v1/api-keys', {
    scope: 'admin',
    summary: 'Make an API key',
    body: NewApiKey,
    created: MadeApiKey,
    handle: async (call) => {
      const { teams = [], expires_at, ...rest } = call.body
      const { pool } = call.services
      const names = await teamNames(pool)
      const asked = {
        allocation_ids: null,
        fallback_charset: null,
        ...rest,
        team_ids: await teamIdsOf(call, teams),
        expires_at: readExpiry(expires_at ?? null),
      }
      const { key, row } = orRefuse(await addKey(pool, asked, call.by, call.caller))
      return created(call, ok({ ...shown(row, names), key }), 'key_id')
    },
  }),

  apiKey: get('/v1/api-keys/:id', {
    scope: 'admin',
    summary: 'An API key; never the key itself',
    params: IdParams,
    answer: ApiKey,
    handle: async (call) => {
      const row = await one(call, keyById, 'key')
      return shown(row, await teamNames(call.services.pool))
    },
  }),

  changeApiKey: patch('/v1/api-keys/:id', {
    ...CHANGES,
    scope: 'admin',
    summary: 'Change what an API key may do and when it ends',
    body: ApiKeyChange,
    answer: shape('ChangedApiKey', { ...ApiKey.properties, touches: TOUCHES }),
    handle: async (call) => {
      const { teams, expires_at, ...rest } = call.body
      const names = await teamNames(call.services.pool)
      const change = {
        ...rest,
        ...(teams && { team_ids: await teamIdsOf(call, teams) }),
        ...(expires_at !== undefined && { expires_at: readExpiry(expires_at) }),
      }
      const row = changed(call, await patchKey(call, call.params.id, change, changeAsked(call)))
      return shown(row, names)
    },
  }),

  /** Not repeatable: the key of a lost answer is not shown again. */
  rotateApiKey: post('/v1/api-keys/:id/rotation', {
    scope: 'admin',
    summary: 'Make an API key that replaces this one',
    params: IdParams,
    headers: CHANGES.headers,
    body: Rotation,
    created: MadeApiKey,
    handle: async (call) => {
      const names = await teamNames(call.services.pool)
      const { base_version } = changeAsked({ headers: call.headers, query: {} })
      const { key, row } = orRefuse(await rotateKey(call, call.params.id, call.body, { base_version }))
      call.reply.header('Location', `/v1/api-keys/${row.key_id}`)
      return { ...shown(row, names), key }
    },
  }),

  /** Revoking is for good; the row stays, so that what the key did keeps its name. */
  revokeApiKey: del('/v1/api-keys/:id', {
    scope: 'admin',
    summary: 'Revoke an API key',
    params: IdParams,
    handle: async ({ services, caller, by, params }) => {
      orRefuse(await endKey(services.pool, params.id, by, caller))
    },
  }),
})

const shown = <Row extends KeyRow>({ team_ids, ...row }: Row, names: ReadonlyMap<number, string>) => ({
  ...row,
  teams: (team_ids ?? []).map((id) => names.get(id) ?? `deleted team ${id}`),
})

/** Null: every team. */
async function teamIdsOf({ services, caller }: Call, names: readonly string[]): Promise<number[] | null> {
  const team_ids = orRefuse(await teamIds(services.pool, caller, names))
  return team_ids.length > 0 ? team_ids : null
}

function readExpiry(text: string | null): string | null {
  if (text === null) return null
  const read = readInstant(text)
  if ('at' in read) return read.at
  return orRefuse(refuse('INVALID_FIELD', 'expires_at is no RFC 3339 time', { field: '/expires_at' }))
}
