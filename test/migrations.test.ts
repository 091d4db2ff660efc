// Migrations only move forward: their texts are fixed by a list of sums, in the repository and in every database.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import { migrate, sumOf } from '../src/db/migrate.ts'
import { Pool } from '../src/db/pool.ts'
import { startLeadline } from './support/leadline.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { ROOT } from './support/statements.ts'

const FOLDER = join(ROOT, 'migrations')
const textOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8')

/** The problems of migrations (name to text) by the list of their sums. */
function wrongBy(list: string, texts: ReadonlyMap<string, string>): string[] {
  const sums = new Map(
    list
      .trim()
      .split('\n')
      .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
  )
  const changed = [...sums].flatMap(([name, sum]) => {
    const text = texts.get(name)
    if (text === undefined) return [`${name} is gone`]
    return sumOf(text) === sum ? [] : [`${name} has changed: put its text back and make a new migration`]
  })
  const unlisted = [...texts].filter(([name]) => !sums.has(name))
  const missing = unlisted.map(([name, text]) => `add to migrations/checksums: ${sumOf(text)}  ${name}`)
  return [...changed, ...missing]
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'))
const texts = new Map(names.map((name) => [name, textOf(name)]))

test('a migration that has landed keeps its text, and a new one is listed with its sum', () => {
  expect(wrongBy(textOf('checksums'), texts)).toEqual([])
})

test('a changed one, one that is gone and one that is not listed are named', () => {
  const list = textOf('checksums')
  const without = new Map(texts)
  without.delete('0003-actions.sql')
  without.set('0001-foundation.sql', `${texts.get('0001-foundation.sql')} `)
  without.set('0099-new.sql', 'select 1')
  expect(wrongBy(list, without)).toEqual([
    '0001-foundation.sql has changed: put its text back and make a new migration',
    '0003-actions.sql is gone',
    `add to migrations/checksums: ${sumOf('select 1')}  0099-new.sql`,
  ])
  // The line ends of a checkout do not count as a change.
  const windows = new Map([...texts].map(([name, text]) => [name, text.replaceAll('\n', '\r\n')]))
  expect(wrongBy(list, windows)).toEqual([])
})

const connection = await cloneDatabase(inject('servers')[0]!.connection)
const pool = new Pool({ connection })
afterAll(async () => {
  await pool.close()
  await dropDatabase(connection)
})

const kept = async () =>
  (await admin(connection, 'select name, sum from schema_migrations order by version')).rows as {
    name: string
    sum: string | null
  }[]

beforeEach(async () => {
  for (const [name, text] of texts)
    await admin(connection, `update schema_migrations set sum = '${sumOf(text)}' where name = '${name}'`)
})

test('a database keeps the sum of what it has applied', async () => {
  expect(await kept()).toEqual(names.toSorted().map((name) => ({ name, sum: sumOf(texts.get(name)!) })))
  expect(await migrate(pool)).toEqual({ applied: [], changed: [] })
})

test('a text that differs from what was applied is named; the database is served all the same', async () => {
  await admin(connection, `update schema_migrations set sum = '${sumOf('another')}' where version in (2, 5)`)
  expect(await migrate(pool)).toEqual({ applied: [], changed: ['0002-feed.sql', '0005-search.sql'] })
  const leadline = await startLeadline({ connection })
  expect(await fetch(`${leadline.url}/readyz`)).toMatchObject({ status: 200 })
  await leadline.stop()
})

test('a database from before the sums goes on, whatever texts it had applied', async () => {
  await admin(connection, 'alter table schema_migrations drop column sum')
  expect(await migrate(pool)).toEqual({ applied: [], changed: [] })
  expect((await kept()).every(({ sum }) => sum === null)).toBe(true)
  await admin(
    connection,
    'delete from schema_migrations where version = 9; drop table job_workers; alter table call_records drop column request_digest',
  )
  expect(await migrate(pool)).toEqual({ applied: ['0009-answers.sql'], changed: [] })
  const sums = (await kept()).filter(({ sum }) => sum !== null)
  expect(sums).toEqual([{ name: '0009-answers.sql', sum: sumOf(texts.get('0009-answers.sql')!) }])
})
