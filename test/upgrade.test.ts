// Databases that older versions left: what an upgrade makes of them.

import pg from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { LeadlineClient } from '../src/client/client.ts'
import { listKeys } from '../src/db/keys.ts'
import { LOCKS } from '../src/db/locks.ts'
import { SEES_ALL } from '../src/db/sight.ts'
import { hashKey } from '../src/intake/keys.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin, type Connection, databaseAt, dropDatabase } from './support/postgres.ts'
import { until } from './support/until.ts'

async function oldDatabase(version: number): Promise<Connection> {
  const connection = await databaseAt(version, inject('servers')[0]!.connection)
  afterAll(() => dropDatabase(connection))
  return connection
}

describe('templates from before bad values could be kept', async () => {
  const connection = await oldDatabase(15)
  await admin(
    connection,
    `insert into contact_hours (name, zone, team_id) values ('Old', 'Australia/Melbourne', 1);
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
       select 'Old', 1, 'AU', (select contact_hours_id from contact_hours where name = 'Old'), (select disposition_set_id from disposition_sets limit 1);
     insert into fields (template_id, name, position, label, kind) values
       ((select template_id from templates where name = 'Old'), 'Phone', 0, 'Phone', 'phone'),
       ((select template_id from templates where name = 'Old'), 'Email', 1, 'E-mail', 'email');
     insert into campaigns (template_id, name) select template_id, 'Old' from templates where name = 'Old';
     insert into allocations (campaign_id, name) select campaign_id, 'Old' from campaigns where name = 'Old'`,
  )
  const { client } = await startLeadline({ connection })
  const one = async <Row>(path: string) => (await client.get<{ items: Row[] }>(path)).body.items[0]!
  const { template_id, bad_values } = await one<{ template_id: number; bad_values: string }>('/v1/templates')
  const { campaign_id } = await one<{ campaign_id: number }>('/v1/campaigns')
  const { allocation_id } = await one<{ allocation_id: number }>('/v1/allocations')
  const target = { template_id, campaign_id, allocation_id }
  const insert = (Email: string) => client.insertLeadFast(target, { Phone: mobile(), Email })

  test('refuse them as they did, until somebody changes the template', async () => {
    expect(bad_values).toBe('refuse')
    expect(await insert('ask Jane')).toMatchObject({ status: 400, code: 1005, body: { field: 'Email' } })
    expect(await insert('N/A')).toMatchObject({ code: 0, warnings: [{ code: 'no_value', field: 'Email' }] })
    const changed = await client.patch(`/v1/templates/${template_id}`, { bad_values: 'keep' })
    expect(changed.body).toMatchObject({ template_id, bad_values: 'keep' })
    expect(await insert('ask Jane')).toMatchObject({
      code: 0,
      warnings: [{ code: 'bad_value', field: 'Email' }],
    })
  })
})

describe('scopes before they were split (read, write, admin)', async () => {
  const connection = await oldDatabase(7)
  const bytes = (key: string) => `'\\x${hashKey(key).toString('hex')}'`
  const keyOf = (name: string) => `old_${name}_${'x'.repeat(30)}`
  const OLD = {
    form: ['write'],
    dialler: ['read', 'write'],
    forgetter: ['write'],
    washer: ['write'],
    reader: ['read'],
    settler: ['read', 'write'],
    boss: ['admin'],
  }
  for (const [name, scopes] of Object.entries(OLD))
    await admin(
      connection,
      `insert into api_keys (name, hash, scopes, created_by)
       values ('${name}', ${bytes(keyOf(name))}, '{${scopes.join(',')}}', 'system')`,
    )
  const actor = (name: string) => `(select 'key:' || key_id from api_keys where name = '${name}')`
  await admin(
    connection,
    `insert into leases (campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, leased_at, expires_at)
     values (1, 1, 1, 1, 1, 0, ${actor('dialler')}, now(), now()), (1, 2, 1, 1, 1, 0, ${actor('boss')}, now(), now());
     insert into audit_log (actor, action, subject, details) values
       (${actor('forgetter')}, 'lead.forget', 'lead:1-1', '{}'),
       (${actor('boss')}, 'lead.forget', 'lead:1-2', '{}'),
       (${actor('form')}, 'dnc.add', 'dnc:private', '{"entries": 100}'),
       (${actor('washer')}, 'dnc.add', 'dnc:private', '{"entries": 101}'),
       (${actor('washer')}, 'dnc.remove', 'dnc:campaign', '{"entries": 1}');
     insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming, state,
       resolved_by, resolved_at, expires_at)
     values (1, 1, 'key:1', '{name}', 'classic', 'r', 1, '{}', '{}', 'resolved', ${actor('settler')}, now(), now())`,
  )
  const leadline = await startLeadline({ connection })
  const keys = new Map((await listKeys(leadline.pool, SEES_ALL)).map((key) => [key.name, key]))

  test.each([
    ['form', ['write'], []],
    ['dialler', ['read', 'write', 'dial'], []],
    ['forgetter', ['write'], ['supervise']],
    ['washer', ['write'], ['manage', 'supervise']],
    ['reader', ['read'], []],
    ['settler', ['read', 'write'], ['supervise']],
    ['boss', ['admin'], []],
  ])(
    '%s keeps what it has used of the same right, and what it loses is named',
    (name, scopes, former_scopes) => {
      expect(keys.get(name)).toMatchObject({ scopes, former_scopes, team_ids: null, allocation_ids: null })
    },
  )

  test('the start names the keys that may do less', () => {
    expect(leadline.narrowed_keys.map(({ name }) => name).sort()).toEqual(['forgetter', 'settler', 'washer'])
  })

  test.each([
    ['form', 'POST', '/v1/allocations/1/leases', 403],
    ['form', 'DELETE', '/v1/leads/1-999', 403],
    ['dialler', 'POST', '/v1/allocations/1/leases', 200],
    ['forgetter', 'DELETE', '/v1/leads/1-999', 403],
    ['boss', 'DELETE', '/v1/leads/1-999', 404],
    ['boss', 'GET', '/v1/operators', 200],
  ])('%s: %s %s answers %i', async (name, method, address, status) => {
    const as = new LeadlineClient({ url: leadline.url, key: keyOf(name) })
    expect((await as.request(method, address, { body: method === 'POST' ? {} : undefined })).status).toBe(
      status,
    )
  })

  test('disposition sets that were there belong to Global', async () => {
    const { body } = await leadline.client.get<{ items: { team: string }[] }>('/v1/disposition-sets')
    expect(body.items.map(({ team }) => team)).toEqual(['Global'])
  })
})

describe('dispositions and fields before they had ids', async () => {
  const connection = await oldDatabase(15)
  await admin(
    connection,
    `insert into contact_hours (name, zone, team_id) values ('Office', 'Australia/Perth', 1);
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
     select 'Old', 1, 'AU', h.contact_hours_id, 1 from contact_hours h;
     insert into fields (template_id, name, position, label, kind)
     select t.template_id, f.name, f.position, f.name, 'phone' from templates t, (values ('Phone', 0), ('Mobile', 1)) f (name, position)
     where t.name = 'Old'`,
  )
  const leadline = await startLeadline({ connection })
  const { client } = leadline
  test('each has got one of its own', async () => {
    const [template] = (await client.get<{ items: { fields: { field_id: number }[] }[] }>('/v1/templates'))
      .body.items
    expect(new Set(template!.fields.map(({ field_id }) => field_id)).size).toBe(2)
    const { items } = (
      await client.get<{ items: { dispositions: { disposition_id: number }[] }[] }>('/v1/disposition-sets')
    ).body
    const ids = items.flatMap(({ dispositions }) => dispositions.map(({ disposition_id }) => disposition_id))
    expect(new Set(ids).size).toBe(10)
  })

  test('an id is not used again, not even that of a disposition that was deleted', async () => {
    const add = async () => {
      const { body } = await client.post<{ dispositions: { code: string; disposition_id: number }[] }>(
        '/v1/disposition-sets/1/dispositions',
        { code: 'Brief', kind: 'retry' },
      )
      return body.dispositions.find(({ code }) => code === 'Brief')!.disposition_id
    }
    const first = await add()
    await client.delete('/v1/disposition-sets/1/dispositions/Brief')
    expect(await add()).toBeGreaterThan(first)
    const changed = await client.patch<{ dispositions: { code: string; disposition_id: number }[] }>(
      '/v1/disposition-sets/1/dispositions/Brief',
      { priority: 3 },
    )
    expect(changed.body.dispositions.find(({ code }) => code === 'Brief')!.disposition_id).toBe(first + 1)
  })
})

describe('texts of search from before words were looked for by their beginning', async () => {
  const connection = await oldDatabase(22)
  // Numbers far apart: the newest leads are walked, the others collected by the index.
  await admin(
    connection,
    `insert into contact_hours (name, zone, team_id) values ('Office', 'Australia/Perth', 1);
     insert into templates (name, team_id, region, contact_hours_id, disposition_set_id)
       select 'Old', 1, 'AU', h.contact_hours_id, 1 from contact_hours h;
     insert into campaigns (template_id, name) select template_id, 'Old' from templates where name = 'Old';
     insert into allocations (campaign_id, name) select campaign_id, 'Old' from campaigns where name = 'Old';
     insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select a.campaign_id, nextval('lead_numbers') * 10000, a.allocation_id, jsonb_build_object('Name', n.name), 'import', 'system'
       from allocations a, unnest('{Rare Rosalind,O’Brien,王小明}'::text[]) n (name) where a.name = 'Old';
     insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select campaign_id, number, 'Phone', 61480000000 + number / 10000, 'ok' from leads;
     insert into events (campaign_id, lead_number, version, actor, way, request_id)
       select campaign_id, number, 1, 'system', 'import', 'old' from leads;
     insert into lead_texts (campaign_id, lead_number, version, text)
       select l.campaign_id, l.number, 1, fold_text(concat_ws(E'\\n', l.fields ->> 'Name', p.phone))
       from leads l join lead_phones p on p.lead_number = l.number`,
  )
  await admin(connection, 'update lead_texts_cursor set tx = pg_snapshot_xmin(pg_current_snapshot())')
  const session = new pg.Client(connection)
  await session.connect()
  await session.query('select pg_advisory_lock($1)', [LOCKS.index_change])
  const leadline = await startLeadline({ connection })
  const found = async (q: string) =>
    (await leadline.client.get<{ items: { fields: { Name: string } }[] }>('/v1/leads', { q })).body.items.map(
      ({ fields }) => fields.Name,
    )
  const check = async () => {
    expect(await found('rosalind')).toEqual(['Rare Rosalind'])
    expect(await found('o´brien')).toEqual(['O’Brien'])
    expect(await found('小明')).toEqual(['王小明'])
    expect(await found('osalin')).toEqual(['Rare Rosalind'])
    expect(await found('4800000')).toHaveLength(3)
    expect(await found('c:\\t')).toEqual([])
  }
  const indexes = async () => {
    const { rows } = await admin(
      connection,
      `select i.indexrelid::regclass::text as name, i.indisvalid as valid from pg_index i
       join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
       where i.indrelid = 'lead_texts'::regclass and a.amname = 'gin'`,
    )
    return rows
  }

  test('are found by their trigrams until the new index is made, and then by that alone', async () => {
    expect(await indexes()).toEqual([{ name: 'lead_texts_by_trigram', valid: true }])
    await check()
    // One whose making was cut off is no obstacle.
    await session.query('create index lead_texts_by_term on lead_texts using gin (search_terms(text))')
    await session.query(
      `update pg_index set indisvalid = false where indexrelid = 'lead_texts_by_term'::regclass`,
    )
    await check()
    await session.query('select pg_advisory_unlock($1)', [LOCKS.index_change])
    const made = [{ name: 'lead_texts_by_term', valid: true }]
    await until('the index is made', async () => JSON.stringify(await indexes()) === JSON.stringify(made))
    await session.end()
    await check()
  }, 60_000)
})

test('calls that an older version counted count towards the limit of re-dials', async () => {
  const { client, connection } = await startLeadline({})
  const busyLead = async (calls: number) => {
    const { body } = await client.createLead({ allocation_id: 1, fields: { FirstPhone: mobile() } })
    const { id } = body as { id: string }
    const number = id.split('-')[1]
    await admin(connection, `update leads set calls = ${calls}, attempts = null where number = ${number}`)
    await admin(connection, `insert into attempts values (1, ${number}, 'Busy', ${calls})`)
    await admin(
      connection,
      `insert into call_records (campaign_id, lead_number, allocation_id, disposition, actor, way, request_id)
       select 1, ${number}, 1, 'Busy', 'system', 'v1', 'old' from generate_series(1, ${calls})`,
    )
    return id
  }
  const callAgain = async (id: string) => {
    const { body } = await client.get<{ version: number }>(`/v1/leads/${id}`)
    await client.patchLead(id, body.version, { disposition: 'Busy' })
    return (await client.get<{ closed: boolean }>(`/v1/leads/${id}`)).body.closed
  }
  // Five re-dials: the sixth call is the last.
  expect(await callAgain(await busyLead(5))).toBe(true)
  const once_more = await busyLead(4)
  expect([await callAgain(once_more), await callAgain(once_more)]).toEqual([false, true])
})
