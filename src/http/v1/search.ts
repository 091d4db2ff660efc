// Searching leads: one box, filters, pages.

import { type Static, Type } from 'typebox'
import { LIMITS } from '../../core/limits.ts'
import { refuse } from '../../core/result.ts'
import { pastedText, type Query, readSearch } from '../../core/search.ts'
import { readText } from '../../core/text.ts'
import { readInstant } from '../../core/times.ts'
import { listActors } from '../../db/actors.ts'
import { dispositionSpellings } from '../../db/dispositions.ts'
import type { Filter } from '../../db/search-parts.ts'
import type { SortedPlace, SortOrder } from '../../db/search-sorted.ts'
import type { Search, SearchPlace, SearchRequest, SortedRequest } from '../../intake/search.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { get, routes } from '../route.ts'
import { ActorName, closed, Id, Lead, Name, named, nullable, oneOf, pageOf, shape } from './shapes.ts'

const Instant = (description: string) =>
  Type.Optional(Type.String({ maxLength: 100, description: `RFC 3339; ${description}` }))

/** What a search names, whatever becomes of the leads that it finds. */
export const SEARCHED = {
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
  callback_agent: Type.Optional({
    ...Name,
    description:
      'Leads whose callback is kept for this agent: a login of an operator, or a name of the dialler',
  }),
  changed_by: Type.Optional(
    Type.String({
      pattern: '^((key|operator|import):[1-9][0-9]{0,15}|system)$',
      description:
        'Leads that this actor has changed since they came in: key:7, operator:3, import:12 or system',
    }),
  ),
  import_id: Type.Optional({ ...Id, description: 'Leads that this import made' }),
  has_conflict: Type.Optional(Type.Boolean({ description: 'Whether a held update waits for a person' })),
  closed: Type.Optional(Type.Boolean()),
}

const SearchQuery = closed('LeadsAsked', {
  ...SEARCHED,
  sort: Type.Optional(
    named(
      'LeadSort',
      oneOf(
        ['newest', 'changed', 'callback'],
        'The newest lead first (the default), the latest change first, or the earliest callback first, which leaves out leads without one. Only the first goes with q',
      ),
    ),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'next_cursor of the page before' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIMITS.page_rows_max, default: LIMITS.search_rows_default }),
  ),
})

const FoundLead = shape('FoundLead', {
  ...Lead.properties,
  found_in: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'With q: the phone fields in which anything of it is found, fields.Mobile, and external_id',
    }),
  ),
})
const FoundLeads = shape('FoundLeads', {
  items: Type.Array(FoundLead, {
    description: 'In the order of sort; leads with exactly this id or external id stand in front',
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
  inside_words: Type.Optional(
    Type.Literal(true, {
      description:
        'No lead has words that begin like those of q: they are looked for inside of words, in the newest leads first',
    }),
  ),
})

const ChangeActor = shape('ChangeActor', {
  actor: Type.String({ description: 'As changed_by takes it: key:7, operator:3, import:12 or system' }),
  actor_name: ActorName,
})

export const search = routes('leads', {
  leads: get('/v1/leads', {
    scope: 'read',
    apart: true,
    summary: 'Search leads',
    query: SearchQuery,
    answer: FoundLeads,
    handle: async (call) => {
      const { services, query } = call
      const filter = await searchFilterOf(call, query)
      const asked = { by: call.by.actor, filter, rows_max: query.limit ?? LIMITS.search_rows_default }
      const sort = query.sort ?? 'newest'
      const page =
        sort === 'newest'
          ? await newest(call, asked, query)
          : await sorted(services.search, { ...asked, order: sort }, query)
      const { items, next_cursor, total, inside_words } = page
      const now = services.now()
      const marked = await Promise.all(items.map((lead) => services.intake.targets.marked(lead, now)))
      return {
        items: marked,
        next_cursor,
        ...(total ? { total } : {}),
        ...(inside_words ? { inside_words } : {}),
      }
    },
  }),

  actors: get('/v1/actors', {
    scope: 'read',
    summary: 'Actors that have changed leads',
    answer: pageOf(ChangeActor),
    handle: async ({ services: { pool }, caller }) => ({
      items: await listActors(pool, caller, LIMITS.page_rows_max),
      next_cursor: null,
    }),
  }),
})

type Asked = Static<typeof SearchQuery>

const Searched = Type.Object(SEARCHED)

/** The filters of a search. `at`: in front of their names in a refusal. */
export async function searchFilterOf(
  { services, caller }: Call,
  asked: Static<typeof Searched>,
  at = '',
): Promise<Filter> {
  return {
    team_ids: caller.team_ids,
    campaign_id: asked.campaign_id ?? null,
    allocation_id: asked.allocation_id ?? null,
    dispositions: asked.disposition ? await dispositionSpellings(services.pool, asked.disposition) : null,
    callback_from: instantAsked(asked.callback_from, `${at}callback_from`),
    callback_to: instantAsked(asked.callback_to, `${at}callback_to`),
    callback_agent: asked.callback_agent ?? null,
    closed: asked.closed ?? null,
    has_conflict: asked.has_conflict ?? null,
    changed_by: asked.changed_by ?? null,
    import_id: asked.import_id ?? null,
  }
}

async function newest(call: Call, asked: Omit<SearchRequest, 'query' | 'from'>, query: Asked) {
  const { services } = call
  const { next, ...page } = orRefuse(
    await services.search.find({
      ...asked,
      query: queryOf(query.q ?? '', await searchRegion(call, query)),
      from: query.cursor === undefined ? null : placeOf(query.cursor),
    }),
  )
  return { ...page, next_cursor: next && cursorOf(next) }
}

async function sorted(search: Search, asked: Omit<SortedRequest, 'after'>, { q, cursor }: Asked) {
  if (q !== undefined && q.trim() !== '')
    return orRefuse(refuse('INVALID_FIELD', 'leads that q finds are listed newest first', { field: 'sort' }))
  const after = cursor === undefined ? null : sortedPlaceOf(asked.order, cursor)
  const { next, ...page } = orRefuse(await search.sorted({ ...asked, after }))
  return { ...page, next_cursor: next && sortedCursorOf(asked.order, next) }
}

/** Where numbers are read: the region of the campaign or allocation that is named, if the caller may see it. */
export async function searchRegion(
  { services, caller }: Call,
  { campaign_id, allocation_id }: Pick<Static<typeof SearchQuery>, 'campaign_id' | 'allocation_id'>,
): Promise<string> {
  const { targets } = services.intake
  const named =
    campaign_id !== undefined
      ? await targets.find({ campaign_id }, caller)
      : allocation_id !== undefined
        ? await targets.ofAllocation(allocation_id, caller)
        : undefined
  return named?.ok?.region ?? services.region
}

/** Null: nothing was typed. */
export function queryOf(q: string, region: string, field = 'q'): Query | null {
  const read = readText(pastedText(q), LIMITS.search_points_max)
  if ('problem' in read) return orRefuse(refuse('INVALID_FIELD', `q ${read.problem}`, { field }))
  return read.text.trim() === '' ? null : readSearch(read.text, region)
}

export function instantAsked(text: string | undefined, field: string): string | null {
  if (text === undefined) return null
  const read = readInstant(text)
  return 'at' in read ? read.at : orRefuse(refuse('INVALID_FIELD', `${field} ${read.problem}`, { field }))
}

const cursorOf = ({ below, exact, inside }: SearchPlace) =>
  Buffer.from(`${below}.${exact}${inside ? 'i' : ''}`).toString('base64url')

function placeOf(cursor: string): SearchPlace {
  const text = Buffer.from(cursor, 'base64url').toString()
  const match = /^([1-9]\d{0,15})\.(\d{1,2})(i?)$/.exec(text)
  const place = match && {
    below: Number(match[1]),
    exact: Number(match[2]),
    inside: match[3] === 'i',
  }
  if (!place || !Number.isSafeInteger(place.below) || cursorOf(place) !== cursor) return noCursor()
  return place
}

const sortedCursorOf = (order: SortOrder, { at, number }: SortedPlace) =>
  Buffer.from(`${order} ${number} ${at}`).toString('base64url')

/** A transaction, or microseconds since 1970. */
const PLACE = /^(changed|callback) ([1-9]\d{0,14}) (\d{1,16})$/

function sortedPlaceOf(order: SortOrder, cursor: string): SortedPlace {
  const [, of = '', number, at] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const place = { at: at ?? '', number: Number(number) }
  return of === order && sortedCursorOf(order, place) === cursor ? place : noCursor()
}

const noCursor = () =>
  orRefuse<never>(
    refuse('MALFORMED_REQUEST', 'this cursor does not belong to this search', { field: 'cursor' }),
  )
