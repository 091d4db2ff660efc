// Leads that are there before anything is measured, written set-based, as intake would have left them.

import type { Target } from '../src/client/client.ts'
import type { Database } from './database.ts'
import { draws, FILLED_MAX, filledIndexSql, LANDLINE_SQL, LANDLINES, MOBILE_SQL, MOBILES } from './numbers.ts'
import { say, thousands } from './report.ts'
import { withTexts } from './texts.ts'

const CHUNK = 50_000

/** Different random numbers of the classes that are filled, in random order: sorted, they would build tidier indexes than intake does. */
const randomNumbers = (wanted: number, size: number, phone: string) => `
  select row_number() over () as i, phone from (
    select phone from (
      select distinct ${phone} as phone from (
        select ${filledIndexSql(size)} as index from generate_series(1, ${draws(wanted, size / 2)})) d) u
    order by random() limit ${wanted}) s`

const FILL = `
  with r as materialized (
    select i, nextval('lead_numbers') as number, mobile, landline, md5($6 || '-' || i) as hash
    from (select * from bench_leads where i between $3 and $4 order by i) s),
  new_leads as (
    insert into leads (campaign_id, number, allocation_id, external_id, fields, created_way, created_by)
    select $1, number, $2, substr(hash, 1, 18),
      jsonb_strip_nulls(jsonb_build_object('Name', 'Jane Smith ' || i, 'StreetAddress', '12 Langridge Street',
        'City', 'Abbotsford', 'State', 'Vic', 'PostCode', '3067', 'Email', 'jane.' || i || '@example.com',
        'FirstPhone', '0' || substr(mobile::text, 3), 'SecondPhone', '0' || substr(landline::text, 3))),
      'classic', $5
    from r),
  new_phones as (
    insert into lead_phones (campaign_id, lead_number, field, phone, state)
    select $1, number, 'FirstPhone', mobile, 'ok' from r
    union all select $1, number, 'SecondPhone', landline, 'ok' from r where landline is not null),
  new_claims as (
    insert into claims (campaign_id, phone, lead_number)
    select $1, mobile, number from r
    union all select $1, landline, number from r where landline is not null),
  new_places as (
    insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
    select $1, number, $2, 0, 10, 'ready' from r)
  insert into events (campaign_id, lead_number, version, actor, way, request_id)
  select $1, number, 1, $5, 'classic', substr(hash, 9, 24) from r`

interface Fill {
  leads: number
  /** Entries of the campaign's do-not-call list, of numbers that are never sent: they make the lookups real. */
  dnc: number
  /** From which the external ids follow. */
  run: string
  actor: string
}

/** Fills the campaign; analysed and with a checkpoint behind it when this resolves. */
export async function fill(
  database: Database,
  target: Target,
  { leads, dnc, run, actor }: Fill,
): Promise<void> {
  const { client } = database
  if (leads > FILLED_MAX) throw new Error(`--leads can be ${thousands(FILLED_MAX)} at most`)
  const started = performance.now()
  // For the hash, the sort and the lists of the statements below.
  await client.query(`set work_mem = '256MB'`)
  if (leads > 0) {
    await client.query(`
      create temp table bench_leads as
      select m.i, m.phone as mobile, l.phone as landline
      from (${randomNumbers(leads, MOBILES, MOBILE_SQL)}) m
        left join (${randomNumbers(Math.ceil(leads / 2), LANDLINES, LANDLINE_SQL)}) l on l.i * 2 - 1 = m.i`)
    await client.query('create unique index on bench_leads (i); analyze bench_leads')
    let said = started
    await withTexts(database, [target.campaign_id], async () => {
      for (let from = 1; from <= leads; from += CHUNK) {
        const to = Math.min(leads, from + CHUNK - 1)
        await client.query(FILL, [target.campaign_id, target.allocation_id, from, to, actor, run])
        if (performance.now() - said > 10_000) {
          said = performance.now()
          say(`  ${thousands(to)} of ${thousands(leads)} leads are there`)
        }
      }
    })
    await client.query('drop table bench_leads')
  }
  if (dnc > 0)
    await client.query(
      `insert into dnc_entries (list, campaign_id, phone, reason, source, added_by)
       select 'campaign', $1, phone, 'bench', $2, $3 from (
         select ${MOBILE_SQL} as phone from (
           select ${filledIndexSql(MOBILES)} as index from generate_series(1, $4::integer)) d) n`,
      [target.campaign_id, run, actor, dnc],
    )
  await client.query('vacuum (analyze) leads, lead_phones, claims, events, queue, dnc_entries')
  await checkpoint(client)
  await client.query('reset work_mem')
  const seconds = (performance.now() - started) / 1_000
  say(
    `Filled ${thousands(leads)} leads and ${thousands(dnc)} do-not-call entries in ${seconds.toFixed(1)} s.`,
  )
}

/** Writes the pages that the filling left dirty, so that no measurement pays for them. */
export async function checkpoint(client: Database['client']): Promise<void> {
  try {
    await client.query('checkpoint')
  } catch (error) {
    // A server that is not ours may not let us.
    if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error
    say('  no checkpoint: the database user may not ask for one (pg_checkpoint)')
  }
}
