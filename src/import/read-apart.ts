// Reads a file in a thread of its own, so that the intake never waits for it. The thread has a bound of memory, works a few
// batches ahead of its reader and no more, and takes nothing down when it fails.

import { on } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import type { TableChoices, TableRemark, TableRow } from '../core/table.ts'
import { bounded } from './open-file.ts'
import type { Table } from './read-table.ts'
import type { ReadingReport, ReadingTask } from './reading-worker.ts'
import { UnreadableFile } from './unreadable.ts'

interface ReadingOptions {
  /** Ends the reading, with the problem `cancelled`. */
  signal?: AbortSignal
  /** Where a folder for files is made, and removed at the end. */
  folder?: string
  /** Of the thread, for what is no buffer. */
  memory_mb?: number
  /** How long the thread may say nothing while it is waited for, milliseconds. */
  silence_ms?: number
}

const FOLDER = 'leadline-file-'
/** No file is read for as long, milliseconds. */
const FOLDER_MS_MAX = 3_600_000

/** Removes what processes have left that died while they read a file. */
export async function dropOldFolders(parent = tmpdir()): Promise<void> {
  const before = Date.now() - FOLDER_MS_MAX
  for (const name of await readdir(parent)) {
    if (!name.startsWith(FOLDER)) continue
    const path = join(parent, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: before }))
    if (mtimeMs < before) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

const MEMORY_MB = 256
/** The texts of the longest workbook take minutes; nothing that takes longer comes to an end. */
const SILENCE_MS = 600_000
/** While one batch is worked on, the next ones are read. */
const BATCHES_AHEAD = 3

/** `source`: a path, or the bytes of a file. Throws UnreadableFile. Dispose of the table when you are done with it. */
export async function readTableApart(
  source: string | AsyncIterable<Buffer>,
  choices: TableChoices = {},
  { signal, folder: parent = tmpdir(), memory_mb = MEMORY_MB, silence_ms = SILENCE_MS }: ReadingOptions = {},
): Promise<Table> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(parent, FOLDER))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const path = typeof source === 'string' ? source : join(folder, 'file')
  if (typeof source !== 'string') await keep(source, path, signal)

  const workerData: ReadingTask = { path, choices, folder }
  const resourceLimits = { maxOldGenerationSizeMb: memory_mb }
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), { workerData, resourceLimits })
  stack.defer(async () => void (await worker.terminate()))
  const reports = reportsOf(worker, silence_ms, signal)
  const first = await reports.next()
  if (first.done || first.value.kind !== 'shape') throw new UnreadableFile('crashed')
  const { shape } = first.value
  let { remarks } = first.value
  for (let i = 0; i < BATCHES_AHEAD; i++) worker.postMessage('more')

  async function* batches(): AsyncGenerator<readonly TableRow[]> {
    for await (const report of reports) {
      if (report.kind === 'shape') throw new UnreadableFile('crashed')
      remarks = report.remarks
      if (report.kind === 'end') return
      yield report.rows
      worker.postMessage('more')
    }
    throw new UnreadableFile('crashed')
  }

  const held = stack.move()
  return {
    shape,
    batches: batches(),
    remarks: (): TableRemark[] => remarks,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function keep(source: AsyncIterable<Buffer>, path: string, signal?: AbortSignal): Promise<void> {
  try {
    await pipeline(source, bounded, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    throw signal?.aborted ? new UnreadableFile('cancelled') : error
  }
}

type Told = Exclude<ReadingReport, { kind: 'problem' }>

/** What the thread says, until it ends; its failures as UnreadableFile. */
async function* reportsOf(
  worker: Worker,
  silence_ms: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Told> {
  try {
    for await (const report of messagesOf(worker, silence_ms, signal)) {
      if (report.kind === 'problem') throw new UnreadableFile(report.problem, report.detail)
      yield report
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    if (signal?.aborted) throw new UnreadableFile('cancelled')
    const { code } = error as NodeJS.ErrnoException
    throw new UnreadableFile(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crashed', undefined, {
      cause: error,
    })
  }
}

async function* messagesOf(
  worker: Worker,
  silence_ms: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadingReport> {
  const messages = on(worker, 'message', { close: ['exit'], signal })
  try {
    for (;;) {
      const { done, value } = await withoutSilence(messages.next(), silence_ms)
      if (done) return
      yield value[0]
    }
  } finally {
    await messages.return?.()
  }
}

async function withoutSilence<T>(coming: Promise<T>, silence_ms: number): Promise<T> {
  const silence = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => silence.reject(new UnreadableFile('crashed', 'It takes too long.')),
    silence_ms,
  )
  try {
    return await Promise.race([coming, silence.promise])
  } finally {
    clearTimeout(timer)
  }
}
