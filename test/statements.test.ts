import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, inject, test } from 'vitest'
import { STATEMENTS, type Statement } from '../src/db/statement.ts'
import { type Connection, cloneDatabase, dropDatabase, INSTALLED } from './support/postgres.ts'
import { declaredStatements, neverExecuted, ROOT } from './support/statements.ts'

const declared = declaredStatements()
for (const file of new Set(declared.map((statement) => statement.file))) await import(file)
const statements: readonly Statement[] = [...STATEMENTS.values()]

test('every statement that the sources declare is loaded, and none is found twice', () => {
  const names = declared.map(({ name }) => name).sort()
  expect(names).toEqual([...STATEMENTS.keys()].sort())
  expect(new Set(names).size).toBe(names.length)
})

test('a statement is called noun.deed and begins with its name, so that a log of slow queries can be read', () => {
  for (const { name, text } of statements) {
    expect(name).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/)
    expect(text.startsWith(`/* ${name} */ `)).toBe(true)
  }
})

test('a second statement of a name is refused when it is declared', async () => {
  const { statement } = await import('../src/db/statement.ts')
  expect(() => statement('leads.insertBatch', 'select 1')).toThrow(
    'two statements are called leads.insertBatch',
  )
})

test('only the driver, migrations, backups, the making of indexes and the start of PostgreSQL ask outside of declared statements', () => {
  const asking = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) =>
    /\bclient\.query\b/.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(asking.sort()).toEqual([
    'src/db/catalog.ts',
    'src/db/index-change.ts',
    'src/db/load.ts',
    'src/db/migrate.ts',
    'src/db/pool.ts',
    'src/db/snapshot.ts',
    'src/db/unfinished-restore.ts',
    'src/embedded-postgres/ready.ts',
  ])
})

test('a statement that no test executed is named, and the others are not', () => {
  const [some, other] = declared
  expect(neverExecuted([some!, other!], new Set([some!.name, 'begin']))).toEqual([other!.name])
  expect(neverExecuted(declared, new Set(declared.map(({ name }) => name)))).toEqual([])
})

const sql = (...names: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts/sql.ts'), ...names], { encoding: 'utf8' })

test('statements are listed, and printed as they are written', () => {
  expect(sql().stdout.trim().split('\n')).toEqual([...STATEMENTS.keys()].sort())
  expect(sql('campaigns.create').stdout).toBe(`-- campaigns.create
\\set name null
\\set template_id null
\\set team_ids null
insert into campaigns as c (template_id, name)
select t.template_id, :name from templates t
where t.template_id = :template_id and (:team_ids::integer[] is null or t.team_id = any (:team_ids))
returning c.campaign_id, c.template_id, c.name, c.archived_at, c.version, c.created_at;

`)
  expect(sql('campaigns.make')).toMatchObject({
    status: 1,
    stderr: 'no statement is called campaigns.make; npm run sql lists the names\n',
  })
})

const servers = inject('servers')
const open: { client: pg.Client; database: Connection }[] = []

afterAll(async () => {
  for (const { client, database } of open) {
    await client.end()
    await dropDatabase(database)
  }
})

async function connect(connection: Connection): Promise<pg.Client> {
  const database = await cloneDatabase(connection)
  const client = new pg.Client(database)
  await client.connect()
  open.push({ client, database })
  return client
}

test('the servers of the run are the newest version that is taken, and an older one where it is installed', () => {
  expect(servers.map(({ major }) => major)[0]).toBe(18)
})

// These grow with every lead: nothing reads one from end to end, not even with a plan that was made while they were
// empty, because such a plan stays until the next analyze.
const LEAD_DATA = new Set([
  'action_runs',
  'attempts',
  'audit_log',
  'call_records',
  'claims',
  'dnc_entries',
  'events',
  'held_updates',
  'lead_phones',
  'lead_texts',
  'leads',
  'leases',
  'queue',
])

// A condition on the key alone still walks the table in its order: where a narrower index is there, it is used.
const INDEX_OF = [
  ['actionRuns.listOfAction', 'action_runs_by_action', 'action_id'],
  ['actionRuns.listOfState', 'action_runs_by_state', 'state'],
  ['audit.ofActor', 'audit_log_by_actor', 'actor'],
  ['audit.ofNoun', 'audit_log_by_noun', 'split_part'],
  ['audit.ofRequest', 'audit_log_by_request', 'request_id'],
  ['audit.ofSubject', 'audit_log_by_subject', 'subject'],
  ['audit.list', 'audit_log_by_time', 'at'],
  ['calls.ofLead', 'call_records_by_lead', 'lead_number'],
  ['calls.ofRequest', 'call_records_by_lead', 'lead_number'],
  ['dnc.check', 'dnc_entries_standing', 'phone'],
  ['heldUpdates.countOpen', 'held_updates_open', 'held_update_id'],
  ['heldUpdates.listInState', 'held_updates_by_state', 'state'],
  ['heldUpdates.listOpen', 'held_updates_open', 'held_update_id'],
  ['heldUpdates.listOfLead', 'held_updates_by_lead', 'lead_number'],
  ['heldUpdates.settle', 'held_updates_pkey', 'held_update_id'],
  ['heldUpdates.supersede', 'one_open_held_update_per_caller_and_groups', 'hash_array_extended'],
] as const

// These read more than one index; among them is the one that they are for, by this column.
const WALKS_OF = [
  ['figures.backlog', 'held_updates_by_expiry', 'expires_at'],
  ['figures.backlog', 'action_runs_by_state', 'state'],
  ['figures.backlog', 'events_by_tx', 'tx'],
  ['figures.oldestDue', 'queue_ready_by_zone', 'due_at'],
  ['figures.oldestDue', 'queue_wake', 'wake_at'],
  ['actionRuns.listOfLead', 'action_runs_by_lead', 'lead_number'],
  ['actionRuns.listOfTeams', 'action_runs_by_campaign', 'campaign_id'],
  ['dnc.listOfTeams', 'dnc_entries_by_campaign', 'changed_tx'],
  ['dnc.listOfTeams', 'dnc_entries_by_list', 'changed_tx'],
  ['heldUpdates.listExpired', 'held_updates_by_state', 'state'],
  ['heldUpdates.listExpired', 'held_updates_open', 'held_update_id'],
  ['callbackMoves.next', 'leads_pkey', 'number'],
  ['calls.ofAllocation', 'call_records_by_allocation_and_disposition', 'allocation_id'],
  ['calls.ofCampaign', 'call_records_by_disposition', 'disposition'],
  ['dnc.list', 'dnc_entries_by_list', 'changed_tx'],
  ['dnc.listOfPhone', 'dnc_entries_by_phone', 'phone'],
  ['dncFiles.sweepMarked', 'dnc_entries_ending', 'ends_with'],
  ['dnc.rewind', 'dnc_entries_by_list', 'changed_tx'],
  ['leadTexts.index', 'events_by_tx', 'tx'],
  ['leadTexts.refold', 'lead_texts_pkey', 'lead_number'],
  ['leadTexts.waiting', 'events_by_tx', 'tx'],
  ['leads.recycle', 'leases_running', 'lead_number'],
  ['leads.updateBatch', 'leases_running', 'lead_number'],
  ['search.collectCallbacks', 'leads_by_callback', 'callback_at'],
  ['search.collectConflicts', 'held_updates_open', 'held_update_id'],
  ['search.collectTerms', 'lead_texts_by_term', 'search_terms'],
  ['search.collectTrigrams', 'lead_texts_by_trigram', 'text'],
  ['search.exact', 'one_lead_per_external_id', 'external_id'],
  ['search.walkAllocation', 'leads_by_allocation', 'allocation_id'],
  ['search.walkChangedBy', 'events_by_actor', 'actor'],
  ['search.walkDisposition', 'leads_by_disposition', 'disposition'],
  ['search.walkLeads', 'leads_pkey', 'number'],
  ['search.walkTexts', 'lead_texts_pkey', 'lead_number'],
] as const

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Plan[]
}

/** The tables of lead data that a plan reads without a condition on an index. */
function readWhole(plan: Plan, table = ''): string[] {
  const name = plan['Relation Name'] ?? table
  const reads = /^(Seq|Index|Index Only|Bitmap Index) Scan$/.test(plan['Node Type'])
  const whole = reads && LEAD_DATA.has(name) && plan['Index Cond'] === undefined
  // A bitmap of an index names its table one node above.
  return [...(whole ? [name] : []), ...(plan.Plans ?? []).flatMap((below) => readWhole(below, name))]
}

/** The conditions on an index of a plan, one for each time that it reads the index. */
const conditionsOn = (plan: Plan, index: string): string[] => [
  ...(plan['Index Name'] === index ? [plan['Index Cond'] ?? ''] : []),
  ...(plan.Plans ?? []).flatMap((below) => conditionsOn(below, index)),
]

const seqScans = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name']!] : []),
  ...(plan.Plans ?? []).flatMap(seqScans),
]

const planOf = async (client: pg.Client, text: string): Promise<Plan> =>
  (await client.query(`explain (format json) ${text}`)).rows[0]['QUERY PLAN'][0].Plan

/** The plan of a prepared statement, whatever its parameters are. */
async function plannedOf(client: pg.Client, name: string): Promise<Plan> {
  const prepared = await client.query(
    'select parameter_types::text[] as types from pg_prepared_statements where name = $1',
    [name],
  )
  const { types } = prepared.rows[0] as { types: string[] }
  const values = types.length > 0 ? `(${types.map(() => 'null').join(', ')})` : ''
  return planOf(client, `execute "${name}" ${values}`)
}

for (const { major, connection } of servers.filter(({ major }) => major === 15))
  test(`psql of PostgreSQL ${major} takes every statement as it is printed`, async () => {
    const database = await cloneDatabase(connection)
    const printed = sql(...STATEMENTS.keys()).stdout
    const explained = printed.replaceAll(/^(-- \w+\.\w+\n(?:\\set .*\n)*)/gm, '$1explain ')
    const { host, port, user } = database
    const psql = spawnSync(
      join(INSTALLED, 'psql'),
      ['-X', '-q', '-h', host, '-p', String(port), '-U', user, database.database],
      { input: explained, encoding: 'utf8' },
    )
    expect(psql.stderr).toBe('')
    expect(psql.stdout.match(/QUERY PLAN/g)).toHaveLength(STATEMENTS.size)
    await dropDatabase(database)
  })

for (const { major, connection } of servers) {
  const client = await connect(connection)
  // As the pool sets it: with sequential scans off, one is planned only where nothing else is possible.
  await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
  // As a database has it that was there before 0023, until its successor is made.
  await client.query('create index lead_texts_by_trigram on lead_texts using gin (text gin_trgm_ops)')

  test.for(statements)(`PostgreSQL ${major} prepares and plans $name`, async ({ name, text }) => {
    await client.query(`prepare "${name}" as ${text}`)
    expect(readWhole(await plannedOf(client, name))).toEqual([])
  })

  test(`PostgreSQL ${major} reads no full queue from end to end`, async () => {
    const full = await connect(connection)
    await full.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
    await full.query(
      `set session_replication_role = replica;
       insert into campaigns (template_id, name) values (1, 'one');
       insert into allocations (campaign_id, name) values (1, 'one');
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, zone_set, priority, state)
       select 1, number, 1, 0, 0, 10, 'ready' from generate_series(1, 400000) as number;
       insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select 1, number, 'Phone', 64210000000 + number, 'ok' from generate_series(1, 400000) as number;
       analyze`,
    )
    const whole: string[] = []
    for (const { name, text } of statements) {
      await full.query(`prepare "${name}" as ${text}`)
      const plan = await plannedOf(full, name)
      // An index of some of its places has none of them here: to read all of that costs nothing.
      if (conditionsOn(plan, 'queue_pkey').includes('') || seqScans(plan).includes('queue')) whole.push(name)
    }
    expect(whole).toEqual([])
  })

  test.for(INDEX_OF)(`PostgreSQL ${major} reads $0 by $1`, async ([name, index, column]) => {
    const plan = await plannedOf(client, name)
    expect(conditionsOn(plan, index)).toEqual([expect.stringContaining(column)])
    expect(JSON.stringify(plan)).not.toContain('"Node Type":"Sort"')
  })

  test.for(WALKS_OF)(`PostgreSQL ${major} reads $0 by $1 among others`, async ([name, index, column]) => {
    const plan = await plannedOf(client, name)
    expect(conditionsOn(plan, index)).toContainEqual(expect.stringContaining(column))
  })

  // Numbers of leads are unique without it, so nothing else would notice; only a place in a campaign can be a partition's.
  test(`PostgreSQL ${major} names the campaign wherever an index begins with it`, async () => {
    const { rows } = await client.query(
      `
      select indexrelid::regclass::text as index from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = 'campaign_id'
      where i.indrelid::regclass::text = any ($1)`,
      [[...LEAD_DATA]],
    )
    const by_campaign = rows.map(({ index }) => index as string)
    const without: string[] = []
    for (const { name } of statements) {
      const plan = await plannedOf(client, name)
      for (const index of by_campaign)
        if (conditionsOn(plan, index).some((condition) => !condition.includes('campaign_id')))
          without.push(`${name} ${index}`)
    }
    expect(without).toEqual([])
  })

  // With two keys that begin alike, a lookup by both their ends could take either: one of them reads the whole campaign.
  test(`PostgreSQL ${major} looks leads up by their key`, async () => {
    for (const { name } of statements) {
      const plan = await plannedOf(client, name)
      for (const condition of conditionsOn(plan, 'leads_by_allocation'))
        expect(condition, name).toContain('allocation_id')
    }
  })

  test(`PostgreSQL ${major} shows it when a statement would read a table from end to end`, async () => {
    for (const text of [
      "select from leads where source = 'web'",
      "select from lead_phones where state = 'wrong'",
      'select count(*) from events',
    ])
      expect(readWhole(await planOf(client, text))).toHaveLength(1)
  })
}
