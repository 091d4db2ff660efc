// The documents against the code: what is generated is up to date, what is written by hand names what is there.

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Command } from 'commander'
import { afterAll, expect, inject, test } from 'vitest'
import { documents, GENERATED } from '../scripts/docs.ts'
import { schemaDocument } from '../scripts/schema.ts'
import { SDK, sdk } from '../scripts/sdk.ts'
import { table } from '../scripts/table.ts'
import { program } from '../src/cli/command.ts'
import type { ConflictDocument, Lead } from '../src/client/api.ts'
import type { LeadProblem } from '../src/client/client.ts'
import { OPTIONS, readConfig } from '../src/config.ts'
import { SCOPES, SCOPES_OF } from '../src/core/access.ts'
import { HTTP_ANSWERS, SMTP_ANSWERS } from '../src/core/action-answer.ts'
import { ROLES } from '../src/core/operator.ts'
import { RESULTS } from '../src/core/result.ts'
import { Pool } from '../src/db/pool.ts'
import { CONTRACT } from '../src/http/contract.ts'
import type { Route } from '../src/http/route.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { cloneDatabase, dropDatabase } from './support/postgres.ts'
import { ROOT } from './support/statements.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const made = await documents(leadline)

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const PAGES = globSync(['*.md', 'docs/**/*.md', 'bench/*.md'], { cwd: ROOT })
const pages = PAGES.map((path) => ({ path, text: read(path) }))

// Generated pages

test.for(Object.keys(made))('docs/generated/%s is what the code says', (name) => {
  const path = `docs/generated/${name}`
  const committed = existsSync(join(ROOT, path)) ? read(path) : ''
  expect(committed === made[name], `${path} is out of date: run npm run docs`).toBe(true)
})

test('the SDK is what the contract says', () => {
  expect(readFileSync(SDK, 'utf8') === sdk(), 'src/client/api.ts is out of date: run npm run docs').toBe(true)
})

test('nothing else lies beside the generated pages', () => {
  // The last one is made, and compared, by the test of bad input.
  expect(readdirSync(GENERATED).sort()).toEqual([...Object.keys(made), 'bad-input.md'].sort())
})

const databases: Parameters<typeof dropDatabase>[0][] = []
afterAll(async () => {
  for (const database of databases) await dropDatabase(database)
})

test.for(inject('servers').map(({ major }) => major))(
  'PostgreSQL %i has the schema that is documented',
  async (major) => {
    const server = inject('servers').find((candidate) => candidate.major === major)!
    const connection = await cloneDatabase(server.connection)
    databases.push(connection)
    const pool = new Pool({ connection, connections_max: 1 })
    const schema = await schemaDocument(pool)
    await pool.close()
    expect(schema).toBe(made['schema.md'])
  },
)

test.each([HTTP_ANSWERS, SMTP_ANSWERS])(
  'the page of actions says what becomes of a run at each answer',
  (...answers) => {
    const words = { done: 'is done', failed: 'has failed', again: 'is tried again' }
    const rows = answers.map(({ from, to, verdict, why }) => [
      from === to ? String(from) : `${from}–${to}`,
      words[verdict],
      why,
    ])
    expect(read('docs/actions.md')).toContain(table(['answer', 'the run', 'why'], rows))
  },
)

test('a table escapes what would end a cell or begin a tag', () => {
  expect(table(['a', 'b'], [['x|y', '<NO CHANGE>']])).toBe(
    '| a | b |\n| --- | --- |\n| x\\|y | &lt;NO CHANGE> |',
  )
})

// Result codes and options: each is documented, and nothing else is

const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

test('each result code is documented with its statuses, and nothing else is', () => {
  const status = (text: string | undefined) => (text === '–' ? null : Number(text))
  const documented = rowsOf(read('docs/generated/result-codes.md')).map(
    ([code, name, classic, v1, when, fix]) => {
      expect(when).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
      return [name!.replaceAll('`', ''), { code: Number(code), classic: status(classic), v1: status(v1) }]
    },
  )
  const declared = Object.entries(RESULTS).map(([name, { code, classic, v1 }]) => [
    name,
    { code, classic, v1 },
  ])
  expect(documented).toEqual(declared)
})

test('each option is documented with its default, and nothing else is', () => {
  const documented = rowsOf(read('docs/generated/options.md')).map(([name, , fallback]) => [
    name!.replaceAll('`', ''),
    fallback!.replaceAll('`', '') || null,
  ])
  expect(documented).toEqual(Object.entries(OPTIONS).map(([name, { fallback }]) => [name, fallback]))
})

test('pages name options and result codes that exist', () => {
  const codes = new Map<number, string>(Object.entries(RESULTS).map(([name, { code }]) => [code, name]))
  for (const { path, text } of pages) {
    for (const [option] of text.matchAll(/\b(LEADLINE_[A-Z0-9_]+|DATABASE_URL)\b/g))
      expect(Object.keys(OPTIONS), `${path} names ${option}`).toContain(option)
    for (const [, code, name] of text.matchAll(/\b(\d{3,4}),? `?([A-Z]{3,}(?:_[A-Z]+)*)`?\b/g))
      if (codes.has(Number(code)) || Object.hasOwn(RESULTS, name!))
        expect(codes.get(Number(code)), path).toBe(name)
  }
})

test('the classic API page has every code that the classic API answers', () => {
  const text = read('docs/classic-api.md')
  for (const [name, { code, classic }] of Object.entries(RESULTS))
    if (classic !== null && !RESULTS[name as keyof typeof RESULTS].when.startsWith('Reserved'))
      expect(text, name).toMatch(new RegExp(`\\b${code}\\b`))
})

test('every route is named in its API page, and every route named there exists', () => {
  const classic = CONTRACT.filter(({ tag }) => tag === 'classic').map(({ url }) => url.split('/').at(-1)!)
  const text = read('docs/classic-api.md')
  for (const name of classic) expect(text).toContain(`\`${name}\``)

  const v1 = read('docs/v1-api.md')
  const routes = CONTRACT.filter(({ tag }) => tag !== 'classic').map((route) => {
    const url = route.url.replaceAll(/:(\w+)/g, '{$1}')
    return `${route.method} ${url} | ${scopeCell(route)}`
  })
  const named = [...v1.matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) ([^`]+)` \| ([^|]+) \|/gm)].map(
    ([, method, url, scope]) => `${method} ${url} | ${scope}`,
  )
  expect(named.sort()).toEqual(routes.sort())
})

function scopeCell({ scope, open }: Route): string {
  if (scope === null || open === 'always') return 'none'
  if (scope === 'session') return scope
  return scope.length === 5 ? 'any but insert' : scope.join(', ')
}

test('the /v1 page explains every scope and what each role has', () => {
  const v1 = read('docs/v1-api.md')
  for (const scope of SCOPES) expect(v1).toMatch(new RegExp(`^\\| ${scope} \\| \\w`, 'm'))
  for (const role of ROLES) expect(v1).toContain(`\n| ${role} | ${SCOPES_OF[role].join(', ')} |\n`)
})

// Commands

const scripts = JSON.parse(read('package.json')).scripts as Record<string, string>

test('the npm commands of the pages exist', () => {
  for (const { path, text } of pages)
    for (const [, words, name] of text.matchAll(/\bnpm (run ([a-z:]+)|start|test)\b/g))
      expect(Object.keys(scripts), `${path}: npm ${words}`).toContain(name ?? words)
})

test('the commands and options of the command line that the pages show exist', () => {
  const root = program(() => readConfig({}))
  let shown = 0
  for (const { path, text } of pages)
    for (const [line, words] of text.matchAll(/^ *(?:[A-Z_]+=\S+ )*bin\/leadline ([^\n]*)$/gm)) {
      const said = words!.split(/\s+/)
      let command: Command = root
      while (said.length > 0) {
        const sub = command.commands.find((candidate) => candidate.name() === said[0])
        if (!sub) break
        command = sub
        said.shift()
      }
      expect(command === root, `${path}: ${line}`).toBe(false)
      for (const [flag] of words!.matchAll(/--[a-z-]+/g))
        expect(
          [...command.options, ...root.options].map(({ long }) => long),
          `${path}: ${line}`,
        ).toContain(flag)
      shown++
    }
  expect(shown).toBeGreaterThan(5)
})

test('the commands that the program itself tells people to run exist', () => {
  const root = program(() => readConfig({}))
  const told = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] }).flatMap((path) =>
    [...read(path).matchAll(/(?:["\x60]|bin\/)leadline ([a-z-]+)(?: ([a-z]+))?/g)].map(([, name, sub]) => ({
      path,
      name: name!,
      sub,
    })),
  )
  expect(told.length).toBeGreaterThan(10)
  for (const { path, name, sub } of told) {
    const command = root.commands.find((candidate) => candidate.name() === name)
    expect(command, `${path} names leadline ${name}`).toBeDefined()
    if (sub && command!.commands.length > 0)
      expect(
        command!.commands.map((candidate) => candidate.name()),
        `${path} names leadline ${name} ${sub}`,
      ).toContain(sub)
  }
})

test('the test command of the README is what the machine runs', () => {
  expect(read('README.md')).toContain('npm ci && npm test')
  expect(read('.ci/run').trim().split('\n').at(-1)).toBe('npm ci && npm test')
})

test("the README's first lead is taken, and pasted again it is a duplicate", async () => {
  const [, request, body] = /curl -sS '([^']+)'[^']*-d '([^']+)'/.exec(read('README.md')) ?? []
  const url = new URL(request!)
  url.host = new URL(leadline.url).host
  const send = () =>
    fetch(url, { method: 'POST', body: body!, headers: { Authorization: `Bearer ${leadline.key}` } })
  const first = await send()
  expect(first.status).toBe(200)
  const answer = await first.text()
  expect(answer).toBe('{"code":0,"message":"OK"}')
  expect(read('README.md')).toContain(answer)
  const again = await send()
  expect(again.status).toBe(400)
  expect(await again.json()).toMatchObject({ code: 105, message: 'DUPLICATE' })
})

const V1 = read('docs/v1-api.md')

test('the requests of the /v1 page work as they stand: a lead, a set-up, and a lead of that', async () => {
  const requests = [...V1.matchAll(/curl -sS http:\/\/[^/]+(\/\S+) -H "[^"]+"[\s\\]+-d '([^']+)'/g)]
  expect(requests).toHaveLength(5)
  const made_ids: Record<string, unknown> = {}
  for (const [, path, body] of requests) {
    const answer = await client.post(path!, JSON.parse(body!))
    expect(answer, path).toMatchObject({ status: path === '/v1/personal-data' ? 200 : 201 })
    if (/templates|campaigns|allocations/.test(path!)) Object.assign(made_ids, answer.body)
  }
  const { template_id, campaign_id, allocation_id } = made_ids as unknown as typeof target
  const lead = { Name: 'Ana Silva', 'E-Mail': 'ana@example.com', Mobile: mobile() }
  expect(await client.insertLeadFast({ template_id, campaign_id, allocation_id }, lead)).toMatchObject({
    code: 0,
  })
})

test('the change of the /v1 page clashes, is shown and ends as it says there', async () => {
  const section = V1.slice(V1.indexOf('## Change a lead'))
  const [patch, shown, merge] = [...section.matchAll(/^(\{(?:.|\n)*?\})\n```/gm)].map(([, json]) =>
    JSON.parse(json!),
  )
  const fields = { Name: 'Ana Silva', City: 'Abbotsford', FirstPhone: mobile() }
  const made = await client.createLead({ allocation_id: target.allocation_id, fields })
  const { id } = made.body as Lead
  await client.patchLead(id, 1, { fields: { City: 'Fitzroy', Email: 'ana@example.com' } })
  const refused = await client.patchLead(id, 1, patch, 'merge')
  const { conflict } = refused.body as LeadProblem
  const { groups, base, mine, current } = shown as ConflictDocument
  expect(conflict).toMatchObject({ base, mine, current })
  for (const group of groups)
    expect(conflict!.groups.find((found) => found.group === group.group)).toMatchObject({
      ...group,
      paths: expect.arrayContaining(group.paths),
    })
  const merged = await client.mergeLead(id, { ...merge, base_version: 1, lead_version: 2 })
  expect(merged).toMatchObject({
    status: 200,
    body: { version: 3, fields: { City: 'Carlton', Name: 'Ana Costa', Email: 'ana@example.com' } },
  })
})

// Links

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )

test('links inside of the repository lead somewhere', () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [file, anchor] = link.split('#')
        const to = file ? join(dirname(path), file) : path
        if (!existsSync(join(ROOT, to)) || relative(ROOT, join(ROOT, to)).startsWith('..')) return true
        return anchor !== undefined && !anchorsOf(read(to)).includes(anchor)
      })
      .map((link) => `${path}: ${link}`),
  )
  expect(broken).toEqual([])
})

test('files that the pages name in code exist', () => {
  const missing = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|test|migrations|bench|scripts|docs)\/[\w./-]+\.(?:ts|sql|md|json))`/g)]
      .map(([, file]) => file!)
      .filter((file) => !file.includes('NNNN') && !existsSync(join(ROOT, file)))
      .map((file) => `${path}: ${file}`),
  )
  expect(missing).toEqual([])
})

test('pages that the sources name exist', () => {
  const sources = globSync(['{src,web/src,scripts,bench,test}/**/*.{ts,tsx,css}', 'migrations/*.sql'], {
    cwd: ROOT,
  })
  const missing = sources.flatMap((path) =>
    [...read(path).matchAll(/(?<![\w/*.-])([\w/-]+\.md)\b/g)]
      .map(([, page]) => page!)
      // A page of libphonenumber-js.
      .filter((page) => page !== 'METADATA.md')
      .filter(
        (page) => !['', 'docs', 'docs/generated'].some((folder) => existsSync(join(ROOT, folder, page))),
      )
      .map((page) => `${path}: ${page}`),
  )
  expect(missing).toEqual([])
})

test('decisions are numbered without a gap, and each says what was decided and what follows', () => {
  const decisions = readdirSync(join(ROOT, 'docs/decisions')).sort()
  expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, i) => i + 1))
  for (const name of decisions) {
    const text = read(`docs/decisions/${name}`)
    expect(text, name).toMatch(new RegExp(`^# ${name.slice(0, 4)}: `))
    for (const part of ['Context', 'Decision', 'Consequences']) expect(text, name).toContain(`\n## ${part}\n`)
  }
})

// The OpenAPI description against the server

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
}

test('the description says the status that the server answers', async () => {
  const described = (await client.get<Described>('/openapi.json')).body
  expect(described).toEqual(JSON.parse(made['openapi.json']!))
  const says = (method: string, path: string) => Object.keys(described.paths[path]![method]!.responses)

  const dnc = await client.post('/v1/dnc', { list: 'private', phones: [mobile()] })
  expect(says('post', '/v1/dnc')).toContain(String(dnc.status))
  const { lead_id } = await client.insertLeadFast(target, { FirstPhone: mobile() })
  const lead = await client.get(`/v1/leads/${lead_id}`)
  expect(says('get', '/v1/leads/{id}')).toContain(String(lead.status))
  const forgotten = await client.delete(`/v1/leads/${lead_id}`)
  expect(says('delete', '/v1/leads/{id}')).toContain(String(forgotten.status))
  const campaign = await client.post('/v1/campaigns', { template_id: target.template_id, name: 'Spring' })
  expect(says('post', '/v1/campaigns')).toContain(String(campaign.status))
})
