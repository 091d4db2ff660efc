// Judges an installation for readyz, for the log of a start and for `leadline doctor`: figures go in, checks come out.
// The checks of readyz (database, writes, disk, clocks) name no host, user or path.

import { LEGAL_RULES } from './legal-hours.ts'

export interface Check {
  check: string
  ok: boolean
  /** An administrator should act, but the server can take leads. */
  warning?: true
  /** The finding and, when it is not ok, the remedy. */
  detail: string
}

const good = (check: string, detail: string): Check => ({ check, ok: true, detail })
const warn = (check: string, detail: string): Check => ({ check, ok: false, warning: true, detail })
const bad = (check: string, detail: string): Check => ({ check, ok: false, detail })

/** People notice a larger difference: callbacks go by one clock, contact hours by the other. */
export const CLOCKS_S_MAX = 5
/** Servers write every three seconds; an older last write means that writes have stalled. */
const WRITE_AGE_S_MAX = 10
const GIB = 1024 ** 3
/** With less room, PostgreSQL can fill the disk and stop before an administrator reacts. */
const DISK_BYTES_MIN = GIB / 2
/** The write-ahead log alone may take this much (max_wal_size). */
const DISK_BYTES_LOW = 4 * GIB

export const checkAnswer = (answers: boolean): Check =>
  answers
    ? good('database', 'answers')
    : bad('database', 'does not answer in time: see that PostgreSQL runs and can be reached')

/** `age_s`: seconds since the last confirmed write; null: no write was confirmed yet. */
export function checkWrites(age_s: number | null): Check {
  if (age_s !== null && age_s <= WRITE_AGE_S_MAX) return good('writes', `confirmed ${age_s.toFixed(1)} s ago`)
  const since =
    age_s === null ? 'no write has been confirmed yet' : `none confirmed for ${age_s.toFixed(0)} s`
  return bad('writes', `${since}: ${STALLED}`)
}

export const checkOneWrite = (took_s: number | null): Check =>
  took_s === null ? bad('writes', STALLED) : good('writes', `on disk after ${took_s.toFixed(3)} s`)

const STALLED =
  'a small write does not reach the disk in time. See whether the disk is full or hangs and, if synchronous_standby_names is set, whether that standby is connected'

/** `whose`: the machine whose clock was compared with the database's. */
export function checkClocks(ahead_s: number, whose = 'this server'): Check {
  const apart = Math.abs(ahead_s)
  if (apart < CLOCKS_S_MAX)
    return good('clocks', `the clock of ${whose} is less than ${CLOCKS_S_MAX} s from the database's`)
  const way = ahead_s > 0 ? 'ahead of' : 'behind'
  return warn(
    'clocks',
    `the clock of ${whose} is ${apart.toFixed(0)} s ${way} the database's: set both by NTP, or leads are called outside their contact hours`,
  )
}

export function checkDisk({ free_bytes, size_bytes }: { free_bytes: number; size_bytes: number }): Check {
  const gib = (bytes: number) => (bytes / GIB).toFixed(1)
  const found = `${gib(free_bytes)} of ${gib(size_bytes)} GiB are free`
  if (free_bytes < DISK_BYTES_MIN)
    return bad('disk', `${found}: free some space or make the disk larger; PostgreSQL stops when it is full`)
  if (free_bytes < DISK_BYTES_LOW)
    return warn('disk', `${found}: make the disk larger; the write-ahead log alone may take 4 GiB`)
  return good('disk', found)
}

export interface Settings {
  version: string
  /** 180004 */
  version_num: number
  fsync: string
  full_page_writes: string
  autovacuum: string
  encoding: string
  log_error_verbosity: string
  log_parameters: string
  read_only: boolean
}

export function checkSettings(settings: Settings, versions: { min: number; max: number }): Check[] {
  const major = Math.floor(settings.version_num / 10_000)
  const name = `PostgreSQL ${settings.version}`
  const is = (check: Exclude<keyof Settings, 'version_num'>, wanted: string | boolean, why: string): Check =>
    settings[check] === wanted ? good(check, String(wanted)) : bad(check, `${settings[check]}: ${why}`)
  const { min, max } = versions
  return [
    major < min
      ? bad('database', `${name} is too old: Leadline needs ${min} to ${max}`)
      : major > max
        ? warn('database', `${name} is newer than Leadline was tried with: use ${min} to ${max}`)
        : good('database', name),
    is('fsync', 'on', 'an acknowledged lead can be lost; set fsync = on'),
    is('full_page_writes', 'on', 'a crash can tear pages; set full_page_writes = on'),
    is('autovacuum', 'on', 'tables grow without end, and one day PostgreSQL stops; set autovacuum = on'),
    is('encoding', 'UTF8', 'names would be lost; create the database with UTF8'),
    is('read_only', false, 'nothing can be written; point DATABASE_URL to the primary'),
    is('log_error_verbosity', 'terse', 'the server logs phone numbers of refused leads; set terse'),
    is('log_parameters', '0', 'the server may log values; set log_parameter_max_length_on_error = 0'),
  ]
}

/** Says that a migration has another text than the database has applied, and what to do. */
export const explainChanged = (name: string) =>
  `${name} is not the text that this database has applied, so its schema may differ from what this Leadline expects. Install the released version, whose migrations never change.`

/**
 * Names of migrations: `missing`: the database lacks them; `changed`: it has applied another text; `newer`: this Leadline
 * does not know it; `is_unfinished`: the database is half restored.
 */
export function checkMigrations({
  missing,
  changed = [],
  newer,
  is_unfinished = false,
}: {
  missing: string[]
  changed?: string[]
  newer: string | null
  is_unfinished?: boolean
}): Check {
  if (is_unfinished)
    return bad(
      'migrations',
      'a restore runs, or was cut off: if none runs, start it again with "leadline restore FILE"',
    )
  if (newer !== null)
    return bad(
      'migrations',
      `the database is newer than this Leadline (its last migration is ${newer}): use the version that made it, or a newer one`,
    )
  if (changed.length > 0) return bad('migrations', changed.map(explainChanged).join(' '))
  if (missing.length === 0) return good('migrations', 'the schema is the one of this version')
  const until = missing.length === 1 ? missing[0] : `${missing[0]} to ${missing.at(-1)}`
  return warn(
    'migrations',
    `${missing.length} not applied yet (${until}): the next start applies them, or "leadline migrate"`,
  )
}

/** Started allocations whose wash is over within three days; `first`: when the first one is, RFC 3339. */
export function checkWashes({ allocations, first }: { allocations: number; first: string | null }): Check[] {
  if (allocations === 0 || first === null) return []
  const which = allocations === 1 ? 'allocation' : 'allocations'
  return [
    warn(
      'washes',
      `the wash of ${allocations} started ${which} is over within 3 days, the first one ${first}: wash again ("leadline dnc wash"), or nobody is called there any more`,
    ),
  ]
}

/** The numbers that still have two forms. `shared`: pairs of leads that have one number now. */
export function checkNumbers(
  is_rewriting: boolean,
  shared: readonly { lead_id: string; held_by: string }[],
): Check {
  const check = 'numbers'
  if (is_rewriting) return good(check, 'numbers are being rewritten in one form, while the server runs')
  if (shared.length === 0) return good(check, 'each number has one form')
  const pairs = shared.map(({ lead_id, held_by }) => `${lead_id} with ${held_by}`).join(', ')
  return warn(
    check,
    `leads share a number that they had in two forms: close or forget one of each pair: ${pairs}`,
  )
}

export interface Upkeep {
  /** The database with the oldest transaction ids, and their age. */
  datname: string
  xids: number
  multixacts: number
  /** These keep vacuum and the search index from making progress. */
  holders: { kind: 'transaction' | 'prepared' | 'slot'; name: string; detail: string; age_s: number | null }[]
  /** Tables in which autovacuum leaves too many dead rows. */
  dead: { table: string; dead_rows: number; rows: number }[]
}

/** PostgreSQL refuses writes at about 2.1 billion; autovacuum freezes from 200 million on. */
const XIDS = { warn: 600_000_000, bad: 1_500_000_000 }

export function checkUpkeep({ datname, xids, multixacts, holders, dead }: Upkeep): Check[] {
  const oldest = Math.max(xids, multixacts)
  const millions = `the oldest transaction ids of database ${datname} are ${(oldest / 1e6).toFixed(1)} million old`
  const freeze = `${millions}, and at 2,100 million PostgreSQL takes no more writes: end what is named below, then run "vacuumdb --all --freeze"`
  return [
    oldest >= XIDS.bad
      ? bad('wraparound', freeze)
      : oldest >= XIDS.warn
        ? warn('wraparound', freeze)
        : good('wraparound', millions),
    ...holders.map(checkHolder),
    ...dead.map(({ table, dead_rows, rows }) =>
      warn(
        'dead_rows',
        `table ${table} has ${dead_rows} dead rows beside ${rows}: run "vacuum (analyze) ${table}"; if they come back, raise autovacuum_vacuum_cost_limit`,
      ),
    ),
  ]
}

function checkHolder({ kind, name, detail, age_s }: Upkeep['holders'][number]): Check {
  const hours = age_s === null ? '' : ` for ${(age_s / 3_600).toFixed(1)} h`
  switch (kind) {
    case 'transaction':
      return warn(
        'long_transaction',
        `process ${name} (${detail}) has a transaction open${hours}; meanwhile search and cleaning wait: end it, if need be with "select pg_terminate_backend(${name})"`,
      )
    case 'prepared':
      return warn(
        'long_transaction',
        `the prepared transaction ${name} is open${hours}: commit it, or run "rollback prepared '${name}'"`,
      )
    case 'slot':
      return warn(
        'replication_slot',
        `nothing reads the replication slot ${name}, which keeps the log of changes on the disk: start its standby, or run "select pg_drop_replication_slot('${name}')"`,
      )
    default:
      return kind satisfies never
  }
}

const DAY_S = 86_400
/** A backup that is older may be one that nobody noticed to have stopped. */
const BACKUP_AGE_S_MAX = 7 * DAY_S
/** PostgreSQL's archive of its log is given up sooner: it is written all the time. */
const ARCHIVE_AGE_S_MAX = DAY_S

/**
 * Ages in seconds: `age_s`: of the last backup; `installed_s`: of the installation; `archived_s`: of the last file of the
 * log that the server has archived, where it does so (`archives`).
 */
export function checkBackup({
  age_s,
  installed_s,
  archived_s,
  archives,
}: {
  age_s: number | null
  installed_s: number | null
  archived_s: number | null
  archives: boolean
}): Check {
  const check = 'backup'
  const days = (seconds: number) => `${(seconds / DAY_S).toFixed(1)} days`
  if (archives && archived_s !== null && archived_s <= ARCHIVE_AGE_S_MAX)
    return good(check, `the server archives its log; the last file ${days(archived_s)} ago`)
  if (age_s !== null && age_s <= BACKUP_AGE_S_MAX) return good(check, `the last one is ${days(age_s)} old`)
  const remedy = 'run "leadline backup" every night, and keep the files on another machine'
  if (age_s !== null) return warn(check, `the last one is ${days(age_s)} old: ${remedy}`)
  if (installed_s !== null && installed_s <= BACKUP_AGE_S_MAX)
    return good(check, 'there is none yet; a warning comes when the installation is a week old')
  return warn(check, `there is none: ${remedy}`)
}

/** The leads that an upgrade to zone sets has found: how many have another clock now than that of their contact hours. */
export function checkZones({
  leads,
  moved,
  unfinished,
}: {
  leads: number
  moved: number
  unfinished: number
}): Check[] {
  const check = 'zones'
  if (unfinished > 0)
    return [good(check, `the zones of leads are being worked out, while the server runs: ${leads} so far`)]
  if (moved === 0) return []
  return [
    good(
      check,
      `since the upgrade leads are called by the clock of the called person: ${moved} of the ${leads} open leads had that of their contact hours before`,
    ),
  ]
}

/** Warns a year before a table of proclaimed holidays ends. `today`: '2026-11-26'. */
export function checkLaw(today: string): Check[] {
  return Object.entries(LEGAL_RULES).flatMap(([jurisdiction, rules]) => {
    const { proclaimed } = rules.at(-1)!
    if (!proclaimed) return []
    const end = `${proclaimed.last_year}-12-31`
    const known = `proclaimed holidays of ${jurisdiction} are known until ${end}`
    if (Temporal.PlainDate.from(today).add({ years: 1 }).toString() < end) return good('law', known)
    return warn(
      'law',
      `${known}: upgrade Leadline, and until then enter such days as exceptions of the contact hours`,
    )
  })
}
