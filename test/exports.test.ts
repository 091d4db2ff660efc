// Exports: all leads that a search finds, as files that come back.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { AuditEntry, ExportAsked, ExportFile, Lead } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { exportFile, exportPreview } from '../src/client/export.ts'
import { KEEPING } from '../src/core/entries.ts'
import { readLeadId, valuesOf } from '../src/core/lead.ts'
import { RowMapper } from '../src/core/mapped-row.ts'
import { guessMapping } from '../src/core/mapping-guess.ts'
import { readNewLead } from '../src/core/submission.ts'
import { readPatch } from '../src/core/update.ts'
import { findLeads } from '../src/db/leads.ts'
import { DatabaseUnavailable } from '../src/db/pool.ts'
import { rulesOf } from '../src/db/rules.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { runCommand, spawnCommand } from './support/command.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { queriesOf, spyOnQueries } from './support/queries.ts'
import { Folder } from './support/read-files.ts'
import { COMMAND } from './support/server-process.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline({ now: () => '2026-11-24T03:00:00.000Z' })
const { client, connection, pool } = leadline
const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

await client.post('/v1/contact-hours', { name: 'Exports', zone: 'Australia/Melbourne' })
await client.post('/v1/disposition-sets', { name: 'Exports', copy_of: 1 })

let names = 0

const FIELDS = [
  { name: 'Name', kind: 'text' },
  { name: 'Mobile', label: 'Mobile phone', kind: 'phone' },
  { name: 'Home', label: 'Home phone', kind: 'phone' },
  { name: 'PostCode', kind: 'text' },
  { name: 'source', label: 'Where from', kind: 'text' },
  { name: 'Born', kind: 'date' },
  { name: 'Notes', kind: 'long_text' },
] as const

/** A campaign of its own, with a template that has what exports stumble over. */
async function campaign(by: LeadlineClient = client) {
  const name = `export ${++names}`
  const made = async <Body>(address: string, body: object) => {
    const answer = await by.post<Body>(address, body)
    if (!answer.ok) throw new Error(JSON.stringify(answer.body))
    return answer.body
  }
  const { template_id } = await made<{ template_id: number }>('/v1/templates', {
    ...{ name, fields: FIELDS, contact_hours: 'Exports', disposition_set: 'Exports' },
  })
  const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const allocation = async (part: string) =>
    (await made<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: part, started: true }))
      .allocation_id
  const allocation_id = await allocation('East')
  const insert = (fields: Record<string, string>, more: object = {}) =>
    made<Lead>('/v1/leads?on_bad_value=keep', { allocation_id, fields, ...more })
  const many = async (amount: number, first = 0) => {
    for (let from = 0; from < amount; from += 1_000) {
      const rows = Array.from({ length: Math.min(1_000, amount - from) }, (_, i) => ({
        Name: `Lead ${first + from + i}`,
        Mobile: mobile(),
        Notes: 'x'.repeat(300),
      }))
      const answer = await by.insertLead({ template_id, campaign_id, allocation_id }, rows)
      expect(answer.code).toBe(0)
    }
  }
  return { template_id, campaign_id, allocation_id, allocation, insert, many }
}

async function exported(file: ExportFile, query: ExportAsked, by: LeadlineClient = client): Promise<Buffer> {
  const answer = await exportFile(by, file, query)
  if (!answer.ok) throw new Error(`${answer.body.code} ${answer.body.detail}`)
  return Buffer.concat(await Array.fromAsync(answer.body))
}
const texts = async (...asked: Parameters<typeof exported>) => (await exported(...asked)).toString()
const linesOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
const lines = async (...asked: Parameters<typeof exported>) => linesOf(await texts(...asked))

const entriesOf = async (subject: string): Promise<AuditEntry[]> => {
  const { body } = await client.auditLog({ subject })
  return (body as { items: AuditEntry[] }).items.filter(({ action }) => action.startsWith('lead.export'))
}

const ODD: Record<string, string>[] = [
  { Name: 'O\'Hara, "Ann"', Mobile: '0491 570 006', PostCode: '0800' },
  { Name: '=HYPERLINK("http://evil")', Mobile: '+61491570110', Home: '02 9876 5432' },
  { Name: "'=1+1", Mobile: '0491570156', Notes: 'first\nsecond; third, "fourth"\n\n-fifth' },
  { Name: '-5 %', Mobile: '0491570157', Notes: 'say <NO CHANGE> or _x0041_ & <b>' },
  { Name: '@home', Mobile: '0491570158', Home: 'not a number', source: '  web, form ' },
  { Name: 'Zoë 👩‍👩‍👧 ליאת أحمد', Mobile: '0491570159', Born: '1980-02-03', PostCode: '6E5' },
  { Name: '="0412"', Mobile: '(02) 9876 5433', Born: '3/4/5', Notes: '#N/A' },
  { Name: 'Total', Mobile: '0298765434', Notes: '#####' },
]

describe('a file comes back', () => {
  test.each([
    ['leads.csv', {}],
    ['leads.csv', { bom: true, headings: 'labels' }],
    ['leads.xlsx', {}],
    ['leads.xlsx', { headings: 'labels' }],
  ] as const)('%s %j', async (file, options) => {
    const { campaign_id, insert } = await campaign()
    const leads: Lead[] = []
    for (const [i, fields] of ODD.entries())
      leads.push(
        await insert(fields, {
          external_id: `00${i}`,
          source: i % 2 ? '=web' : 'fair',
          priority: i,
          unmapped: { utm: `+${i}` },
          ...(i === 2 && { callback: { local: '2026-12-01T14:30' } }),
        }),
      )
    const columns = [
      ...['lead_id', 'version', 'external_id', 'Mobile', 'Name', 'Home', 'PostCode', 'fields.source'],
      ...[
        'Born',
        'Notes',
        'source',
        'priority',
        'callback',
        'allocation',
        'unmapped.utm',
        'created_at',
        'calls',
      ],
    ]
    const bytes = await exported(file, { campaign_id, columns, ...options })
    const read = await folder.read(folder.put(bytes))
    // The post code 6E5 is what it is.
    expect(read.said.filter((code) => code !== 'apostrophe')).toEqual(['exponent'])
    const rules = (await rulesOf(pool, campaign_id))!.rules
    const mapping = guessMapping(read.shape, rules)
    // Everything is known, and nothing is asked.
    expect(mapping.columns.flatMap(({ questions }) => questions)).toEqual([])
    expect(mapping.columns.filter(({ reason }) => reason === 'nothing_fits')).toEqual([])
    expect(mapping.columns.map(({ target }) => target.to)).toEqual([
      ...['system', 'system', 'system', 'field', 'field', 'field', 'field', 'field', 'field', 'field'],
      ...['system', 'system', 'system', 'row', 'unmapped', 'ignored', 'ignored'],
    ])
    const mapper = new RowMapper(mapping, read.shape.columns, rules, KEEPING)
    const now = '2026-11-24T03:00:00Z'
    expect(read.rows).toHaveLength(leads.length)
    for (const [i, { cells }] of read.rows.entries()) {
      const lead = leads[i]!
      // As a change of its lead it changes nothing.
      const { entries, allocation } = mapper.read(cells)
      expect(allocation).toBe('East')
      expect(entries.system.get('lead_id')?.text).toBe(lead.id)
      expect(entries.system.get('version')?.text).toBe('1')
      const [state] = await findLeads(pool, [{ ...readLeadId(lead.id)!, external_id: null }])
      const patch = readPatch(entries, rules, state!, { now, may_put_off: true })
      expect(patch.refusal).toBeUndefined()
      expect(patch.ok!.outcome).toBeNull()
      expect(valuesOf(state!)).toMatchObject(patch.ok!.values)
      // As a new lead it has the same values.
      const again = mapper.read(cells).entries
      again.system.delete('lead_id')
      again.system.delete('version')
      const { ok, refusal } = readNewLead(again, rules, lead.allocation_id, now)
      expect(refusal).toBeUndefined()
      expect(ok!.lead.fields).toEqual(lead.fields)
      expect(ok!.lead.unmapped).toEqual(lead.unmapped)
      const { external_id, source, priority, callback_local } = ok!.lead
      expect({ external_id, source, priority, callback_local: callback_local ?? null }).toEqual({
        external_id: lead.external_id,
        source: lead.source,
        priority: lead.priority,
        callback_local: lead.callback?.local ?? null,
      })
    }
  })
})

describe('what is exported', () => {
  test('leads.ndjson has each lead as the API answers it, with its calls if they are asked for', async () => {
    const { campaign_id, insert } = await campaign()
    const lead = await insert({ Name: 'Ann', Mobile: '0491570006' }, { unmapped: { utm: 'x' } })
    await client.patchLead(lead.id, 1, { disposition: 'Busy' })
    await client.patchLead(lead.id, 2, { disposition: 'No Answer' })
    const { body } = await client.lead(lead.id)
    const { body: calls } = await client.leadCalls(lead.id)
    expect(await lines('leads.ndjson', { campaign_id })).toEqual([body])
    const { items } = calls as { items: object[] }
    expect(items).toHaveLength(2)
    expect(await lines('leads.ndjson', { campaign_id, calls: true })).toEqual([{ ...body, calls: items }])
    expect(await lines('calls.ndjson', { campaign_id })).toEqual(items)
    const read = await folder.read(folder.put(await exported('calls.csv', { campaign_id })))
    expect(read.shape.columns.slice(0, 5)).toEqual([
      'call_id',
      'lead_id',
      'external_id',
      'disposition',
      'phone',
    ])
    expect(read.rows.map(({ cells }) => cells[3])).toEqual(['Busy', 'No Answer'])
    const book = await folder.read(folder.put(await exported('calls.xlsx', { campaign_id })))
    expect(book.rows.map(({ cells }) => cells.slice(0, 4))).toEqual(
      read.rows.map(({ cells }) => cells.slice(0, 4)),
    )
  })

  test('the usual columns are the fields of the template and what is known of every lead', async () => {
    const { campaign_id, insert } = await campaign()
    expect(await texts('leads.csv', { campaign_id })).toBe(
      'lead_id,version,external_id,Name,Mobile,Home,PostCode,fields.source,Born,Notes,disposition,calls,closed,callback,priority,allocation,source,created_at,updated_at\r\n',
    )
    const lead = await insert({ Mobile: '0491570006' })
    expect(await texts('leads.csv', { campaign_id, headings: 'labels', numbers: 'e164' })).toBe(
      'lead_id,version,external_id,Name,Mobile phone,Home phone,PostCode,Where from,Born,Notes,disposition,calls,closed,callback,priority,allocation,source,created_at,updated_at\r\n' +
        `${lead.id},1,,,'+61491570006,,,,,,,0,false,,10,East,,${lead.created_at},${lead.updated_at}\r\n`,
    )
    expect(await texts('leads.csv', { campaign_id, columns: ['Mobile', 'lead_id'] })).toBe(
      `Mobile,lead_id\r\n0491570006,${lead.id}\r\n`,
    )
    expect((await texts('leads.csv', { campaign_id, bom: true })).charCodeAt(0)).toBe(0xfeff)
  })

  test('a search chooses them: words, outcomes, allocations, open or closed', async () => {
    const { campaign_id, insert, allocation } = await campaign()
    const west = await allocation('West')
    const ann = await insert({ Name: 'Ann Exportable', Mobile: '0491570006' })
    const bob = await insert(
      { Name: 'Bob', Mobile: '0491570110' },
      { allocation_id: west, external_id: 'b-7' },
    )
    const cy = await insert({ Name: 'Cy Exportable', Mobile: '0491570156' })
    await client.patchLead(ann.id, 1, { disposition: 'Sale' })
    await client.patchLead(bob.id, 1, { disposition: 'Busy' })
    const found = async (query: ExportAsked) =>
      (await lines('leads.ndjson', { campaign_id, ...query })).map(({ id }: Lead) => id)
    expect(await found({})).toEqual([ann.id, bob.id, cy.id])
    expect(await found({ q: 'exportable' })).toEqual([ann.id, cy.id])
    expect(await found({ q: '0491570110' })).toEqual([bob.id])
    expect(await found({ q: 'b-7' })).toEqual([bob.id])
    expect(await found({ q: cy.id })).toEqual([cy.id])
    expect(await found({ disposition: ['sale', 'Busy'] })).toEqual([ann.id, bob.id])
    expect(await found({ disposition: 'Sale', q: 'cy' })).toEqual([])
    expect(await found({ allocation_id: west })).toEqual([bob.id])
    expect(await found({ allocation_id: [west, ann.allocation_id], closed: false })).toEqual([bob.id, cy.id])
    // Without a campaign: those of all.
    const all = await lines('leads.ndjson', { q: 'exportable' })
    expect(all.map(({ id }) => id)).toEqual([ann.id, cy.id])
    const { insert: elsewhere } = await campaign()
    await elsewhere({ Mobile: '0491570006' })
    const everywhere: { id: string; campaign_id: number }[] = await lines('leads.ndjson', {})
    expect(new Set(everywhere.map((lead) => lead.campaign_id)).size).toBeGreaterThan(1)
    expect(new Set(everywhere.map(({ id }) => id)).size).toBe(everywhere.length)
    const head = (await texts('leads.csv', {})).split('\r\n')[0]!
    expect(head).toContain('lead_id,version,external_id,campaign,')
    expect(head).toContain(',Mobile,')
  })

  test('what is typed is read as the list of the allocation reads it', async () => {
    const { campaign_id, allocation_id, insert, allocation } = await campaign()
    const ann = await insert({ Name: 'Ann Unquotable', Mobile: '0491570006' })
    await insert({ Name: 'Quotable', Mobile: '0491570110' }, { allocation_id: await allocation('West') })
    const asked = { campaign_id, allocation_id, q: 'quotable' }
    const listed = await client.leads(asked)
    expect(listed.body).toMatchObject({ items: [{ id: ann.id }], inside_words: true })
    expect((await lines('leads.ndjson', asked)).map(({ id }: Lead) => id)).toEqual([ann.id])
  })

  test('each lead is there once, in order, although others write; what comes in later is not', async () => {
    const { campaign_id, allocation_id, allocation, many } = await campaign()
    await many(3_000)
    const elsewhere = await allocation('West')
    const { rows } = await admin(
      connection,
      `select number::integer from leads where campaign_id = ${campaign_id} order by number`,
    )
    const numbers = rows.map(({ number }) => number as number)
    // The first leads have come: what is new from here on is not in it.
    const answer = await exportFile(client, 'leads.ndjson', { campaign_id })
    if (!answer.ok) throw new Error('no export began')
    let [over, writes] = [false, 0]
    const writing = (async () => {
      while (!over) {
        const id = `${campaign_id}-${numbers[(writes * 37) % numbers.length]}`
        await Promise.all([
          many(1, 10_000 + writes),
          client.patchLead(id, 1, { fields: { Name: `Changed ${writes}` } }),
          client.moveLeads(allocation_id, {
            to_allocation_id: elsewhere,
            lead_ids: [`${campaign_id}-${numbers[(writes * 41) % numbers.length]}`],
          }),
        ])
        writes++
      }
    })()
    const found = linesOf(Buffer.concat(await Array.fromAsync(answer.body)).toString())
    over = true
    await writing
    expect(writes).toBeGreaterThan(3)
    expect(numbers).toHaveLength(3_000)
    expect(found.map(({ id }: Lead) => readLeadId(id)!.number)).toEqual(numbers)
  })

  test('they are counted before, and the columns are named', async () => {
    const { campaign_id, many } = await campaign()
    await many(30)
    const { body } = await exportPreview(client, { campaign_id })
    expect(body).toMatchObject({ leads: 30, exact: true })
    const { columns } = body as { columns: { name: string; label: string; is_usual: boolean }[] }
    expect(columns).toContainEqual({ name: 'Mobile', label: 'Mobile phone', is_usual: true })
    expect(columns).toContainEqual({ name: 'fields.source', label: 'Where from', is_usual: true })
    expect(columns).toContainEqual({ name: 'callback_zone', label: 'callback_zone', is_usual: false })
    // Every one of them can be chosen.
    const head = await texts('leads.csv', {
      campaign_id,
      columns: columns.map(({ name }) => name),
      q: 'nobody',
    })
    expect(head.trimEnd().split(',')).toEqual(columns.map(({ name }) => name))
  })
})

describe('what is refused', () => {
  test.each([
    [{ campaign_id: 99_999 }, 1004, undefined],
    [{ allocation_id: 99_999 }, 1004, undefined],
    [{ disposition: 'Nonsense' }, 106, 'disposition'],
    [{ columns: ['Nonsense'] }, 1005, 'columns'],
    [{ columns: ['lead_id', 'lead_id'] }, 1005, 'columns'],
    [{ callback_from: 'soon' }, 1005, 'callback_from'],
    [{ changed_by: 'Ann' }, 1003, '/changed_by'],
    [{ headings: 'both' }, 1003, '/headings'],
  ])('%j answers %i', async (query, code, field) => {
    const answer = await exportFile(client, 'leads.csv', query as ExportAsked)
    expect(answer).toMatchObject({ ok: false, code })
    if (field) expect(answer).toMatchObject({ body: { field } })
  })

  test('columns of what has none, and files that are not there', async () => {
    const columns = ['lead_id']
    for (const file of ['leads.ndjson', 'calls.csv'] as const)
      expect(await exportFile(client, file, { columns })).toMatchObject({ ok: false, code: 1005 })
    expect(await client.get('/v1/exports/leads.pdf')).toMatchObject({ ok: false, code: 1003 })
  })

  test('a key without the right, and a campaign of another team', async () => {
    const { campaign_id } = await campaign()
    const reader = await leadline.clientWith(['read', 'write', 'supervise', 'manage'])
    expect(await exportFile(reader, 'leads.csv', { campaign_id })).toMatchObject({ ok: false, code: 1002 })
    const team_id = await ensureTeam(pool, 'Elsewhere')
    const other = await leadline.clientWith(['export'], [team_id])
    expect(await exportFile(other, 'leads.csv', { campaign_id })).toMatchObject({ ok: false, code: 1004 })
    expect(await lines('leads.ndjson', { calls: true }, other)).toEqual([])
    expect(await texts('leads.csv', {}, other)).toMatch(/^lead_id,[\w,]+\r\n$/)
    const agent = await leadline.asOperator('agent')
    expect(await exportPreview(agent, { campaign_id })).toMatchObject({ ok: false, code: 1002 })
    const manager = await leadline.asOperator('manager')
    expect(await exportPreview(manager, { campaign_id })).toMatchObject({ ok: true })
  })
})

describe('how an export ends', () => {
  /** A campaign whose export takes many chunks and more bytes than any buffer. */
  const large = async () => {
    const made = await campaign()
    await made.many(6_000)
    return made
  }
  const chunksRead = (spy: ReturnType<typeof spyOnQueries>) =>
    spy.mock.calls.filter(([{ name }]) => name === 'exports.walked').length
  const endings = async (campaign_id: number) =>
    (await entriesOf(`campaign:${campaign_id}`)).map(({ action, details }) => [
      action,
      (details as { how?: string }).how,
    ])

  test('the audit log says who took what, how many, and how it ended; nothing that was typed', async () => {
    const { campaign_id, insert } = await campaign()
    await insert({ Name: 'Ann Secretname', Mobile: '0491570006' })
    await exported('leads.csv', {
      campaign_id,
      q: 'Secretname',
      closed: false,
      columns: ['lead_id', 'unmapped.0491570006'],
    })
    const [ended, began] = await entriesOf(`campaign:${campaign_id}`)
    expect(began).toMatchObject({ action: 'lead.export', actor: expect.stringMatching(/^key:/) })
    const filters = { file: 'leads.csv', campaign_id, closed: false, typed: true }
    expect(began!.details).toEqual({ ...filters, columns: ['lead_id', 'unmapped'] })
    expect(ended).toMatchObject({ action: 'lead.exported', request_id: began!.request_id })
    expect(ended!.details).toEqual({ ...began!.details, leads: 1, how: 'done' })
    expect(JSON.stringify([ended, began])).not.toMatch(/secretname|0491570006/i)
  })

  test('a client that does not read stops the reading, and one that leaves ends it', async () => {
    const { campaign_id } = await large()
    const spy = spyOnQueries(leadline.pools.exports)
    const leaving = new AbortController()
    const answer = await exportFile(client, 'leads.ndjson', { campaign_id }, leaving.signal)
    expect(answer.ok).toBe(true)
    let before = -1
    await until('nothing more is read', async () => {
      const now = chunksRead(spy)
      const same = now === before
      before = now
      await sleep(300)
      return same
    })
    // Sockets and streams hold some; the rest is not read.
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(24)
    expect(leadline.pools.exports.load.busy).toBe(0)
    leaving.abort()
    await until('the end is noted', async () => (await endings(campaign_id)).length === 2)
    expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'left'])
    const after = chunksRead(spy)
    await sleep(300)
    expect(chunksRead(spy)).toBe(after)
    spy.mockRestore()
  })

  /** The fourth chunk fails. */
  const failing = () => {
    const query = queriesOf(leadline.pools.exports)
    const spy = spyOnQueries(leadline.pools.exports)
    let chunks = 0
    spy.mockImplementation(async (statement, params) => {
      if (statement.name === 'exports.walked' && ++chunks === 4) throw new Error('planted')
      return query(statement, params)
    })
    return spy
  }

  test.each(['leads.csv', 'leads.ndjson', 'leads.xlsx'] as const)(
    '%s that fails in the middle is cut off, and what came is no whole file',
    async (file) => {
      const { campaign_id } = await large()
      const spy = failing()
      const errors = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
      const answer = await exportFile(client, file, { campaign_id })
      const came: Uint8Array[] = []
      let failed = false
      try {
        for await (const part of (answer as { body: ReadableStream<Uint8Array> }).body) came.push(part)
      } catch {
        failed = true
      }
      errors.mockRestore()
      spy.mockRestore()
      expect(failed).toBe(true)
      const bytes = Buffer.concat(came)
      if (file === 'leads.xlsx') await expect(folder.read(folder.put(bytes))).rejects.toThrow(/damaged/i)
      else expect(bytes.toString()).not.toMatch(/\n$/)
      if (file === 'leads.ndjson')
        expect(() => JSON.parse(bytes.toString().split('\n').at(-1)!)).toThrow(SyntaxError)
      await until('the end is noted', async () => (await endings(campaign_id)).length === 2)
      expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'failed'])
    },
  )

  test('a client without chunks, such as an old proxy, sees its connection reset', async () => {
    const { campaign_id } = await large()
    const spy = failing()
    const errors = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const { hostname, port } = new URL(leadline.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `GET /v1/exports/leads.csv?campaign_id=${campaign_id} HTTP/1.0\r\nAuthorization: Bearer ${leadline.key}\r\n\r\n`,
    )
    socket.resume()
    const [error] = await once(socket, 'error')
    errors.mockRestore()
    spy.mockRestore()
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  })

  test('what fails at once is refused', async () => {
    const { campaign_id, many } = await campaign()
    await many(1)
    const query = queriesOf(leadline.pools.exports)
    const spy = spyOnQueries(leadline.pools.exports)
    spy.mockImplementation((statement, params) =>
      statement.name === 'exports.walked'
        ? Promise.reject(new DatabaseUnavailable(false, undefined))
        : query(statement, params),
    )
    expect(await exportFile(client, 'leads.csv', { campaign_id })).toMatchObject({ ok: false, code: 1013 })
    spy.mockRestore()
    expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'failed'])
  })

  test('a key that is revoked gets no more', async () => {
    const { campaign_id } = await large()
    const key = await leadline.keyWith(['export'])
    const own = new LeadlineClient({ url: leadline.url, key })
    const answer = await exportFile(own, 'leads.ndjson', { campaign_id })
    const reader = (answer as { body: ReadableStream<Uint8Array> }).body.getReader()
    await reader.read()
    await admin(
      connection,
      'update api_keys set revoked_at = now() where key_id = (select max(key_id) from api_keys)',
    )
    // So long a key is known in a process.
    await sleep(1_000)
    const warned = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow()
    warned.mockRestore()
    await until('the end is noted', async () => (await endings(campaign_id)).length === 2)
    expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'refused'])
  })

  test('only so many run at once, and each gives its place back', async () => {
    const { campaign_id } = await large()
    const leaving = new AbortController()
    const asked = Array.from({ length: 9 }, () =>
      exportFile(client, 'leads.ndjson', { campaign_id }, leaving.signal),
    )
    const answers = await Promise.all(asked)
    expect(answers.filter(({ ok }) => ok)).toHaveLength(8)
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ code: 1013, retry_after_s: 10 })
    leaving.abort()
    await until('the end is noted', async () => (await endings(campaign_id)).length === 16)
    expect((await exported('leads.csv', { campaign_id })).length).toBeGreaterThan(1_000_000)
  })

  test('a client that leaves before the first byte gives its place back', async () => {
    const { campaign_id, insert } = await campaign()
    await insert({ Name: 'Ann', Mobile: mobile() })
    const spy = spyOnQueries(leadline.pools.exports)
    const query = queriesOf(leadline.pools.exports)
    for (let round = 1; round <= 9; round++) {
      const leaving = new AbortController()
      spy.mockImplementationOnce(async (...asked) => {
        leaving.abort()
        // The server sees it while it reads.
        await sleep(100)
        return query(...asked)
      })
      await expect(exportFile(client, 'leads.ndjson', { campaign_id }, leaving.signal)).rejects.toThrow()
      await until('the end is noted', async () => (await endings(campaign_id)).length === 2 * round)
      expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'left'])
    }
    spy.mockRestore()
    expect(await lines('leads.ndjson', { campaign_id })).toHaveLength(1)
  })

  test('a server that stops does not wait for an export', async () => {
    const second = await startLeadline({ connection })
    const { campaign_id } = await large()
    const own = new LeadlineClient({ url: second.url, key: leadline.key })
    const answer = await exportFile(own, 'leads.ndjson', { campaign_id })
    const reader = (answer as { body: ReadableStream<Uint8Array> }).body.getReader()
    await reader.read()
    const warned = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const reading = (async () => {
      while (!(await reader.read()).done);
    })()
    const ended = expect(reading).rejects.toThrow()
    const began = performance.now()
    await Promise.all([second.stop(), ended])
    warned.mockRestore()
    expect(performance.now() - began).toBeLessThan(5_000)
    expect((await endings(campaign_id))[0]).toEqual(['lead.exported', 'stopped'])
  })
})

describe('leadline export', () => {
  const environment = { LEADLINE_URL: leadline.url, LEADLINE_API_KEY: leadline.key }
  const run = (...args: string[]) => runCommand(['export', ...args], environment)

  test('writes a file, in the format that its name says, or prints it', async () => {
    const { campaign_id, insert } = await campaign()
    const lead = await insert({ Name: 'Ann', Mobile: '0491570006' })
    await insert({ Name: 'Bob', Mobile: '0491570110' })
    const of = ['--campaign', String(campaign_id)]
    const out = `${folder.place()}.xlsx`
    const {
      code,
      err,
      out: said,
    } = await run(...of, '--query', 'ann', '--columns', 'lead_id,Name', '--out', out)
    expect([code, err]).toEqual([0, ''])
    expect(said).toMatch(/\.xlsx\t[\d.]+ MB in [\d.]+ s\n$/)
    expect((await folder.read(out)).rows.map(({ cells }) => cells)).toEqual([[lead.id, 'Ann']])
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const args = ['export', ...of, '--columns', 'Name', '--columns', 'Mobile', '--numbers', 'e164']
    const printed = await spawnCommand(args, environment)
    expect(printed.out).toBe("Name,Mobile\r\nAnn,'+61491570006\r\nBob,'+61491570110\r\n")
    const json = await runCommand(['--json', 'export', ...of, '--calls', '--out', out], environment)
    expect(JSON.parse(json.out)).toEqual({
      file: out,
      bytes: statSync(out).size,
      seconds: expect.any(Number),
    })
  })

  test('says what is wrong', async () => {
    expect(await run('--format', 'pdf')).toMatchObject({ code: 2 })
    expect(await run('--open', '--closed')).toMatchObject({ code: 2 })
    const nothing = folder.place()
    const refused = await run('--campaign', '99999', '--out', nothing)
    expect(refused).toMatchObject({ code: 1, out: '1004 UNKNOWN_TARGET\n' })
    expect(existsSync(nothing)).toBe(false)
    const nowhere = await run('--out', '/proc/leads.csv')
    expect(nowhere).toMatchObject({ code: 1, out: '' })
    expect(nowhere.err).toContain('/proc/leads.csv.part cannot be written')
    expect(await run('--help')).toMatchObject({ code: 0 })
  })

  test('an export that is cut off or stopped leaves the file as it was, and nothing beside it', async () => {
    const { campaign_id, many } = await campaign()
    await many(6_000)
    const out = `${folder.place()}.csv`
    writeFileSync(out, 'as it was')
    const query = queriesOf(leadline.pools.exports)
    const spy = spyOnQueries(leadline.pools.exports)
    let chunks = 0
    spy.mockImplementation((statement, params) =>
      statement.name === 'exports.walked' && ++chunks === 5
        ? Promise.reject(new DatabaseUnavailable(false, undefined))
        : query(statement, params),
    )
    const cut = await run('--campaign', String(campaign_id), '--out', out)
    spy.mockRestore()
    expect(cut.code).toBe(1)
    expect(cut.err).toContain(
      `The server cut the export off: its log and the audit log say why. Nothing was written to ${out}.`,
    )
    expect(readFileSync(out, 'utf8')).toBe('as it was')
    expect(existsSync(`${out}.part`)).toBe(false)

    const child = spawn(
      process.execPath,
      [COMMAND, 'export', '--campaign', String(campaign_id), '--out', out],
      {
        env: { PATH: process.env.PATH, ...environment },
        stdio: 'ignore',
      },
    )
    const slow = spyOnQueries(leadline.pools.exports)
    slow.mockImplementation(async (statement, params) => {
      await sleep(200)
      return query(statement, params)
    })
    await until('the file is begun', async () => existsSync(`${out}.part`))
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    slow.mockRestore()
    expect(code).toBe(1)
    expect(existsSync(`${out}.part`)).toBe(false)
    expect(readFileSync(out, 'utf8')).toBe('as it was')
  })
})
