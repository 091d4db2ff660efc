// Files of numbers for the do-not-call lists: read, compared with the list, and counting as a whole from one moment on.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import type { DncFile, NewDncFile } from '../src/client/api.ts'
import { LeadlineClient } from '../src/client/client.ts'
import { sendDncFile } from '../src/client/send-file.ts'
import { LIMITS } from '../src/core/limits.ts'
import { compareDncNumbers, keepNumberRows, takeUpDncFile } from '../src/db/dnc-file-work.ts'
import { addDncFilePart, beginDncFile, createDncFile, endDncFile } from '../src/db/dnc-files.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { addressOf, COMMAND, databaseUrl } from './support/server-process.ts'
import { until } from './support/until.ts'
import { writeZip } from './support/zip-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'leadline-dnc-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Wanted = Partial<NewDncFile>

const bytesOf = (text: string | Buffer) => new Uint8Array(Buffer.from(text))

async function announced(client: LeadlineClient, bytes: number, wanted: Wanted): Promise<DncFile> {
  const answer = await client.createDncFile({
    list: 'private',
    mode: 'add',
    name: 'numbers.csv',
    bytes,
    ...wanted,
  })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body as DncFile
}

async function sent(client: LeadlineClient, text: string | Buffer, wanted: Wanted = {}): Promise<DncFile> {
  const bytes = bytesOf(text)
  const file = await announced(client, bytes.length, wanted)
  const answer = await sendDncFile(client, file, new Blob([bytes]))
  expect(answer).toMatchObject({ status: 200 })
  return answer!.body as DncFile
}

async function fileOf(client: LeadlineClient, file_id: number): Promise<DncFile> {
  const answer = await client.dncFile(file_id)
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

async function over(client: LeadlineClient, { file_id }: DncFile): Promise<DncFile> {
  await until('the file is over', async () => (await fileOf(client, file_id)).finished_at !== null)
  return fileOf(client, file_id)
}

const loaded = async (client: LeadlineClient, text: string | Buffer, wanted?: Wanted) =>
  over(client, await sent(client, text, wanted))

async function blockedOf(client: LeadlineClient, phones: string[], campaign_id?: number) {
  const answer = await client.checkDnc({ phones, campaign_id })
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body.items.map(({ blocked }) => blocked)
}

const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join('')

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  // A Tuesday, 14:00 in Melbourne.
  const now = '2026-11-24T03:00:00.000Z'
  const leadline = await startLeadline({ major, now: () => now })
  const { client, target, connection, pool } = leadline
  const { template_id } = target

  afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

  let names = 0
  async function campaign() {
    const made = await client.post<{ campaign_id: number }>('/v1/campaigns', {
      template_id,
      name: `dnc ${++names}`,
    })
    const { campaign_id } = made.body
    const allocation = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: 'part',
      started: true,
    })
    return { campaign_id, allocation_id: allocation.body.allocation_id }
  }
  const swept = () =>
    until('nothing is left to do', async () => {
      const { rows } = await admin(
        connection,
        'select count(*)::int as left from dnc_files where not is_swept',
      )
      return rows[0].left === 0
    })
  const insert = async (at: { campaign_id: number; allocation_id: number }, FirstPhone: string) => {
    const made = await client.insertLeadFast({ template_id, ...at }, { FirstPhone })
    expect(made.code).toBe(0)
    return made.lead_id!
  }
  const lease = async ({ allocation_id }: { allocation_id: number }) => {
    const { body } = await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, { count: 10 })
    return body.items.map(({ lead }) => lead.id).sort()
  }

  test('a file puts its numbers on the list, says which rows it could not take, and gives them back', async () => {
    const [one, two, three] = [mobile(), mobile(), mobile()]
    const file = await loaded(
      client,
      lines(
        'Name,Phone,Expires',
        `Ana,${one},`,
        'Bob,12,',
        `Cy,${two},2027-06-30`,
        `Di,${three},soon`,
        `Ana,${one},`,
      ),
      { name: 'June.csv', reason: 'asked us' },
    )
    expect(file).toMatchObject({
      state: 'done',
      mode: 'add',
      rows_read: 5,
      rejected: 2,
      numbers: 2,
      added: 2,
      removed: 0,
      missing_parts: [],
      created_by: 'key:1',
    })
    expect(await blockedOf(client, [one, two, three])).toEqual([true, true, false])
    const found = await client.dncNumber(two)
    expect(found.body).toMatchObject({
      blocked_by: {
        reason: 'asked us',
        source: 'June.csv',
        expires_at: '2027-07-01T00:00:00Z',
        file_id: file.file_id,
        standing: true,
      },
    })
    const rejects = await client.dncFileRejects(file.file_id)
    expect(rejects.body).toBe(
      '_row,_code,_field,_message,Phone,Expires\r\n' +
        '3,1006,Phone,is a short or emergency number,12,\r\n' +
        `5,1005,Expires,is neither a date (2027-06-30) nor an RFC 3339 time,${three},soon\r\n`,
    )
    // Corrected, they are a file again.
    const corrected = (rejects.body as string).replace(',12,', `,${mobile()},`).replace('soon', '')
    expect(await loaded(client, corrected)).toMatchObject({
      state: 'done',
      rows_read: 2,
      rejected: 0,
      added: 2,
    })
    expect(await blockedOf(client, [three])).toEqual([true])
    // Nothing personal is in the log of what was done.
    const { rows } = await admin(
      connection,
      `select action, subject, details from audit_log where (details ->> 'file_id')::int = ${file.file_id}
       order by audit_id`,
    )
    expect(rows).toEqual([
      { action: 'dnc.import', subject: 'dnc:private', details: { file_id: file.file_id, replaces: false } },
      {
        action: 'dnc.imported',
        subject: 'dnc:private',
        details: { file_id: file.file_id, replaces: false, added: 2, removed: 0, rejected: 2 },
      },
    ])
  })

  test('a file that replaces ends what came from files before and is not in it; what people added stays', async () => {
    const [kept, dropped, fresh, by_hand, both] = [mobile(), mobile(), mobile(), mobile(), mobile()]
    await client.addToDnc({ list: 'private', phones: [by_hand], reason: 'asked us' })
    const first = await loaded(client, lines(kept, dropped, both), { mode: 'replace' })
    expect(first).toMatchObject({ added: 3, state: 'done' })
    // Somebody asks although a file has the number already: that is an entry of its own, and outlives the file.
    expect((await client.addToDnc({ list: 'private', phones: [both] })).body).toMatchObject({ added: 1 })
    await swept()
    const second = await loaded(client, lines(kept, fresh), { mode: 'replace', name: 'July.csv' })
    expect(second).toMatchObject({ numbers: 2, added: 1 })
    expect(second.removed).toBeGreaterThanOrEqual(2)
    expect(await blockedOf(client, [kept, dropped, fresh, by_hand, both])).toEqual([
      true,
      false,
      true,
      true,
      true,
    ])
    await swept()
    expect(await blockedOf(client, [kept, dropped, fresh, by_hand, both])).toEqual([
      true,
      false,
      true,
      true,
      true,
    ])
    expect((await client.dncNumber(dropped)).body).toMatchObject({
      blocked: false,
      entries: [
        { removed_by: 'key:1', removed_reason: 'not in the file that replaced the list', standing: false },
      ],
      explanation: expect.stringContaining('removed from the private list'),
    })
    // The same list again changes nothing.
    expect(await loaded(client, lines(kept, fresh), { mode: 'replace' })).toMatchObject({
      added: 0,
      removed: 0,
    })
    await swept()
    // A shorter term in the new file counts, and so does a longer one.
    await loaded(client, lines('Phone,Expires', `${kept},2027-01-01`), { mode: 'replace' })
    await swept()
    expect((await client.dncNumber(kept)).body).toMatchObject({
      blocked_by: { expires_at: '2027-01-02T00:00:00Z' },
    })
    await loaded(client, lines('Phone,Expires', `${kept},2028-01-01`), { mode: 'replace' })
    await swept()
    expect((await client.dncNumber(kept)).body).toMatchObject({
      blocked_by: { expires_at: '2028-01-02T00:00:00Z' },
    })
  })

  test('until it serves nothing of a file counts, and from then on all of it', async () => {
    const at = await campaign()
    const [leaves, stays, comes] = [mobile(), mobile(), mobile()]
    const list = { list: 'campaign', campaign_id: at.campaign_id, mode: 'replace' } as const
    await loaded(client, lines(leaves, stays), list)
    await swept()
    const watched = [leaves, stays, comes]
    expect(await blockedOf(client, watched, at.campaign_id)).toEqual([true, true, false])
    // By hand, chunk by chunk, because the job is quick.
    const { rows } = await admin(
      connection,
      `insert into dnc_files (list, campaign_id, replaces, name, bytes, region, state, actor, request_id)
       values ('campaign', ${at.campaign_id}, true, 'next.csv', 1, 'AU', 'comparing', 'key:1', 'r') returning file_id`,
    )
    const { file_id } = rows[0]
    await admin(
      connection,
      `insert into dnc_file_numbers select ${file_id}, phone, 'infinity'
       from unnest('{61${stays.slice(1)}, 61${comes.slice(1)}}'::bigint[]) as n (phone)`,
    )
    for (let more: boolean | undefined = true; more !== false; ) {
      const file = await takeUpDncFile(pool, file_id)
      more = (await compareDncNumbers(pool, file!)) || !file!.is_listed
      expect(await blockedOf(client, watched, at.campaign_id)).toEqual([true, true, false])
    }
    // Entries that do not count yet, and those that will end, are not shown as past.
    expect((await client.dncNumber(comes, { campaign_id: at.campaign_id })).body).toMatchObject({
      entries: [],
    })
    expect((await client.dncNumber(leaves, { campaign_id: at.campaign_id })).body).toMatchObject({
      entries: [{ standing: true, removed_at: null }],
    })
    const latest = await client.latestDncEntries({ campaign_id: at.campaign_id })
    expect(latest.ok && latest.body.items.length).toBe(2)
    await admin(
      connection,
      `update dnc_files set state = 'done', serves_at = now(), finished_at = now() where file_id = ${file_id}`,
    )
    expect(await blockedOf(client, watched, at.campaign_id)).toEqual([false, true, true])
    expect((await client.dncNumber(leaves, { campaign_id: at.campaign_id })).body).toMatchObject({
      blocked: false,
      entries: [
        { standing: false, removed_by: 'key:1', removed_reason: 'not in the file that replaced the list' },
      ],
    })
    await admin(connection, `select graphile_worker.add_job('load_dnc_file', '{"file_id": ${file_id}}')`)
    await swept()
    expect(await blockedOf(client, watched, at.campaign_id)).toEqual([false, true, true])
  })

  test('a lead that waits is not handed out once a file lists its number, and is again when the next one has it no more', async () => {
    const at = await campaign()
    const [listed, free] = [mobile(), mobile()]
    const [one, two] = [await insert(at, listed), await insert(at, free)]
    const list = { list: 'campaign', campaign_id: at.campaign_id, mode: 'replace' } as const
    await loaded(client, lines(listed), list)
    expect(await lease(at)).toEqual([two])
    await until('the lead is parked', async () => {
      const { rows } = await admin(
        connection,
        `select state from queue where campaign_id = ${at.campaign_id} and lead_number = ${one.split('-')[1]}`,
      )
      return rows[0].state === 'parked'
    })
    await loaded(client, lines(mobile()), list)
    await swept()
    expect(await lease(at)).toEqual([one])
  })

  test('a file of clients lets them be called despite the list of a campaign', async () => {
    const at = await campaign()
    const phone = mobile()
    const lead = await insert(at, phone)
    await client.addToDnc({ list: 'campaign', campaign_id: at.campaign_id, phones: [phone] })
    expect(await lease(at)).toEqual([])
    await loaded(client, lines(phone), { list: 'client' })
    await swept()
    expect(await lease(at)).toEqual([lead])
    await loaded(client, lines(mobile()), { list: 'client', mode: 'replace' })
    await swept()
    expect(await blockedOf(client, [phone], at.campaign_id)).toEqual([true])
  })

  test('parts come in any order and more than once; the last one that was missing begins the work', async () => {
    const others = 'x'.repeat(10_000)
    const text = lines('Phone,Notes', ...Array.from({ length: 600 }, () => `${mobile()},${others}`))
    const bytes = bytesOf(text)
    const file = await announced(client, bytes.length, {})
    expect(file).toMatchObject({ state: 'uploading', missing_parts: [1, 2] })
    const part = (n: number) => bytes.subarray((n - 1) * file.part_bytes, n * file.part_bytes)
    const put = (n: number, content = part(n)) => client.uploadDncPart(file.file_id, n, content)
    expect(await put(2)).toMatchObject({ body: { missing_parts: [1] } })
    expect(await put(2)).toMatchObject({ status: 200, body: { missing_parts: [1] } })
    const other = part(2).slice()
    other[0] = 0x39
    expect(await put(2, other)).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('part 2 is there already, with other bytes') },
    })
    expect(await put(1, part(2))).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('part 1 has') },
    })
    expect(await put(3)).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('has 2 parts') },
    })
    expect(await put(1)).toMatchObject({ status: 200, body: { missing_parts: [] } })
    // The answer to the last part may be lost: it is sent again.
    expect(await put(1)).toMatchObject({ status: 200 })
    expect(await over(client, file)).toMatchObject({ state: 'done', added: 600 })
    expect(await put(2)).toMatchObject({ status: 200, body: { state: 'done' } })
    await swept()
    const { rows } = await admin(
      connection,
      `select count(content)::int as contents from dnc_file_parts where file_id = ${file.file_id}`,
    )
    expect(rows).toEqual([{ contents: 0 }])
    expect(await client.uploadDncPart(999_999, 1, bytesOf('0'))).toMatchObject({ code: 1004 })
  })

  test('a file is cancelled, as long as it does not count', async () => {
    const phone = mobile()
    const file = await announced(client, 11, {})
    expect(await client.cancelDncFile(file.file_id)).toMatchObject({ body: { state: 'cancelled' } })
    expect(await client.uploadDncPart(file.file_id, 1, bytesOf(lines(phone)))).toMatchObject({
      code: 1005,
      body: { detail: expect.stringContaining('the file is cancelled') },
    })
    const done = await loaded(client, lines(phone))
    expect(await client.cancelDncFile(done.file_id)).toMatchObject({ status: 200, body: { state: 'done' } })
    expect(await blockedOf(client, [phone])).toEqual([true])
    // While it is compared: what is made of it already is taken back.
    const other = mobile()
    const { rows } = await admin(
      connection,
      `insert into dnc_files (list, replaces, name, bytes, region, state, actor, request_id)
       values ('private', false, 'next.csv', 1, 'AU', 'comparing', 'key:1', 'r') returning file_id`,
    )
    const { file_id } = rows[0]
    await admin(
      connection,
      `insert into dnc_file_numbers values (${file_id}, 61${other.slice(1)}, 'infinity')`,
    )
    await compareDncNumbers(pool, (await takeUpDncFile(pool, file_id))!)
    expect(await client.cancelDncFile(file_id)).toMatchObject({ body: { state: 'cancelled', added: 1 } })
    await swept()
    expect(await blockedOf(client, [other])).toEqual([false])
    expect((await client.dncNumber(other)).body).toMatchObject({ entries: [] })
    const followed = await client.dncEntries({ phone: other })
    expect(followed.body).toMatchObject({
      items: [{ file_id, removed_reason: 'the import of its file was cancelled' }],
    })
  })

  test('files of one list take turns; those of other lists do not wait for it', async () => {
    const held = await admin(
      connection,
      `insert into dnc_files (list, replaces, name, bytes, region, state, actor, request_id)
       values ('private', false, 'held.csv', 1, 'AU', 'comparing', 'key:1', 'r') returning file_id`,
    )
    const waits = await sent(client, lines(mobile()))
    const at = await campaign()
    await loaded(client, lines(mobile()), { list: 'campaign', campaign_id: at.campaign_id })
    expect(await fileOf(client, waits.file_id)).toMatchObject({ state: 'waiting' })
    await client.cancelDncFile(held.rows[0].file_id)
    expect(await over(client, waits)).toMatchObject({ state: 'done', added: 1 })
  })

  test('files of one list are loaded in their order; one that is cancelled lets the next one begin', async () => {
    const { campaign_id } = await campaign()
    // No worker sees them: they are never committed.
    const left = pool.transaction(async (tx) => {
      const by = { actor: 'key:1', request_id: 'r' }
      const wanted = {
        list: 'campaign' as const,
        ...{ campaign_id, replaces: false, name: 'a.csv', bytes: 1, region: 'AU' },
        ...{ phone_columns: null, expires_column: null, reason: null, source: null },
        ...{ wash_id: null, holds: null, result_column: null },
      }
      const waiting = async () => {
        const { file_id } = await createDncFile(tx, wanted, by, { team_ids: null })
        await addDncFilePart(tx, { file_id, part: 1, content: Buffer.from('a') })
        await beginDncFile(tx, file_id)
        return file_id
      }
      const [first, second, third] = [await waiting(), await waiting(), await waiting()]
      expect(await takeUpDncFile(tx, third)).toBeUndefined()
      expect(await takeUpDncFile(tx, second)).toBeUndefined()
      await endDncFile(tx, first, 'cancelled')
      expect(await takeUpDncFile(tx, third)).toBeUndefined()
      expect(await takeUpDncFile(tx, second)).toMatchObject({ file_id: second, state: 'reading' })
      throw new Error('it is over')
    })
    await expect(left).rejects.toThrow('it is over')
  })

  test('of the rows that were not taken so many are kept, also where a row has several problems', async () => {
    const { campaign_id } = await campaign()
    const made = await admin(
      connection,
      `with made as (
         insert into dnc_files (list, campaign_id, replaces, name, bytes, region, state, actor, request_id)
         values ('campaign', ${campaign_id}, false, 'bad.csv', 1, 'AU', 'reading', 'key:1', 'r')
         returning file_id),
       kept as (
         insert into dnc_file_rejects (file_id, row, code, field, message, phone, expires)
         select m.file_id, n, '1001', '', '', '', '' from made m, generate_series(1, ${LIMITS.dnc_rejects_max - 1}) n)
       select file_id from made`,
    )
    const { file_id } = made.rows[0]
    const reject = { row: 100_000, code: '1001', field: '', message: '', phone: '', expires: '' }
    const chunk = { rows: 1, phones: [], expiries: [], rejects: [reject, reject, reject], rejected: 1 }
    const place = (at_row: number) => ({ at_file: 0, at_row })
    expect(await keepNumberRows(pool, file_id, place(0), place(100_000), chunk)).toBe(true)
    expect(await keepNumberRows(pool, file_id, place(100_000), place(100_001), chunk)).toBe(true)
    const count = `select count(*)::integer as n from dnc_file_rejects where file_id = ${file_id}`
    expect((await admin(connection, count)).rows[0].n).toBe(LIMITS.dnc_rejects_max)
    await client.cancelDncFile(file_id)
  })

  test('a file that waits for one that is cancelled begins', async () => {
    const at = await campaign()
    const ended = await admin(
      connection,
      `insert into dnc_files (list, campaign_id, replaces, name, bytes, region, state, actor, request_id)
       values ('campaign', ${at.campaign_id}, false, 'first.csv', 1, 'AU', 'waiting', 'key:1', 'r'),
         ('campaign', ${at.campaign_id}, false, 'second.csv', 1, 'AU', 'waiting', 'key:1', 'r')
       returning file_id`,
    )
    const [first, second] = ended.rows
    await client.cancelDncFile(first.file_id)
    const { state } = await over(client, second)
    // It has no content.
    expect(state).toBe('failed')
  })

  test('registers: an area code and the rest, an archive with a file for each area code, a region of its own', async () => {
    const path = join(folder, `register-${major}.zip`)
    await writeZip(path, [
      { name: '212.txt', content: lines('212,5550123', '212,5550124') },
      { name: '287.txt', content: lines('287,5550123') },
    ])
    expect(await loaded(client, readFileSync(path))).toMatchObject({ state: 'done', rows_read: 3, added: 3 })
    expect(await blockedOf(client, ['+12125550124', '+12875550123'])).toEqual([true, true])
    expect(await loaded(client, lines('21234567,20260115'), { region: 'hk' })).toMatchObject({
      added: 1,
      region: 'HK',
    })
    expect(await blockedOf(client, ['+85221234567'])).toEqual([true])
  })

  test('a file that cannot be taken fails with a reason, and changes nothing', async () => {
    const failed = async (text: string | Buffer, wanted: Wanted = {}) => {
      const { state, problem, detail, added } = await loaded(client, text, {
        mode: 'replace',
        list: 'client',
        ...wanted,
      })
      expect({ state, added }).toEqual({ state: 'failed', added: 0 })
      return `${problem}: ${detail}`
    }
    const phone = mobile()
    await loaded(client, lines(phone), { list: 'client', mode: 'replace' })
    expect(await failed('\n\n')).toMatch(/^empty: The file holds no rows/)
    // A list is never emptied by a file that was spoilt.
    expect(await failed(lines('Phone', '17', 'no number'))).toMatch(/^none_taken: /)
    expect(await failed(lines('Name,City', 'Ana,Perth'))).toMatch(/^no_numbers: /)
    expect(await failed(lines(`212,5550123,2026-01-15,D`))).toMatch(/^change_list: /)
    expect(await failed(lines('Phone', mobile()), { phone_columns: ['Mobile'] })).toMatch(/^no_such_column: /)
    expect(await failed(Buffer.from('PK\x03\x04 no archive at all'))).toMatch(/^damaged: /)
    await swept()
    expect((await client.dncNumber(phone)).body).toMatchObject({
      entries: [{ list: 'client', standing: true }],
    })
    // What is refused is never uploaded.
    const refusals = await Promise.all(
      [{ region: 'XX' }, { list: 'campaign' as const }, { bytes: 0 }, { name: '' }].map((wrong) =>
        client.createDncFile({ list: 'private', mode: 'add', name: 'a.csv', bytes: 5, ...wrong }),
      ),
    )
    expect(refusals.map(({ status, code }) => [status, code])).toEqual(Array(4).fill([422, 1005]))
  })

  test('files of the lists of all need manage without a team; those of a campaign belong to its team', async () => {
    const east_id = await ensureTeam(pool, 'East')
    const east = await leadline.clientWith(['supervise', 'manage'], [east_id])
    const bytes = 5
    expect(await east.createDncFile({ list: 'private', mode: 'add', name: 'a', bytes })).toMatchObject({
      code: 1002,
    })
    const writer = await leadline.clientWith(['supervise'])
    expect(await writer.createDncFile({ list: 'client', mode: 'add', name: 'a', bytes })).toMatchObject({
      code: 1002,
    })
    const at = await campaign()
    const { file_id } = await announced(client, bytes, { list: 'campaign', campaign_id: at.campaign_id })
    const { file_id: of_all } = await announced(client, bytes, {})
    for (const id of [file_id, of_all]) {
      expect(await east.dncFile(id)).toMatchObject({ code: 1004 })
      expect(await east.uploadDncPart(id, 1, bytesOf('12345'))).toMatchObject({ code: 1004 })
      expect(await east.dncFileRejects(id)).toMatchObject({ code: 1004 })
      expect(await east.cancelDncFile(id)).toMatchObject({ code: 1004 })
    }
    expect(await writer.dncFile(of_all)).toMatchObject({ code: 1002 })
    expect(await writer.dncFile(file_id)).toMatchObject({ status: 200 })
    expect((await east.dncFiles()).body).toEqual({ items: [], next_cursor: null })
    const page = await client.dncFiles({ limit: 1 })
    expect(page.body).toMatchObject({ items: [{ file_id: of_all }], next_cursor: of_all })
    expect((await client.dncFiles({ limit: 1, cursor: of_all })).body).toMatchObject({ items: [{ file_id }] })
    for (const id of [file_id, of_all]) await client.cancelDncFile(id)
  })

  test('a lead that is forgotten takes its text out of the rows that were not taken', async () => {
    const at = await campaign()
    const made = await client.insertLeadFast(
      { template_id, ...at },
      { FirstPhone: mobile(), SecondPhone: '0412-canary' },
    )
    const file = await loaded(client, lines('Phone', '0412-canary', '17'))
    expect((await client.dncFileRejects(file.file_id)).body).toContain('canary')
    await client.forgetLead(made.lead_id!)
    const { body } = await client.dncFileRejects(file.file_id)
    expect(body).not.toContain('canary')
    expect(body).toContain(',17,')
  })

  test('an upload that nobody finishes ends after a day, and its bytes go', async () => {
    const file = await announced(client, 6_000_000, {})
    await client.uploadDncPart(file.file_id, 2, new Uint8Array(6_000_000 - file.part_bytes))
    await admin(
      connection,
      `update dnc_files set created_at = now() - interval '25 hours' where file_id = ${file.file_id}`,
    )
    const { endAbandonedDncFiles } = await import('../src/db/dnc-files.ts')
    await endAbandonedDncFiles(pool)
    expect(await fileOf(client, file.file_id)).toMatchObject({ state: 'cancelled' })
    const { rows } = await admin(
      connection,
      `select count(content)::int as contents from dnc_file_parts where file_id = ${file.file_id}`,
    )
    expect(rows).toEqual([{ contents: 0 }])
  })
})

/** What a killed process had in hand is taken over after seconds. */
const atLast = (what: string, holds: () => Promise<boolean>) =>
  expect.poll(holds, { message: what, timeout: 90_000, interval: 20 }).toBe(true)

test('a process that is killed while it loads a file loses nothing and does nothing twice', async ({
  onTestFinished,
}) => {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  const KEY = `test_${'f'.repeat(40)}`
  const start = async () => {
    const child = spawn(process.execPath, [COMMAND, 'serve', '--no-build-web'], {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl(connection),
        LEADLINE_PORT: '0',
        LEADLINE_DATA_DIR: folder,
        LEADLINE_BOOTSTRAP_API_KEY: KEY,
        LEADLINE_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const kill = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    return { kill, client: new LeadlineClient({ url: await addressOf(child), key: KEY }) }
  }
  let server = await start()
  onTestFinished(async () => {
    await server.kill()
    expect(await checkDatabase(connection)).toEqual([])
    await dropDatabase(connection)
  })
  const AMOUNT = 60_000
  const rows = Array.from({ length: AMOUNT }, (_, i) =>
    i % 1_000 === 0 ? 'no number' : `+614${30_000_000 + i}`,
  )
  const file = await sent(server.client, lines('Phone', ...rows), { mode: 'replace' })
  for (const reached of ['reading', 'comparing']) {
    const before = await admin(connection, 'select rows_read, at_phone from dnc_files')
    await atLast(`it is ${reached} and has come on`, async () => {
      const { rows } = await admin(
        connection,
        'select state, rows_read, at_phone, finished_at from dnc_files',
      )
      const [now] = rows
      if (now.finished_at !== null) return true
      return (
        now.state === reached &&
        (now.rows_read > before.rows[0].rows_read || now.at_phone > before.rows[0].at_phone)
      )
    })
    await server.kill()
    server = await start()
  }
  await atLast(
    'the file is over',
    async () => (await fileOf(server.client, file.file_id)).finished_at !== null,
  )
  expect(await fileOf(server.client, file.file_id)).toMatchObject({
    state: 'done',
    rows_read: AMOUNT,
    rejected: AMOUNT / 1_000,
    numbers: AMOUNT - AMOUNT / 1_000,
    added: AMOUNT - AMOUNT / 1_000,
    removed: 0,
  })
  const { rows: found } = await admin(
    connection,
    'select count(*)::int as entries, count(distinct phone)::int as numbers from dnc_entries where removed_at is null',
  )
  expect(found).toEqual([{ entries: AMOUNT - AMOUNT / 1_000, numbers: AMOUNT - AMOUNT / 1_000 }])
  const { rows: rejects } = await admin(connection, 'select count(*)::int as rows from dnc_file_rejects')
  expect(rejects).toEqual([{ rows: AMOUNT / 1_000 }])
}, 300_000)
