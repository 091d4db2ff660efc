// Makes docs/generated and the SDK from what the code declares and from the schema that the migrations leave behind.
// test/docs.test.ts makes them again and fails when the committed ones differ.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../src/cli/server.ts'
import { OPTIONS, readConfig } from '../src/config.ts'
import { RESULTS } from '../src/core/result.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { CONTRACT } from '../src/http/contract.ts'
import type { Route } from '../src/http/route.ts'
import { CLASSIC } from '../src/http/style.ts'
import { createLog } from '../src/log.ts'
import { schemaDocument } from './schema.ts'
import { SDK, sdk } from './sdk.ts'
import { table } from './table.ts'

export const GENERATED = new URL('../docs/generated/', import.meta.url)

type Server = Awaited<ReturnType<typeof startServer>>

/** File name to text, all of docs/generated. */
export const documents = async (server: Pick<Server, 'app' | 'pool'>): Promise<Record<string, string>> => ({
  'result-codes.md': resultCodes(),
  'options.md': options(),
  'routes.md': routes(),
  'openapi.json': `${JSON.stringify(server.app.swagger(), null, 2)}\n`,
  'schema.md': await schemaDocument(server.pool),
})

const NOTE = 'Made by `npm run docs`; changes here are lost.'

function resultCodes(): string {
  const status = (value: number | null) => (value === null ? '–' : String(value))
  const rows = Object.entries(RESULTS).map(([name, { code, classic, v1, when, fix }]) => [
    String(code),
    `\`${name}\``,
    status(classic),
    status(v1),
    when,
    fix,
  ])
  return `# Result codes

${NOTE} The list is in [src/core/result.ts](../../src/core/result.ts).

A dash: that API does not answer this code. In /v1 what is created answers 201 and what is forgotten 204.
\`Retry-After\` comes with 109, 1012 and 1013, except where sending the same again could do it twice. 109 and 1013 say
whether anything was written: \`written\` is \`no\` or \`unknown\`.
The HTTP statuses of 103 and 109 in the classic API can be set (\`LEADLINE_CLASSIC_103_STATUS\`, \`LEADLINE_CLASSIC_109_STATUS\`).
An address below \`/servicemanager\` that does not exist is 404 with code 1004.
Three refusals of the HTTP layer keep their own status: a method that an address does not take is 405 with code 1003,
a request that does not arrive in time is 408 with code 1003, a head that is too long is 431 with code 1009.

${table(['code', 'name', 'classic HTTP', 'v1 HTTP', 'when', 'what to do'], rows)}
`
}

function options(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]) => [
    `\`${name}\``,
    'min' in option ? `integer, ${option.min} to ${option.max}` : option.kind,
    option.fallback === null ? '' : `\`${option.fallback}\``,
    option.sentence,
  ])
  return `# Options

${NOTE} The list is in [src/config.ts](../../src/config.ts).

Options are environment variables and nothing else. An empty one counts as not set. A secret is never printed or logged.

${table(['name', 'type', 'default', 'meaning'], rows)}
`
}

function routes(): string {
  const scopes = ({ scope, open }: Route) => {
    if (scope === null || open === 'always') return 'open'
    if (scope === 'session') return 'a session'
    return [...scope.map((one) => `\`${one}\``), ...(open === 'setup' ? ['first operator'] : [])].join(' or ')
  }
  const rows = CONTRACT.map((route) => [
    route.method,
    `\`${route.url.replace(CLASSIC, '…')}\``,
    route.name,
    scopes(route),
    route.summary,
  ])
  return `# Routes

${NOTE} The list is in [src/http/contract.ts](../../src/http/contract.ts).

One of the scopes is enough; \`admin\` includes all. The operation is the method of the SDK.
\`…\` is \`${CLASSIC}\`.

${table(['method', 'address', 'operation', 'scope', 'what it does'], rows)}
`
}

/** Writes the files, from a server on a throwaway database. */
async function write(): Promise<void> {
  const data_dir = mkdtempSync(join(tmpdir(), 'leadline-docs-'))
  const embedded = await startEmbedded({ data_dir })
  try {
    const server = await startServer({
      ...readConfig({ LEADLINE_PORT: '0' }),
      connection: embedded.connection,
      log: createLog('warn'),
    })
    mkdirSync(GENERATED, { recursive: true })
    for (const [name, text] of Object.entries(await documents(server))) {
      writeFileSync(new URL(name, GENERATED), text)
      console.log(`docs/generated/${name}`)
    }
    writeFileSync(SDK, sdk())
    console.log('src/client/api.ts')
    await server.stop()
  } finally {
    await embedded.stop()
    rmSync(data_dir, { recursive: true, force: true })
  }
}

if (import.meta.main) await write()
