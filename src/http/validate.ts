// Schemas are TypeBox; Ajv checks them. What comes in a URL is text and is converted, what comes in a body is not.

import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'

const options = {
  allErrors: true,
  removeAdditional: false as const,
  useDefaults: true,
  strict: false,
  discriminator: true,
}
const bodies = new Ajv({ ...options, coerceTypes: false })
const urls = new Ajv({ ...options, coerceTypes: true })

/** The schema without what it only describes. */
const checked = (schema: object): object =>
  JSON.parse(JSON.stringify(schema, (_, value) => (value?.['x-judged'] ? {} : value)))

export const compileSchema: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? bodies : urls).compile(checked(schema))
