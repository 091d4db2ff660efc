import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { sqlState } from '../src/db/again.ts'
import { DatabaseUnavailable, Pool } from '../src/db/pool.ts'
import type { None, Statement } from '../src/db/statement.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { errorResponse, wireTo } from './support/wire.ts'

/** A statement that the product does not have. */
const asked = (name: string, sql: string): Statement<None> => ({ name, sql, text: sql, parameters: [] })

const SETTINGS = asked(
  'settings',
  `select current_setting('synchronous_commit') as synchronous_commit,
    current_setting('transaction_isolation') as isolation, current_setting('TimeZone') as zone`,
)

test.each([
  ['off', 'on'],
  ['local', 'local'],
  ['remote_apply', 'remote_apply'],
])(
  'what is promised rests on no default of the database: synchronous_commit %s becomes %s',
  async (set, is) => {
    const connection = await cloneDatabase(inject('servers')[0]!.connection)
    const { database } = connection
    await admin(
      connection,
      `alter database ${database} set synchronous_commit = ${set};
     alter database ${database} set default_transaction_isolation = 'repeatable read';
     alter database ${database} set timezone = 'Australia/Sydney'`,
    )
    const pool = new Pool({ connection })
    const expected = { synchronous_commit: is, isolation: 'read committed', zone: 'UTC' }
    expect(await pool.query(SETTINGS)).toEqual([expected])
    expect(await pool.transaction((tx) => tx.query(SETTINGS))).toEqual([expected])
    await pool.close()
    await dropDatabase(connection)
  },
)

/** A pool behind a wire, and whether the team of the test is there by now. */
async function wired() {
  const connection = await cloneDatabase(inject('servers')[0]!.connection)
  const wire = await wireTo(connection)
  const pool = new Pool({ connection: wire.connection, connections_max: 1 })
  onTestFinished(async () => {
    await pool.close()
    await wire.close()
    await dropDatabase(connection)
  })
  const written = async () =>
    (await admin(connection, "select from teams where name = 'Made up'")).rows.length > 0
  /** The server does it and answers otherwise, once. */
  const answerFor = (
    statement: string,
    severity: string,
    sqlstate: string,
    after: 'cut' | 'go on' = 'cut',
  ) => {
    let told = false
    wire.fate = (name) => {
      if (told || name !== statement) return undefined
      told = true
      return { answer: errorResponse(severity, sqlstate), after }
    }
  }
  return { pool, wire, written, answerFor }
}

const ADD = asked('teams.madeUp', "insert into teams (name) values ('Made up')")
const LOOK = asked('teams.look', 'select team_id from teams')

describe.each([
  ['a commit', 'commit', (pool: Pool) => pool.transaction((tx) => tx.query(ADD))],
  ['a writing statement', 'teams.madeUp', (pool: Pool) => pool.query(ADD)],
] as const)('%s that is answered', (_, statement, write) => {
  test.each([
    ['PANIC', '58030'],
    ['PANIC', '53100'],
    ['PANIC', 'XX000'],
    ['FATAL', '58030'],
    ['FATAL', '25P03'],
    ['PANIK', '53100'],
    ['PANIK', '23505'],
  ])('%s %s is a lost connection: nobody knows what became of it', async (severity, sqlstate) => {
    const { pool, written, answerFor } = await wired()
    answerFor(statement, severity, sqlstate)
    await expect(write(pool)).rejects.toMatchObject({ name: 'Error', unknown: true })
    expect(await written()).toBe(true)
    // The dead connection is not used again.
    expect(await pool.query(LOOK)).toHaveLength(2)
  })

  test.each([
    ['ERROR', '53100'],
    ['ERROR', '58030'],
    ['FEHLER', '23505'],
  ])('%s %s has failed, and the connection goes on', async (severity, sqlstate) => {
    const { pool, answerFor } = await wired()
    answerFor(statement, severity, sqlstate, 'go on')
    const failure = await write(pool).catch((error: unknown) => error)
    expect(failure).not.toBeInstanceOf(DatabaseUnavailable)
    expect(sqlState(failure)).toBe(sqlstate)
    expect(await pool.query(LOOK)).not.toEqual([])
  })
})

test('a statement that only reads has written nothing, however its connection ended', async () => {
  const { pool, answerFor } = await wired()
  answerFor('teams.look', 'PANIC', '58030')
  await expect(pool.query(LOOK)).rejects.toMatchObject({ unknown: false })
})

test('a backend that ends at a safe point has written nothing', async () => {
  const { pool, answerFor } = await wired()
  answerFor('teams.madeUp', 'FATAL', '57P01')
  await expect(pool.query(ADD)).rejects.toMatchObject({ unknown: false })
})

test('a transaction that goes on after a failure is not taken for committed', async () => {
  const { pool, written } = await wired()
  const swallowing = pool.transaction(async (tx) => {
    await tx.query(ADD)
    await tx.query(asked('teams.wrong', 'select 1 / 0')).catch(() => undefined)
  })
  await expect(swallowing).rejects.toThrow('a failed transaction cannot be committed')
  expect(await written()).toBe(false)
})
