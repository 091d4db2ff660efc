// Ajv checks the TypeBox schemas. Values of a URL are texts and are converted; values of a body are not.

import { Ajv, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

const options = {
  removeAdditional: false as const,
  useDefaults: true,
  strict: false,
  discriminator: true,
}
const urls = new Ajv({ ...options, allErrors: true, coerceTypes: true })
const bodies = new Ajv({ ...options, coerceTypes: false })
const bodiesWithAllErrors = new Ajv({ ...options, allErrors: true, coerceTypes: false })

/** The schema without the parts that only describe. */
const checked = (schema: object): object =>
  JSON.parse(JSON.stringify(schema, (_, value) => (value?.['x-judged'] ? {} : value)))

/** Of a body with more values than this only the first problem is told: a list could have one in every entry. */
const LISTED_VALUES_MAX = 2_000

export const compileSchema: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === 'body' ? checkBody(schema) : check(() => urls.compile(checked(schema)))

/** Compiles with the first value: to compile all schemas is a quarter of the CPU of a start, and most are rarely used. */
function check(compile: () => ValidateFunction) {
  let compiled: ValidateFunction | undefined
  const validate = (value: unknown): boolean => {
    compiled ??= compile()
    const is_right = compiled(value) as boolean
    validate.errors = compiled.errors
    return is_right
  }
  validate.errors = undefined as ValidateFunction['errors'] | undefined
  return validate
}

/** Stops at the first problem; then, if the body is short, looks for all of them. */
function checkBody(schema: object) {
  const first = check(() => bodies.compile(checked(schema)))
  const all = check(() => bodiesWithAllErrors.compile(checked(schema)))
  const validate = (body: unknown): boolean => {
    validate.errors = undefined
    if (first(body)) return true
    validate.errors = first.errors
    if (!hasAtMost(LISTED_VALUES_MAX, body)) return false
    all(body)
    validate.errors = all.errors ?? first.errors
    return false
  }
  validate.errors = undefined as ValidateFunction['errors'] | undefined
  return validate
}

function hasAtMost(values_max: number, body: unknown): boolean {
  const left = [body]
  for (let values = 0; left.length > 0; values++) {
    if (values === values_max) return false
    const value = left.pop()
    if (typeof value === 'object' && value !== null) left.push(...Object.values(value))
  }
  return true
}
