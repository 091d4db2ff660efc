// Numbers in a form that does not count any more, as an older version left them: rewritten beside takers and intake,
// without a moment in which one of them is not blocked, or is held twice.

import pg from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { otherForm } from '../src/core/phone-forms.ts'
import { LOCKS } from '../src/db/locks.ts'
import { leadsThatShare, oldFormsLeft } from '../src/db/number-forms.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Lead, Leases } from './support/dialler.ts'
import { serverVersions, startLeadline } from './support/leadline.ts'
import { admin, databaseAt, dropDatabase } from './support/postgres.ts'
import { until } from './support/until.ts'

/** The last version that did not know of the two forms. */
const BEFORE = 12

/** The lock that the rewriting of the lists takes (src/db/parking.ts). */
const PARKING_LOCK = LOCKS.parking
const LEADS = 6_000
/** Leads whose number is on a list: the first ones. */
const LISTED = 600
/** A mobile of Buenos Aires by its place, as it was stored: with the 9 or, where a sender left it out, without it. */
const old = (i: number) => 5491120000000 + i
const canonical = (i: number) => 541120000000 + i
const MEXICAN = { old: 5215512345678, canonical: 525512345678 }

const SET_UP = `
  insert into contact_hours (contact_hours_id, name, zone, team_id) values (91, 'Always', 'UTC', 1);
  insert into templates (template_id, name, team_id, region, contact_hours_id, disposition_set_id)
    values (91, 'Tango', 1, 'AR', 91, 1);
  insert into fields (template_id, name, position, label, kind)
    values (91, 'Phone', 1, 'Phone', 'phone'), (91, 'Second', 2, 'Second', 'phone');
  insert into campaigns (campaign_id, template_id, name) values (91, 91, 'Tango'), (92, 91, 'Milonga');
  insert into allocations (allocation_id, campaign_id, name, started) values (91, 91, 'one', true), (92, 92, 'one', true);
  create temporary table made (number bigint, campaign_id integer, phone bigint, text text);
  insert into made select nextval('lead_numbers'), 91, ${old(0)} + i, '+54 9 11 ' || 20000000 + i
    from generate_series(1, ${LEADS}) i;
  -- The same numbers once more, without the 9: two numbers, by then.
  insert into made select nextval('lead_numbers'), 91, ${canonical(0)} + i, '+54 11 ' || 20000000 + i
    from generate_series(${LEADS} - 9, ${LEADS}) i;
  -- The other way round: the older lead has the form that counts. And one of Mexico, in another campaign.
  insert into made values (nextval('lead_numbers'), 92, ${canonical(5_000)}, '+54 11 20005000'),
    (nextval('lead_numbers'), 92, ${old(5_000)}, '+54 9 11 20005000'),
    (nextval('lead_numbers'), 92, ${MEXICAN.old}, '+52 1 55 1234 5678');
  insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
    select campaign_id, number, campaign_id, jsonb_build_object('Phone', text), 'v1', 'key:1' from made;
  insert into lead_phones select campaign_id, number, 'Phone', phone, 'ok' from made;
  insert into claims select campaign_id, phone, number from made;
  insert into events (campaign_id, lead_number, version, actor, way, request_id)
    select campaign_id, number, 1, 'key:1', 'v1', 'r' from made;
  insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
    select campaign_id, number, campaign_id, 0, 10, 'ready' from made;
  insert into lead_texts select campaign_id, number, 1, phone::text from made;
  -- Who asked not to be called, in either form; of three in four the number stands in the form that their lead has.
  insert into dnc_entries (list, campaign_id, phone, reason, source, added_by, added_at, team_ids)
    select 'private', null, case when i % 4 = 0 then ${canonical(0)} else ${old(0)} end + i, 'asked us', 'letter ' || i, 'key:7',
      '2025-05-05', '{1}'
    from generate_series(1, ${LISTED}) i where i % 3 <> 0;
  insert into dnc_entries (list, campaign_id, phone, added_by)
    select 'campaign', 91, ${old(0)} + i, 'key:7' from generate_series(1, ${LISTED}) i where i % 3 = 0;
  -- Twice on a list, once until a day; lapsed; removed; a client; of Mexico.
  insert into dnc_entries (list, campaign_id, phone, added_by, expires_at) values
    ('private', null, ${old(1)}, 'key:7', '2100-01-01'), ('private', null, ${old(LEADS - 100)}, 'key:7', '2026-01-01'),
    ('client', null, ${old(LEADS - 101)}, 'key:7', null), ('campaign', 91, ${old(LEADS - 101)}, 'key:7', null),
    ('private', null, ${MEXICAN.old}, 'key:7', null);
  insert into dnc_entries (list, phone, added_by, removed_at, removed_by) values
    ('private', ${old(LEADS - 102)}, 'key:7', now(), 'key:7');`

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  const found = inject('servers').find((server) => server.major === major)!
  const connection = await databaseAt(BEFORE, found.connection)
  await admin(connection, SET_UP)
  const watcher = new pg.Pool(connection)
  // At the end the database goes away under it.
  watcher.on('error', () => undefined)
  const holder = await watcher.connect()
  afterAll(async () => {
    holder.release()
    await watcher.end()
    await dropDatabase(connection)
  })
  const rows = async <Row extends object>(text: string) => (await watcher.query<Row>(text)).rows
  const number = async (text: string) => Number((await watcher.query(text)).rows[0].n)

  /** Rows whose own form is listed at first: whoever asks for that form alone must find it blocked in every snapshot. */
  await watcher.query(
    `create table watched as select p.lead_number from lead_phones p join dnc_entries e on e.phone = p.phone
     where p.campaign_id = 91 and e.list <> 'client' and e.removed_at is null and (e.expires_at is null or e.expires_at > now())
       and p.phone <> ${old(LEADS - 101)}`,
  )
  const unblocked = () =>
    number(
      `select count(*) as n from watched w join lead_phones p on p.campaign_id = 91 and p.lead_number = w.lead_number
       where not exists (select from dnc_entries e where e.phone = p.phone and e.removed_at is null)`,
    )

  // The rewriting begins when everybody is at work.
  await holder.query(`select pg_advisory_lock(${PARKING_LOCK})`)
  const leadline = await startLeadline({ connection, major })
  const { client, pool } = leadline
  const place = { template_id: 91, campaign_id: 91, allocation_id: 91 }

  test('nobody notices: not blocked for no moment, not held twice, never handed out', async () => {
    let left = true
    const seen = { snapshots: 0, checks: 0, inserts: 0, updates: 0, leads: 0, cuts: 0 }
    const during = async (deed: (i: number) => Promise<void>) => {
      for (let i = 1; left; i++) await deed(i)
    }
    const listed = new Set(Array.from({ length: LISTED }, (_, i) => canonical(i + 1)))
    const write = (n: number, with_nine: boolean) => `+${with_nine ? otherForm(n)! : n}`

    await Promise.all([
      until('everybody is at work', async () =>
        Object.values({ ...seen, cuts: 1 }).every((count) => count > 0),
      ).then(() => holder.query(`select pg_advisory_unlock(${PARKING_LOCK})`)),
      until('no number is left in an old form', async () => !(await oldFormsLeft(pool))).finally(
        () => (left = false),
      ),
      during(async () => {
        expect(await unblocked()).toBe(0)
        seen.snapshots++
      }),
      during(async (i) => {
        const asked = [i, i + 1, i + 2].map((n) => canonical(1 + ((n * 7) % LISTED)))
        const phones = asked.flatMap((n) => [write(n, true), write(n, false)])
        const { body } = await client.post<{ items: { phone: string; blocked: boolean }[] }>(
          '/v1/dnc/check',
          {
            campaign_id: 91,
            phones,
          },
        )
        expect(body.items).toEqual(
          asked.flatMap((n) => [n, n]).map((n) => expect.objectContaining({ phone: `+${n}`, blocked: true })),
        )
        seen.checks++
      }),
      during(async (i) => {
        const held = canonical(LISTED + 1 + ((i * 13) % (LEADS - LISTED - 200)))
        expect(await client.insertLeadFast(place, { Phone: write(held, i % 2 === 0) })).toMatchObject({
          code: 105,
        })
        const blocked = canonical(1 + ((i * 11) % LISTED))
        expect(await client.insertLeadFast(place, { Phone: write(blocked, i % 2 === 1) })).toMatchObject({
          code: 104,
        })
        seen.inserts++
      }),
      during(async (i) => {
        if (i > 1_000) return new Promise((resolve) => setTimeout(resolve, 20))
        const fields = { Second: `011 15 4${String(i).padStart(7, '0')}` }
        expect(await client.patchLead(`91-${3_000 + i}`, 1, { fields })).toMatchObject({ status: 200 })
        seen.updates++
      }),
      during(async () => {
        const { body } = await client.post<Leases>('/v1/allocations/91/leases', { count: 20 })
        for (const { numbers } of body.items)
          for (const { number } of numbers) {
            expect(number).toMatch(/^\+54(9?)11/)
            expect(listed.has(Number(number.slice(1).replace(/^549/, '54')))).toBe(false)
          }
        seen.leads += body.items.length
      }),
      // The connection of the job dies: what is left is left for the next try.
      during(async () => {
        if (seen.cuts > 0) return new Promise((resolve) => setTimeout(resolve, 20))
        seen.cuts += await number(
          `select count(pg_terminate_backend(pid)) as n from pg_stat_activity
           where datname = current_database() and query like '/* numberForms.%' and query not like '%numberForms.left%'
             and state <> 'idle'`,
        )
      }),
    ])
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
    // Leads that came in meanwhile count too.
    const [lead] = (await client.get<{ items: Lead[] }>('/v1/leads', { q: '11 4000 0001', campaign_id: 91 }))
      .body.items
    expect(lead).toMatchObject({ id: '91-3001', phones: [{ state: 'ok' }, { number: '+5491140000001' }] })
  })

  test('every row has the form that counts, and its evidence', async () => {
    await until('the old entries have ended', async () => !(await oldFormsLeft(pool)))
    expect(
      await number(
        "select count(*) as n from lead_phones where phone::text like '5491%' or phone::text like '521%'",
      ),
    ).toBe(0)
    expect(
      await number(
        "select count(*) as n from claims where phone::text like '5491%' or phone::text like '521%'",
      ),
    ).toBe(0)
    expect(
      await rows(
        `select phone::text, list, reason, source, added_by, added_at::date::text, team_ids from dnc_entries
         where phone = ${canonical(2)} and removed_at is null`,
      ),
    ).toEqual([
      {
        phone: String(canonical(2)),
        list: 'private',
        reason: 'asked us',
        source: 'letter 2',
        added_by: 'key:7',
        added_at: '2025-05-05',
        team_ids: [1],
      },
    ])
    const twice = `select list, phone from dnc_entries where removed_at is null and phone::text like '54%'
      group by list, campaign_id, phone having count(*) > 1`
    expect(await rows(twice)).toEqual([])
    const { body } = await client.get<{
      items: { phone: string; removed_by: string | null; removed_reason: string }[]
    }>('/v1/dnc', { phone: `+${old(2)}` })
    expect(body.items.map(({ phone, removed_by }) => [phone, removed_by])).toEqual([
      [`+${canonical(2)}`, null],
      [`+${old(2)}`, 'system'],
    ])
    expect(body.items[1]!.removed_reason).toBe(`the list has the number as +${canonical(2)} now`)
    // Entries that had ended before stay as they were.
    const ended = `select phone from dnc_entries where phone in (${canonical(LEADS - 100)}, ${canonical(LEADS - 102)})`
    expect(await rows(ended)).toEqual([])
    expect(await checkDatabase(connection)).toEqual([])
  })

  test('a client stays one, and a removal takes both forms along', async () => {
    const phone = `+${canonical(LEADS - 101)}`
    const asked = { campaign_id: 91, phones: [phone] }
    expect((await client.post('/v1/dnc/check', asked)).body).toMatchObject({ items: [{ blocked: false }] })
    await admin(
      connection,
      `insert into dnc_entries (list, phone, added_by) values ('private', ${old(LEADS - 200)}, 'key:7')`,
    )
    const body = { list: 'private', phones: [`+${canonical(LEADS - 200)}`] }
    const why = { ...body, reason: 'mistyped' }
    expect((await client.post('/v1/dnc/check', { phones: body.phones })).body).toMatchObject({
      items: [{ blocked: true }],
    })
    expect((await client.post('/v1/dnc', body)).body).toMatchObject({ added: 1 })
    expect((await client.post('/v1/dnc/removals', why)).body).toMatchObject({ removed: 2, not_listed: 0 })
    expect((await client.post('/v1/dnc/check', { phones: body.phones })).body).toMatchObject({
      items: [{ blocked: false }],
    })
  })

  test('leads that met are listed, the older one holds the number', async () => {
    const pairs = await leadsThatShare(pool, 50)
    expect(pairs).toHaveLength(11)
    for (const { lead_id, held_by } of pairs) {
      const [campaign_id, younger] = lead_id.split('-').map(Number)
      expect(Number(held_by.split('-')[1])).toBeLessThan(younger!)
      const [lead] = (await client.get<Lead>(`/v1/leads/${held_by}`)).body.phones
      expect(
        await client.insertLeadFast(
          { ...place, campaign_id: campaign_id!, allocation_id: campaign_id! },
          {
            Phone: lead!.number!,
          },
        ),
      ).toMatchObject({ code: 105, lead_id: held_by })
    }
    await client.request('DELETE', `/v1/leads/${pairs[0]!.lead_id}`)
    expect(await leadsThatShare(pool, 50)).toEqual(pairs.slice(1))
  })

  test('a lead keeps its version, is dialled as its text says, and is found', async () => {
    const lead = (await client.get<Lead>('/v1/leads/91-1000')).body
    expect(lead).toMatchObject({ version: 1, phones: [{ number: `+${old(1_000)}`, state: 'ok' }] })
    const found = await client.get<{ items: Lead[] }>('/v1/leads', {
      q: String(canonical(1_000)),
      campaign_id: 91,
    })
    expect(found.body.items.map(({ id }) => id)).toEqual(['91-1000'])
    const mexican = await client.get<{ items: Lead[] }>('/v1/leads', {
      q: '+52 1 55 1234 5678',
      campaign_id: 92,
    })
    expect(mexican.body.items).toMatchObject([
      { phones: [{ number: `+${MEXICAN.canonical}`, blocked_by: 'private' }] },
    ])
  })

  test('a lead that is changed before its turn loses nothing', async () => {
    await admin(
      connection,
      `update lead_phones set phone = ${old(2_000)} where campaign_id = 91 and lead_number = 2000;
       update claims set phone = ${old(2_000)} where campaign_id = 91 and phone = ${canonical(2_000)};`,
    )
    const changed = await client.patchLead('91-2000', 1, {
      fields: { Second: '011 4444 5555', Phone: '+54 11 20002000' },
    })
    expect(changed).toMatchObject({
      status: 200,
      body: { version: 2, fields: { Phone: '+54 9 11 20002000' } },
    })
    expect(await client.insertLeadFast(place, { Phone: `+${canonical(2_000)}` })).toMatchObject({
      code: 105,
      lead_id: '91-2000',
    })
    const without = await client.patchLead('91-2000', 2, { fields: { Phone: null } })
    expect(without).toMatchObject({ status: 200, body: { version: 3 } })
    expect(await client.insertLeadFast(place, { Phone: `+${old(2_000)}` })).toMatchObject({ code: 0 })
    expect(await oldFormsLeft(pool)).toBe(false)
    expect(await checkDatabase(connection)).toEqual([])
  })

  test('once more it does nothing', async () => {
    const runs = () => number("select count(*) as n from audit_log where action = 'numbers.rewrite'")
    const [before, entries] = [await runs(), await number('select count(*) as n from dnc_entries')]
    expect(before).toBeGreaterThan(0)
    await leadline.stop()
    const again = await startLeadline({ connection, major })
    expect(
      await number(
        "select count(*) as n from graphile_worker.jobs where task_identifier = 'rewrite_numbers'",
      ),
    ).toBe(0)
    await again.stop()
    expect([await runs(), await number('select count(*) as n from dnc_entries')]).toEqual([before, entries])
  })
})

test('the database and the code know the same forms', async () => {
  const [server] = inject('servers')
  const connection = await databaseAt(14, server!.connection)
  afterAll(() => dropDatabase(connection))
  const numbers = [
    ...[0, 52, 541, 61491570006, 12125551234, 548005551234, 5491023456789, 521999999999],
    ...[
      520000000000, 521000000000, 522000000000, 529999999999, 5212000000000, 5219999999999, 5211999999999,
      5220000000000,
    ],
    ...[541100000000, 541199999999, 541099999999, 541200000000, 542000000000, 543999999999, 544000000000],
    ...[
      5491100000000, 5491199999999, 5491099999999, 5491200000000, 5492000000000, 5493999999999, 5494000000000,
    ],
  ]
  const { rows } = await admin(
    connection,
    `select n::text, other_form(n)::text as other from unnest('{${numbers.join(',')}}'::bigint[]) n`,
  )
  for (const { n, other } of rows) expect([n, other]).toEqual([n, otherForm(Number(n))?.toString() ?? null])
})
