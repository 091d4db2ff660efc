import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { program } from '../src/cli/command.ts'
import { banner } from '../src/cli/serve.ts'
import type { DncFile, Template } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { readConfig } from '../src/config.ts'
import type { KeyRow } from '../src/db/keys.ts'
import { type Ended, type Environment, runCommand, spawnCommand } from './support/command.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const at = [
  ...['--template', String(target.template_id)],
  ...['--campaign', String(target.campaign_id)],
  ...['--allocation', String(target.allocation_id)],
]

const ENVIRONMENT = {
  DATABASE_URL: databaseUrl(leadline.connection),
  LEADLINE_URL: leadline.url,
  LEADLINE_API_KEY: leadline.key,
}

const start = (
  args: string[],
  environment: Environment = {},
  more: { node?: string; stdin?: string } = {},
): Promise<Ended> => spawnCommand(args, { ...ENVIRONMENT, ...environment }, more)

const run = (args: string[], environment: Environment = {}): Promise<Ended> =>
  runCommand(args, { ...ENVIRONMENT, ...environment })

/** Data of a command that must succeed. */
async function json<Data>(args: string[], environment: Environment = {}): Promise<Data> {
  const { code, out, err } = await run([...args, '--json'], environment)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out.trim().split('\n')).toHaveLength(1)
  return JSON.parse(out)
}

// Help

/** Every command with its words: `keys create`. */
function commands(command: Command, words: string[] = []): { words: string[]; command: Command }[] {
  return [{ words, command }, ...command.commands.flatMap((sub) => commands(sub, [...words, sub.name()]))]
}

const ALL = commands(program(() => readConfig({})))

test('the commands are those that are documented', () => {
  expect(ALL.map(({ words }) => words.join(' '))).toEqual([
    '',
    'serve',
    'migrate',
    'keys',
    'keys create',
    'keys list',
    'keys change',
    'keys rotate',
    'keys grant',
    'keys revoke',
    'operators',
    'operators create',
    'operators list',
    'operators reset',
    'operators disable',
    'operators enable',
    'insert',
    'update',
    'person',
    'export',
    'teams',
    'teams list',
    'teams create',
    'teams rename',
    'teams delete',
    'campaigns',
    'campaigns list',
    'campaigns create',
    'campaigns change',
    'campaigns delete',
    'templates',
    'templates list',
    'templates change',
    'attempt-rules',
    'attempt-rules show',
    'attempt-rules change',
    'allocations',
    'allocations list',
    'allocations create',
    'allocations change',
    'allocations delete',
    'allocations start',
    'allocations stop',
    'allocations counts',
    'allocations move',
    'allocations recycle',
    'allocations fill',
    'allocations fills',
    'allocations cancel-fill',
    'contact-hours',
    'contact-hours list',
    'contact-hours change',
    'dispositions',
    'dispositions list',
    'dispositions change',
    'import',
    'pulls',
    'pulls list',
    'pulls create',
    'pulls change',
    'pulls try',
    'pulls run',
    'pulls runs',
    'pulls delete',
    'master-list',
    'master-list load',
    'master-list list',
    'master-list remove',
    'dnc',
    'dnc add',
    'dnc remove',
    'dnc check',
    'dnc import',
    'dnc files',
    'dnc cancel-import',
    'dnc wash',
    'dnc washes',
    'dnc wash-numbers',
    'dnc wash-answer',
    'dnc cancel-wash',
    'dnc why',
    'audit',
    'backup',
    'backup verify',
    'backup forgotten',
    'restore',
    'doctor',
    'demo',
  ])
})

test.for(ALL.map(({ words }) => [...words].join(' ')))(
  'the help of "leadline %s" begins with examples of it',
  async (words) => {
    const { code, out: shown, err } = await run([...words.split(' ').filter(Boolean), '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [examples] = shown.split('\n\n')
    const [heading, ...lines] = examples!.split('\n')
    expect(heading).toBe('Examples:')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line.startsWith(`  leadline ${words}`)).toBe(true)
    expect(shown.split('Examples:')).toHaveLength(2)
    expect(shown).toContain(`Usage: ${`leadline ${words}`.trim()} `)
    expect(shown).toContain('--json')
    expect(shown).toMatch(/Exit codes:\n {2}0 {2}done\n {2}1 {2}.+\n {2}2 {2}.+\n {2}3 {2}/)
  },
)

test('help goes to stdout and is no failure', async () => {
  const { code, out, err } = await start(['keys', 'create', '--help'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('leadline keys create --name')
})

// Mistakes: exit code 2, and nothing on stdout

test.for([
  [['frobnicate'], 'unknown command'],
  [[], 'Usage: leadline'],
  [['keys'], 'Usage: leadline keys'],
  [['insert', 'Name=Jane'], '--template'],
  [['insert', ...at, 'Jane Smith'], 'NAME=VALUE'],
  [
    ['insert', '--template', 'x', '--campaign', '1', '--allocation', '1', 'Name=Jane'],
    '--template takes a number',
  ],
  [['keys', 'create'], '--name'],
  [['keys', 'create', '--name', 'x', '--scope', 'root'], 'there is no scope root'],
  [['keys', 'create', '--name', 'x', '--expires', 'tomorrow'], 'RFC 3339'],
  [['keys', 'create', '--name', 'x', '--fallback-charset', 'utf-16'], 'windows-1252 or iso-8859-1'],
  [['keys', 'create', '--name', 'x', '--expires', '2020-01-01'], 'past'],
  [['keys', 'create', '--name', 'x', '--expires', '+010000-01-01T00:00:00Z'], 'RFC 3339'],
  [['keys', 'change', '1'], 'name what changes'],
  [['keys', 'change', '1', '--team', 'Nowhere'], 'there is no such team'],
  [['keys', 'change', '999999', '--name', 'x'], 'key 999999'],
  [['keys', 'change', '1', '--expires', '2020-01-01'], 'past'],
  [['keys', 'rotate', '999999'], 'there is no key 999999'],
  [['keys', 'rotate', '1', '--overlap', '-1'], '--overlap takes seconds'],
  [['audit', '--from', 'yesterday'], '--from takes a date'],
  [['audit', '--limit', '0'], '--limit takes a number'],
  [['keys', 'revoke', 'one'], 'number of a key'],
  [['keys', 'revoke', '999999'], 'there is no key 999999'],
  [['operators', 'create', '--login', 'jane', '--name', 'Jane'], '--role'],
  [['operators', 'create', '--login', 'jane', '--name', 'Jane', '--role', 'boss'], 'there is no role boss'],
  [
    ['operators', 'create', '--login', 'jane smith', '--name', ' ', '--role', 'lead'],
    'the login: takes 1 to 100',
  ],
  [['operators', 'create', '--login', 'jane', '--name', ' ', '--role', 'lead'], 'the name: is empty'],
  [['operators', 'reset', 'nobody'], 'there is no operator nobody'],
  [['operators', 'disable', 'nobody'], 'there is no operator nobody'],
  [['templates', 'change', '1'], 'say what to change'],
  [['templates', 'change', '1', '--archive', '--take-up'], 'not both'],
  [['templates', 'change', '1', '--dnc-rule', 'none'], 'there is no do-not-call rule none'],
  [['allocations', 'counts', 'one'], 'the allocation takes a number'],
  [['campaigns', 'change', '1'], 'say what to change'],
  [['allocations', 'change', '1', '--archive', '--take-up'], 'exclude each other'],
  [['allocations', 'move', '1', '--to', '2'], 'say which leads'],
  [['allocations', 'recycle', '1'], '--disposition'],
  [['allocations', 'change', '1', '--draw-by', 'ratio'], 'belong together'],
  [
    ['allocations', 'change', '1', '--draw-by', 'chance', '--member', '1=1'],
    'there is no way to draw chance',
  ],
  [
    ['allocations', 'change', '1', '--draw-by', 'ratio', '--member', '1'],
    '--member takes an allocation and its share',
  ],
  [['allocations', 'fill', '1', '--max', 'all'], '--max takes a number'],
  [['allocations', 'fill', '1', '--order', 'random'], 'there is no order random'],
  [['allocations', 'fill', '1', '--open', '--closed'], 'exclude each other'],
  [['allocations', 'fill', '1', '--field', 'NSW'], 'not of the form name=value'],
  [['contact-hours', 'change', '1'], 'say what to change'],
  [['dispositions', 'change', '1', 'Busy'], 'say what to change'],
  [['dispositions', 'change', '1', 'Busy', '--priority', 'high'], '--priority takes a whole number'],
  [['dispositions', 'change', '1', 'Busy', '--delay', '60', '--next-day'], 'exclude each other'],
  [['dispositions', 'change', '1', 'Busy', '--enable', '--disable'], 'exclude each other'],
  [['pulls', 'change', '1'], 'say what to change'],
  [['pulls', 'change', '1', '--on', '--off'], 'exclude each other'],
  [['pulls', 'change', '1', '--every', 'hour'], '--every takes a number'],
  [['pulls', 'create', 'no-such-file.json'], 'cannot be read'],
  [['dnc', 'add', '0412345678'], '--list'],
  [['dnc', 'remove', '--list', 'private', '0412345678'], '--reason'],
  [['dnc', 'import', 'package.json'], '--list says onto which list'],
  [['dnc', 'import', 'nowhere.csv', '--list', 'private'], 'nowhere.csv cannot be read (ENOENT)'],
  [['dnc', 'import', 'src', '--list', 'private'], 'src is no file'],
  [['dnc', 'import', 'package.json', '--list', 'all'], 'there is no list all'],
  [['dnc', 'check', '0412345678', '--campaign', 'x'], '--campaign takes a number'],
] as const)('leadline %j is not understood', async ([args, says]) => {
  const { code, out, err } = await run([...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(says)
  expect(err).not.toMatch(/^\s+at /m)
})

test('an option that cannot be used is named', async () => {
  const { code, err } = await run(['doctor'], { LEADLINE_PORT: 'http' })
  expect(code).toBe(2)
  expect(err).toContain('LEADLINE_PORT must be a whole number')
})

test('without a key, the commands of the API say how to get one', async () => {
  const { code, err } = await run(['dnc', 'check', '0412345678'], { LEADLINE_API_KEY: undefined })
  expect(code).toBe(2)
  expect(err).toContain('leadline keys create')
})

// Leads

test('a lead is inserted, and the same number again is refused with exit code 1', async () => {
  const phone = mobile()
  const first = await start(['insert', ...at, 'Name=Jane Smith', `FirstPhone=${phone}`])
  expect(first).toMatchObject({ code: 0, err: '' })
  const id = /^OK (\d+-\d+) version 1\n$/.exec(first.out)?.[1]
  expect((await client.get<{ fields: object }>(`/v1/leads/${id}`)).body.fields).toMatchObject({
    Name: 'Jane Smith',
  })

  const again = await start(['insert', ...at, 'Name=Jane Smith', `FirstPhone=${phone}`])
  expect(again).toMatchObject({ code: 1, out: '105 DUPLICATE\n' })
  expect(again.err).toContain('has this phone number')

  const refused = await run(['insert', ...at, `FirstPhone=${phone}`, '--json'])
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.out)).toMatchObject({ code: 105, message: 'DUPLICATE', lead_id: id })

  const twin = await json<object>(['insert', ...at, '--allow-duplicates', `FirstPhone=${phone}`])
  expect(twin).toMatchObject({ code: 0, message: 'OK', version: 1 })
})

test('a value may hold an equals sign, its ends are trimmed, and an empty one is an empty text', async () => {
  const inserted = await json<{ lead_id: string }>([
    'insert',
    ...at,
    'Name= a=b ',
    'City=',
    `FirstPhone=${mobile()}`,
  ])
  const { body } = await client.get<{ fields: Record<string, string> }>(`/v1/leads/${inserted.lead_id}`)
  expect(body.fields.Name).toBe('a=b')
  expect(body.fields).not.toHaveProperty('City')
})

test('a lead is updated by its external id', async () => {
  const external_id = 'cli-9856'
  await json(['insert', ...at, '--external-id', external_id, 'Name=Ana Silva', `FirstPhone=${mobile()}`])
  const updated = await run([
    'update',
    ...at,
    '--external-id',
    external_id,
    'njDisposition=Sale',
    'FirstPhone=<NO CHANGE>',
  ])
  expect(updated).toMatchObject({ code: 0, err: '' })
  expect(updated.out).toMatch(/^OK \d+-\d+ version 2\n$/)
  const missing = await run(['update', ...at, '--external-id', 'nobody', 'FirstPhone=<NO CHANGE>'])
  expect(missing).toMatchObject({ code: 1, out: '101 COULDNT_FIND_THE_LEAD\n' })
})

// Do not call

test('numbers are added to a list, checked, and taken off it', async () => {
  const [phone, free] = [mobile(), mobile()]
  const international = `+61${phone.slice(1)}`
  const added = await run(['dnc', 'add', '--list', 'private', '--reason', 'asked us', phone])
  expect(added).toEqual({ code: 0, out: '1 added, 0 listed already\n', err: '' })
  expect(await json(['dnc', 'add', '--list', 'private', phone])).toMatchObject({
    added: 0,
    already_listed: 1,
  })

  const checked = await run(['dnc', 'check', international, free, '12'])
  expect(checked).toMatchObject({ code: 0, err: '' })
  const [blocked, open, none] = checked.out.trim().split('\n')
  expect(blocked).toMatch(new RegExp(`^\\${international}\tblocked by the private list \\(entry \\d+\\)$`))
  expect(open).toBe(`+61${free.slice(1)}\tfree`)
  expect(none).toMatch(/^12\tno number: /)

  expect((await run(['insert', ...at, `FirstPhone=${phone}`])).out).toBe('104 DNC\n')
  const removed = await run(['dnc', 'remove', '--list', 'private', '--reason', 'mistyped', phone, free])
  expect(removed).toEqual({ code: 0, out: '1 removed, 1 not listed\n', err: '' })
  expect((await json<{ items: object[] }>(['dnc', 'check', phone])).items).toMatchObject([{ blocked: false }])
})

test('the campaign list names its campaign', async () => {
  const phone = mobile()
  const list = ['--list', 'campaign']
  const without = await run(['dnc', 'add', ...list, phone])
  expect(without).toMatchObject({ code: 1, out: '1005 INVALID_FIELD\n' })
  expect(without.err).toContain('campaign_id')
  const campaign = ['--campaign', String(target.campaign_id)]
  expect(await json(['dnc', 'add', ...list, ...campaign, phone])).toMatchObject({ added: 1 })
  expect(await json(['dnc', 'check', ...campaign, phone])).toMatchObject({ items: [{ blocked: true }] })
  expect(await json(['dnc', 'check', phone])).toMatchObject({ items: [{ blocked: false }] })
})

test('a file of numbers is brought onto a list; what was not taken is written to a file, with exit code 6', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-cli-dnc-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [path, rejects] = [join(folder, 'june.csv'), join(folder, 'rejects.csv')]
  const [one, two] = [mobile(), mobile()]
  writeFileSync(path, `Phone\n${one}\nno number\n`)
  const command = ['dnc', 'import', path, '--list', 'client', '--replace']
  const imported = await run([...command, '--rejects', rejects])
  expect(imported).toMatchObject({ code: 6 })
  expect(imported.out).toMatch(/^file \d+\tclient\tdone\t2 rows\t1 added\t0 removed\t1 not taken\n$/)
  expect(imported.err).toContain(`not taken: 1 of 2 rows; they are in ${rejects}`)
  expect(readFileSync(rejects, 'utf8')).toContain('\r\n3,1006,Phone,')
  writeFileSync(path, `${one}\n${two}\n`)
  const again = await run([...command, '--json'])
  expect(again).toMatchObject({ code: 0, err: '' })
  const files = again.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(files.at(-1)).toMatchObject({ state: 'done', mode: 'replace', added: 1, removed: 0, rejected: 0 })
  writeFileSync(path, 'Name,City\nAna,Perth\n')
  const failed = await run(command)
  expect(failed).toMatchObject({ code: 1 })
  expect(failed.err).toContain('No column of the file is known to hold numbers')
  const { items } = await json<{ items: { file_id: number; state: string }[] }>(['dnc', 'files'])
  expect(items.slice(0, 3).map(({ state }) => state)).toEqual(['failed', 'done', 'done'])
  expect((await run(['dnc', 'files'])).out).toContain('\tclient\tfailed\t')
})

test('a file whose sending was cut off is gone on with, and can be cancelled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-cli-dnc-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'july.csv')
  writeFileSync(path, `${mobile()}\n`)
  const announced = async () => {
    const { body } = await client.createDncFile({ list: 'private', mode: 'add', name: 'july.csv', bytes: 11 })
    return String((body as DncFile).file_id)
  }
  const resumed = await run(['dnc', 'import', path, '--resume', await announced()])
  expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining('\tdone\t1 rows\t1 added') })
  const id = await announced()
  writeFileSync(path, 'something else\n')
  expect(await run(['dnc', 'import', path, '--resume', id])).toMatchObject({
    code: 2,
    err: expect.stringContaining(`is not the file ${id}`),
  })
  expect((await run(['dnc', 'cancel-import', id])).out).toContain('\tcancelled\t')
  expect((await run(['dnc', 'import', path, '--list', 'private', '--campaign', '1'])).code).toBe(1)
})

test('an allocation is washed: its numbers are written down, and the answer is brought', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-cli-wash-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const made = await client.createAllocation({ campaign_id: target.campaign_id, name: 'To wash' })
  const { allocation_id } = made.body as { allocation_id: number }
  const [one, two] = [mobile(), mobile()]
  for (const FirstPhone of [one, two]) await client.insertLead({ ...target, allocation_id }, { FirstPhone })
  const numbers = join(folder, 'to-wash.csv')
  const id = String(allocation_id)
  const washed = await run([
    'dnc',
    'wash',
    id,
    '--register',
    'au',
    '--days',
    '20',
    '--start',
    '--numbers',
    numbers,
  ])
  expect(washed).toMatchObject({ code: 0, err: expect.stringContaining(`the numbers are in ${numbers}`) })
  const [, wash_id] = /^wash (\d+)\tallocation \d+\tau\tasked\t2 asked\n$/.exec(washed.out)!
  expect(readFileSync(numbers, 'utf8')).toBe(`${one}\n${two}\n`)
  expect((await run(['dnc', 'wash-numbers', wash_id!])).out).toBe(`${one}\n${two}\n`)
  expect(await run(['dnc', 'wash', id, '--register', 'au'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('awaits its answer'),
  })
  expect(await run(['dnc', 'wash', id, '--register', 'nz'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no register nz'),
  })

  const answer = join(folder, 'washed.csv')
  writeFileSync(answer, `${one},Y\n${two},N\n`)
  const brought = await run(['dnc', 'wash-answer', wash_id!, answer])
  expect(brought).toMatchObject({
    code: 0,
    out: expect.stringContaining(`\twash ${wash_id}\tdone\t2 rows\t2 answered`),
  })
  expect(brought.err).toContain('\tdone\t2 asked\t1 listed\t1 clear\tcounts until ')
  expect((await run(['dnc', 'washes', '--allocation', id])).out).toContain(`wash ${wash_id}\t`)
  expect((await run(['dnc', 'washes'])).out).toContain(`wash ${wash_id}\t`)
  expect((await run(['allocations', 'list'])).out).toMatch(
    new RegExp(`^${id}\t.*\tstarted\tTo wash\twashed until 2`, 'm'),
  )

  const next = await json<{ wash_id: number }>(['dnc', 'wash', id, '--register', 'international'])
  writeFileSync(answer, `${mobile()}\n`)
  expect(await run(['dnc', 'wash-answer', String(next.wash_id), answer])).toMatchObject({
    code: 1,
    err: expect.stringContaining('it is the answer to another one'),
  })
  expect((await run(['dnc', 'cancel-wash', String(next.wash_id)])).out).toContain('\tcancelled\t')
  expect((await run(['allocations', 'change', id, '--needs-wash', 'no'])).out).not.toContain('washed until')
  expect(await run(['allocations', 'change', id, '--needs-wash', 'perhaps'])).toMatchObject({ code: 2 })
})

test('an entry that expires says when', async () => {
  const added = await json<{ items: { expires_at: string }[] }>([
    ...['dnc', 'add', '--list', 'private', '--expires', '2036-06-30T00:00:00Z', '--source', 'letter'],
    mobile(),
  ])
  expect(added.items[0]).toMatchObject({ expires_at: '2036-06-30T00:00:00Z', source: 'letter' })
})

test('of several numbers one that is none is named, and the others are written', async () => {
  const phone = mobile()
  const added = await run(['dnc', 'add', '--list', 'private', phone, 'call me'])
  expect(added).toEqual({
    code: 1,
    out: '1 added, 0 listed already, 1 not taken\n',
    err: 'call me holds letters\n',
  })
  const removed = await run([
    ...['dnc', 'remove', '--list', 'private', '--reason', 'mistyped', '--json'],
    'call me',
    `p:${phone}`,
  ])
  expect(removed).toMatchObject({ code: 1, err: 'call me holds letters\n' })
  expect(JSON.parse(removed.out)).toMatchObject({ removed: 1, invalid: [{ index: 0 }] })
  const refused = await run(['dnc', 'add', '--list', 'private', 'call me'])
  expect(refused).toMatchObject({ code: 1, out: '1006 INVALID_PHONE_NUMBER\n' })
  expect(refused.err).toContain('/phones/0')
})

test("numbers are read in the campaign's region", async () => {
  const { region_campaign_id } = await newZealand()
  const campaign = ['--campaign', String(region_campaign_id)]
  const list = ['--list', 'campaign', ...campaign]
  expect(await json(['dnc', 'add', ...list, '021 123 4567'])).toMatchObject({
    items: [{ phone: '+64211234567' }],
  })
  expect((await run(['dnc', 'why', ...campaign, '021 123 4567'])).out).toMatch(
    /^\+64211234567\ton the list of/,
  )
  expect(await json(['dnc', 'check', ...campaign, '0211234567'])).toMatchObject({
    items: [{ blocked: true }],
  })
  const gone = ['dnc', 'remove', ...list, '--reason', 'mistyped', '021 1234 567']
  expect(await json(gone)).toMatchObject({ removed: 1 })
})

/** A campaign of a template of region NZ. */
async function newZealand() {
  const template = await leadline.client.post<{ template_id: number }>('/v1/templates', {
    name: 'Kiwi',
    region: 'NZ',
    contact_hours: 'Australia/Melbourne',
    fields: [{ name: 'Phone', kind: 'phone' }],
  })
  const { template_id } = template.body
  const campaign = await leadline.client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: 'Auckland',
  })
  return { region_campaign_id: campaign.body.campaign_id }
}

// Keys

test('a key is created, shown once, works, and stops working within a second of being revoked', async () => {
  const created = await run(['keys', 'create', '--name', 'web form', '--scope', 'read', '--scope', 'write'])
  expect(created.code).toBe(0)
  const key = created.out.trim()
  expect(key).toMatch(/^leadline_[\w-]{43}$/)
  expect(created.err).toMatch(/^Key \d+ "web form" \(read, write\)\. It is shown this once/)
  const key_id = /^Key (\d+)/.exec(created.err)![1]!

  const web_form = new LeadlineClient({ url: leadline.url, key })
  expect((await web_form.insertLeadFast(target, { FirstPhone: mobile() })).code).toBe(0)

  const listed = await run(['keys', 'list'])
  const line = listed.out.split('\n').find((row) => row.startsWith(`${key_id}\t`))
  expect(line).toMatch(/\tweb form\tread,write\tactive\tlast used \d{4}-/)
  expect(listed.out).not.toContain(key)

  const revoked = await run(['keys', 'revoke', key_id])
  expect(revoked).toEqual({ code: 0, out: `key ${key_id} "web form" is revoked\n`, err: '' })
  const since = performance.now()
  while ((await web_form.list('getCampaignTemplateList')).status !== 401)
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(performance.now() - since).toBeLessThan(1_000)
  expect((await run(['insert', ...at, `FirstPhone=${mobile()}`], { LEADLINE_API_KEY: key })).out).toBe(
    '1001 UNAUTHORIZED\n',
  )
  expect((await run(['keys', 'list'])).out).toContain(`${key_id}\tweb form\tread,write\trevoked`)
})

test('with --json the key stands in the document; the list never has it', async () => {
  const created = await json<{ key: string; key_id: number; team_ids: number[] | null; expires_at: string }>([
    ...['keys', 'create', '--name', 'team east', '--scope', 'read', '--team', 'East', '--team', 'West'],
    ...['--expires', '2036-06-30'],
  ])
  expect(created).toMatchObject({ name: 'team east', scopes: ['read'], expires_at: '2036-06-30T00:00:00Z' })
  expect(created.team_ids).toHaveLength(2)
  const east = new LeadlineClient({ url: leadline.url, key: created.key })
  // The sample belongs to the team Global, so this key sees nothing of it.
  expect((await east.list('getCampaignTemplateList')).body.entities).toEqual([])
  expect((await east.insertLeadFast(target, { FirstPhone: mobile() })).code).toBe(1002)

  const listed = await json<Record<string, unknown>[]>(['keys', 'list'])
  const row = listed.find(({ key_id }) => key_id === created.key_id)
  expect(row).toMatchObject({ name: 'team east', created_by: 'system' })
  expect(JSON.stringify(listed)).not.toContain(created.key)
  expect(Object.keys(row!)).not.toContain('hash')
  const revoked = await json<{ revoked_at: string }>(['keys', 'revoke', String(created.key_id)])
  expect(await json(['keys', 'revoke', String(created.key_id)])).toMatchObject({
    revoked_at: revoked.revoked_at,
  })
})

test('a key is granted more, and then does it; a bound or a revoked one is not', async () => {
  const make = (...more: string[]) => json<{ key: string; key_id: number }>(['keys', 'create', ...more])
  const grant = (key_id: number, scope: string) => run(['keys', 'grant', String(key_id), '--scope', scope])
  const { key, key_id } = await make('--name', 'CRM', '--scope', 'write')
  const crm = new LeadlineClient({ url: leadline.url, key })
  const look = () => crm.get('/v1/leads', { q: 'Jane' })
  expect(await look()).toMatchObject({ status: 403, code: 1002 })
  expect(await grant(key_id, 'read')).toMatchObject({
    code: 0,
    out: expect.stringContaining('\tCRM\tread,write\t'),
  })
  await until('it reads', async () => (await look()).status === 200)

  const form = await make('--name', 'form', '--scope', 'insert', '--allocation', String(target.allocation_id))
  const bound = await grant(form.key_id, 'manage')
  expect(bound).toMatchObject({ code: 2, err: expect.stringContaining('bound to allocations') })
  await run(['keys', 'revoke', String(key_id)])
  expect(await grant(key_id, 'dial')).toMatchObject({ code: 2, err: expect.stringContaining('is revoked') })
  expect(await grant(999_999, 'dial')).toMatchObject({
    code: 2,
    err: expect.stringContaining('no key 999999'),
  })
})

test('a key can say in what its bodies are that do not say it themselves', async () => {
  const bounds = ['--scope', 'insert', '--fallback-charset', 'ISO-8859-1']
  const made = await json<{ key_id: number; fallback_charset: string }>([
    'keys',
    'create',
    '--name',
    'old CRM',
    ...bounds,
  ])
  expect(made.fallback_charset).toBe('iso-8859-1')
  expect((await run(['keys', 'list'])).out).toMatch(
    new RegExp(`^${made.key_id}\told CRM\tinsert\tactive\tnever used\telse iso-8859-1$`, 'm'),
  )
})

test('a key is changed: what is named is set or taken away, and the rest stays', async () => {
  const made = await json<KeyRow>([
    'keys',
    'create',
    '--name',
    'changed',
    '--scope',
    'insert',
    '--allocation',
    '1',
  ])
  const change = (...options: string[]) => json<KeyRow>(['keys', 'change', String(made.key_id), ...options])
  expect(await change('--name', 'form', '--expires', '2099-06-30', '--dry-run')).toMatchObject({ version: 1 })
  expect(await change('--name', 'form', '--expires', '2099-06-30')).toMatchObject({
    name: 'form',
    scopes: ['insert'],
    allocation_ids: [1],
    expires_at: '2099-06-30T00:00:00Z',
    version: 2,
  })
  const free = ['--scope', 'read', '--scope', 'dial', '--no-allocation', '--no-expires', '--team', 'Global']
  expect(await change(...free)).toMatchObject({
    scopes: ['read', 'dial'],
    team_ids: [1],
    allocation_ids: null,
    expires_at: null,
  })
  expect(await change('--no-team', '--fallback-charset', 'iso-8859-1')).toMatchObject({ team_ids: null })
  expect(await change('--no-fallback-charset')).toMatchObject({ name: 'form', fallback_charset: null })
})

test('a key is rotated once: the new one is shown, the old one ends after the overlap', async () => {
  const { key_id } = await json<KeyRow>(['keys', 'create', '--name', 'rotated'])
  const rotated = await run(['keys', 'rotate', String(key_id), '--overlap', '60'])
  expect(rotated.out).toMatch(/^leadline_[\w-]{43}\n$/)
  expect(rotated.err).toContain(`follows key ${key_id}`)
  expect((await run(['keys', 'list'])).out).toContain(`\tfollows ${key_id}`)
  const again = await run(['keys', 'rotate', String(key_id)])
  expect(again).toMatchObject({ code: 2, out: '', err: expect.stringContaining('with overlap_s 0') })
})

test('the audit log is shown, filtered, a line for each entry', async () => {
  const { key_id } = await json<KeyRow>(['keys', 'create', '--name', 'looked up'])
  await run(['keys', 'change', String(key_id), '--name', 'looked at'])
  const subject = `key:${key_id}`
  const shown = await run(['audit', '--subject', subject, '--actor', 'system', '--from', '2026-01-01'])
  expect(
    shown.out
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(1)),
  ).toEqual([
    ['system', 'key.change', subject, '{"was":{"name":"looked up"},"name":"looked at"}'],
    ['system', 'key.create', subject, expect.stringContaining('"scopes"')],
  ])
  const lines = (await run(['audit', '--action', 'key', '--limit', '2', '--json'])).out.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).action)).toEqual(['key.change', 'key.create'])
})

test('what is done to keys is in the audit log, without the key', async () => {
  const created = await json<{ key: string; key_id: number }>(['keys', 'create', '--name', 'audited'])
  await run(['keys', 'revoke', String(created.key_id)])
  const { rows } = await admin(
    leadline.connection,
    'select action, subject, details::text from audit_log order by audit_id',
  )
  const mine = rows.filter(({ subject }) => subject === `key:${created.key_id}`)
  expect(mine.map(({ action }) => action)).toEqual(['key.create', 'key.revoke'])
  expect(JSON.stringify(rows)).not.toContain(created.key)
})

// The start message

describe('the start message', () => {
  const url = 'http://127.0.0.1:8080'
  const said = (
    more: Partial<Parameters<typeof banner>[0]> = {},
    config: { host?: string; public_hosts?: string[] } = {},
  ) =>
    banner(
      { url, first_start: null, setup_code: null, narrowed_keys: [], zones_come: false, ...more },
      { database_url: null, data_dir: './data', host: '127.0.0.1', public_hosts: [], ...config },
    )

  test('says where the web app is and, while there is no operator, with which code to make the admin account', () => {
    const first = said({ setup_code: 'ABCD-EFGH-JKMN' })
    expect(first).toContain(`Web app: ${url}/\n`)
    expect(first).toContain(`make the admin account at ${url}/setup`)
    expect(first).toContain('ABCD-EFGH-JKMN')
    expect(said()).toContain(`Web app: ${url}/\n`)
    expect(said()).not.toContain('admin')
  })

  test('warns when other machines reach it and browsers would be refused', () => {
    const warning = 'LEADLINE_PUBLIC_HOSTS'
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(said({}, { host })).not.toContain(warning)
    expect(said({}, { host: '0.0.0.0' })).toContain(warning)
    expect(said({}, { host: '0.0.0.0', public_hosts: ['leads.example'] })).not.toContain(warning)
  })

  test('names the keys that may do less than before, and how to widen them', () => {
    const key = { key_id: 7, name: 'CRM', former_scopes: ['manage', 'supervise'] } as KeyRow
    expect(said({ narrowed_keys: [key] })).toMatch(
      /7 "CRM" used to .* leadline keys grant 7 --scope manage --scope supervise/,
    )
  })

  test('says once, at the upgrade, whose clock counts from now on', () => {
    expect(said({})).not.toContain('clock')
    expect(said({ zones_come: true })).toMatch(/by the clock of the called person.*"leadline doctor"/s)
  })
})

// Operators

const signIn = async (login: string, password: string) =>
  (await new LeadlineClient({ url: leadline.url, key: null }).signIn(login, password)).status
const operator = (login: string, ...more: string[]) => [
  'operators',
  'create',
  '--login',
  login,
  '--name',
  'Ana Silva',
  '--role',
  'lead',
  ...more,
]

test('an operator is created with a password that is shown once, is listed, and signs in', async () => {
  const created = await run(operator('Ana@Example.com'))
  expect(created.code).toBe(0)
  const password = created.out.trim()
  expect(password).toMatch(/^[\w-]{20}$/)
  expect(created.err).toMatch(
    /^operator \d+ ana@example\.com \(lead\) is created\. The password is shown this once/,
  )
  expect(await signIn('ana@example.com', password)).toBe(201)

  const listed = await run(['operators', 'list'])
  expect(listed.out).toMatch(/^\d+\tana@example\.com\tAna Silva\tlead\tevery team\tactive\tlast seen \d{4}-/m)
  expect(listed.out).not.toMatch(/argon2|never seen/)
  const again = await run(operator('ana@example.com'))
  expect(again).toMatchObject({ code: 2, out: '', err: 'leadline: the login: this login is taken\n' })
})

test('the password comes from stdin or the environment, and then it is not shown', async () => {
  const from_stdin = await start(
    operator('stdin', '--team', 'East', '--password-stdin', '--json'),
    {},
    { stdin: 'six tall poplars\nand more\n' },
  )
  expect(from_stdin).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(from_stdin.out)).toMatchObject({ login: 'stdin', role: 'lead', teams: ['East'] })
  expect(from_stdin.out).not.toMatch(/poplars|password/)
  expect(await signIn('stdin', 'six tall poplars')).toBe(201)

  const environment = { LEADLINE_OPERATOR_PASSWORD: 'nine brown foxes' }
  const created = await run(operator('environment'), environment)
  expect(created).toMatchObject({ code: 0, err: '' })
  expect(created.out).toMatch(/^operator \d+ environment \(lead\) is created\n$/)
  expect(await signIn('environment', 'nine brown foxes')).toBe(201)

  const none = await start(operator('none', '--password-stdin'))
  expect(none).toMatchObject({ code: 2, out: '', err: 'leadline: there is no password on stdin\n' })
  const weak = await run(operator('weak'), { LEADLINE_OPERATOR_PASSWORD: 'password1' })
  expect(weak.code).toBe(2)
  expect(weak.err).toBe('leadline: the password: is one of the most common passwords\n')
})

test('who has forgotten the password, or tried too often, is reset; who leaves is disabled', async () => {
  const created = await json<{ password: string; operator_id: number }>(operator('kim'))
  expect(await signIn('kim', 'a wrong one')).toBe(401)
  await admin(
    leadline.connection,
    `update sign_in_failures set blocked_until = now() + interval '15 minutes'`,
  )
  expect(await signIn('kim', created.password)).toBe(429)
  const reset = await json<{ password: string }>(['operators', 'reset', 'Kim'])
  expect(await signIn('kim', reset.password)).toBe(201)
  expect(await signIn('kim', created.password)).toBe(401)

  expect(await run(['operators', 'disable', 'kim'])).toMatchObject({
    code: 0,
    out: `operator ${created.operator_id} kim (lead) is disabled\n`,
  })
  expect(await signIn('kim', reset.password)).toBe(401)
  expect((await run(['operators', 'list'])).out).toContain('\tkim\tAna Silva\tlead\tevery team\tdisabled\t')
  expect(await json(['operators', 'enable', 'kim'])).toMatchObject({ disabled: false })
  expect(await signIn('kim', reset.password)).toBe(201)

  const { rows } = await admin(
    leadline.connection,
    `select action, details::text from audit_log where actor = 'system' and subject = 'operator:${created.operator_id}' order by audit_id`,
  )
  expect(rows.map(({ action }) => action)).toEqual([
    'operator.create',
    'operator.password',
    'operator.disable',
    'operator.enable',
  ])
  expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${created.password}|${reset.password}|argon2`))
})

// The database

test('the schema is made on an empty database, once', async () => {
  const connection = { ...leadline.connection, database: `${leadline.connection.database}_empty` }
  await admin({ ...connection, database: 'postgres' }, `create database ${connection.database}`)
  try {
    const environment = { DATABASE_URL: databaseUrl(connection) }
    const made = await run(['migrate'], environment)
    expect(made).toMatchObject({ code: 0, err: '' })
    expect(made.out).toMatch(/^applied 0001-foundation\.sql\n/)
    expect(await run(['migrate'], environment)).toEqual({
      code: 0,
      out: 'the schema is up to date\n',
      err: '',
    })
    expect(await json(['migrate'], environment)).toEqual({ applied: [], changed: [] })
    expect((await admin(connection, 'select count(*)::int as leads from leads')).rows).toEqual([{ leads: 0 }])
  } finally {
    await dropDatabase(connection)
  }
})

test('a migration whose text is not what the database has applied is named by migrate and by the doctor', async () => {
  const connection = await cloneDatabase(leadline.connection)
  try {
    await admin(connection, `update schema_migrations set sum = 'another' where version = 2`)
    const environment = { DATABASE_URL: databaseUrl(connection), LEADLINE_URL: leadline.url }
    const said = '0002-feed.sql is not the text that this database has applied'
    const migrated = await run(['migrate'], environment)
    expect(migrated).toMatchObject({ code: 1, out: 'the schema is up to date\n' })
    expect(migrated.err).toContain(said)
    const doctor = await run(['doctor'], environment)
    expect(doctor.code).toBe(1)
    expect(doctor.out).toContain(`FAIL  migrations: ${said}`)
  } finally {
    await dropDatabase(connection)
  }
})

test('a database that is newer than this Leadline is left alone', async () => {
  const connection = await cloneDatabase(leadline.connection)
  try {
    await admin(connection, `insert into schema_migrations (version, name) values (9999, '9999-future.sql')`)
    for (const args of [['migrate'], ['keys', 'list']]) {
      const { code, out, err } = await run(args, { DATABASE_URL: databaseUrl(connection) })
      expect({ code, out }).toEqual({ code: 3, out: '' })
      expect(err).toBe(
        'leadline: The database is newer than this Leadline (its last migration is 9999-future.sql). Start the version that made it, or a newer one.\n',
      )
    }
  } finally {
    await dropDatabase(connection)
  }
})

test('a database that cannot be reached is exit code 3', async () => {
  const { code, out, err } = await run(['keys', 'list'], {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  })
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toBe(
    'leadline: the database cannot be reached. Check DATABASE_URL, or run "leadline doctor".\n',
  )
})

test('without DATABASE_URL the commands use the PostgreSQL that runs on the data directory', async () => {
  const [embedded] = inject('servers')
  const listed = await json<object[]>(['keys', 'list'], {
    DATABASE_URL: undefined,
    LEADLINE_DATA_DIR: dirname(embedded!.log),
  })
  expect(listed).toEqual(expect.any(Array))
})

test('a key can be made before the first start: PostgreSQL runs for as long as the command does', async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'leadline-cli-'))
  try {
    const environment = { DATABASE_URL: undefined, LEADLINE_DATA_DIR: data_dir }
    const created = await start(['keys', 'create', '--name', 'early', '--json'], environment)
    expect(created.code).toBe(0)
    expect(created.err).toContain('initialising the database')
    expect(JSON.parse(created.out)).toMatchObject({ key_id: 1, name: 'early' })
    expect(existsSync(join(data_dir, 'pg', 'postmaster.pid'))).toBe(false)
  } finally {
    rmSync(data_dir, { recursive: true, force: true })
  }
})

// Templates

test('templates are listed and changed, from the version that somebody saw; a dry run changes nothing', async () => {
  const { contact_hours } = (await client.template(target.template_id)).body as Template
  const name = 'from the command line'
  const made = await client.createTemplate({
    name,
    contact_hours,
    fields: [
      { name: 'Phone', kind: 'phone' },
      { name: 'State', kind: 'text' },
    ],
  })
  const { template_id: id } = made.body as Template
  const line = (version: number, state: string) =>
    `${[id, `version ${version}`, state, contact_hours, 'Standard', name].join('\t')}\n`
  expect(await run(['templates', 'list'])).toMatchObject({
    code: 0,
    out: expect.stringContaining(line(1, 'in use')),
  })
  const change = ['templates', 'change', String(id)]
  const rehearsed = await run([...change, '--archive', '--dry-run'])
  expect(rehearsed).toMatchObject({
    code: 0,
    out: `${line(1, 'archived')}would reach 0 leads; nothing was changed\n`,
  })
  const rules = [
    ...['--bad-values', 'refuse', '--duplicate-rule', 'all', '--dnc-rule', 'any', '--region', 'nz'],
    ...['--zone-field', 'state', '--consent', 'required'],
  ]
  expect(await json([...change, ...rules, '--version', '1'])).toMatchObject({
    bad_values: 'refuse',
    consent: 'required',
    duplicate_rule: 'all',
    dnc_rule: 'any',
    zone_field: 'State',
    region: 'NZ',
    version: 2,
  })
  expect(await run([...change, '--archive', '--version', '1'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('version 2 by now'),
  })
  expect(await run([...change, '--archive'])).toMatchObject({ code: 0, out: line(3, 'archived') })
  expect(await run([...change, '--take-up'])).toMatchObject({ code: 0, out: line(4, 'in use') })
  const unknown = await run([...change, '--contact-hours', 'Nowhere'])
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('contact hours') })
})

test('attempt rules are shown and changed, limit by limit, of a template and of the installation', async () => {
  const { contact_hours } = (await client.template(target.template_id)).body as Template
  const fields = [{ name: 'Phone', kind: 'phone' as const }]
  const made = await client.createTemplate({ name: 'counted', contact_hours, fields })
  const of_template = ['--template', String((made.body as Template).template_id)]
  const [show, change] = [
    ['attempt-rules', 'show'],
    ['attempt-rules', 'change'],
  ]
  for (const which of [[], of_template]) {
    expect(await run([...show, ...which])).toMatchObject({ code: 0, out: 'no limit\n' })
    expect(await run([...change, ...which, '--number-day-max', '3', '--lead-total-max', '12'])).toMatchObject(
      {
        code: 0,
        out: 'number\t3 calls in 24 hours\nlead\t12 calls in all\n',
      },
    )
    expect((await run([...change, ...which, '--number-gap-s', '600'])).out).toBe(
      'number\t3 calls in 24 hours\t600 seconds between two calls\nlead\t12 calls in all\n',
    )
    const none = ['--number-day-max', '0', '--number-gap-s', '0', '--lead-total-max', '0']
    expect((await run([...change, ...which, ...none])).out).toBe('no limit\n')
  }
  const across = [...change, ...of_template, '--number-day-max', '1', '--across-campaigns']
  expect((await run(across)).out).toBe('number\t1 calls in 24 hours\tin every campaign\n')
  const stale = [...change, ...of_template, '--number-day-max', '2', '--if-version', '1']
  expect(await run(stale)).toMatchObject({ code: 1, out: expect.stringContaining('110') })
  expect(await run(change)).toMatchObject({ code: 2, err: expect.stringContaining('say what to change') })
  expect(await run([...change, '--lead-day-max', 'x'])).toMatchObject({ code: 2 })
})

// Allocations

test('a team, a campaign and an allocation are created, listed, changed and deleted', async () => {
  const team = await json<{ team_id: number }>(['teams', 'create', '--name', 'North-east'])
  const own = ['teams', 'rename', String(team.team_id), '--name', 'North coast']
  expect((await run([...own, '--dry-run'])).out).toContain('dry run: 0 leads, nothing is changed')
  expect(await run([...own, '--if-version', '7'])).toMatchObject({
    code: 1,
    out: expect.stringContaining('110 LEAD_NOT_UPDATED'),
  })
  expect((await run(own)).out).toBe(`${team.team_id}\tNorth coast\ttemplates 0\toperators 0\tkeys 0\n`)
  expect((await run(['teams', 'list'])).out).toContain('North coast')

  const template = ['--template', String(target.template_id)]
  const { campaign_id } = await json<{ campaign_id: number }>([
    ...['campaigns', 'create', ...template, '--name', 'Spring'],
  ])
  const { allocation_id } = await json<{ allocation_id: number }>([
    ...['allocations', 'create', '--campaign', String(campaign_id), '--name', 'Week 1', '--start'],
  ])
  const [campaign, allocation] = [String(campaign_id), String(allocation_id)]
  expect((await run(['allocations', 'change', allocation, '--name', 'Week 2'])).out).toBe(
    `${allocation}\tcampaign ${campaign}\tstarted\tWeek 2\n`,
  )
  expect((await run(['allocations', 'change', allocation, '--archive'])).out).toContain('\tarchived\t')
  const listed = async (...words: string[]) => (await run([...words])).out
  expect(await listed('allocations', 'list', '--campaign', campaign)).toBe('\n')
  expect(await listed('allocations', 'list', '--campaign', campaign, '--archived')).toContain('Week 2')
  expect((await run(['allocations', 'change', allocation, '--take-up'])).out).toContain('\tstopped\t')
  expect((await run(['campaigns', 'change', campaign, '--archive'])).out).toContain('\tarchived\tSpring')
  expect(await listed('campaigns', 'list', ...template)).not.toContain('Spring')
  expect(await listed('campaigns', 'list', ...template, '--archived')).toContain('Spring')
  const kept = await run(['campaigns', 'delete', campaign])
  expect(kept).toMatchObject({ code: 1, err: expect.stringContaining(`has allocation ${allocation}`) })
  expect((await run(['allocations', 'delete', allocation])).out).toBe(`allocation ${allocation} is deleted\n`)
  expect(await json(['campaigns', 'delete', campaign])).toEqual({ campaign_id, deleted: true })
  expect((await run(['teams', 'delete', String(team.team_id)])).code).toBe(0)
})

test('allocations are listed, stopped, started, counted; leads are moved and taken up again', async () => {
  const { campaign_id } = target
  const made = async (name: string) =>
    (await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name, started: true }))
      .body.allocation_id
  const [from, to] = [await made('from the command line'), await made('to the command line')]
  const listed = await json<{ items: { allocation_id: number }[] }>([
    'allocations',
    'list',
    '--campaign',
    String(campaign_id),
  ])
  expect(listed.items.map(({ allocation_id }) => allocation_id)).toEqual(expect.arrayContaining([from, to]))
  const into = { ...target, allocation_id: from }
  const sold = await client.insertLead(into, { FirstPhone: mobile(), njDisposition: 'Sale' })
  const fresh = await client.insertLeadFast(into, { FirstPhone: mobile() })
  const counts = await run(['allocations', 'counts', String(from)])
  expect(counts).toMatchObject({ code: 0, out: expect.stringMatching(/^new\t1\n(.*\n)*closed: Sale\t1\n$/) })
  const stopped = await json<{ started: boolean; counts: object }>(['allocations', 'stop', String(from)])
  expect(stopped).toMatchObject({ started: false, counts: { new: 1, closed: { Sale: 1 } } })
  expect(await run(['allocations', 'start', String(from)])).toMatchObject({
    code: 0,
    out: expect.stringContaining('started\tfrom the command line'),
  })
  const recycled = await run(['allocations', 'recycle', String(from), '--disposition', 'sale'])
  expect(recycled).toMatchObject({ code: 0, out: '1 taken up again\n' })
  const move = ['allocations', 'move', String(from), '--to', String(to)]
  expect(await run([...move, '--lead', fresh.lead_id!])).toMatchObject({ code: 0, out: '1 moved\n' })
  expect(await json([...move, '--disposition', 'Sale'])).toEqual({ moved: 1 })
  expect(await json([...move, '--all', '--open-only'])).toEqual({ moved: 0 })
  expect((await client.get(`/v1/leads/${sold.lead_id}`)).body).toMatchObject({
    allocation_id: to,
    closed: false,
  })
  const unknown = await run(['allocations', 'counts', '999999'])
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('not known') })
})

test('a virtual allocation is created, listed and changed', async () => {
  const campaign = String(target.campaign_id)
  const made = async (name: string, ...more: string[]) =>
    (
      await json<{ allocation_id: number }>([
        'allocations',
        'create',
        '--campaign',
        campaign,
        '--name',
        name,
        ...more,
      ])
    ).allocation_id
  const [a, b] = [await made('drawn on'), await made('drawn on, too')]
  const virtual = await made('drawing', '--draw-by', 'ratio', '--member', `${a}=75`, '--member', `${b}=25`)
  const listed = await run(['allocations', 'list', '--campaign', campaign])
  expect(listed.out).toContain(`\tstopped\tdrawing\tratio ${a}=75 ${b}=25\n`)
  const changed = await run([
    'allocations',
    'change',
    String(virtual),
    '--draw-by',
    'penalty',
    '--member',
    `${b}=5`,
  ])
  expect(changed).toMatchObject({ code: 0, out: expect.stringContaining(`\tpenalty ${b}=5\n`) })
})

test('an allocation is filled from a search: counted first, then moved; its fills are listed, and one is cancelled', async () => {
  const { campaign_id } = target
  const made = async (name: string) =>
    (await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })).body
      .allocation_id
  const [from, to] = [await made('filled from'), await made('filled')]
  const into = { ...target, allocation_id: from }
  for (const njDisposition of ['Busy', 'Busy', 'Sale'])
    await client.insertLead(into, { FirstPhone: mobile(), Name: 'Quentin', njDisposition })
  await client.insertLeadFast(into, { FirstPhone: mobile(), Name: 'Quentin' })
  const fill = ['allocations', 'fill', String(to), '--query', 'quentin', '--from', String(from)]
  const counted = await run([...fill, '--dry-run'])
  expect(counted).toMatchObject({ code: 0, out: expect.stringContaining('4 found\t4 would be moved\n') })
  expect(counted.out).toContain('Busy\t2\n')
  expect(counted.out).toContain('new\t1\n')
  const named = await run([...fill, '--field', 'Name=QUENTIN', '--field', 'name=', '--dry-run'])
  expect(named).toMatchObject({ code: 0, out: expect.stringContaining('4 found\t4 would be moved\n') })
  const nobody = await run([...fill, '--field', 'Name=Quent', '--dry-run'])
  expect(nobody).toMatchObject({ code: 0, out: '0 found\t0 would be moved\n' })
  expect((await run([...fill, '--disposition', 'busy=1', '--new', '--open'])).out).toMatch(
    /^fill \d+\tdone\t2 moved\n(new|Busy)\t1\n(new|Busy)\t1\n$/,
  )
  const rest = await json<{ fill_id: number }>([...fill, '--max', '1', '--order', 'oldest'])
  expect(rest).toMatchObject({ state: 'done', moved: 1 })
  expect((await run(['allocations', 'fills', String(to)])).out).toContain(
    `fill ${rest.fill_id}\tdone\t1 moved`,
  )
  // What has ended stays as it is.
  const cancelled = await run(['allocations', 'cancel-fill', String(rest.fill_id)])
  expect(cancelled).toMatchObject({ code: 0, out: expect.stringContaining('\tdone\t1 moved') })
})

// Contact hours and dispositions

test('contact hours are listed, moved to another zone and closed for a day, from the version that is there', async () => {
  const made = await client.post<{ contact_hours_id: number }>('/v1/contact-hours', {
    name: 'Desk',
    zone: 'UTC',
  })
  const id = String(made.body.contact_hours_id)
  expect(await run(['contact-hours', 'list'])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${id}\tUTC\tDesk\n`),
  })
  const change = ['contact-hours', 'change', id]
  expect(await run([...change, '--zone', 'Australia/Perth', '--dry-run'])).toMatchObject({
    code: 0,
    out: `${id}\tAustralia/Perth\tDesk\ndry run: 0 leads, nothing is changed\n`,
  })
  await json([...change, '--closed-on', '2027-03-08', '--name', 'Office'])
  const closed = { exceptions: [{ date: '2027-03-08' }, { date: '2027-03-09' }], name: 'Office', version: 3 }
  expect(await json([...change, '--closed-on', '2027-03-09'])).toMatchObject(closed)
  expect(await run([...change, '--zone', 'UTC', '--name', 'Desk', '--if-version', '2'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('has version 3 by now'),
  })
  expect(await run([...change, '--local-to-lead'])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${id}\tlocal to the lead, else UTC\tOffice\n`),
  })
  expect(await json([...change, '--no-local-to-lead'])).toMatchObject({ local_to_lead: false, version: 5 })
  const unknown = await run(['contact-hours', 'change', '999999', '--closed-on', '2027-03-09'])
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('not known') })
})

test('dispositions are listed, changed, disabled and enabled', async () => {
  const set = await client.post<{ disposition_set_id: number }>('/v1/disposition-sets', {
    name: 'Desk',
    copy_of: 1,
  })
  const id = String(set.body.disposition_set_id)
  const list = ['dispositions', 'list', '--set', id]
  const busy = (does: string) => `${id} Desk\tBusy\tretry\tpriority ${does}\n`
  expect((await run(list)).out).toContain(busy('10\tafter 900 s\t5 re-dials'))
  expect((await run(['dispositions', 'list'])).out).toContain('1 Standard\tSale\tfinal\tpriority 10\n')
  const change = ['dispositions', 'change', id, 'busy']
  expect(await run([...change, '--priority', '3', '--next-day', '--redials', 'none'])).toMatchObject({
    code: 0,
    out: busy('3\tnext day'),
  })
  expect(await run([...change, '--delay', '60', '--redials', '2', '--disable', '--dry-run'])).toMatchObject({
    out: `${busy('3\tafter 60 s\t2 re-dials\tdisabled')}dry run: 0 leads, nothing is changed\n`,
  })
  await json([...change, '--disable'])
  expect(await run([...change, '--enable'])).toMatchObject({ out: busy('3\tnext day') })
  expect(await run([...change, '--enable', '--priority', '4', '--if-version', '1'])).toMatchObject({
    code: 1,
  })
})

// The server

test.for([
  ['insert', ...at, 'FirstPhone=0412345678'],
  ['dnc', 'check', '0412345678'],
])('a server that does not answer is exit code 3: leadline %s', async (args) => {
  const { code, out, err } = await run(args, { LEADLINE_URL: 'http://127.0.0.1:1' })
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toBe(
    'leadline: http://127.0.0.1:1 does not answer. Check LEADLINE_URL, and that the server runs.\n',
  )
})

test('what answers there may be no Leadline: exit code 3 too', async () => {
  const other = createServer((_request, response) => {
    response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    for (const args of [
      ['insert', ...at, 'FirstPhone=0412345678'],
      ['dnc', 'check', '0412345678'],
    ]) {
      const { code, out, err } = await run(args, { LEADLINE_URL: url })
      expect({ code, out }).toEqual({ code: 3, out: '' })
      expect(err).toBe(
        `leadline: what answers at ${url} is no Leadline (HTTP 502). Check LEADLINE_URL, and that the server runs.\n`,
      )
    }
  } finally {
    other.close()
  }
})

// Doctor

interface Check {
  check: string
  ok: boolean
  detail: string
}

test('the doctor finds a sound installation sound', async () => {
  const { code, out, err } = await run(['doctor'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^ok {4}node: v26/)
  expect(out).toContain('database: PostgreSQL 18')
  expect(out).toContain(`server: ${leadline.url} answers 200`)
})

test('the doctor names what is wrong, and fails', async () => {
  const connection = await cloneDatabase(leadline.connection)
  try {
    await admin(connection, `alter database ${connection.database} set log_error_verbosity = 'verbose'`)
    const { code, out } = await run(['doctor', '--json'], {
      DATABASE_URL: databaseUrl(connection),
      LEADLINE_URL: 'http://127.0.0.1:1',
    })
    expect(code).toBe(1)
    const bad = (JSON.parse(out) as Check[]).filter(({ ok }) => !ok)
    expect(bad.map(({ check }) => check)).toEqual(['log_error_verbosity', 'server'])
    expect(bad[0]!.detail).toContain('set terse')
    expect(bad[1]!.detail).toContain('npm start')
  } finally {
    await dropDatabase(connection)
  }
})

test('the doctor says that the database is away, and never shows its password', async () => {
  const { code, out } = await run(['doctor'], { DATABASE_URL: 'postgres://ana:s3cret@127.0.0.1:1/none' })
  expect(code).toBe(1)
  expect(out).toMatch(/^FAIL {2}database: /m)
  expect(out).not.toContain('s3cret')
})

// The Node of the machine

/** The node that a person's shell would find, not the pinned one that npm puts in front. */
function machineNode(): string {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path)) ?? process.execPath
}

test('the command runs with the Node of the machine: an older one hands over to the pinned one', async () => {
  const node = machineNode()
  const { code, out, err } = await start(['doctor'], {}, { node })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^ok {4}node: v(2[6-9]|[3-9]\d)/)
  // The exit code comes through.
  expect((await start(['keys', 'revoke', 'one'], {}, { node })).code).toBe(2)
  expect((await start(['insert', ...at, 'FirstPhone='], {}, { node })).code).toBe(1)
})
