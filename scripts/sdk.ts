// Makes src/client/api.ts, the types and methods of the SDK, from the contract.
// test/docs.test.ts makes it again and fails when the committed one differs.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CONTRACT } from '../src/http/contract.ts'
import type { Route } from '../src/http/route.ts'

export const SDK = new URL('../src/client/api.ts', import.meta.url)

/**
 * What their shapes do not say, or what most pages of the app do without, is written by hand: src/client/client.ts, export.ts,
 * import-fixes.ts and master-lists.ts have them.
 */
const BY_HAND = new Set([
  'patchLead',
  'signIn',
  'changePassword',
  'session',
  'operators',
  'exportFile',
  'exportPreview',
  'importRejectsWorkbook',
  'importResultsWorkbook',
  'importFixes',
  'previewFix',
  'fixImportRows',
  'undoImportFix',
  'masterLists',
  'createMasterList',
  'masterList',
  'uploadMasterListPart',
  'removeMasterList',
])

interface Schema {
  title?: string
  description?: string
  type?: string | string[]
  enum?: (string | number | null)[]
  const?: string | number | boolean
  items?: Schema
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  patternProperties?: Record<string, Schema>
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

/** The module as it is written, formatted. */
export function sdk(): string {
  const types = new Types()
  const methods = CONTRACT.filter(
    ({ url, name, streams }) => url.startsWith('/v1/') && (!streams || BY_HAND.has(name)),
  )
    .map((route) => ({ route, text: method(route, types) }))
    .filter(({ route }) => !BY_HAND.has(route.name))
    .map(({ text }) => text)
  return formatted(`// Made by \`npm run docs\` from src/http/contract.ts; changes here are lost.

import { type FileBytes, ifMatch, type Page, type Reply, type RequestOptions } from './answer.ts'
import { path } from './path.ts'

${types.declarations().join('\n\n')}

/** A method for each route of /v1; what a route does, and all it takes, is in docs/v1-api.md. */
export abstract class Api {
  protected abstract reply<Body>(method: string, path: string, options?: RequestOptions): Promise<Reply<Body>>

${methods.join('\n\n')}
}
`)
}

/**
 * A method takes the parameters of the path, then the body, then the query as one object, then the version that a change
 * was made from where the route takes one.
 */
function method({ name, method, url, summary, raw, schema }: Route, types: Types): string {
  const {
    params,
    querystring,
    headers,
    body,
    response = {},
  } = schema as Record<string, Schema> & {
    response?: Record<number, Schema>
  }
  const answered = Object.entries(response).map(([status, answer]) =>
    status === '204' ? "''" : types.of(answer),
  )
  const required = querystring?.required ?? []
  const takes_version = 'if-match' in (headers?.properties ?? {})
  const args = [
    ...Object.entries(params?.properties ?? {}).map(([key, value]) => `${key}: ${types.of(value)}`),
    ...(body ? [raw ? 'bytes: FileBytes' : `body: ${types.of(body)}`] : []),
    ...(querystring ? [`query: ${types.of(querystring)}${required.length > 0 ? '' : ' = {}'}`] : []),
    ...(takes_version ? ['version?: number'] : []),
  ]
  const given = [
    ...(querystring ? ['query: { ...query }'] : []),
    ...(takes_version ? ['headers: ifMatch(version)'] : []),
    ...(body ? [raw ? 'bytes' : 'body'] : []),
  ]
  const address = params ? `path\`${url.replaceAll(/:(\w+)/g, '${$1}')}\`` : `'${url}'`
  const options = given.length > 0 ? `, { ${given.join(', ')} }` : ''
  return `  /** ${summary}. */
  ${name}(${args.join(', ')}) {
    return this.reply<${answered.join(' | ')}>('${method}', ${address}${options})
  }`
}

/** The types of schemas; those with a title are declared once, under it. */
class Types {
  readonly #declared = new Map<string, { declaration: string; comment: string }>()

  declarations(): string[] {
    return [...this.#declared]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { comment, declaration }]) => comment + declaration)
  }

  of(schema: Schema): string {
    return schema.title === undefined ? this.#inline(schema) : this.#named(schema, schema.title)
  }

  #named(schema: Schema, title: string): string {
    const plain = withoutNull(schema)
    const body = this.#inline(plain)
    const is_object = body.startsWith('{') && body.endsWith('}') && plain.properties !== undefined
    const declaration = `export ${is_object ? `interface ${title} ` : `type ${title} = `}${body}`
    const known = this.#declared.get(title)
    if (known && known.declaration !== declaration) throw new Error(`two schemas have the name ${title}`)
    // Where null is allowed the description is that of the place.
    const comment = known?.comment || (plain === schema ? commentOf(schema) : '')
    this.#declared.set(title, { declaration, comment })
    return plain === schema ? title : `${title} | null`
  }

  #inline(schema: Schema): string {
    const { type, properties, items, additionalProperties, patternProperties } = schema
    if (schema.const !== undefined) return JSON.stringify(schema.const)
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
    const either = schema.anyOf ?? schema.oneOf
    if (either) return either.map((one) => this.of(one)).join(' | ')
    if (schema.allOf) return schema.allOf.map((one) => this.of(one)).join(' & ')
    if (Array.isArray(type))
      return [...new Set(type.map((one) => this.#inline({ ...schema, type: one })))].join(' | ')
    if (type === 'array') {
      const item = this.of(items ?? {})
      if (schema.minItems === 2 && schema.maxItems === 2) return `[${item}, ${item}]`
      return /^\w+$/.test(item) ? `${item}[]` : `(${item})[]`
    }
    if (type === 'object') {
      if (properties) return this.#object(schema, properties)
      const [value] = patternProperties ? Object.values(patternProperties) : [additionalProperties]
      return `Record<string, ${typeof value === 'object' ? this.of(value) : 'unknown'}>`
    }
    if (type === 'integer') return 'number'
    return type ?? 'unknown'
  }

  #object({ required = [] }: Schema, properties: Record<string, Schema>): string {
    const { items, next_cursor } = properties
    if (items && next_cursor?.type?.includes('integer') && Object.keys(properties).length === 2)
      return `Page<${this.of(items.items ?? {})}>`
    const lines = Object.entries(properties).map(([key, value]) => {
      const name = /^\w+$/.test(key) ? key : JSON.stringify(key)
      const comment = value.title === undefined || withoutNull(value) !== value ? commentOf(value) : ''
      return `${comment}${name}${required.includes(key) ? '' : '?'}: ${this.of(value)}`
    })
    return `{\n${lines.join('\n')}\n}`
  }
}

/** Leaves room for the indentation of a property of a property. */
const COMMENT_COLUMNS = 90

function commentOf({ description }: Schema): string {
  if (description === undefined) return ''
  if (description.length <= COMMENT_COLUMNS) return `/** ${description} */\n`
  const lines = description.match(new RegExp(`.{1,${COMMENT_COLUMNS}}(?= |$)`, 'g')) ?? []
  return `/**\n${lines.map((line) => ` * ${line.trim()}\n`).join('')} */\n`
}

/** The schema itself when it allows no null. */
function withoutNull(schema: Schema): Schema {
  if (!Array.isArray(schema.type) || !schema.type.includes('null')) return schema
  const types = schema.type.filter((one) => one !== 'null')
  const type = types.length === 1 ? types[0] : types
  return { ...schema, type, ...(schema.enum && { enum: schema.enum.filter((value) => value !== null) }) }
}

/** As `npm run fix` leaves it. */
function formatted(text: string): string {
  const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url))
  const run = spawnSync(biome, ['check', '--write', `--stdin-file-path=${fileURLToPath(SDK)}`], {
    input: text,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return run.stdout
}
