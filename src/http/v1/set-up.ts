// Routes of set-up share these answers: a page, one thing by its id, a new thing.

import { Type } from 'typebox'
import { known, type Result } from '../../core/result.ts'
import type { PageBounds } from '../../db/page.ts'
import type { Db } from '../../db/pool.ts'
import type { Sight } from '../../db/sight.ts'
import type { ChangeAsked, Versioned } from '../../intake/set-up.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { readIfMatchIfAny, tagOf } from '../if-match.ts'
import type { Asked } from '../route.ts'
import { type PageAsked, page } from './page.ts'
import { IdParams, shape } from './shapes.ts'

type CallWith<Params, Query> = Pick<
  Asked<Params, Query, unknown, unknown>,
  'services' | 'caller' | 'request' | 'reply' | 'params' | 'query'
>

/** A page of the things that the caller sees. The filters of the query are those of the list. */
export const listed = <Query extends PageAsked, Row extends { [key in Key]: number }, Key extends keyof Row>(
  { services, caller, query }: CallWith<unknown, Query>,
  list: (db: Db, sight: Sight, asked: Query & PageBounds) => Promise<Row[]>,
  key: Key,
) =>
  page(
    query,
    (page) => list(services.pool, caller, { ...query, ...page }),
    (row) => row[key],
  )

/** The thing with the id of the path, if the caller sees it. `noun`: its name in a refusal. */
export async function one<Row>(
  { services, caller, reply, params: { id } }: CallWith<{ id: number }, unknown>,
  find: (db: Db, sight: Sight, id: number) => Promise<Row | undefined>,
  noun: string,
): Promise<Row> {
  return tagged(reply, orRefuse(known(await find(services.pool, caller, id), `${noun} ${id}`)))
}

/** The row, with its version in a header if it has one. */
function tagged<Row>(reply: Call['reply'], row: Row): Row {
  const { version } = row as Partial<Versioned>
  if (version !== undefined) reply.header('ETag', tagOf(version))
  return row
}

export const DRY_RUN = Type.Object({
  dry_run: Type.Optional(
    Type.Boolean({ default: false, description: 'Says what the change would do, and does nothing' }),
  ),
})

/** Parts of a route that changes or deletes a piece of set-up. */
export const CHANGES = {
  repeatable: true,
  params: IdParams,
  headers: Type.Object({
    'if-match': Type.Optional(
      Type.String({
        description: 'The version that the change was made from, as ETag gives it; absent: any',
      }),
    ),
  }),
  query: DRY_RUN,
} as const

/** What the answer to a change has beside the thing. */
export const TOUCHES = Type.Optional(
  shape(
    'Touched',
    { leads: Type.Integer({ minimum: 0 }) },
    { description: 'Of a dry run: what it would reach' },
  ),
)

/** Which change of set-up the headers and the query ask for. */
export const changeAsked = ({
  headers,
  query: { dry_run = false },
}: {
  headers: { 'if-match'?: string }
  query: { dry_run?: boolean }
}): ChangeAsked => ({ base_version: orRefuse(readIfMatchIfAny(headers['if-match'])), dry_run })

/** The thing as it is after a change, with its version in a header. */
export const changed = <Row extends Versioned>({ reply }: Pick<Call, 'reply'>, result: Result<Row>): Row =>
  tagged(reply, orRefuse(result))

/** The new thing, with its address and its version in headers. */
export function created<Row, Key extends keyof Row>(
  { request, reply }: CallWith<unknown, unknown>,
  result: Result<Row>,
  id: Key,
): Row {
  const row = orRefuse(result)
  reply.header('Location', `${request.routeOptions.url}/${row[id]}`)
  return tagged(reply, row)
}
