// `leadline export`: the leads that a search finds, or their calls, as a file.

import { once } from 'node:events'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { ExportAsked, ExportFile } from '../client/api.ts'
import { exportFile } from '../client/export.ts'
import { type Cli, collect, idOf, knownOf, talksToServer, timeOf } from './cli.ts'
import { megabytes, showing } from './progress.ts'
import { stoppable } from './stop-signal.ts'
import { UsageError } from './terminal.ts'

/** An export that did not end well; there is no file. */
export class ExportError extends Error {}

const FORMATS = ['csv', 'xlsx', 'ndjson'] as const

interface ExportOptions {
  campaign?: number
  allocation?: string[]
  query?: string
  disposition?: string[]
  open?: true
  closed?: true
  callbackFrom?: string
  callbackTo?: string
  changedBy?: string
  import?: number
  conflicts?: true
  format?: (typeof FORMATS)[number]
  calls?: true
  withCalls?: true
  columns?: string[]
  headings?: 'names' | 'labels'
  numbers?: 'as_sent' | 'e164'
  bom?: true
  out?: string
}

export function addExportCommand(cli: Cli): void {
  talksToServer(
    cli.command(
      'export',
      'write the leads that a search finds, or their calls, to a file',
      'export --campaign 1 --out leads.xlsx',
      'export --campaign 1 --query Geelong --open --columns lead_id,Name,FirstPhone --out geelong.csv',
      'export --campaign 1 --format ndjson --with-calls | gzip > leads.ndjson.gz',
      'export --campaign 1 --calls --out calls.csv',
    ),
  )
    .option('--campaign <id>', 'of this campaign; without it: of all', idOf('--campaign'))
    .option('--allocation <id>', 'only leads of this allocation; can be given again', collect)
    .option('--query <text>', 'what the search box takes: words, numbers, ids')
    .option('--disposition <code>', 'only leads with it; can be given again', collect)
    .option('--open', 'only open leads')
    .option('--closed', 'only closed leads')
    .option('--callback-from <time>', 'only callbacks at this time or later', timeOf('--callback-from'))
    .option('--callback-to <time>', 'only callbacks before this time', timeOf('--callback-to'))
    .option('--changed-by <actor>', 'only leads that key:7, operator:3 or system has changed')
    .option('--import <id>', 'only leads that this import made', idOf('--import'))
    .option('--conflicts', 'only leads with a held update')
    .option(
      '--format <format>',
      'csv, xlsx or ndjson; without it: what --out ends in, else csv',
      knownOf('format', FORMATS),
    )
    .option('--calls', 'a row for each call instead of each lead')
    .option('--with-calls', 'ndjson: each lead with its calls')
    .option('--columns <names>', 'columns of csv and xlsx, separated by commas; can be given again', collect)
    .option(
      '--headings <kind>',
      'names (default) or labels of fields',
      knownOf('headings', ['names', 'labels']),
    )
    .option('--numbers <kind>', 'as_sent (default) or e164', knownOf('numbers', ['as_sent', 'e164']))
    .option('--bom', 'csv: begin with a byte order mark, for Excel')
    .option('--out <file>', 'where to write it; without it: to the standard output')
    .action(async (options: ExportOptions) => {
      const file: ExportFile = `${options.calls ? 'calls' : 'leads'}.${formatOf(options)}`
      if (!options.out && file.endsWith('.xlsx') && process.stdout.isTTY)
        throw new UsageError('a workbook is no text: name a file with --out')
      await stoppable((signal) => runExport(cli, file, options, signal))
    })
}

async function runExport(
  cli: Cli,
  file: ExportFile,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<void> {
  const { out } = options
  const began = performance.now()
  const answer = await exportFile(cli.client(), file, requestOf(options), signal)
  if (!answer.ok) return cli.finish(answer, () => '')
  const bytes = await showing((progress) =>
    written(answer.body, out, (more) => progress.add('export', more), signal),
  )
  const seconds = Math.round(performance.now() - began) / 1_000
  if (out !== undefined)
    cli.show({ file: out, bytes, seconds }, () => `${out}\t${megabytes(bytes)} in ${seconds} s`)
}

function formatOf({ format, out }: ExportOptions): (typeof FORMATS)[number] {
  const ending = FORMATS.find((one) => out?.toLowerCase().endsWith(`.${one}`))
  return format ?? ending ?? 'csv'
}

function requestOf(options: ExportOptions): ExportAsked {
  if (options.open && options.closed) throw new UsageError('--open and --closed exclude each other')
  return {
    q: options.query,
    campaign_id: options.campaign,
    allocation_id: options.allocation?.map(idOf('--allocation')),
    disposition: options.disposition,
    callback_from: options.callbackFrom,
    callback_to: options.callbackTo,
    changed_by: options.changedBy,
    import_id: options.import,
    has_conflict: options.conflicts,
    closed: options.open ? false : options.closed,
    columns: options.columns?.flatMap((names) => names.split(',').map((name) => name.trim())),
    headings: options.headings,
    numbers: options.numbers,
    bom: options.bom,
    calls: options.withCalls,
  }
}

/** Answers the bytes. The file has its name once all of it is on the disk; what is not whole is removed. */
async function written(
  body: ReadableStream<Uint8Array>,
  out: string | undefined,
  onBytes: (more: number) => void,
  signal: AbortSignal,
): Promise<number> {
  if (out === undefined)
    return taken(body, printed, onBytes).catch((error: unknown) => {
      throw explained(error, signal, 'What was printed is not whole.')
    })
  const part = `${out}.part`
  const file = await openPart(part)
  try {
    const bytes = await taken(body, (bytes) => file.writeFile(bytes), onBytes)
    await file.sync()
    await file.close()
    await rename(part, out)
    return bytes
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(part, { force: true })
    throw explained(error, signal, `Nothing was written to ${out}.`)
  }
}

async function taken(
  body: ReadableStream<Uint8Array>,
  take: (bytes: Uint8Array) => Promise<void>,
  onBytes: (more: number) => void,
): Promise<number> {
  let all = 0
  for await (const bytes of body) {
    await take(bytes)
    all += bytes.length
    onBytes(bytes.length)
  }
  return all
}

async function printed(bytes: Uint8Array): Promise<void> {
  const { stdout } = process
  if (stdout.destroyed) throw new ExportError('Nobody takes what is printed.')
  // It fails when its reader leaves.
  if (!stdout.write(bytes)) await once(stdout, 'drain')
}

/** Only its owner reads it. */
const openPart = (part: string): Promise<FileHandle> =>
  open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new ExportError(
      error.code === 'EEXIST'
        ? `${part} is there already: another export is being written to it, or was killed. Remove it, or name another file.`
        : `${part} cannot be written (${error.code}): name a file where there is room for it.`,
    )
  })

function explained(error: unknown, signal: AbortSignal, rest: string): ExportError {
  const { code } = error as NodeJS.ErrnoException
  const why = signal.aborted
    ? 'The export was stopped.'
    : code === 'ENOSPC'
      ? 'There is no room for the file.'
      : code === 'EPIPE' || error instanceof ExportError
        ? 'Nobody takes what is printed.'
        : 'The server cut the export off: its log and the audit log say why.'
  return new ExportError(`${why} ${rest}`)
}
