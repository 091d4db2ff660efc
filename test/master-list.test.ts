// Master lists: read into hashes, looked into by every insert, replaced as a whole.

import { afterEach, describe, expect, test } from 'vitest'
import type { MasterList, NewMasterList } from '../src/client/api.ts'
import {
  deleteMasterList,
  getMasterList,
  getMasterLists,
  postMasterList,
  putMasterListPart,
} from '../src/client/master-lists.ts'
import { sendMasterList } from '../src/client/send-file.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join('')

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  const leadline = await startLeadline({ major })
  const { client, connection, clientWith } = leadline

  afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

  let names = 0
  const FIELDS = [
    { name: 'Phone', kind: 'phone' },
    { name: 'Mobile', kind: 'phone' },
    { name: 'Email', kind: 'email' },
    { name: 'FirstName', kind: 'text' },
    { name: 'Surname', kind: 'text' },
    { name: 'PostCode', kind: 'text' },
  ]
  const made = async <Body>(path: string, body: object) => {
    const answer = await client.post<Body>(path, body)
    expect(answer).toMatchObject({ status: 201 })
    return answer.body
  }
  async function place() {
    const name = `master ${++names}`
    const template = { name, region: 'AU', contact_hours: 'Australia/Melbourne', fields: FIELDS }
    const { template_id } = await made<{ template_id: number }>('/v1/templates', template)
    const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
    const allocation = { campaign_id, name, started: true }
    const { allocation_id } = await made<{ allocation_id: number }>('/v1/allocations', allocation)
    return { template_id, campaign_id, allocation_id }
  }
  type Place = Awaited<ReturnType<typeof place>>

  async function listOf(list_id: number): Promise<MasterList> {
    const answer = await getMasterList(client, list_id)
    if (!answer.ok) throw new Error(answer.body.detail)
    return answer.body
  }
  const over = async (list_id: number) => {
    await until('the list serves or is over', async () => {
      const { state } = await listOf(list_id)
      return !['uploading', 'waiting', 'reading'].includes(state)
    })
    return listOf(list_id)
  }
  async function announced(template_id: number, bytes: number, wanted: Partial<NewMasterList> = {}) {
    const answer = await postMasterList(client, { template_id, name: 'customers.csv', bytes, ...wanted })
    expect(answer).toMatchObject({ status: 201 })
    return answer.body as MasterList
  }
  async function sent(template_id: number, text: string, wanted?: Partial<NewMasterList>) {
    const content = new Blob([text])
    const list = await announced(template_id, content.size, wanted)
    expect(await sendMasterList(client, list, content)).toMatchObject({ status: 200 })
    return list.list_id
  }
  const loaded = async (template_id: number, text: string, wanted?: Partial<NewMasterList>) =>
    over(await sent(template_id, text, wanted))
  /** The rules that are kept are those of the list. */
  const known = () => new Promise((resolve) => setTimeout(resolve, 600))

  const insert = (at: Place, fields: Record<string, string>, query: object = {}) =>
    client.insertLeadFast(at, { Phone: mobile(), ...fields }, query)

  test('a lead that is on the list is refused, over both APIs, and one that is not is taken', async () => {
    const at = await place()
    const [phone, other] = [mobile(), mobile()]
    const list = await loaded(
      at.template_id,
      lines('Name,Phone,email', `Ana,${phone},`, 'Bo,,Bo.Lee@Example.com', 'Cy,12,', `Di,${phone},`),
    )
    expect(list).toMatchObject({
      state: 'serving',
      points: { Phone: 100, Mobile: 100, Email: 100 },
      threshold: 100,
      rows_read: 4,
      skipped: 1,
      entries: 2,
      missing_parts: [],
      finished_at: null,
    })
    await known()
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105, lead_id: null })
    expect(await insert(at, { Mobile: `+61 ${phone.slice(1)}` })).toMatchObject({ code: 105 })
    expect(await insert(at, { Email: 'bo.lee@example.COM' })).toMatchObject({ code: 105 })
    expect(await insert(at, { Phone: other, Email: 'ana@example.com' })).toMatchObject({ code: 0 })
    const { allocation_id } = at
    expect(await client.post('/v1/leads', { allocation_id, fields: { Phone: phone } })).toMatchObject({
      status: 409,
      body: { code: 105, detail: 'the master list of the template has this lead' },
    })
    // Another template has no such list.
    expect(await insert(await place(), { Phone: phone })).toMatchObject({ code: 0 })
  })

  test('whoever asks for a duplicate gets past the list', async () => {
    const at = await place()
    const phone = mobile()
    await loaded(at.template_id, lines('Phone', phone))
    await known()
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105 })
    expect(await insert(at, { Phone: phone }, { allowDuplicates: true })).toMatchObject({ code: 0 })
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105 })
  })

  test('points add up to the threshold', async () => {
    const at = await place()
    const points = { FirstName: 40, Surname: 40, PostCode: 25 }
    await loaded(at.template_id, lines('FirstName,Surname,PostCode', "Zoë,O'Brien,3067"), { points })
    await known()
    expect(await insert(at, { FirstName: 'ZOE', Surname: 'OBrien' })).toMatchObject({ code: 0 })
    const same = { FirstName: 'ZOE', Surname: "o'brien", PostCode: '3067' }
    expect(await insert(at, same)).toMatchObject({ code: 105 })
    // A lead with a callback goes another way through the statement.
    const later = { njCallBackDate: '2029/03/01 10:00' }
    expect(await insert(at, { ...same, ...later })).toMatchObject({ code: 105 })
    expect(await insert(at, { ...same, ...later, PostCode: '3068' })).toMatchObject({ code: 0 })
  })

  test('the campaign is asked first, and names its lead', async () => {
    const at = await place()
    const phone = mobile()
    const { lead_id } = await insert(at, { Phone: phone })
    await loaded(at.template_id, lines('Phone', phone))
    await known()
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105, lead_id })
  })

  test('no value of a list is kept', async () => {
    const at = await place()
    const { list_id } = await loaded(at.template_id, lines('Email', 'canary.k9@example.com'))
    const found = await admin(
      connection,
      `select e.*, (select string_agg(p.content::text, '') from master_list_parts p where p.list_id = ${list_id}) as content
       from master_list_entries e where e.list_id = ${list_id}`,
    )
    expect(found.rows).toEqual([{ list_id, hash: expect.anything(), content: null }])
  })

  test('the same list is other hashes each time', async () => {
    const at = await place()
    const hashesOf = async (list_id: number) => {
      const { rows } = await admin(
        connection,
        `select hash::text from master_list_entries where list_id = ${list_id}`,
      )
      return rows.map(({ hash }) => hash)
    }
    const phone = mobile()
    const one = await hashesOf((await loaded(at.template_id, lines('Phone', phone))).list_id)
    const other = await hashesOf((await loaded(at.template_id, lines('Phone', phone))).list_id)
    expect(one).toHaveLength(1)
    expect(other).toHaveLength(1)
    expect(one).not.toEqual(other)
  })

  test('a list takes the place of the one before under load, and no lead of both slips through', async () => {
    const at = await place()
    const both = Array.from({ length: 40 }, mobile)
    const points = { Phone: 100 }
    const first = await loaded(
      at.template_id,
      lines('Phone', ...both, ...Array.from({ length: 3_000 }, mobile)),
      { points },
    )
    await known()
    let going = true
    const codes = new Map<number, number>()
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let i = sender; going; i++) {
        const { code } = await insert(at, { Phone: both[i % both.length]! })
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
    })
    let before = first
    for (let round = 0; round < 4; round++) {
      // Other points make other hashes: a row that was hashed for the list before must not be compared with this one.
      const wanted: Partial<NewMasterList> = {
        points: round % 2 === 0 ? { Phone: 120, Mobile: 120 } : points,
      }
      const more = Array.from({ length: 3_000 }, mobile)
      const next = await loaded(at.template_id, lines('Phone', ...both, ...more), wanted)
      expect(next).toMatchObject({ state: 'serving', entries: 3_040 })
      expect(await listOf(before.list_id)).toMatchObject({ state: 'replaced' })
      before = next
    }
    await until('the lists before are swept', async () => {
      const { rows } = await admin(
        connection,
        `select count(*)::int as entries from master_list_entries e join master_lists m using (list_id)
         where m.template_id = ${at.template_id}`,
      )
      return rows[0].entries === 3_040
    })
    going = false
    await Promise.all(senders)
    expect([...codes.keys()]).toEqual([105])
    expect(codes.get(105)).toBeGreaterThan(200)
  })

  test('a list that is announced later counts, whichever is read first', async () => {
    const at = await place()
    const [old, later] = [mobile(), mobile()]
    const early = lines('Phone', old)
    const list = await announced(at.template_id, early.length)
    const newer = await loaded(at.template_id, lines('Phone', later))
    expect(newer.state).toBe('serving')
    await sendMasterList(client, list, new Blob([early]))
    expect(await over(list.list_id)).toMatchObject({ state: 'replaced' })
    expect(await listOf(newer.list_id)).toMatchObject({ state: 'serving' })
  })

  test('a list counts as the one before, if nothing else is said', async () => {
    const at = await place()
    const points = { Phone: 70, Email: 30 }
    const row = lines('Phone,Email', `${mobile()},a@example.com`)
    await loaded(at.template_id, row, { points, threshold: 90 })
    expect(await loaded(at.template_id, row)).toMatchObject({ points, threshold: 90 })
  })

  test('a file that cannot be compared fails and says why; the list before goes on to serve', async () => {
    const at = await place()
    const phone = mobile()
    const first = await loaded(at.template_id, lines('Phone', phone))
    const files: [string, string, Partial<NewMasterList>?][] = [
      ['PK\u0003\u0004 broken', 'damaged'],
      [lines('City,Colour', 'Perth,red'), 'no_columns'],
      [lines('Surname', 'Lee'), 'too_few_columns', { points: { Surname: 50, PostCode: 50 } }],
      [lines('Phone,Surname', '12,Lee', 'N/A,Ng'), 'none_taken'],
    ]
    for (const [text, problem, wanted] of files) {
      const failed = await loaded(at.template_id, text, wanted)
      expect(failed).toMatchObject({ state: 'failed', detail: expect.stringMatching(/\.$/) })
      if (problem !== 'damaged') expect(failed.problem).toBe(problem)
    }
    await known()
    expect(await listOf(first.list_id)).toMatchObject({ state: 'serving' })
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105 })
  })

  test('points are judged when the list is announced', async () => {
    const { template_id } = await place()
    const asked = { template_id, name: 'a.csv', bytes: 10 }
    expect(await postMasterList(client, { ...asked, points: { Shoe: 100 } })).toMatchObject({
      status: 422,
      body: { code: 1005, errors: [{ field: '/points/Shoe' }] },
    })
    expect(await postMasterList(client, { ...asked, points: { Surname: 10 } })).toMatchObject({
      status: 422,
      body: { detail: 'all points together stay below the threshold, 100' },
    })
    expect(await postMasterList(client, { ...asked, template_id: 999_999 })).toMatchObject({ code: 1004 })
  })

  test('parts are judged as those of other files', async () => {
    const { template_id } = await place()
    const { list_id } = await announced(template_id, 16)
    const put = (part: number, text: string) =>
      putMasterListPart(client, list_id, part, new TextEncoder().encode(text))
    expect(await put(2, 'x')).toMatchObject({
      status: 422,
      body: { detail: 'a file of 16 bytes has 1 parts' },
    })
    expect(await put(1, 'x')).toMatchObject({
      status: 422,
      body: { detail: 'part 1 has 16 bytes, and these are 1' },
    })
    expect(await put(1, 'Phone\n0491570006')).toMatchObject({ status: 200, body: { missing_parts: [] } })
    expect(await put(1, 'Phone\n0491570007')).toMatchObject({ status: 422 })
    expect(await over(list_id)).toMatchObject({ state: 'serving', entries: 1 })
    expect(await put(1, 'Phone\n0491570006')).toMatchObject({ status: 200, body: { state: 'serving' } })
  })

  test('a list is removed, and its leads are taken again; a template goes once its list is gone', async () => {
    const at = await place()
    const phone = mobile()
    const { list_id } = await loaded(at.template_id, lines('Phone', phone))
    await known()
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 105 })
    expect(await deleteMasterList(client, list_id)).toMatchObject({ status: 200, body: { state: 'removed' } })
    expect(await deleteMasterList(client, list_id)).toMatchObject({ status: 200, body: { state: 'removed' } })
    expect(await insert(at, { Phone: phone })).toMatchObject({ code: 0 })

    const name = `master ${++names}`
    const { template_id } = await made<{ template_id: number }>('/v1/templates', {
      name,
      region: 'AU',
      contact_hours: 'Australia/Melbourne',
      fields: FIELDS,
    })
    const list = await loaded(template_id, lines('Phone', mobile()))
    expect(await client.deleteTemplate(template_id)).toMatchObject({
      ok: false,
      body: { detail: expect.stringContaining(`has master list ${list.list_id}: remove it first`) },
    })
    await deleteMasterList(client, list.list_id)
    await until('its entries are gone', async () => (await client.deleteTemplate(template_id)).status === 204)
  })

  test('rows of a file are compared with the list, as their dry run says', async () => {
    const at = await place()
    const [taken, listed] = [mobile(), mobile()]
    await loaded(at.template_id, lines('Phone', listed))
    await known()
    const { mapped, checked, taken: ran, rowsOf } = importsOf({ client, target: at })
    const { import_id } = await mapped(lines('Phone,Surname', `${taken},Lee`, `${listed},Ng`))
    const looked = await checked(import_id)
    expect(looked.checked).toMatchObject({ rows: 2, created: 1, rejected: 1, counts: { 105: 1 } })
    expect((await ran(import_id)).done).toMatchObject({ created: 1, rejected: 1, counts: { 105: 1 } })
    expect(await rowsOf(import_id, { fate: 'rejected' })).toMatchObject([
      { code: 105, lead_id: null, detail: 'the master list of the template has this lead' },
    ])
  })

  test('a list of another team is not known', async () => {
    const at = await place()
    const { list_id } = await loaded(at.template_id, lines('Phone', mobile()))
    const { team_id } = await made<{ team_id: number }>('/v1/teams', { name: `team ${++names}` })
    const theirs = await clientWith(['manage'], [team_id])
    expect(await getMasterList(theirs, list_id)).toMatchObject({ code: 1004 })
    expect(await deleteMasterList(theirs, list_id)).toMatchObject({ code: 1004 })
    expect(await getMasterLists(theirs, { template_id: at.template_id })).toMatchObject({
      body: { items: [] },
    })
    expect(await getMasterLists(client, { template_id: at.template_id })).toMatchObject({
      body: { items: [{ list_id, state: 'serving' }] },
    })
  })
})
