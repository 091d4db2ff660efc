// Routes of set-up share these answers: a page, one thing by its id, a new thing.

import { known, type Result } from '../../core/result.ts'
import type { PageBounds } from '../../db/page.ts'
import type { Db } from '../../db/pool.ts'
import type { Sight } from '../../db/sight.ts'
import { orRefuse } from '../errors.ts'
import type { Asked } from '../route.ts'
import { type PageAsked, page } from './page.ts'

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
  { services, caller, params: { id } }: CallWith<{ id: number }, unknown>,
  find: (db: Db, sight: Sight, id: number) => Promise<Row | undefined>,
  noun: string,
): Promise<Row> {
  return orRefuse(known(await find(services.pool, caller, id), `${noun} ${id}`))
}

/** The new thing, with its address in a header. */
export function created<Row, Key extends keyof Row>(
  { request, reply }: CallWith<unknown, unknown>,
  result: Result<Row>,
  id: Key,
): Row {
  const row = orRefuse(result)
  reply.header('Location', `${request.routeOptions.url}/${row[id]}`)
  return row
}
