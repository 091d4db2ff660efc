// A route of the API is one declaration: address, scope, shapes and handler.

import { type Static, type TSchema, type TUnknown, type TVoid, Type } from 'typebox'
import type { Scope } from '../core/access.ts'
import type { IntakeDeed } from '../db/intake-answers.ts'
import type { Call } from './context.ts'

export interface Route {
  /** The id of the operation in OpenAPI, and the method of the SDK. */
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  /** One of these is needed. Null: open to everybody. 'session': for operators who are signed in, whatever their role. */
  scope: readonly Scope[] | 'session' | null
  /** Lets in callers without a key or session, too: always, or while there is no operator. */
  open?: 'always' | 'setup'
  /** A screen asks it by itself: the request does not keep a session alive. */
  background?: true
  /** Passes the gate: an insert or update of a lead. What became of it is counted as such. */
  gated?: IntakeDeed
  /** Takes bodies of many rows. */
  many?: true
  /** Takes the bytes of a body as they are. */
  raw?: true
  /** Answers a CSV file, as it comes. */
  csv?: true
  /** Reads, but takes no turn among the reads: it has turns of its own. */
  apart?: true
  /** Its answer goes on until somebody ends it, so there is nothing to say to a HEAD. */
  streams?: true
  /**
   * A second identical request does nothing twice, so that clients may repeat one whose answer was lost. The default is
   * true for GET, PUT and DELETE.
   */
  repeatable?: boolean
  tag: string
  summary: string
  schema: {
    params?: TSchema
    querystring?: TSchema
    headers?: TSchema
    body?: TSchema
    response?: Record<number, TSchema>
  }
  handle: (call: Call) => Promise<unknown>
}

type Options = Pick<
  Route,
  'open' | 'background' | 'gated' | 'many' | 'raw' | 'csv' | 'apart' | 'streams' | 'repeatable'
>

/** A call whose parts have the types of the route's schemas. Those of /v1 are validated before the handler runs. */
export interface Asked<Params, Query, Headers, Body> extends Call {
  params: Params
  query: Query
  headers: Headers
  body: Body
}

/** The type of a schema as an answer has it: nothing changes it any more. */
type Said<T> = T extends readonly (infer Item)[]
  ? readonly Said<Item>[]
  : T extends Record<string, unknown>
    ? { readonly [Key in keyof T]: Said<T[Key]> }
    : T

/** A route with several statuses says which one it answers; any other route returns the body alone. */
type Answered<
  Ok extends TSchema,
  Created extends TSchema,
  Several extends Record<number, TSchema>,
> = keyof Several extends never
  ? Ok extends TVoid
    ? Said<Static<Created>>
    : Said<Static<Ok>>
  : {
      [Status in keyof Several & number]: { status: Status; body: Said<Static<Several[Status]>> }
    }[keyof Several & number]

interface Declaration<
  Params extends TSchema,
  Query extends TSchema,
  Headers extends TSchema,
  Body extends TSchema,
  Ok extends TSchema,
  Created extends TSchema,
  Several extends Record<number, TSchema>,
> extends Options {
  /** One scope is written by itself. */
  scope: Scope | Route['scope']
  summary: string
  params?: Params
  query?: Query
  headers?: Headers
  body?: Body
  /** The body of a 200. A route without `answer`, `created` and `answers` answers 204. */
  answer?: Ok
  /** The body of a 201. */
  created?: Created
  /** Bodies by status, for a route with several. */
  answers?: Several
  handle: (
    call: Asked<Static<Params>, Static<Query>, Static<Headers>, Static<Body>>,
  ) => Promise<Answered<NoInfer<Ok>, NoInfer<Created>, NoInfer<Several>>>
}

/** The answer of a route with several statuses. */
export const answer = <Status extends number, Body>(status: Status, body: Body) => ({ status, body })

type Unnamed = Omit<Route, 'name' | 'tag'>

const Nothing = Type.Null({ description: 'Done; there is no body' })

/** A key that the schema does not know must not reach a statement, which could know it: `team_ids` widens what is seen. */
function declaredOf(schema: TSchema, query: object): object {
  const { properties } = schema as TSchema & { properties: object }
  return Object.fromEntries(Object.entries(query).filter(([key]) => Object.hasOwn(properties, key)))
}

const declare =
  (method: Route['method']) =>
  <
    Params extends TSchema = TUnknown,
    Query extends TSchema = TUnknown,
    Headers extends TSchema = TUnknown,
    Body extends TSchema = TUnknown,
    Ok extends TSchema = TVoid,
    Created extends TSchema = TVoid,
    Several extends Record<number, TSchema> = Record<never, never>,
  >(
    url: string,
    declaration: Declaration<Params, Query, Headers, Body, Ok, Created, Several>,
  ): Unnamed => {
    const { scope, params, query, headers, body, answer, created, answers, handle, ...rest } = declaration
    const response: Record<number, TSchema> =
      answers ?? (answer ? { 200: answer } : created ? { 201: created } : { 204: Nothing })
    return {
      ...rest,
      method,
      url,
      scope: typeof scope === 'string' && scope !== 'session' ? [scope] : scope,
      schema: {
        ...(params && { params }),
        ...(query && { querystring: query }),
        ...(headers && { headers }),
        ...(body && { body }),
        response,
      },
      handle: async (call) => {
        const { params, headers, body } = call.request
        const asked = query ? declaredOf(query, call.request.query as object) : call.request.query
        // The schemas have validated these, so they have their types.
        const answered = await handle({ ...call, params, query: asked, headers, body } as Parameters<
          typeof handle
        >[0])
        const { status, body: said } = answers
          ? (answered as { status: number; body: unknown })
          : { status: Number(Object.keys(response)[0]), body: answered }
        // A classic handler may have set a status of its own instead of 200.
        if (status !== 200) call.reply.code(status)
        return said
      },
    }
  }

export const get = declare('GET')
export const post = declare('POST')
export const put = declare('PUT')
export const patch = declare('PATCH')
export const del = declare('DELETE')

/** The routes of a file, each under the id of its operation. */
export const routes = (tag: string, declared: Record<string, Unnamed>): Route[] =>
  Object.entries(declared).map(([name, route]) => ({ ...route, name, tag }))
