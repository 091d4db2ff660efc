// Which leads a new lead of an import must not be the same as: where they are looked for, how far back, and by what.

import { afterEach, describe, expect, test } from 'vitest'
import type { NewImport } from '../src/client/api.ts'
import { chunkAt } from '../src/db/import-rows.ts'
import { importById } from '../src/db/imports.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { readImportRows, rowReadingOf } from '../src/intake/import-reading.ts'
import { writeRows } from '../src/intake/import-rows.ts'
import { deskFor } from '../src/intake/import-walk.ts'
import { pastLocks } from '../src/intake/locks.ts'
import { Targets } from '../src/intake/targets.ts'
import { checkDatabase } from './support/check-database.ts'
import { importsOf } from './support/imports.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const HEADINGS = 'Phone,Email,PostCode,njExternalLeadId'
const csv = (...rows: string[][]) => [HEADINGS, ...rows.map((row) => row.join(','))].join('\n')

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  const leadline = await startLeadline({ major })
  const { client, connection, clientWith, pool } = leadline

  afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

  let names = 0
  const FIELDS = [
    { name: 'Phone', kind: 'phone' },
    { name: 'Second', kind: 'phone' },
    { name: 'Email', kind: 'email' },
    { name: 'PostCode', kind: 'text' },
  ]
  const made = async <Body>(path: string, body: object) => {
    const answer = await client.post<Body>(path, body)
    expect(answer).toMatchObject({ status: 201 })
    return answer.body
  }
  async function template(more: object = {}) {
    const name = `dedupe ${++names}`
    const { template_id } = await made<{ template_id: number }>('/v1/templates', {
      name,
      region: 'AU',
      contact_hours: 'Australia/Melbourne',
      fields: FIELDS,
      ...more,
    })
    return template_id
  }
  async function allocation(campaign_id: number) {
    const body = { campaign_id, name: `dedupe ${++names}`, started: true }
    return (await made<{ allocation_id: number }>('/v1/allocations', body)).allocation_id
  }
  async function place(template_id: number) {
    const body = { template_id, name: `dedupe ${++names}` }
    const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', body)
    return { template_id, campaign_id, allocation_id: await allocation(campaign_id) }
  }
  type Place = Awaited<ReturnType<typeof place>>

  async function lead(at: Place, fields: Record<string, string>) {
    const made = await client.insertLeadFast(at, { Phone: mobile(), ...fields })
    expect(made.code).toBe(0)
    return made.lead_id!
  }

  /** Imports a file, and compares what its dry run said with what came of it. */
  async function imported(at: Place, file: string, wishes: Partial<NewImport>) {
    const own = importsOf({ client, target: at })
    const { import_id } = await own.mapped(file, wishes)
    const said = (await own.checked(import_id)).checked!
    const rows_said = await own.rowsOf(import_id)
    const done = (await own.taken(import_id)).done!
    const rows = await own.rowsOf(import_id)
    expect(said).toEqual(done)
    const came = (found: typeof rows) => found.map(({ fate, code }) => [fate, code])
    expect(came(rows_said)).toEqual(came(rows))
    return { import_id, rows }
  }
  const fatesOf = async (at: Place, file: string, wishes: Partial<NewImport>) =>
    (await imported(at, file, wishes)).rows.map(({ fate }) => fate)

  test('a choice is answered as it counts; without one leads are compared in their campaign', async () => {
    const at = await place(await template())
    const { uploaded, body } = importsOf({ client, target: at })
    const usual = { scope: 'campaign', days: null, by: 'phone', fields: [] }
    const { import_id, dedupe } = await uploaded(csv([mobile(), '', '', '']))
    expect(dedupe).toEqual(usual)
    const change = (asked: object | null) => client.changeImport(import_id, { dedupe: asked })
    expect(body(await change({ scope: 'template', days: 30 }))).toMatchObject({
      dedupe: { ...usual, scope: 'template', days: 30 },
    })
    expect(body(await change({ by: 'fields', fields: ['email'] }))).toMatchObject({
      dedupe: { ...usual, by: 'fields', fields: ['Email'] },
    })
    expect(await change({ by: 'fields', fields: ['Shoe'] })).toMatchObject({
      status: 422,
      body: { code: 1005, errors: [{ field: '/dedupe/fields/0', detail: 'is no field of the template' }] },
    })
    expect(await change({ days: 0 })).toMatchObject({ status: 422 })
    expect(body(await client.changeImport(import_id, { mode: 'upsert' }))).toMatchObject({
      dedupe: { by: 'fields', fields: ['Email'] },
    })
    expect(body(await change(null))).toMatchObject({ dedupe: usual })
  })

  test('leads of all campaigns of the template, or of the installation, are looked for', async () => {
    const own = await template()
    const [here, beside, elsewhere] = [await place(own), await place(own), await place(await template())]
    const [one, two, three] = [mobile(), mobile(), mobile()]
    await lead(beside, { Phone: one })
    await lead(elsewhere, { Phone: two })
    const file = () => csv([one, '', '', ''], [two, '', '', ''], [three, '', '', ''])
    expect(await fatesOf(here, file(), { dedupe: { scope: 'template' } })).toEqual([
      'rejected',
      'created',
      'created',
    ])
    const there = await place(await template())
    expect(await fatesOf(there, file(), { dedupe: { scope: 'everywhere' } })).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ])
  })

  test('a lead of another campaign is named to those who see it, and is neither changed nor moved', async () => {
    const [here, there] = [await place(await template()), await place(await template())]
    const phone = mobile()
    const lead_id = await lead(there, { Phone: phone, PostCode: '3000' })
    const { import_id, rows } = await imported(here, csv([phone, '', '4000', '']), {
      dedupe: { scope: 'everywhere' },
      duplicates: 'update',
    })
    expect(rows).toMatchObject([
      {
        fate: 'rejected',
        code: 105,
        lead_id,
        detail: 'a lead of another campaign is the same by what this import compares',
      },
    ])
    expect(await client.lead(lead_id)).toMatchObject({ body: { version: 1, fields: { PostCode: '3000' } } })
    expect(await client.importResults(import_id)).toMatchObject({ body: expect.stringContaining(lead_id) })

    const { team_id } = await made<{ team_id: number }>('/v1/teams', { name: `team ${++names}` })
    await admin(
      connection,
      `update templates set team_id = ${team_id} where template_id = ${here.template_id}`,
    )
    const bound = await clientWith(['supervise'], [team_id])
    expect(await bound.importRows(import_id, {})).toMatchObject({
      body: { items: [{ code: 105, lead_id: null }] },
    })
    const results = await bound.importResults(import_id)
    expect(results.ok).toBe(true)
    expect(String(results.body)).not.toContain(lead_id)
  })

  test('an allocation may take a number that another one of its campaign has', async () => {
    const here = await place(await template())
    const there = { ...here, allocation_id: await allocation(here.campaign_id) }
    const phone = mobile()
    const lead_id = await lead(here, { Phone: phone })
    const dedupe = { scope: 'allocation' as const }
    const twice = csv([phone, '', '', ''], [phone, '', '', ''])
    expect(await fatesOf(there, twice, { dedupe })).toEqual(['created', 'rejected'])
    const { rows } = await imported(here, csv([phone, '', '', '']), { dedupe })
    expect(rows).toMatchObject([{ fate: 'rejected', code: 105, lead_id }])
    // The API promises its campaign as before.
    expect(await client.insertLeadFast(there, { Phone: phone })).toMatchObject({ code: 105 })
  })

  test('a lead that came in before the days is none', async () => {
    const at = await place(await template())
    const [old, young] = [mobile(), mobile()]
    const lead_id = await lead(at, { Phone: old })
    await lead(at, { Phone: young })
    const number = lead_id.split('-')[1]
    await admin(
      connection,
      `update leads set created_at = now() - interval '91 days' where number = ${number}`,
    )
    const file = csv([old, '', '', ''], [young, '', '', ''])
    expect(await fatesOf(at, file, { dedupe: { days: 90 } })).toEqual(['created', 'rejected'])
    expect(await fatesOf(at, file, { dedupe: { days: 92 } })).toEqual(['rejected', 'rejected'])
  })

  test('with the rule "all" a row is the same if every number of it is', async () => {
    const own = await template({ duplicate_rule: 'all' })
    const [here, there] = [await place(own), await place(own)]
    const [one, two] = [mobile(), mobile()]
    await lead(there, { Phone: one })
    await lead(there, { Phone: two })
    const file = ['Phone,Second', `${one},${mobile()}`, `${one},${two}`].join('\n')
    expect(await fatesOf(here, file, { dedupe: { scope: 'template' } })).toEqual(['created', 'rejected'])
  })

  test('by external id: the lead of the campaign is changed, that of another one is in the way', async () => {
    const own = await template()
    const [here, there] = [await place(own), await place(own)]
    const mine = await lead(here, { njExternalLeadId: 'A 1', PostCode: '3001' })
    const theirs = await lead(there, { njExternalLeadId: 'A 2', PostCode: '3001' })
    const shared = mobile()
    const file = csv(
      [mobile(), '', '3002', 'A 1'],
      [mobile(), '', '3002', 'A 2'],
      [shared, '', '3002', 'A 3'],
      [shared, '', '3002', 'A 4'],
      [mobile(), '', '3002', ''],
    )
    const { rows } = await imported(here, file, {
      dedupe: { scope: 'template', by: 'external_id' },
      duplicates: 'update',
    })
    expect(rows.map(({ fate, code, lead_id }) => [fate, code, lead_id])).toEqual([
      ['updated', 0, mine],
      ['rejected', 105, theirs],
      ['created', 0, expect.anything()],
      ['created', 0, expect.anything()],
      ['created', 0, expect.anything()],
    ])
    expect(await client.lead(mine)).toMatchObject({ body: { fields: { PostCode: '3002' } } })
  })

  test('by fields: all must be the same, in any case, whether search knows the lead already or not', async () => {
    const own = await template()
    const [here, there] = [await place(own), await place(own)]
    const indexed = await lead(there, { Email: 'Ana.Lee@Example.com', PostCode: 'Zürich 8001' })
    const found = () => client.get<{ items: object[] }>('/v1/leads', { q: 'ana.lee@example.com' })
    await until('search knows it', async () => (await found()).body.items.length === 1)
    await until('the indexer has passed it', async () => {
      const { rows } = await admin(
        connection,
        `select not exists (
           select from events e where e.tx >= (select tx from lead_texts_cursor)) as passed`,
      )
      return rows[0].passed
    })
    const fresh = await lead(there, { Email: 'bo@example.com', PostCode: '3067' })
    const file = csv(
      [mobile(), 'ana.lee@example.com', 'ZURICH 8001', ''],
      [mobile(), 'ana.lee@example.com', '8001', ''],
      [mobile(), 'BO@example.com', '3067', ''],
      [mobile(), 'bo@example.com', '', ''],
      [mobile(), 'cy@example.com', '1', ''],
      [mobile(), 'Cy@example.com', '1', ''],
    )
    const { rows } = await imported(here, file, {
      dedupe: { scope: 'template', by: 'fields', fields: ['Email', 'PostCode'] },
    })
    expect(rows.map(({ fate, lead_id }) => [fate, fate === 'rejected' ? lead_id : ''])).toEqual([
      ['rejected', indexed],
      ['created', ''],
      ['rejected', fresh],
      ['created', ''],
      ['created', ''],
      ['rejected', rows[4]!.lead_id],
    ])
  })

  test('a lead of the campaign that is met is moved, where duplicates are', async () => {
    const here = await place(await template())
    const there = { ...here, allocation_id: await allocation(here.campaign_id) }
    const lead_id = await lead(here, { Email: 'ana@example.com' })
    const { rows } = await imported(there, csv([mobile(), 'ANA@example.com', '', '']), {
      dedupe: { by: 'fields', fields: ['Email'] },
      duplicates: 'move',
    })
    expect(rows).toMatchObject([{ fate: 'moved', lead_id }])
    expect(await client.lead(lead_id)).toMatchObject({ body: { allocation_id: there.allocation_id } })
  })

  describe('at once', () => {
    /** The rows of an import that waits for its start, as its job would write them. */
    async function ready(at: Place, file: string, wishes: Partial<NewImport>) {
      const { import_id } = await importsOf({ client, target: at }).mapped(file, wishes)
      const found = (await importById(pool, SEES_ALL, import_id))!
      const desk = deskFor(found, { targets: new Targets(pool), now: () => new Date().toISOString() })
      const reading = await rowReadingOf(desk)
      const chunk = (await chunkAt(pool, import_id, 0))!
      const rows = await readImportRows(desk, reading, chunk.rows)
      return () =>
        pastLocks(() =>
          pool.transaction(async (tx) => (await writeRows(tx, desk, reading, rows)).outcomes, {
            retry: 'clash',
          }),
        )
    }

    test.each(['phone', 'external_id', 'fields'] as const)(
      'two imports into two campaigns that want the same leads by %s take each once',
      async (by) => {
        const own = await template()
        const [one, other] = [await place(own), await place(own)]
        const people = Array.from({ length: 60 }, (_, i) => ({
          phone: mobile(),
          email: `p${i}.${by}@example.com`,
          id: `${by} ${i}`,
        }))
        const rowsOf = (order: typeof people) =>
          csv(...order.map(({ phone, email, id }) => [by === 'phone' ? phone : mobile(), email, '', id]))
        const dedupe = { scope: 'template' as const, by, ...(by === 'fields' && { fields: ['Email'] }) }
        const deeds = [
          await ready(one, rowsOf(people), { dedupe }),
          await ready(other, rowsOf(people.toReversed()), { dedupe }),
        ]
        const [first, second] = await Promise.all(deeds.map((deed) => deed()))
        const created = (outcomes: typeof first) => outcomes!.map(({ fate }) => fate === 'created')
        const mine = created(first)
        const theirs = created(second).toReversed()
        for (const [i] of people.entries()) expect([i, mine[i] !== theirs[i]]).toEqual([i, true])
      },
    )

    test('an import and the API take a number once in their campaign, whatever the import looks for', async () => {
      for (const scope of ['allocation', 'template', 'everywhere'] as const) {
        const at = await place(await template())
        const phones = Array.from({ length: 40 }, mobile)
        const write = await ready(at, csv(...phones.map((phone) => [phone, '', '', ''])), {
          dedupe: { scope },
        })
        const [outcomes, ...answers] = await Promise.all([
          write(),
          ...phones.toReversed().map((Phone) => client.insertLeadFast(at, { Phone })),
        ])
        const { rows } = await admin(
          connection,
          `select count(*)::int as leads from leads where campaign_id = ${at.campaign_id}`,
        )
        expect(rows).toEqual([{ leads: 40 }])
        const by_api = answers.filter(({ code }) => code === 0).length
        const by_import = outcomes.filter(({ fate }) => fate === 'created').length
        expect(by_api + by_import).toBe(40)
      }
    })
  })
})
