// `leadline backup` and `leadline restore`.

import type { Config } from '../../config.ts'
import { hasEmbedded } from '../../db/embedded.ts'
import type { Pool } from '../../db/pool.ts'
import { forgottenIds } from '../../db/snapshot.ts'
import type { Cli } from '../cli.ts'
import { withDatabase } from '../database.ts'
import { megabytes, showing } from '../progress.ts'
import { stoppable } from '../stop-signal.ts'
import { say, tell } from '../terminal.ts'
import { BackupError, openArchive } from './archive.ts'
import { readLedger } from './ledger.ts'
import { checkLevel, restoreBackup } from './restore.ts'
import { takeBackup } from './take.ts'
import { verifyBackup } from './verify.ts'

export function addBackupCommands(cli: Cli): void {
  const { group, sub } = cli.group(
    'backup',
    'write the whole database to one file, while the server runs',
    'backup',
    'backup /mnt/backups/leadline-monday.backup',
  )
  group
    .argument('[file]', 'a new file; without one: leadline-DATE.backup in this folder')
    .addHelpText(
      'after',
      '\nThe file holds personal data. Only its owner may read it; keep it like the database itself.',
    )
    .action(async (file?: string) => {
      const path = file ?? `leadline-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`
      const backup = await stoppable((signal) =>
        withInstallation(cli.config(), (pool) =>
          showing((progress) => takeBackup(pool, path, progress.add, signal)),
        ),
      )
      const { manifest, bytes, seconds } = backup
      const { snapshot_at, tables, forgotten } = manifest
      cli.show(
        {
          file: path,
          bytes,
          seconds,
          snapshot_at,
          rows: Object.fromEntries(tables.map(({ table, rows }) => [table, rows])),
          forgotten: forgotten.rows,
        },
        () => {
          const leads = tables.find(({ table }) => table === 'leads')?.rows ?? 0
          return `${path}: ${leads} leads as of ${snapshot_at}, ${megabytes(bytes)} in ${seconds.toFixed(1)} s`
        },
      )
    })

  sub(
    'verify',
    'restore a backup into a database that is thrown away, and compare every table with its checksum',
    'backup verify leadline-monday.backup',
  )
    .argument('<file>', 'the backup')
    .option(
      '--in <folder>',
      'where there is room for the database; without it: the folder of temporary files',
    )
    .action(async (file: string, options: { in?: string }) => {
      const archive = await opened(file)
      const { snapshot_at, tables } = archive.manifest
      await stoppable((signal) =>
        showing((progress) => verifyBackup(archive, progress.add, signal, options.in)),
      )
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      cli.show(
        { file, snapshot_at, tables: tables.length, rows },
        () => `${file} is whole: ${rows} rows in ${tables.length} tables, as of ${snapshot_at}`,
      )
    })

  sub(
    'forgotten',
    'the ids of the leads that were forgotten, for "restore --forgotten"',
    'backup forgotten > forgotten.txt',
  ).action(async () => {
    const ids = await withInstallation(cli.config(), forgottenIds)
    if (cli.json) cli.show(ids, () => [])
    else for (const id of ids) tell(id)
  })
}

interface RestoreChoices {
  forgotten?: string
  gap: boolean
}

export function addRestoreCommand(cli: Cli): void {
  cli
    .command(
      'restore',
      'bring a backup into an empty database: a new LEADLINE_DATA_DIR, or the one of DATABASE_URL',
      'restore leadline-monday.backup',
      'restore leadline-monday.backup --forgotten forgotten.txt',
    )
    .argument('<file>', 'the backup')
    .option(
      '--forgotten <file>',
      'leads that were forgotten since: a newer backup, or what "backup forgotten" printed',
    )
    .option('--no-gap', 'nothing was written after the backup: ids go on without a gap')
    .action(async (file: string, { forgotten, gap }: RestoreChoices) => {
      const archive = await opened(file)
      const leads = forgotten === undefined ? [] : await readLedger(forgotten)
      const { snapshot_at, tables } = archive.manifest
      const restored = await withDatabase(
        cli.config(),
        (pool) =>
          showing((progress) =>
            restoreBackup(pool, archive, { forgotten: leads, leave_gap: gap, onBytes: progress.add, say }),
          ),
        { migrated: false, statement_ms_max: STATEMENT_MS_MAX },
      )
      for (const table of restored.left_out) say(`The table ${table} is not Leadline's: it was left out.`)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      cli.show({ file, snapshot_at, rows, ...restored }, ({ seconds }) => [
        `${file} is restored, as of ${snapshot_at}: ${rows} rows in ${seconds.toFixed(1)} s`,
        `${restored.forgotten} leads were forgotten again`,
        'What was done since is not there: leads that were forgotten (--forgotten), do-not-call entries,',
        'keys that were revoked, operators who were disabled. See "After a restore" in docs/backup.md.',
      ])
    })
}

/** Some statements look at every row of a large table. */
const STATEMENT_MS_MAX = 86_400_000

/** A backup that is whole and that this version can restore. */
async function opened(file: string) {
  const archive = await showing((progress) => openArchive(file, (bytes) => progress.add('reading', bytes)))
  await checkLevel(archive.manifest)
  return archive
}

/** The database of the installation as it is; nothing is made where there is none. */
function withInstallation<T>(config: Config, work: (pool: Pool) => Promise<T>): Promise<T> {
  if (config.database_url === null && !hasEmbedded(config.data_dir))
    throw new BackupError(
      `There is no database in ${config.data_dir}: set LEADLINE_DATA_DIR, or DATABASE_URL for a server.`,
    )
  return withDatabase(config, work, { migrated: false, statement_ms_max: STATEMENT_MS_MAX })
}
