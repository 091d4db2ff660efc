// API keys: listed, created, revoked. Nobody makes a key that may do more than they may.

import { Type } from 'typebox'
import { SCOPES } from '../../core/access.ts'
import { FALLBACK_CHARSETS } from '../../core/charset.ts'
import { refuse } from '../../core/result.ts'
import { readInstant } from '../../core/times.ts'
import { type KeyRow, listKeys } from '../../db/keys.ts'
import { teamNames } from '../../db/teams.ts'
import { addKey, endKey } from '../../intake/keys.ts'
import { teamIds } from '../../intake/teams.ts'
import { orRefuse } from '../errors.ts'
import { del, get, post, routes } from '../route.ts'
import { listed } from './set-up.ts'
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
} from './shapes.ts'

const Scope = named('Scope', oneOf(SCOPES))
const Scopes = Type.Array(Scope, { maxItems: SCOPES.length, uniqueItems: true })
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
})
const NewApiKey = closed('NewApiKey', {
  name: Name,
  scopes: Scopes,
  teams: Type.Optional(Type.Array(Name, { maxItems: 100, uniqueItems: true })),
  allocation_ids: Type.Optional(Allocations),
  expires_at: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339' })),
  fallback_charset: Type.Optional(Charset),
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
      const team_ids = orRefuse(await teamIds(pool, call.caller, teams))
      const names = await teamNames(pool)
      const asked = {
        allocation_ids: null,
        fallback_charset: null,
        ...rest,
        team_ids: team_ids.length > 0 ? team_ids : null,
        expires_at: expires_at === undefined ? null : readExpiry(expires_at),
      }
      const { key, row } = orRefuse(await addKey(pool, asked, call.by, call.caller))
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

const shown = ({ team_ids, ...row }: KeyRow, names: ReadonlyMap<number, string>) => ({
  ...row,
  teams: (team_ids ?? []).map((id) => names.get(id)!),
})

function readExpiry(text: string): string {
  const read = readInstant(text)
  if ('at' in read) return read.at
  return orRefuse(refuse('INVALID_FIELD', 'expires_at is no RFC 3339 time', { field: '/expires_at' }))
}
