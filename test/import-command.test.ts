// `leadline import` as people and scripts run it.

import { readFileSync } from 'node:fs'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Import } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import { runCommand } from './support/command.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { Folder } from './support/read-files.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { url, key, connection, client } = leadline
const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())
afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const ON = { LEADLINE_URL: url, LEADLINE_API_KEY: key }
const run = (...args: string[]) => runCommand(['import', ...args], ON)
const IN = ['--campaign', '1', '--allocation', '1']
const leads = async () =>
  (await admin(connection, 'select count(*)::integer as leads from leads')).rows[0].leads as number

test('a file is taken, its refused rows are written to a file, and that is imported once it is corrected', async () => {
  const file = folder.put(`FirstPhone,City\n${mobile()},Perth\n,Broome\n${mobile()},Albany\n`, 'march.csv')
  const refused = folder.place()
  const before = await leads()
  const done = await run(file, ...IN, '--yes', '--rejects', refused)
  expect(done).toEqual({
    code: 6,
    out: 'rows\t3\ncreated\t2\nrejected\t1\ncode 102\t1\n',
    err: expect.stringMatching(/^The new leads: leadline export --import \d+\n1 refused rows are in .+\n$/),
  })
  expect(await leads()).toBe(before + 2)
  const text = readFileSync(refused, 'utf8')
  expect(text).toMatch(/^\ufeffFirstPhone,City,_row,_code,_field,_message\r\n,Broome,3,102,/)
  const corrected = folder.put(text.replace('\n,', `\n${mobile()},`))
  const again = await run(corrected, ...IN, '--yes')
  expect(again).toMatchObject({ code: 0, out: 'rows\t1\ncreated\t1\n' })
  expect(again.err).toMatch(
    /^The columns are mapped as in import \d+\.\nThe new leads: leadline export --import \d+\n$/,
  )
})

test('a dry run says what would become of the rows, and writes no lead', async () => {
  const file = folder.put(`FirstPhone\n${mobile()}\n12345678901234567890\n${mobile()}\n`)
  const before = await leads()
  const { code, out } = await run(file, ...IN, '--dry-run', '--mapping', mappingTo('FirstPhone'))
  expect({ code, out }).toEqual({ code: 6, out: 'rows\t3\ncreated\t2\nrejected\t1\ncode 1006\t1\n' })
  expect(await leads()).toBe(before)
})

test('it says which leads count as the same, and where they are looked for', async () => {
  const { body: other } = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id: 1,
    name: 'before',
  })
  const { body: part } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id: other.campaign_id,
    name: 'before',
  })
  const there = { template_id: 1, campaign_id: other.campaign_id, allocation_id: part.allocation_id }
  await client.insertLeadFast(there, { FirstPhone: mobile(), Email: 'ann@example.com', City: 'Perth' })
  const file = folder.put(`FirstPhone,Email,City\n${mobile()},Ann@example.com,PERTH\n`)
  const dedupe = ['--dedupe', 'template', '--dedupe-days', '30']
  const by = ['--dedupe-by', 'Email', '--dedupe-by', 'City']
  const { code, out } = await run(file, ...IN, '--dry-run', ...dedupe, ...by)
  expect({ code, out }).toEqual({ code: 6, out: 'rows\t1\nrejected\t1\ncode 105\t1\n' })
  const { body } = await client.imports({ limit: 1 })
  expect(body).toMatchObject({
    items: [{ dedupe: { scope: 'template', days: 30, by: 'fields', fields: ['Email', 'City'] } }],
  })
  expect(await run(file, ...IN, '--dry-run', '--dedupe-by', 'external_id')).toMatchObject({ code: 0 })
  expect(await run(file, ...IN, '--dry-run', '--dedupe-by', 'Shoe')).toMatchObject({
    code: 1,
    err: '/dedupe/fields/0 is no field of the template\n',
  })
  expect(await run(file, ...IN, '--dedupe', 'galaxy')).toMatchObject({ code: 2 })
})

const mappingTo = (field: string) =>
  folder.put(
    JSON.stringify({ columns: [{ column: 'FirstPhone', target: { to: 'field', field } }], constants: [] }),
  )

test('programs read a line of JSON for each step, and the import at the end', async () => {
  const file = folder.put(`FirstPhone\n${mobile()}\n`)
  const { code, out } = await runCommand(['--json', 'import', file, ...IN, '--yes'], ON)
  expect(code).toBe(0)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ state: 'reading', parts: 1, parts_all: 1 })
  expect(lines.at(-1)).toMatchObject({ state: 'done', file_name: expect.any(String), done: { created: 1 } })
})

test.each<[string, () => string[], number, RegExp]>([
  ['a file that is not there', () => ['/nowhere.csv', ...IN], 2, /nowhere\.csv cannot be read/],
  ['an empty file', () => [folder.put(''), ...IN], 2, /is empty/],
  [
    'a file that is none',
    () => [folder.put('PK\u0003\u0004 x'), ...IN, '--yes'],
    1,
    /cannot be read: The file is damaged/,
  ],
  ['no campaign', () => [folder.put('FirstPhone\n')], 2, /--campaign/],
  [
    'an unknown mode',
    () => [folder.put('x'), ...IN, '--mode', 'replace'],
    2,
    /it is insert, upsert or update/,
  ],
  ['a wrong share', () => [folder.put('x'), ...IN, '--stop-above', '101'], 2, /0 to 100/],
  [
    'a mapping that is none',
    () => [folder.put('x'), ...IN, '--mapping', folder.put('no')],
    2,
    /no JSON document/,
  ],
  [
    'a campaign that is not there',
    () => [folder.put('x'), '--campaign', '99', '--allocation', '1'],
    1,
    /another campaign/,
  ],
  [
    'nobody to ask',
    () => [folder.put(`FirstPhone\n${mobile()}\n`), ...IN],
    2,
    /nobody can be asked here: say --yes/,
  ],
  [
    'a mapping to a field that is not there',
    () => [folder.put(`FirstPhone\n${mobile()}\n`), ...IN, '--yes', '--mapping', mappingTo('Nothing')],
    1,
    /is no field of the template/,
  ],
])('%s is told', async (_, args, expected, words) => {
  const { code, err } = await run(...args())
  expect(code).toBe(expected)
  expect(err).toMatch(words)
})

test('an import that pauses says why, and fails', async () => {
  const { body } = await client.createAllocation({ campaign_id: 1, name: 'Archived later' })
  const { allocation_id } = body as { allocation_id: number }
  const file = folder.put(`FirstPhone\n${'12\n'.repeat(1_500)}${mobile()}\n`)
  const { code, err } = await run(
    file,
    '--campaign',
    '1',
    '--allocation',
    String(allocation_id),
    '--yes',
    '--stop-above',
    '0',
    '--mapping',
    mappingTo('FirstPhone'),
  )
  expect(code).toBe(1)
  expect(err).toMatch(/1000 of 1000 rows were refused, more than 0 %/)
})

test('an import that is cancelled meanwhile says how far it came, and fails', async () => {
  const file = folder.put(`FirstPhone\n${Array.from({ length: 20_000 }, mobile).join('\n')}\n`, 'long.csv')
  const running = run(file, ...IN, '--yes')
  let import_id = 0
  await until('it is running', async () => {
    const { items } = (await client.imports()).body as { items: Import[] }
    const found = items.find(({ file_name, state }) => file_name === 'long.csv' && state === 'running')
    import_id = found?.import_id ?? 0
    return found !== undefined
  })
  const cancelled = (await client.cancelImport(import_id)).body as Import
  expect(cancelled.state).toBe('cancelled')
  const { code, err } = await running
  expect(code).toBe(1)
  expect(err).toContain(`import ${import_id} is cancelled: ${cancelled.done?.rows} of 20000 rows were taken`)
})
