// Takes a backup: every table of one moment, in one file, while servers go on.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  BACKUP_FORMAT,
  type BackedUpTable,
  type BackupManifest,
  type BackupPart,
} from '../../core/backup-manifest.ts'
import { sqlState } from '../../db/again.ts'
import { noteBackup } from '../../db/backups.ts'
import { schemaState } from '../../db/migrate.ts'
import type { Pool } from '../../db/pool.ts'
import { inSnapshot, JOB_COLUMNS, type Rows, type Snapshot } from '../../db/snapshot.ts'
import { ArchiveWriter, BackupError } from './archive.ts'

export interface Backup {
  manifest: BackupManifest
  bytes: number
  seconds: number
}

/** `onBytes`: so many more bytes of rows of this part have been read. */
export type OnBytes = (part: string, bytes: number) => void

export async function takeBackup(
  pool: Pool,
  path: string,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<Backup> {
  const began = performance.now()
  const { missing, newer, is_unfinished, is_empty } = await schemaState(pool)
  if (is_unfinished)
    throw new BackupError('A restore into this database was cut off: there is nothing whole to back up.')
  if (newer !== null)
    throw new BackupError(
      `The database is newer than this Leadline (its last migration is ${newer}): use the version that made it, or a newer one.`,
    )
  if (is_empty) throw new BackupError('The database has no tables of Leadline: there is nothing to back up.')
  const writer = await ArchiveWriter.create(path)
  const manifest = await writeWhole(pool, writer, onBytes, signal)
  const { snapshot_at } = manifest
  const { bytes } = writer
  // An older database has no table for it.
  if (missing.length === 0)
    await noteBackup(pool, { snapshot_at, file: basename(path), bytes }).catch((error: unknown) => {
      throw new BackupError(
        `${path} is whole, but the database did not take note of it (${codeOf(error) ?? 'no answer'}): ` +
          '"leadline doctor" does not know of this backup.',
      )
    })
  return { manifest, bytes, seconds: (performance.now() - began) / 1_000 }
}

async function writeWhole(
  pool: Pool,
  writer: ArchiveWriter,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<BackupManifest> {
  try {
    const manifest = await inSnapshot(pool, (snapshot) => write(writer, snapshot, onBytes, signal))
    await writer.finish(manifest)
    return manifest
  } catch (error) {
    await writer.discard()
    throw signal.aborted
      ? new BackupError('The backup was stopped; nothing is left of it.')
      : explained(error)
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

/** Texts of the driver can hold values of leads, so only codes are told. */
function explained(error: unknown): unknown {
  const state = sqlState(error)
  const code = codeOf(error)
  if (state === undefined && code === undefined) return error
  const why =
    code === 'ENOSPC'
      ? 'there is no room for the file'
      : `${state ? 'PostgreSQL ended it' : 'it failed'} (${code})`
  return new BackupError(`The backup was cut off: ${why}. Nothing is left of it.`)
}

async function write(
  writer: ArchiveWriter,
  snapshot: Snapshot,
  onBytes: OnBytes,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const add = async (name: string, { stream, count }: Rows, columns: string[]): Promise<BackupPart> => {
    const part = await writer.add(stream, (bytes) => onBytes(name, bytes), signal)
    return { columns, rows: await count(), ...part }
  }
  const tables: BackedUpTable[] = []
  for (const table of snapshot.tables)
    tables.push({ table: table.table, ...(await add(table.table, snapshot.rows(table), table.columns)) })
  const { postgresql, snapshot_at, migrations, next_xid } = snapshot
  return {
    format: BACKUP_FORMAT,
    leadline: version(),
    postgresql,
    snapshot_at,
    migrations,
    next_xid,
    tables,
    jobs: await add('jobs', snapshot.jobs(), Object.keys(JOB_COLUMNS)),
    forgotten: await add('forgotten', snapshot.forgotten(), ['lead_id']),
    // Last: what was given while the rows were read is given once.
    sequences: await snapshot.sequences(),
  }
}

const version = () =>
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version as string
