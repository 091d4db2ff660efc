// A contact centre's leads, made up set-based: names, streets and towns as often as they really occur, random numbers,
// some years of outcomes. Each list has its most common words first.

import type { Target } from '../src/client/client.ts'
import type { Database } from './database.ts'
import { checkpoint } from './fill.ts'
import { say, thousands } from './report.ts'
import { withTexts } from './texts.ts'

const words = (text: string) => `'{${text.trim().split(/\s+/).join(',')}}'::text[]`

const FIRST = words(`
  Oliver Charlotte Noah Amelia Jack Isla William Olivia Leo Mia Henry Ava Thomas Grace James Chloe Lucas Ella Hudson Zoe
  Charlie Lily Ethan Sophie Alexander Ruby Liam Matilda Max Evie Hugo Willow Archie Ivy Mason Harper Isaac Emily Harrison
  Lucy Samuel Hannah Daniel Georgia Benjamin Alice Michael Sarah David Jessica John Emma Peter Laura Mark Kate Paul Rachel
  Andrew Michelle Stephen Karen Robert Susan Ian Margaret Wei Mei Arjun Priya Ahmed Fatima Minh Linh Dimitri Eleni Marco
  Giulia José Sofía Björn Zoë Łukasz Agnès Siobhán Tadhg Yusuf Aisha Hiroshi Yuki Ji-woo Seo-yeon Kofi Ama Tane Aroha Raj
  Anjali Carlos Lucía Andrei Ioana Piotr Kasia Ivan Olga`)
const LAST = words(`
  Smith Jones Williams Brown Wilson Taylor Johnson White Martin Anderson Thompson Nguyen Thomas Walker Harris Lee Ryan
  Robinson Kelly King Davis Wright Evans Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis James Phillips Singh Mitchell
  Campbell Young Allen Scott Moore Baker Hill Cooper Edwards Turner Morris Watson Parker Murphy Bell Cook Bailey Collins
  Murray Stewart Morgan Richardson Miller Cox Chen Wang Li Zhang Tran Le Pham Kumar Sharma Gupta Ali Hussain Cohen Levy
  Rossi Russo Ferrari Papadopoulos Georgiou Nikolaidis Müller Schmidt Schneider Weber Kowalski Nowak Wiśniewski Novák
  Ivanov Petrov Silva Santos García López Martínez Hernández OBrien OConnor OSullivan McDonald MacKenzie Fraser Hamilton
  Graham Reid Simpson Marshall Ferguson Henderson Armstrong Crawford Dunn Fletcher Gibson Harvey Holmes Hughes Hunter
  Kennedy Knight Lawson Lloyd Mason Matthews Mills Nelson Palmer Perry Pearson Porter Price Powell Rogers Ross Russell
  Saunders Shaw Stevens Stone Sullivan Tucker Wallace Walsh Ward Webb Webster Wells West Wheeler Yates`)
const TOWNS = words(`
  Melbourne Sydney Brisbane Perth Adelaide Newcastle Canberra Wollongong Geelong Hobart Townsville Cairns Toowoomba Darwin
  Ballarat Bendigo Albury Launceston Mackay Rockhampton Bunbury Bundaberg Wagga Hervey Mildura Shepparton Gladstone Tamworth
  Traralgon Orange Bowral Geraldton Dubbo Nowra Warragul Bathurst Warrnambool Albany Kalgoorlie Devonport Lismore Nelson
  Gympie Goulburn Echuca Armidale Whyalla Burnie Taree Wangaratta`)
const STREETS = words(`
  High Church Station Park Victoria George King Queen Albert Elizabeth William Railway Langridge Collins Bourke Chapel
  Nicholson Lygon Johnston Hoddle Swan Bridge Mill River Hill Beach Ocean Forest Wattle Banksia`)
const HOSTS = words('gmail.com outlook.com bigpond.com icloud.com example.com optusnet.com.au')
const SUFFIXES = words(`
  ham ton ley field wood ford worth well brook dale stone more land man ings ett sen ski ova ini aro iou`)
const OUTCOMES = `array['No Answer', 'Busy', 'Answering Machine', 'Callback', 'Sale', 'Pitch No Sale', 'Wrong Number']`

/** A word of a list; those in front come up more often. A chance is worked out for each row, so it is given a column. */
const pick = (list: string, chance: string) =>
  `(${list})[1 + floor(power(${chance}, 1.8) * cardinality(${list}))::integer]`

const CHUNK = 50_000
/** Every so many leads something has happened to. */
const CALLED_EVERY = 8

const FILL = `
  with d as materialized (
    select i, nextval('lead_numbers') as number, random() as a, random() as b, random() as c, random() as d, random() as e, random() as f, random() as g,
      case when random() < 0.4 then (${SUFFIXES})[1 + floor(random() * 22)::integer] else '' end as suffix
    from generate_series($2::integer, $3::integer) i),
  r as materialized (
    select i, number, ($1::integer[])[1 + (i % cardinality($1::integer[]))] as allocation_id,
      ${pick(FIRST, 'a')} as first, ${pick(LAST, 'b')} || suffix as last, ${pick(TOWNS, 'c')} as town,
      1 + floor(d * 300)::integer || ' ' || ${pick(STREETS, 'e')} || ' ' || (array['Street','Road','Avenue','Lane'])[1 + i % 4] as street,
      (800 + floor(f * 7200)::integer)::text as post_code, ${pick(HOSTS, 'f')} as host,
      61400000000 + floor(g * 99999999)::bigint as mobile,
      case when b < 0.5 then 61290000000 + floor(d * 9999999)::bigint end as landline,
      case when i % ${CALLED_EVERY} = 0 then (${OUTCOMES})[1 + floor(power(e, 1.5) * 7)::integer] end as disposition,
      case when c < 0.05 then date_trunc('minute', now()) + (d * 60 - 5) * interval '1 day' end as callback_at,
      substr(md5($5 || i), 1, 10) as external_id
    from d),
  new_leads as (
    insert into leads (campaign_id, number, allocation_id, external_id, version, fields, disposition, callback_local, callback_at, closed_at, calls,
      created_way, created_by)
    select $4, number, allocation_id, external_id, case when disposition is null then 1 else 6 end,
      jsonb_build_object('Name', first || ' ' || last, 'StreetAddress', street, 'City', town, 'State', 'Vic', 'PostCode', post_code,
        'Email', lower(first || '.' || last) || i % 1000 || '@' || host, 'FirstPhone', '0' || substr(mobile::text, 3))
        || case when landline is null then '{}' else jsonb_build_object('SecondPhone', '0' || substr(landline::text, 3)) end,
      disposition, callback_at at time zone 'Australia/Melbourne', callback_at,
      case when disposition in ('Sale', 'Pitch No Sale', 'Wrong Number') then now() end, case when disposition is null then 0 else 5 end,
      'import', 'import:1'
    from r),
  new_phones as (
    insert into lead_phones (campaign_id, lead_number, field, phone, state)
    select $4, number, 'FirstPhone', mobile, 'ok' from r
    union all select $4, number, 'SecondPhone', landline, 'ok' from r where landline is not null),
  new_places as (
    insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
    select $4, number, allocation_id, 0, 10, 'ready' from r where disposition is null),
  new_calls as (
    insert into call_records (campaign_id, lead_number, allocation_id, disposition, phone, at, actor, way, request_id)
    select $4, number, allocation_id, disposition, mobile, now() - n * interval '3 days', 'operator:' || 1 + i % 40, 'dialler', 'bench'
    from r cross join generate_series(5, 1, -1) n where disposition is not null)
  insert into events (campaign_id, lead_number, version, at, actor, way, request_id, changes)
  select $4, number, n, now() - (7 - n) * interval '3 days', case when n = 1 then 'import:1' else 'operator:' || 1 + i % 40 end, 'import', 'bench',
    case when n > 1 then jsonb_build_object('disposition', jsonb_build_array('Busy', disposition), 'priority', jsonb_build_array(10, 12)) end
  from r cross join generate_series(1, 6) n where n = 1 or disposition is not null`

/** Fills campaigns in turns, so that the newest leads are of all of them; indexed and analysed when this resolves. */
export async function fillPeople(
  database: Database,
  targets: readonly Target[],
  allocations: ReadonlyMap<number, number[]>,
  leads: number,
  run: string,
): Promise<void> {
  const { client } = database
  const began = performance.now()
  const passed = () => `${((performance.now() - began) / 1_000).toFixed(0)} s`
  const ids = targets.map(({ campaign_id }) => campaign_id)
  await client.query(`set work_mem = '256MB'; set synchronous_commit = off`)
  await withTexts(database, ids, async () => {
    for (let from = 1, k = 0; from <= leads; from += CHUNK, k++) {
      const { campaign_id } = targets[k % targets.length]!
      const to = Math.min(leads, from + CHUNK - 1)
      await client.query(FILL, [allocations.get(campaign_id), from, to, campaign_id, run])
      if (k % 4 === 3) say(`  ${thousands(to)} leads after ${passed()}`)
    }
    await client.query(
      `insert into held_updates (campaign_id, lead_number, caller, groups, way, request_id, base_version, base, incoming, expires_at)
       select campaign_id, number, 'key:1', '{outcome}', 'classic', 'bench', 1, '{}', '{}', now() + interval '30 days'
       from leads where number % 2000 = 0 and campaign_id = any ($1)`,
      [ids],
    )
  })
  await client.query(
    'vacuum (analyze) leads, lead_phones, events, queue, call_records, held_updates, campaigns, allocations',
  )
  await checkpoint(client)
  await client.query('reset work_mem; reset synchronous_commit')
  say(`Filled ${thousands(leads)} leads in ${passed()}.`)
}
