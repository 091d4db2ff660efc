import { expect, inject, test } from 'vitest'
import { admin, cloneDatabase, dropDatabase } from '../../test/support/postgres.ts'
import { Pool } from './pool.ts'

const SETTINGS = {
  name: 'settings',
  text: `select current_setting('synchronous_commit') as synchronous_commit,
    current_setting('transaction_isolation') as isolation, current_setting('TimeZone') as zone`,
}

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
