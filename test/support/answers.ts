// Holds every answer of /v1 against the schema that its route declares: the compiler cannot see a property too many.

import { Ajv, type ValidateFunction } from 'ajv'
import { Type } from 'typebox'
import { expect } from 'vitest'
import { CONTRACT } from '../../src/http/contract.ts'
import type { Route } from '../../src/http/route.ts'

const ajv = new Ajv({ strict: false })
const compiled = new Map<object, ValidateFunction>()

/** The answers that did not fit, each kind of misfit once. */
const unfit = new Set<string>()

for (const route of CONTRACT) {
  if (!route.url.startsWith('/v1/') || route.streams) continue
  const { handle } = route
  route.handle = async (call) => {
    const body = await handle(call)
    if (body !== undefined && body !== call.reply && !route.csv) hold(route, call.reply.statusCode, body)
    return body
  }
}

/** Fails where an answer since the last look did not fit. */
export function expectFittingAnswers(): void {
  const found = [...unfit]
  unfit.clear()
  expect(found, 'answers that do not fit the schemas of their routes').toEqual([])
}

function hold({ method, url, schema }: Route, status: number, body: unknown): void {
  const shape = schema.response?.[status]
  const name = `${method} ${url} ${status}`
  if (!shape) return void unfit.add(`${name}: the route declares no such status`)
  if (Type.IsUnsafe(shape) && isCertain(body)) return
  const fits = compiled.getOrInsertComputed(shape, () => ajv.compile(closed(shape)))
  if (!fits(JSON.parse(JSON.stringify(body)))) unfit.add(`${name}: ${problemOf(fits)}`)
}

/** Only a schema that `orCertain` has widened lets a handler answer these instead of the lead that it describes. */
const isCertain = (body: unknown) =>
  JSON.stringify(Object.keys(body as object)) === JSON.stringify(['id', 'campaign_id', 'version'])

function problemOf({ errors }: ValidateFunction): string {
  const [{ instancePath, message, params } = {}] = errors ?? []
  return `${instancePath?.replaceAll(/\d+/g, '0')} ${message} ${JSON.stringify(params)}`
}

/** The schema without objects that take more than they name. */
const closed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    value?.type && value.properties ? { additionalProperties: false, ...value } : value,
  )
