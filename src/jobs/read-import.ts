// The job that reads the file of an import: its rows are kept in chunks, and from then on the file is not needed.

import { createHash } from 'node:crypto'
import type { TableRow } from '../core/table.ts'
import { sqlState } from '../db/again.ts'
import { addRows, restartRows } from '../db/import-rows.ts'
import { beginImportWork, endImportWork, endReading, type ImportAtWork } from '../db/import-work.ts'
import { partsOfFile } from '../db/imports.ts'
import { DatabaseUnavailable, type Db } from '../db/pool.ts'
import { readTableApart } from '../import/read-apart.ts'
import { UnreadableFile } from '../import/unreadable.ts'
import { fingerprintOf } from '../intake/imports.ts'
import type { Jobs } from './work.ts'

/** Rows of a chunk: it is written in one commit, and packed as one value. */
const CHUNK_ROWS = 500
/** Long rows make shorter chunks, characters. */
const CHUNK_UNITS = 1024 * 1024

/** Errors of ours come again: a person must not wait for days to be told. */
const TRIES_MAX = 5
const OURS = new UnreadableFile(
  'crashed',
  'It is an error of ours. Save the file as CSV and upload that, or read it again later.',
)

/** Reads the file to its end. Whoever else has taken it up by then goes on alone. */
export async function readImport(
  { pool, log }: Jobs,
  import_id: number,
  tries: number,
  signal: AbortSignal,
): Promise<void> {
  const work = await beginImportWork(pool, import_id)
  if (work?.state !== 'reading' || !(await restartRows(pool, work))) return
  try {
    await readRows(pool, work, signal)
  } catch (error) {
    // The server stops: the job comes again.
    if (signal.aborted) throw new Error('the reading was cut off')
    const is_of_file = error instanceof UnreadableFile
    if (!is_of_file && (error instanceof DatabaseUnavailable || tries < TRIES_MAX)) throw error
    if (!is_of_file)
      log.error({ import_id, code: sqlState(error) }, 'a file could not be read, and is given up')
    await endImportWork(pool, work, 'unreadable', (is_of_file ? error : OURS).message)
  }
}

async function readRows(db: Db, work: ImportAtWork, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256')
  async function* file(): AsyncGenerator<Buffer> {
    for await (const part of partsOfFile(db, work)) {
      hash.update(part)
      yield part
    }
  }
  await using table = await readTableApart(file(), work.choices, { signal })
  let place = 0
  for await (const rows of chunksOf(table.batches)) {
    if (!(await addRows(db, work, place, rows))) return
    place += rows.length
  }
  if (place === 0) throw new UnreadableFile('empty')
  const { sample: _, ...shape } = table.shape
  await endReading(db, work, {
    shape,
    remarks: table.remarks(),
    file_hash: hash.digest('hex'),
    fingerprint: fingerprintOf(shape.columns),
  })
}

async function* chunksOf(batches: AsyncIterable<readonly TableRow[]>): AsyncGenerator<TableRow[]> {
  let chunk: TableRow[] = []
  let units = 0
  for await (const batch of batches)
    for (const row of batch) {
      chunk.push(row)
      for (const cell of row.cells) units += cell.length
      if (chunk.length < CHUNK_ROWS && units < CHUNK_UNITS) continue
      yield chunk
      chunk = []
      units = 0
    }
  if (chunk.length > 0) yield chunk
}
