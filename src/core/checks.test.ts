import { expect, test } from 'vitest'
import {
  type Check,
  checkBackup,
  checkClocks,
  checkDisk,
  checkLaw,
  checkMigrations,
  checkNumbers,
  checkOneWrite,
  checkSettings,
  checkUpkeep,
  checkWrites,
  checkZones,
  type Settings,
  type Upkeep,
} from './checks.ts'
import { LEGAL_RULES } from './legal-hours.ts'

const GIB = 1024 ** 3
/** ok, warn or fail. */
const gradeOf = ({ ok, warning }: Check) => (ok ? 'ok' : warning ? 'warn' : 'fail')

test.for([
  [0, 'ok', 'less than 5 s'],
  [-4.9, 'ok', 'less than 5 s'],
  [5, 'warn', '5 s ahead of'],
  [-600.4, 'warn', '600 s behind'],
] as const)('clocks that are %d s apart: %s', ([ahead_s, grade, words]) => {
  const check = checkClocks(ahead_s)
  expect(gradeOf(check)).toBe(grade)
  expect(check.detail).toContain(words)
})

test.for([
  [null, 'fail', 'no write has been confirmed yet'],
  [0, 'ok', 'confirmed 0.0 s ago'],
  [10, 'ok', 'confirmed 10.0 s ago'],
  [10.1, 'fail', 'none confirmed for 10 s'],
] as const)('a last write %d s ago: %s', ([age_s, grade, words]) => {
  const check = checkWrites(age_s)
  expect(gradeOf(check)).toBe(grade)
  expect(check.detail).toContain(words)
})

test('a write that never comes back says where to look', () => {
  expect(gradeOf(checkOneWrite(0.002))).toBe('ok')
  expect(checkOneWrite(null)).toMatchObject({
    check: 'writes',
    ok: false,
    detail: expect.stringContaining('synchronous_standby_names'),
  })
})

test.for([
  [0, 'fail'],
  [GIB / 2 - 1, 'fail'],
  [GIB / 2, 'warn'],
  [4 * GIB - 1, 'warn'],
  [4 * GIB, 'ok'],
] as const)('a disk with %d bytes left: %s', ([free_bytes, grade]) => {
  expect(gradeOf(checkDisk({ free_bytes, size_bytes: 80 * GIB }))).toBe(grade)
})

const SOUND: Settings = {
  version: '18.4',
  version_num: 180_004,
  fsync: 'on',
  full_page_writes: 'on',
  autovacuum: 'on',
  encoding: 'UTF8',
  log_error_verbosity: 'terse',
  log_parameters: '0',
  read_only: false,
}
const VERSIONS = { min: 15, max: 18 }

test('sound settings are sound, and each unsound one says what to set', () => {
  expect(checkSettings(SOUND, VERSIONS).every(({ ok }) => ok)).toBe(true)
  for (const [setting, unsound] of Object.entries({
    fsync: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
    encoding: 'LATIN1',
    log_error_verbosity: 'default',
    log_parameters: '-1',
    read_only: true,
  })) {
    const wrong = checkSettings({ ...SOUND, [setting]: unsound }, VERSIONS).filter(({ ok }) => !ok)
    expect(wrong.map(({ check }) => check)).toEqual([setting])
    expect(wrong[0]!.detail).toMatch(/^\S+: .+; (set|create|point) /)
  }
})

test('a server that is too old fails, one that is newer than the tried ones warns', () => {
  const grade = (version_num: number) =>
    gradeOf(checkSettings({ ...SOUND, version_num }, VERSIONS).find(({ check }) => check === 'database')!)
  expect([140_009, 150_000, 180_004, 190_000].map(grade)).toEqual(['fail', 'ok', 'ok', 'warn'])
})

test('a schema that is behind warns, one that is newer fails', () => {
  expect(checkMigrations({ missing: [], newer: null }).ok).toBe(true)
  const behind = checkMigrations({ missing: ['0011-a.sql', '0012-b.sql'], newer: null })
  expect(gradeOf(behind)).toBe('warn')
  expect(behind.detail).toContain('2 not applied yet (0011-a.sql to 0012-b.sql)')
  const newer = checkMigrations({ missing: [], newer: '0099-later.sql' })
  expect(gradeOf(newer)).toBe('fail')
  expect(newer.detail).toContain('0099-later.sql')
})

const QUIET: Upkeep = { datname: 'leadline', xids: 1e6, multixacts: 1, holders: [], dead: [] }

test.for([
  [{}, 'ok'],
  [{ xids: 250_000_000 }, 'ok'],
  [{ xids: 600_000_000 }, 'warn'],
  [{ multixacts: 600_000_000 }, 'warn'],
  [{ xids: 1_500_000_000 }, 'fail'],
] as const)('transaction ids of age %o: %s', ([age, grade]) => {
  expect(checkUpkeep({ ...QUIET, ...age }).map(gradeOf)).toEqual([grade])
})

test('what holds cleaning up is named with the statement that ends it', () => {
  const checks = checkUpkeep({
    ...QUIET,
    holders: [
      { kind: 'transaction', name: '4711', detail: 'psql', age_s: 7_200 },
      { kind: 'prepared', name: 'order-7', detail: '', age_s: 90_000 },
      { kind: 'slot', name: 'standby_b', detail: '', age_s: null },
    ],
    dead: [{ table: 'queue', dead_rows: 500_000, rows: 10 }],
  }).slice(1)
  expect(checks.map(gradeOf)).toEqual(['warn', 'warn', 'warn', 'warn'])
  const [transaction, prepared, slot, dead] = checks.map(({ detail }) => detail)
  expect(transaction).toContain('(psql) has a transaction open for 2.0 h')
  expect(transaction).toContain('select pg_terminate_backend(4711)')
  expect(prepared).toContain("rollback prepared 'order-7'")
  expect(slot).toContain("select pg_drop_replication_slot('standby_b')")
  expect(dead).toContain('vacuum (analyze) queue')
})

test('the end of the proclaimed holidays is told a year ahead', () => {
  const { last_year } = LEGAL_RULES.AU.at(-1)!.proclaimed!
  const gradeOn = (today: string) => checkLaw(today).map(gradeOf)
  expect(gradeOn(`${last_year - 1}-12-30`)).toEqual(['ok'])
  expect(gradeOn(`${last_year - 1}-12-31`)).toEqual(['warn'])
  expect(gradeOn(`${last_year + 3}-01-01`)).toEqual(['warn'])
  expect(checkLaw(`${last_year}-06-01`)[0]!.detail).toContain(`known until ${last_year}-12-31`)
})

test('an upgrade tells how many leads have another clock, once they are counted', () => {
  expect(checkZones({ leads: 0, moved: 0, unfinished: 0 })).toEqual([])
  expect(checkZones({ leads: 9, moved: 4, unfinished: 1 })[0]).toMatchObject({
    ok: true,
    detail: expect.stringContaining('9 so far'),
  })
  expect(checkZones({ leads: 12, moved: 5, unfinished: 0 })[0]).toMatchObject({
    ok: true,
    detail: expect.stringContaining('5 of the 12 open leads'),
  })
})

test('a backup may be a week old, an archive of the log a day; a new installation has time', () => {
  const DAY_S = 86_400
  const grade = (found: Partial<Parameters<typeof checkBackup>[0]>) =>
    gradeOf(
      checkBackup({ age_s: null, installed_s: 30 * DAY_S, archived_s: null, archives: false, ...found }),
    )
  expect(grade({})).toBe('warn')
  expect(grade({ installed_s: 6 * DAY_S })).toBe('ok')
  expect(grade({ age_s: 7 * DAY_S })).toBe('ok')
  expect(grade({ age_s: 7.1 * DAY_S, installed_s: 8 * DAY_S })).toBe('warn')
  expect(grade({ archives: true, archived_s: DAY_S })).toBe('ok')
  expect(grade({ archives: true, archived_s: 2 * DAY_S })).toBe('warn')
  expect(grade({ archives: true })).toBe('warn')
  expect(grade({ archives: false, archived_s: 60 })).toBe('warn')
})

test('a half restored database is told before anything else of its schema', () => {
  const check = checkMigrations({ missing: ['0032-backups.sql'], newer: null, is_unfinished: true })
  expect(gradeOf(check)).toBe('fail')
  expect(check.detail).toContain('leadline restore')
})

test('leads that share a number are named, but not while numbers are rewritten', () => {
  const shared = [{ lead_id: '41-9', held_by: '41-7' }]
  expect(gradeOf(checkNumbers(false, []))).toBe('ok')
  expect(gradeOf(checkNumbers(true, shared))).toBe('ok')
  expect(gradeOf(checkNumbers(false, shared))).toBe('warn')
  expect(checkNumbers(false, shared).detail).toContain('41-9 with 41-7')
})
