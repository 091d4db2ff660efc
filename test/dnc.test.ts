// The do-not-call lists: ten thousand numbers a call, entries that lapse, why a number is blocked, files of numbers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { readNumberFile } from '../src/cli/dnc-file.ts'
import { UsageError } from '../src/cli/terminal.ts'
import type { LeadlineClient, Problem } from '../src/client/client.ts'
import { LIMITS } from '../src/core/limits.ts'
import { blockingEntry } from '../src/db/dnc.ts'
import { clock } from '../src/db/statement.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { type Environment, runCommand, spawnCommand } from './support/command.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { campaign_id } = target
const admin = new pg.Client(connection)
await admin.connect()
afterAll(() => admin.end())

interface Entry {
  entry_id: number
  list: string
  campaign_id: number | null
  phone: string
  expires_at: string | null
  removed_at: string | null
}
interface Added {
  items: Entry[]
  added: number
  already_listed: number
  invalid: { index: number; detail: string }[]
}
interface Checked {
  items: { sent: string; phone: string | null; blocked: boolean; list?: string; entry_id?: number }[]
}
interface Why {
  number: string
  campaign_id: number | null
  blocked: boolean
  blocked_by: Entry | null
  entries: (Entry & { standing: boolean })[]
  explanation: string
}

const international = (phone: string) => `+61${phone.slice(1)}`
const add = (body: object) => client.post<Added>('/v1/dnc', { list: 'private', ...body })
const remove = (body: object) =>
  client.post<{ removed: number; not_listed: number; invalid?: unknown }>('/v1/dnc/removals', {
    list: 'private',
    reason: 'an error',
    ...body,
  })
const check = (phones: string[], more: object = {}) =>
  client.post<Checked>('/v1/dnc/check', { phones, ...more })
const isBlocked = async (phone: string) => (await check([phone])).body.items[0]!.blocked
const why = (phone: string, query: { campaign_id?: number } = {}, as: LeadlineClient = client) =>
  as.get<Why>(`/v1/dnc/numbers/${encodeURIComponent(phone)}`, query)
const entriesOf = async (phone: string) =>
  (await client.get<{ items: Entry[] }>('/v1/dnc', { phone, limit: 500 })).body.items

const until = async (condition: () => Promise<boolean>) => {
  const gives_up = performance.now() + 30_000
  while (!(await condition())) {
    if (performance.now() > gives_up) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()

describe.for(serverVersions())('what blocks a number, on PostgreSQL %i', async (major) => {
  const { connection } = major === 18 ? leadline : await startLeadline({ major })
  const client = new pg.Client(connection)
  await client.connect()
  afterAll(() => client.end())
  await client.query(
    'insert into campaigns (campaign_id, template_id, name) select 901, template_id, $1 from campaigns limit 1',
    ['Another'],
  )

  const HOUR = 3_600_000
  const entry = fc.record({
    list: fc.constantFrom('private', 'client', 'campaign'),
    campaign_id: fc.constantFrom(campaign_id, 901),
    /** Hours from now; null: for good. */
    expires: fc.option(fc.constantFrom(-2, -1, 1, 2, 3), { nil: null }),
    removed: fc.boolean(),
  })
  type Case = { list: string; campaign_id: number; expires: number | null; removed: boolean }

  /** The rule, said again: which entry blocks at an hour from now. */
  function blocking(entries: Case[], asked: number | null, hour: number): number | undefined {
    const stands = ({ removed, expires }: Case) => !removed && (expires === null || expires > hour)
    const at = (wanted: (entry: Case) => boolean) =>
      entries.findIndex((entry) => stands(entry) && wanted(entry))
    const privately = at(({ list }) => list === 'private')
    if (privately >= 0) return privately
    if (at(({ list }) => list === 'client') >= 0) return undefined
    const here = at((entry) => entry.list === 'campaign' && entry.campaign_id === asked)
    return here >= 0 ? here : undefined
  }

  const ASK = `select b.entry_id::int, b.list, b.blocked_until from (${blockingEntry('$1::integer', '$2::bigint', clock('$3'))}) b`

  let number = 61_490_000_000
  test('the private list, then the campaign list unless it is a client; and until when', async () => {
    const now = Date.parse((await client.query('select now()')).rows[0].now)
    const instant = (hours: number) => new Date(now + hours * HOUR)
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const phone = ++number
        const ids: number[] = []
        for (const { list, campaign_id, expires, removed } of entries) {
          const { rows } = await client.query(
            `insert into dnc_entries (list, campaign_id, phone, expires_at, added_by, removed_at, removed_by)
             values ($1, $2, $3, $4, 'test', $5, $6) returning entry_id::int`,
            [
              list,
              list === 'campaign' ? campaign_id : null,
              phone,
              expires === null ? null : instant(expires),
              removed ? instant(0) : null,
              removed ? 'test' : null,
            ],
          )
          ids.push(rows[0].entry_id)
        }
        for (const asked of [null, campaign_id, 901]) {
          const { rows } = await client.query(ASK, [asked, phone, null])
          const found = blocking(entries, asked, 0)
          const freed = [1, 2, 3].find((hour) => blocking(entries, asked, hour) === undefined)
          expect(rows).toEqual(
            found === undefined
              ? []
              : [
                  {
                    entry_id: ids[found],
                    list: entries[found]!.list,
                    blocked_until: freed === undefined ? null : instant(freed),
                  },
                ],
          )
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('ten thousand numbers a call', () => {
  const many = LIMITS.dnc_numbers_max
  const phones = Array.from({ length: many }, (_, i) => `0421${String(i).padStart(6, '0')}`)

  test('added, checked, removed', async () => {
    const added = await add({ phones, reason: 'asked us' })
    expect(added).toMatchObject({ status: 201, body: { added: many, already_listed: 0 } })
    expect(new Set(added.body.items.map(({ phone }) => phone))).toEqual(new Set(phones.map(international)))
    expect((await add({ phones })).body).toMatchObject({ added: 0, already_listed: many, items: [] })

    const { items } = (await check(phones.map(international))).body
    expect(items).toHaveLength(many)
    expect(items.map(({ phone }) => phone)).toEqual(phones.map(international))
    expect(items.every(({ blocked, list }) => blocked && list === 'private')).toBe(true)

    const half = phones.slice(0, many / 2)
    expect((await remove({ phones: half })).body).toMatchObject({ removed: many / 2, not_listed: 0 })
    expect((await remove({ phones })).body).toMatchObject({ removed: many / 2, not_listed: many / 2 })
    expect((await check(phones)).body.items.some(({ blocked }) => blocked)).toBe(false)
  })

  test('not one more', async () => {
    const more = [...phones, mobile()]
    for (const answer of [await add({ phones: more }), await remove({ phones: more }), await check(more)])
      expect(answer).toMatchObject({ status: 422, code: 1005, body: { field: '/phones' } })
    const entries = more.map((phone) => ({ phone }))
    expect(await add({ entries })).toMatchObject({ status: 422, code: 1005, body: { field: '/entries' } })
  })
})

describe('what is no number', () => {
  const mixed = () => {
    const [first, last] = [mobile(), mobile()]
    return { phones: [first, 'call me', '12', last, ' '], good: [first, last] }
  }

  test('is named by its place, and the others are written', async () => {
    const { phones, good } = mixed()
    const invalid = [1, 2, 4].map((index) => ({ index, detail: expect.stringMatching(/\w/) }))
    const added = await add({ phones })
    expect(added).toMatchObject({ status: 201, body: { added: 2, already_listed: 0 } })
    expect(added.body.invalid).toEqual(invalid)
    expect(added.body.items.map(({ phone }) => phone).sort()).toEqual(good.map(international).sort())
    const removed = await remove({ phones })
    expect(removed).toMatchObject({ status: 200, body: { removed: 2, not_listed: 0, invalid } })
  })

  test('refuses a list of which nothing can be taken, unless the caller skips what is invalid', async () => {
    const phones = ['call me', '-']
    for (const answer of [await add({ phones }), await remove({ phones })]) {
      expect(answer).toMatchObject({ status: 422, code: 1006 })
      const { errors } = answer.body as unknown as Problem
      expect(errors).toEqual([
        expect.objectContaining({ field: '/phones/0', detail: 'holds letters' }),
        expect.objectContaining({ field: '/phones/1', detail: 'is empty' }),
      ])
    }
    expect(await add({ phones, skip_invalid: true })).toMatchObject({
      status: 201,
      body: { added: 0, items: [], invalid: [{ index: 0 }, { index: 1 }] },
    })
  })

  test('refuses all of it where the caller wants all or nothing, each one named, and says how many', async () => {
    const { phones, good } = mixed()
    for (const answer of [
      await add({ phones, skip_invalid: false }),
      await remove({ phones, skip_invalid: false }),
    ]) {
      const { errors, detail } = answer.body as unknown as Problem
      expect(answer).toMatchObject({ status: 422, code: 1006 })
      expect(errors!.map(({ field }) => field)).toEqual(['/phones/1', '/phones/2', '/phones/4'])
      for (const error of errors!) expect(error.detail).toMatch(/\w/)
      expect(detail).toMatch(/^3 of 5 cannot be taken, .*; nothing was written$/)
    }
    for (const phone of good) expect(await entriesOf(phone)).toEqual([])
  })

  test('however many there are: every one has its place', async () => {
    const phones = Array.from({ length: 2_000 }, (_, i) => (i % 2 ? 'call me' : mobile()))
    const refused = await add({ phones, skip_invalid: false })
    expect(refused.body).toMatchObject({ code: 1006, detail: expect.stringMatching(/^1000 of 2000 /) })
    const { body } = await add({ phones })
    expect(body.invalid.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_, i) => 2 * i + 1))
    expect(body.added).toBe(1_000)
  })

  test('numbers come one way', async () => {
    for (const body of [{}, { phones: [mobile()], entries: [{ phone: mobile() }] }])
      expect(await add(body)).toMatchObject({ status: 422, code: 1005, body: { field: '/phones' } })
  })
})

describe('entries that lapse', () => {
  test('block until then, at a check and at intake', async () => {
    // One that lasts for an hour is asked about in time on a slow machine too.
    const [phone, standing] = [mobile(), mobile()]
    const expires_at = inSeconds(2)
    expect((await add({ phones: [phone], expires_at })).body).toMatchObject({ added: 1 })
    expect((await add({ phones: [standing], expires_at: inSeconds(3_600) })).body).toMatchObject({ added: 1 })
    expect(await isBlocked(standing)).toBe(true)
    expect(await client.insertLeadFast(target, { FirstPhone: standing })).toMatchObject({ code: 104 })
    await until(async () => !(await isBlocked(phone)))
    const { rows } = await admin.query('select now() >= $1::timestamptz as is_over', [expires_at])
    expect(rows).toEqual([{ is_over: true }])
    expect(await client.insertLeadFast(target, { FirstPhone: phone })).toMatchObject({ code: 0 })
    expect((await why(phone)).body).toMatchObject({
      blocked: false,
      entries: [{ standing: false, removed_at: null }],
      explanation: expect.stringMatching(/^on no list now, lapsed from the private list on \d{4}-/),
    })
    // A lapsed entry says nothing: the number is added again.
    expect((await add({ phones: [phone] })).body).toMatchObject({ added: 1, already_listed: 0 })
  })

  test('each at a time of its own, or at the common one', async () => {
    const [own, common, twice] = [mobile(), mobile(), mobile()]
    const { body } = await add({
      expires_at: '2100-01-01T00:00:00Z',
      entries: [
        { phone: own, expires_at: '2101-01-01T00:00:00+11:00' },
        { phone: common },
        { phone: twice, expires_at: '2102-01-01T00:00:00Z' },
        { phone: international(twice), expires_at: '2103-01-01T00:00:00Z' },
      ],
    })
    expect(Object.fromEntries(body.items.map(({ phone, expires_at }) => [phone, expires_at]))).toEqual({
      [international(own)]: '2100-12-31T13:00:00Z',
      [international(common)]: '2100-01-01T00:00:00Z',
      [international(twice)]: '2103-01-01T00:00:00Z',
    })
    expect(body).toMatchObject({ added: 3, already_listed: 0 })
    const forGood = [{ phone: twice, expires_at: '2104-01-01T00:00:00Z' }, { phone: international(twice) }]
    expect((await add({ entries: forGood })).body.items).toMatchObject([{ expires_at: null }])
  })

  test('a number that stands for longer already makes no entry, for shorter it does', async () => {
    const phone = mobile()
    const counts = async (expires_at?: string) => (await add({ phones: [phone], expires_at })).body.added
    expect(await counts('2100-01-01T00:00:00Z')).toBe(1)
    expect(await counts('2099-01-01T00:00:00Z')).toBe(0)
    expect(await counts('2100-01-01T00:00:00Z')).toBe(0)
    expect(await counts('2101-01-01T00:00:00Z')).toBe(1)
    expect(await counts()).toBe(1)
    expect(await counts('2102-01-01T00:00:00Z')).toBe(0)
    expect((await remove({ phones: [phone] })).body).toMatchObject({ removed: 3 })
  })

  test.for([
    ['2020-01-01T00:00:00Z', 'expires in the past'],
    ['tomorrow', 'has an expiry that is no RFC 3339 time, such as 2026-10-04T14:30:00Z'],
    ['+010000-01-01T00:00:00Z', 'has an expiry that lies outside of the years 1 to 9999'],
  ])('%s: %s', async ([expires_at, detail]) => {
    const phone = mobile()
    expect(await add({ phones: [phone], expires_at })).toMatchObject({
      status: 422,
      code: 1005,
      body: { field: '/expires_at', detail },
    })
    const entries = [{ phone: mobile() }, { phone, expires_at }]
    expect(await add({ entries, skip_invalid: false })).toMatchObject({
      status: 422,
      code: 1005,
      body: { errors: [{ field: '/entries/1/expires_at', detail }] },
    })
    const { body } = await add({ entries })
    expect(body).toMatchObject({ added: 1, invalid: [{ index: 1, detail }] })
    expect(await entriesOf(phone)).toEqual([])
  })
})

describe('why a number is blocked', () => {
  test('nothing speaks about it', async () => {
    const phone = mobile()
    expect(await why(phone)).toMatchObject({
      status: 200,
      body: {
        number: international(phone),
        campaign_id: null,
        blocked: false,
        blocked_by: null,
        entries: [],
        explanation: 'on no list: may be called in every campaign',
      },
    })
  })

  test('the entry that blocks, who, when, why; and what was before', async () => {
    const phone = mobile()
    const first = (await add({ phones: [phone], reason: 'asked us', source: 'letter' })).body.items[0]!
    await remove({ phones: [phone], reason: 'mistyped' })
    const second = (await add({ phones: [phone], reason: 'asked again' })).body.items[0]!
    await add({ list: 'client', phones: [phone] })
    const { body } = await why(international(phone), { campaign_id })
    expect(body).toMatchObject({
      number: international(phone),
      campaign_id,
      blocked: true,
      blocked_by: { entry_id: second.entry_id, list: 'private', reason: 'asked again', standing: true },
      entries: [
        { entry_id: second.entry_id, standing: true },
        { list: 'client', standing: true },
        {
          entry_id: first.entry_id,
          standing: false,
          reason: 'asked us',
          source: 'letter',
          added_by: expect.stringMatching(/^key:\d+$/),
          added_by_name: expect.any(String),
          removed_by: expect.stringMatching(/^key:\d+$/),
          removed_reason: 'mistyped',
        },
      ],
      explanation: expect.stringMatching(
        /^on the private list since \d{4}-\d\d-\d\d by key:\d+ \(asked again\): may not be called in any campaign$/,
      ),
    })
    expect(body.entries[0]).toEqual(body.blocked_by)
    expect(await client.insertLeadFast(target, { FirstPhone: phone })).toMatchObject({ code: 104 })
  })

  test('a campaign list counts in its campaign, and not for a client', async () => {
    const phone = mobile()
    await add({ list: 'campaign', campaign_id, phones: [phone] })
    expect((await why(phone, { campaign_id })).body).toMatchObject({
      blocked: true,
      blocked_by: { list: 'campaign', campaign_id },
    })
    expect((await why(phone)).body).toMatchObject({
      blocked: false,
      blocked_by: null,
      entries: [{ list: 'campaign' }],
      explanation: `on the list of campaign ${campaign_id}: may be called in the other campaigns only`,
    })
    await add({ list: 'client', phones: [phone] })
    expect((await why(phone, { campaign_id })).body).toMatchObject({
      blocked: false,
      blocked_by: null,
      explanation: expect.stringMatching(
        `^on the list of campaign ${campaign_id}, but on the client list .*: may be called in this campaign$`,
      ),
    })
  })

  test('in another campaign, that one is not spoken of; another team does not see it', async () => {
    const others = await leadline.clientWith(['read'], [await ensureTeam(leadline.pool, 'Others')])
    const globals = await leadline.clientWith(['read'], [await ensureTeam(leadline.pool, 'Global')])
    const template = await client.post<{ template_id: number }>('/v1/templates', {
      name: 'Others',
      team: 'Others',
      contact_hours: 'Australia/Melbourne',
      fields: [{ name: 'Phone', kind: 'phone' }],
    })
    const { template_id } = template.body
    const other = (
      await client.post<{ campaign_id: number }>('/v1/campaigns', { template_id, name: 'Theirs' })
    ).body.campaign_id
    const phone = mobile()
    await add({ list: 'campaign', campaign_id: other, phones: [phone] })

    expect((await why(phone, { campaign_id })).body).toMatchObject({ blocked: false, entries: [] })
    expect((await why(phone, { campaign_id: other }, others)).body).toMatchObject({ blocked: true })
    expect((await why(phone, {}, others)).body.entries).toHaveLength(1)
    const unseen = (await why(phone, {}, globals)).body
    expect(unseen).toMatchObject({ blocked: false, entries: [] })
    expect(unseen.explanation).toBe('on no list: may be called in every campaign')
    expect(await why(phone, { campaign_id: other }, globals)).toMatchObject({ status: 404, code: 1004 })
  })

  test.for([
    ['call me', {}, 422, 1006],
    ['0412 345 678 / 0412 345 679', {}, 422, 1006],
    ['0412345678', { campaign_id: 999_999 }, 404, 1004],
    ['0412345678', { campaign_id: 0 }, 400, 1003],
  ] as const)('%s %j: %i %i', async ([phone, query, status, code]) => {
    expect(await why(phone, query)).toMatchObject({ status, code })
  })

  test('a number as people write it', async () => {
    const phone = mobile()
    const written = `(+61) ${phone.slice(1, 4)} ${phone.slice(4, 7)}-${phone.slice(7)}`
    expect((await why(written)).body.number).toBe(international(phone))
  })
})

// The command line, in a process of its own: its stdin is one of its ways in.

const folder = mkdtempSync(join(tmpdir(), 'leadline-dnc-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(content: string): string {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, content)
  return path
}

const run = (args: string[], environment: Environment = {}) =>
  runCommand(['dnc', ...args], {
    LEADLINE_URL: leadline.url,
    LEADLINE_API_KEY: leadline.key,
    ...environment,
  })

describe('a file of numbers', () => {
  test('with headings and expiries, bad numbers named by their line', async () => {
    const [plain, dated, timed, lapsed] = [mobile(), mobile(), mobile(), mobile()]
    const content = [
      '\ufeffPhone,Expires',
      plain,
      '',
      `"${dated}", 2100-06-30 `,
      'call me,',
      `${timed},2100-06-30T10:00:00+10:00`,
      `${lapsed},2020/01/31`,
      `${plain},`,
    ].join('\r\n')
    const added = await run(['add', '--list', 'private', '--source', 'register', '--file', file(content)])
    expect(added).toMatchObject({ code: 1, out: '3 added, 0 listed already, 2 not taken\n' })
    expect(added.err).toBe('line 5 holds letters\nline 7 expires in the past\n')
    expect(await entriesOf(plain)).toMatchObject([{ expires_at: null, source: 'register' }])
    expect(await entriesOf(dated)).toMatchObject([{ expires_at: '2100-07-01T00:00:00Z' }])
    expect(await entriesOf(timed)).toMatchObject([{ expires_at: '2100-06-30T00:00:00Z' }])
    expect(await entriesOf(lapsed)).toEqual([])

    const numbers = file(`${plain}\n${dated}\n`)
    const again = await run(['add', '--list', 'private', '--file', numbers, '--expires', '2090-01-01'])
    expect(again).toEqual({ code: 0, out: '0 added, 2 listed already\n', err: '' })
    const checked = await run(['check', '--file', numbers])
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out.match(/blocked by the private list/g)).toHaveLength(2)
    const removed = await run(['remove', '--list', 'private', '--reason', 'old', '--json', '--file', numbers])
    expect(JSON.parse(removed.out)).toEqual({ removed: 2, not_listed: 0, invalid: [] })
    expect(await isBlocked(plain)).toBe(false)
  })

  test('as spreadsheets write them', async () => {
    const phones = [mobile(), mobile(), mobile(), mobile()]
    const [formula, quoted, text, meta] = phones
    const content = `="${formula}"\n"=""${quoted}""",2100-06-30\n'${text}\np:${meta}\n`
    const added = await run(['add', '--list', 'private', '--file', file(content)])
    expect(added).toEqual({ code: 0, out: '4 added, 0 listed already\n', err: '' })
    for (const phone of phones) expect(await isBlocked(phone)).toBe(true)
  })

  test('stdin, in chunks, with progress', async () => {
    const count = LIMITS.dnc_numbers_max + 1
    const phones = Array.from({ length: count }, (_, i) => `0422${String(i).padStart(6, '0')}`)
    const content = `Phone\n${phones.join('\n')}\n`
    const added = await spawnCommand(
      ['dnc', 'add', '--list', 'client', '--file', '-'],
      { LEADLINE_URL: leadline.url, LEADLINE_API_KEY: leadline.key },
      { stdin: content },
    )
    expect(added).toEqual({
      code: 0,
      out: `${count} added, 0 listed already\n`,
      err: `${LIMITS.dnc_numbers_max} of ${count}\n${count} of ${count}\n`,
    })
    const { body } = await check([phones.at(-1)!])
    expect(body.items).toMatchObject([{ blocked: false }])
    expect(await entriesOf(phones.at(-1)!)).toMatchObject([{ list: 'client' }])
  })

  test.for<[what: string, content: string, says: string]>([
    ['a comma in quotes', '"0412,345678"\n', 'line 1 has a comma or a quote inside of quotes'],
    ['another heading', 'Number\n0412345678\n', 'line 1 has no headings that are known'],
    ['a heading in another case', 'phone,expires\n0412345678\n', 'line 1 has no headings that are known'],
    ['a heading twice', 'Phone,Phone\n0412345678\n', 'line 1 has no headings that are known'],
    ['no heading Phone', 'Expires\n2100-01-01\n', 'line 1 has no headings that are known'],
    ['a column too many', '0412345678\n0412345679,2100-01-01,Jane\n', 'line 2 has more columns'],
    ['a column without a heading', 'Phone\n0412345679,2100-01-01\n', 'line 2 has more columns'],
    ['no such day', '0412345678,2100-02-30\n', 'line 1 has an Expires'],
    ['a day that may be a month', '0412345678,30/06/2100\n', 'line 1 has an Expires'],
    ['an expiry of nobody', 'Phone,Expires\n,2100-01-01\n', 'line 2 has no number'],
    ['an essay', `${'0'.repeat(101)}\n`, 'line 1 is longer than any number'],
    ['UTF-16', '0\x004\x001\x00', 'line 1 is no UTF-8 text'],
    ['nothing', '\n \nPhone\n', 'has no numbers'],
  ])('%s refuses it', async ([, content, says]) => {
    const refused = await readNumberFile(file(content)).catch((error) => error)
    expect(refused).toBeInstanceOf(UsageError)
    expect(refused.message).toContain(says)
  })

  test('a refused file is sent to nobody, not even its good lines', async () => {
    const content = `${mobile()}\n`.repeat(LIMITS.dnc_numbers_max + 1)
    const environment = { LEADLINE_URL: 'http://127.0.0.1:1' }
    const args = ['add', '--list', 'private', '--file']
    const refused = await run([...args, file(`${content}"0412,345678"\n`)], environment)
    expect(refused).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('line 10002 has a comma'),
    })
    const sent = await run([...args, file(content)], environment)
    expect(sent).toMatchObject({ code: 3, err: expect.stringContaining('does not answer') })
  })

  describe('that is not sent to its end', () => {
    const max = LIMITS.dnc_numbers_max
    const content = `Phone\n${'0412345678\n'.repeat(2 * max + 5)}`
    /** A server that takes one chunk, and then does something else. */
    async function brokenBy(second: (response: ServerResponse) => void) {
      const sizes: number[] = []
      const server = createServer(async (request, response) => {
        const { entries } = JSON.parse(await text(request))
        response.setHeader('X-Request-Id', 'r')
        if (sizes.push(entries.length) > 1) return second(response)
        response.setHeader('Content-Type', 'application/json').writeHead(201)
        response.end(
          JSON.stringify({
            items: [],
            added: 1,
            already_listed: max - 2,
            invalid: [{ index: 1, detail: 'is empty' }],
          }),
        )
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      try {
        const args = ['add', '--list', 'private', '--file', file(content), '--json']
        const ended = await run(args, { LEADLINE_URL: url })
        expect(sizes).toEqual([max, max])
        return ended
      } finally {
        server.close()
        server.closeAllConnections()
      }
    }
    const problem = (detail: string, written: 'no' | 'unknown') => (response: ServerResponse) =>
      response
        .writeHead(503, { 'Content-Type': 'application/problem+json' })
        .end(JSON.stringify({ code: 1013, name: 'UNAVAILABLE', detail, written }))
    const said = (what: string, detail: string) => [
      'line 3 is empty',
      `${max} of ${2 * max + 5}`,
      `lines ${max + 2} to ${2 * max + 1}: ${what}: ${detail}`,
      `the ${max} numbers before them are done`,
      'the 5 numbers after them were not sent',
      'run the same again: what is done already is not done twice',
    ]
    const stopped = { from_line: max + 2, to_line: 2 * max + 1, done: max, not_sent: 5 }
    const counts = { added: 1, already_listed: max - 2, invalid: [{ line: 3, detail: 'is empty' }] }

    test('refused: nothing of the chunk was written', async () => {
      const detail = 'the database is away'
      const { code, out, err } = await brokenBy(problem(detail, 'no'))
      expect(code).toBe(1)
      expect(err.trim().split('\n')).toEqual(
        said('nothing of them was written', `1013 UNAVAILABLE ${detail}`),
      )
      expect(JSON.parse(out)).toEqual({
        ...counts,
        stopped: { ...stopped, written: false, detail: `1013 UNAVAILABLE ${detail}` },
      })
    })

    test('the server does not know', async () => {
      const detail = 'the connection to the database was lost'
      const { code, out, err } = await brokenBy(problem(detail, 'unknown'))
      expect(code).toBe(1)
      expect(err.trim().split('\n')).toEqual(
        said('not known whether they were written', `1013 UNAVAILABLE ${detail}`),
      )
      expect(JSON.parse(out).stopped).toMatchObject({ ...stopped, written: null })
    })

    test('nobody answers', async () => {
      const { code, out, err } = await brokenBy((response) => response.destroy())
      expect(code).toBe(3)
      const lines = err.trim().split('\n')
      expect(lines.slice(0, -1)).toEqual(said('not known whether they were written', 'there was no answer'))
      expect(lines.at(-1)).toContain('does not answer')
      expect(JSON.parse(out).stopped).toMatchObject({ ...stopped, written: null })
    })
  })

  test('a file that is not there, numbers beside a file, neither of the two', async () => {
    const base = ['add', '--list', 'private']
    const missing = await run([...base, '--file', join(folder, 'none.csv')])
    expect(missing).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('cannot be read (ENOENT)'),
    })
    const directory = await run([...base, '--file', folder])
    expect(directory).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('cannot be read (EISDIR)'),
    })
    for (const more of [['0412345678', '--file', file('0412345678')], []])
      expect(await run([...base, ...more])).toMatchObject({
        code: 2,
        err: expect.stringContaining('name numbers, or a file of numbers with --file'),
      })
    const expires = await run([...base, '--expires', 'soon', '0412345678'])
    expect(expires).toMatchObject({ code: 2, err: expect.stringContaining('--expires takes a date') })
  })
})

test('why, for people and for programs', async () => {
  const phone = mobile()
  await add({ phones: [phone], reason: 'asked us', source: 'letter' })
  const shown = await run(['why', phone, '--campaign', String(campaign_id)])
  expect(shown).toMatchObject({ code: 0, err: '' })
  const [sentence, entry] = shown.out.trim().split('\n')
  expect(sentence).toMatch(
    new RegExp(`^\\${international(phone)}\ton the private list since .*\\(asked us\\): may not be`),
  )
  expect(entry).toMatch(
    /^entry \d+\tprivate\tin force\tadded \S+ by key:\d+\treason: asked us\tsource: letter$/,
  )
  const { out } = await run(['why', international(phone), '--json'])
  expect(JSON.parse(out)).toMatchObject({ number: international(phone), blocked: true })
  expect(await run(['why', 'call me'])).toMatchObject({ code: 1, out: '1006 INVALID_PHONE_NUMBER\n' })
})
