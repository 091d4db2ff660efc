// `leadline import`: a file of leads is uploaded, mapped, tried out and taken.

import { open, readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../client/answer.ts'
import type {
  DuplicateWay,
  Import,
  ImportMapping,
  ImportMode,
  NewImport,
  RowTally,
  SuggestedMapping,
} from '../client/api.ts'
import type { LeadlineClient, Problem } from '../client/client.ts'
import { importWorkbook } from '../client/export.ts'
import { DEDUPE_KEYS, DEDUPE_SCOPES, type DedupeScope } from '../core/dedupe.ts'
import { DUPLICATE_WAYS, IMPORT_MODES, ROW_FATES } from '../core/import.ts'
import { type Cli, collect, EXIT, idOf, knownOf, talksToServer } from './cli.ts'
import { say, tell, UsageError } from './terminal.ts'

interface ImportOptions {
  campaign: number
  allocation?: number
  mode?: ImportMode
  duplicates?: DuplicateWay
  dedupe?: DedupeScope
  dedupeDays?: number
  dedupeBy?: string[]
  stopAbove?: number
  mapping?: string
  dryRun?: boolean
  yes?: boolean
  rejects?: string
}

const NOTES = `
Without --mapping the columns go where an earlier file with the same headings put them, or where a guess puts them; what is
not certain is said. A mapping is the body of PUT /v1/imports/{id}/mapping; docs/imports.md shows one.
Without --yes every row is tried out first, and you are asked. Progress is on stderr; with --json it is a line of JSON each
time on stdout, and the last line is the import.
The exit code is 6 when rows were refused: --rejects writes them to a file that can be corrected and imported again.
`

const LOOK_MS = 300

export function addImportCommand(cli: Cli): void {
  const percent = (text: string) => {
    if (/^(?:\d{1,2}|100)$/.test(text)) return Number(text)
    throw new UsageError('--stop-above takes a share in percent, 0 to 100')
  }
  const command = cli
    .command(
      'import',
      'take leads from a file',
      'import leads.xlsx --campaign 1 --allocation 1',
      'import leads.csv --campaign 1 --allocation 1 --mode upsert --yes --rejects refused.xlsx',
      'import leads.csv --campaign 1 --allocation 1 --dry-run',
    )
    .argument('<file>', 'text with delimiters, .xlsx, .xls; also in .zip or .gz')
    .requiredOption('--campaign <id>', 'the campaign of the leads', idOf('--campaign'))
    .option('--allocation <id>', 'where new leads go whose row names no allocation', idOf('--allocation'))
    .option('--mode <mode>', 'insert (default), upsert or update', knownOf('mode', IMPORT_MODES))
    .option(
      '--duplicates <what>',
      'what becomes of a row whose number another lead holds: reject, update or move',
      knownOf('way for duplicates', DUPLICATE_WAYS),
    )
    .option(
      '--dedupe <where>',
      'where the same lead is looked for: campaign (default), allocation, template or everywhere',
      knownOf('place to look for leads', DEDUPE_SCOPES),
    )
    .option('--dedupe-days <n>', 'only among leads that came in within so many days', idOf('--dedupe-days'))
    .option(
      '--dedupe-by <what>',
      'phone (default), external_id, or a field; fields can be given again, and all must be the same',
      collect,
    )
    .option('--stop-above <percent>', 'pause when a larger share of the rows is refused', percent)
    .option('--mapping <path>', 'a JSON document that says what becomes of the columns')
    .option('--dry-run', 'say what would become of every row, and write no lead')
    .option('--yes', 'take the rows without asking')
    .option('--rejects <path>', 'write the refused rows to this file: CSV, or a workbook if it ends in .xlsx')
    .addHelpText('after', NOTES)
  talksToServer(command).action(async (file: string, options: ImportOptions) => {
    const client = cli.client()
    const mapping = options.mapping === undefined ? undefined : await mappingIn(options.mapping)
    const ran = await importFileOn(cli, client, file, options, mapping).catch((error) => {
      if (error instanceof RefusedByServer) return undefined
      throw error
    })
    if (!ran) return
    const tally = ran.done ?? ran.checked
    if (cli.json) tell(JSON.stringify(ran))
    else tell(tallyLines(tally).join('\n'))
    if (ran.done && ran.done.created > 0) say(`The new leads: leadline export --import ${ran.import_id}`)
    if (options.rejects !== undefined && tally && tally.rejected > 0) {
      if (!(await writeRejects(cli, client, ran.import_id, options.rejects))) return
      say(`${tally.rejected} refused rows are in ${options.rejects}`)
    }
    const halted = haltOf(ran, options)
    if (halted !== undefined) {
      say(halted)
      process.exitCode = 1
    } else if (tally && tally.rejected > 0) process.exitCode = EXIT.rows_refused
  })
}

/** As CSV, or as a workbook where the name says so. False: the server has refused it. */
async function writeRejects(
  cli: Cli,
  client: LeadlineClient,
  import_id: number,
  path: string,
): Promise<boolean> {
  if (!/\.xlsx$/i.test(path)) {
    await writeFile(path, `\ufeff${orTell(cli, await client.importRejects(import_id))}`)
    return true
  }
  const answer = await importWorkbook(client, import_id, 'rejects')
  if (answer.ok) await writeFile(path, answer.body)
  else cli.finish(answer, () => '')
  return answer.ok
}

/** Why not all rows were looked at or taken, as they were to be. */
function haltOf({ import_id, state, detail, rows, checked, done }: Import, { dryRun }: ImportOptions) {
  if (state === (dryRun ? 'read' : 'done')) {
    const looked_at = (dryRun ? checked : done)?.rows ?? 0
    if (looked_at >= rows) return undefined
    return detail ?? `the dry run was stopped after ${looked_at} of ${rows} rows`
  }
  return detail ?? `import ${import_id} is ${state}: ${done?.rows ?? 0} of ${rows} rows were taken`
}

/** The server has said why, and so has this command. */
class RefusedByServer extends Error {}

function orTell<Body>(cli: Cli, answer: Answer<Body | Problem>): Body {
  if (answer.ok) return answer.body as Body
  cli.finish(answer as Answer<Problem>, () => '')
  throw new RefusedByServer()
}

async function importFileOn(
  cli: Cli,
  client: LeadlineClient,
  file: string,
  options: ImportOptions,
  given: ImportMapping | undefined,
): Promise<Import | undefined> {
  const progress = new Progress(cli.json)
  const { import_id } = await uploaded(cli, client, file, options, progress)
  const read = await until(cli, client, import_id, progress, ['reading'])
  if (read.state === 'unreadable') {
    if (cli.json) tell(JSON.stringify(read))
    say(`${file} cannot be read: ${read.detail}`)
    process.exitCode = 1
    return undefined
  }
  for (const { sentence, column, count } of read.remarks)
    say(`${column === null ? '' : `${column}: `}${sentence} (${count})`)
  const mapping = given ?? suggested(orTell(cli, await client.suggestMapping(import_id)))
  orTell(cli, await client.mapImport(import_id, mapping))
  if (options.dryRun || !options.yes) {
    orTell(cli, await client.checkImport(import_id))
    const checked = await until(cli, client, import_id, progress, ['checking'])
    if (options.dryRun) return checked
    for (const line of tallyLines(checked.checked)) say(line)
    if (!(await agreed(import_id))) return undefined
  }
  orTell(cli, await client.startImport(import_id))
  return until(cli, client, import_id, progress, ['running'])
}

async function agreed(import_id: number): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError(
      `nobody can be asked here: say --yes. Import ${import_id} waits, and goes on in the app`,
    )
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question('Take the rows? [y/N] ')
  lines.close()
  if (/^y(es)?$/i.test(answer.trim())) return true
  say(`Import ${import_id} waits, and goes on in the app.`)
  return false
}

async function mappingIn(path: string): Promise<ImportMapping> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`${path} cannot be read`)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${path} is no JSON document`)
  }
}

/** What new leads are compared with, where an option says it. */
function dedupeAsked({
  dedupe: scope,
  dedupeDays: days,
  dedupeBy = [],
}: Pick<ImportOptions, 'dedupe' | 'dedupeDays' | 'dedupeBy'>): Pick<NewImport, 'dedupe'> {
  const [first, ...others] = dedupeBy
  if (scope === undefined && days === undefined && first === undefined) return {}
  const key = DEDUPE_KEYS.find((name) => name !== 'fields' && name === first && others.length === 0)
  const by = first === undefined ? {} : key ? { by: key } : { by: 'fields' as const, fields: dedupeBy }
  return { dedupe: { ...(scope && { scope }), ...(days && { days }), ...by } }
}

async function uploaded(
  cli: Cli,
  client: LeadlineClient,
  path: string,
  { campaign, allocation, mode, duplicates, stopAbove, ...options }: ImportOptions,
  progress: Progress,
): Promise<Import> {
  await using file = await open(path).catch(() => {
    throw new UsageError(`${path} cannot be read`)
  })
  const { size } = await file.stat()
  if (size === 0) throw new UsageError(`${path} is empty`)
  let state = orTell(
    cli,
    await client.createImport({
      campaign_id: campaign,
      allocation_id: allocation ?? null,
      file_name: basename(path),
      file_bytes: size,
      ...(mode && { mode }),
      ...(duplicates && { duplicates }),
      ...dedupeAsked(options),
      ...(stopAbove !== undefined && { bad_percent_max: stopAbove }),
    }),
  )
  for (let part = 1; part <= state.parts_all; part++) {
    const at = (part - 1) * state.part_bytes
    const bytes = new Uint8Array(Math.min(state.part_bytes, size - at))
    await file.read(bytes, 0, bytes.length, at)
    state = orTell(cli, await client.putImportPart(state.import_id, part, bytes))
    progress.show(state)
  }
  return state
}

/** The import once it is in none of these states any more. */
async function until(
  cli: Cli,
  client: LeadlineClient,
  import_id: number,
  progress: Progress,
  states: readonly Import['state'][],
): Promise<Import> {
  for (;;) {
    const now = orTell(cli, await client.import(import_id))
    if (!states.includes(now.state)) {
      progress.end()
      return now
    }
    progress.show(now)
    await sleep(LOOK_MS)
  }
}

/** Says how far it has come: one line that changes on a terminal, a line of JSON each time for programs. */
class Progress {
  readonly #json: boolean
  #said = ''

  constructor(json: boolean) {
    this.#json = json
  }

  show({ import_id, state, parts, parts_all, rows, checked, done }: Import): void {
    const tally = state === 'checking' ? checked : state === 'running' ? done : null
    const text = JSON.stringify({ import_id, state, parts: parts.length, parts_all, rows, done: tally })
    if (text === this.#said) return
    this.#said = text
    if (this.#json) tell(text)
    if (this.#json || !process.stderr.isTTY) return
    const share =
      state === 'uploading'
        ? `${parts.length} of ${parts_all} parts`
        : tally
          ? `${tally.rows} of ${rows} rows, ${tally.rejected} refused`
          : `${rows} rows`
    process.stderr.write(`\r\u001b[K${state}: ${share}`)
  }

  end(): void {
    if (!this.#json && process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
}

/** The mapping as it is suggested; what only a person can say is said. */
function suggested({ columns, constants, from_import_id }: SuggestedMapping): ImportMapping {
  if (from_import_id !== null) say(`The columns are mapped as in import ${from_import_id}.`)
  for (const { column, target, confidence, questions } of columns) {
    const goes = 'field' in target ? target.field : 'key' in target ? target.key : target.to
    if (confidence === 'likely') say(`${column} goes to ${goes}: please look`)
    for (const { about, values = [] } of questions)
      say(
        about === 'days'
          ? `${column}: nobody can tell whether day or month comes first; say "days" in a mapping`
          : `${column}: ${values.length} values are none of its field; say "values" in a mapping`,
      )
  }
  const plain = columns.map(({ confidence: _, reason: __, questions: ___, ...column }) => column)
  return { columns: plain, constants }
}

function tallyLines(tally: RowTally | null): string[] {
  if (!tally) return []
  const fates = ROW_FATES.filter((fate) => tally[fate] > 0).map((fate) => `${fate}\t${tally[fate]}`)
  const codes = Object.entries(tally.counts).filter(([code]) => code !== '0')
  return [`rows\t${tally.rows}`, ...fates, ...codes.map(([code, rows]) => `code ${code}\t${rows}`)]
}
