// What a search asks and answers.

import { Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { Lead } from './lead-schemas.ts'
import { Closed, Id, nullable } from './shapes.ts'

const Instant = (description: string) =>
  Type.Optional(Type.String({ maxLength: 100, description: `RFC 3339; ${description}` }))

export const SearchQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        description: `A phone number or a part of one, an id, an external id, words of any field; ${LIMITS.search_points_max} characters at most`,
      }),
    ),
    campaign_id: Type.Optional(Id),
    allocation_id: Type.Optional(Id),
    disposition: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    callback_from: Instant('callbacks at this instant or later'),
    callback_to: Instant('callbacks before this instant'),
    changed_by: Type.Optional(
      Type.String({
        pattern: '^((key|operator|import):[1-9][0-9]{0,15}|system)$',
        description: 'Who has changed the lead since it came in: key:7, operator:3, import:12 or system',
      }),
    ),
    has_conflict: Type.Optional(Type.Boolean({ description: 'Whether a held update waits for a person' })),
    closed: Type.Optional(Type.Boolean()),
    cursor: Type.Optional(Type.String({ maxLength: 100, description: 'next_cursor of the page before' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.page_rows_max, default: LIMITS.search_rows_default }),
    ),
  },
  Closed,
)

export const FoundLead = Type.Object({
  ...Lead.properties,
  found_in: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'With q: the phone fields in which anything of it is found, fields.Mobile, and external_id',
    }),
  ),
})

export const FoundLeads = Type.Object({
  items: Type.Array(FoundLead, {
    description: 'Leads with exactly this id or external id, then the newest first',
  }),
  next_cursor: nullable(
    Type.String({
      description: 'Null: there are no more. A page may have fewer leads than its limit and not be the last',
    }),
  ),
  total: Type.Optional(
    Type.Object(
      { count: Type.Integer(), exact: Type.Boolean() },
      { description: 'With the first page: how many there are; not exact: so many at least' },
    ),
  ),
})
