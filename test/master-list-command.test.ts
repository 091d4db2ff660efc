// `leadline master-list` as people and scripts run it.

import { afterAll, afterEach, expect, test } from 'vitest'
import type { MasterList } from '../src/client/api.ts'
import { postMasterList } from '../src/client/master-lists.ts'
import { checkDatabase } from './support/check-database.ts'
import { runCommand } from './support/command.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { Folder } from './support/read-files.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { url, key, connection, client, target } = leadline
const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())
afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const ON = { LEADLINE_URL: url, LEADLINE_API_KEY: key }
const run = (...args: string[]) => runCommand(['master-list', ...args], ON)
const OF = ['--template', String(target.template_id)]

test('a list is loaded, listed and removed', async () => {
  const phone = mobile()
  const file = folder.put(`FirstPhone,Colour\n${phone},red\n12,blue\n`, 'customers.csv')
  const { code, out, err } = await run('load', file, ...OF)
  expect({ code, out }).toEqual({
    code: 0,
    out: 'list 1\ttemplate 1\tserving\t2 rows\t1 entries\t1 not compared\n',
  })
  expect(err).toMatch(/^list 1: 100 % sent\n/)
  expect(err).toMatch(/\n1 of 2 rows have no values that reach 100 points\n$/)
  await until('the lead is refused', async () => {
    const { code } = await client.insertLeadFast(target, { FirstPhone: phone })
    return code === 105
  })
  expect(await run('list', ...OF)).toMatchObject({ code: 0, out })
  expect(await run('remove', '1')).toMatchObject({
    code: 0,
    out: 'list 1\ttemplate 1\tremoved\t2 rows\t1 entries\t1 not compared\n',
  })
})

test('points and a threshold are said; programs read a line of JSON for each step', async () => {
  const file = folder.put('Name,PostCode\nAnn Lee,3067\n')
  const points = ['--points', 'Name=60', '--points', 'PostCode=30']
  const { code, out } = await runCommand(
    ['--json', 'master-list', 'load', file, ...OF, ...points, '--threshold', '90'],
    ON,
  )
  expect(code).toBe(0)
  const steps: MasterList[] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(steps.at(-1)).toMatchObject({
    state: 'serving',
    points: { Name: 60, PostCode: 30 },
    threshold: 90,
    entries: 1,
  })
})

test('a list that cannot be compared says what to do, with exit code 1', async () => {
  const file = folder.put('Colour\nred\n')
  expect(await run('load', file, ...OF, '--points', 'FirstPhone=100', '--threshold', '100')).toMatchObject({
    code: 1,
    out: expect.stringContaining('\tfailed\t'),
    err: expect.stringContaining('No column of the file is a field that has points.'),
  })
  const refused = await run('load', file, ...OF, '--points', 'Shoe=100')
  expect(refused).toMatchObject({ code: 1, err: '/points/Shoe is no field of the template\n' })
})

test('a list whose sending was cut off is gone on with, by the same file', async () => {
  const text = `FirstPhone\n${mobile()}\n`
  const made = await postMasterList(client, {
    template_id: target.template_id,
    name: 'cut.csv',
    bytes: text.length,
    points: { FirstPhone: 100 },
    threshold: 100,
  })
  const { list_id } = made.body as MasterList
  const other = folder.put(`${text}${mobile()}\n`)
  expect(await run('load', other, '--resume', String(list_id))).toMatchObject({
    code: 2,
    err: expect.stringContaining(`is not the file of list ${list_id}: it has another length`),
  })
  expect(await run('load', folder.put(text), '--resume', String(list_id))).toMatchObject({
    code: 0,
    out: expect.stringContaining(`list ${list_id}\ttemplate 1\tserving\t1 rows`),
  })
})

test.for([
  [['load', 'no-such-file.csv', ...OF], 'no-such-file.csv cannot be read (ENOENT)'],
  [['load', '.', ...OF], '. is no file'],
  [['load', 'package.json'], '--template says whose new leads are compared'],
  [['load', 'package.json', ...OF, '--points', 'Phone'], '--points takes a field and a number: Phone=100'],
] as const)('%j is wrong usage', async ([args, said]) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(said) })
})
