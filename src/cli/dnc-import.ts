// `leadline dnc import`: a file of numbers goes to the server in parts, which works on it by itself.

import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { DncFile, DncList } from '../client/api.ts'
import { NoAnswer } from '../client/client.ts'
import { sendDncFile } from '../client/send-file.ts'
import { DNC_LISTS } from '../core/result.ts'
import { type Cli, collect, EXIT, idOf, knownOf } from './cli.ts'
import { fileToSend } from './file-to-send.ts'
import { say, tell, UsageError } from './terminal.ts'

interface Options {
  list?: DncList
  replace?: true
  campaign?: number
  region?: string
  phones?: string[]
  expires?: string
  reason?: string
  source?: string
  rejects?: string
  resume?: number
}

/** How often a file is looked at, milliseconds. */
const LOOK_MS = 500

const READ = `
A file has headings (Phone and Expires, or others that say the same), or a number in each line. Registers are read as they
come: an area code and the rest of a number, zipped with a file for each area code, or a number and a day. Excel is read, too.
Nothing of a file counts until all of it does. With --replace, its numbers take the place of all that came to the list from
files before; numbers that people added stay.
Rows that are no number are counted, and --rejects writes them to a CSV to be corrected; then the exit code is 6.
With --json each line is the file as it is at that moment, the last one at its end.
`

export function addDncImportCommands(
  cli: Cli,
  sub: (name: string, description: string, ...examples: string[]) => Command,
): void {
  sub(
    'import',
    'bring a file of numbers onto a list, and wait until it counts',
    'dnc import june.csv --list private --replace --rejects june-rejects.csv',
    'dnc import ftc.zip --list private --region US --source "FTC, June"',
  )
    .argument('<path>', 'the file: text, .xlsx or .xls, zipped or not')
    .option(
      '--list <list>',
      'private (everywhere), campaign, or client (may be called)',
      knownOf('list', DNC_LISTS),
    )
    .option('--replace', 'instead of what came to the list from files before')
    .option('--campaign <id>', 'campaign of the campaign list', idOf('--campaign'))
    .option(
      '--region <code>',
      "where the numbers are dialled (US); default: the campaign's region, or LEADLINE_REGION",
    )
    .option('--phones <heading>', 'a column with numbers, if it is not found; can be given again', collect)
    .option('--expires <heading>', 'the column with the days to which entries hold')
    .option('--reason <text>', 'why')
    .option('--source <text>', 'where it comes from; default: the name of the file')
    .option('--rejects <path>', 'where the rows that are not taken are written')
    .option('--resume <id>', 'go on with a file whose sending was cut off', idOf('--resume'))
    .addHelpText('after', READ)
    .action(async (path: string, options: Options) => {
      const content = await fileToSend(path)
      const file = await announced(cli, path, content.size, options)
      if (!file) return
      const ended = await followNumberFile(cli, content, file)
      if (ended) await tellNumberFile(cli, ended, options)
    })
  sub('files', 'the files of numbers, the newest first', 'dnc files').action(async () =>
    cli.finish(await cli.client().dncFiles({ limit: 100 }), ({ items }) => items.map(line)),
  )
  sub('cancel-import', 'cancel a file that does not count yet', 'dnc cancel-import 3')
    .argument('<file>', 'its id', idOf('the file'))
    .action(async (id: number) => cli.finish(await cli.client().cancelDncFile(id), line))
}

/** The new file, or the one that is gone on with. Undefined: it was refused. */
async function announced(
  cli: Cli,
  path: string,
  bytes: number,
  options: Options,
): Promise<DncFile | undefined> {
  const { list, resume } = options
  if (resume === undefined && list === undefined) throw new UsageError('--list says onto which list')
  const answer =
    resume === undefined
      ? await cli.client().createDncFile({
          list: list!,
          mode: options.replace ? 'replace' : 'add',
          name: basename(path),
          bytes,
          campaign_id: options.campaign,
          region: options.region,
          phone_columns: options.phones,
          expires_column: options.expires,
          reason: options.reason,
          source: options.source,
        })
      : await cli.client().dncFile(resume)
  if (!answer.ok) return void cli.finish(answer, () => '')
  if (answer.body.bytes !== bytes)
    throw new UsageError(`${path} is not the file ${resume}: it has another length`)
  return answer.body
}

/** Sends what is missing and waits until the file is over. Undefined: it was refused. */
export async function followNumberFile(cli: Cli, content: Blob, file: DncFile): Promise<DncFile | undefined> {
  const client = cli.client()
  const { file_id, bytes } = file
  const onSent = (done: number) => {
    if (!cli.json) say(`file ${file_id}: ${Math.floor((100 * done) / bytes)} % sent`)
  }
  try {
    let answer = await sendDncFile(client, file, content, onSent)
    let before = ''
    while (answer === undefined || (answer.ok && answer.body.finished_at === null)) {
      if (answer) await sleep(LOOK_MS)
      answer = await client.dncFile(file_id)
      if (!answer.ok || answer.body.finished_at !== null) break
      const now = cli.json ? JSON.stringify(answer.body) : line(answer.body)
      if (now !== before) (cli.json ? tell : say)(now)
      before = now
    }
    if (answer.ok) return answer.body
    cli.finish(answer, () => '')
  } catch (error) {
    if (error instanceof NoAnswer) say(`file ${file_id} is kept for a day: go on with --resume ${file_id}`)
    throw error
  }
}

/** Says what came of it, and writes the rows that were not taken. */
export async function tellNumberFile(
  cli: Cli,
  file: DncFile,
  { rejects }: Pick<Options, 'rejects'>,
): Promise<void> {
  const { file_id, state, rejected, detail } = file
  cli.show(file, line)
  if (state !== 'done') {
    say(detail ?? 'nothing of it came to the list')
    process.exitCode = 1
  } else if (rejected > 0) process.exitCode = EXIT.rows_refused
  if (rejected === 0) return
  const counted = `not taken: ${rejected} of ${file.rows_read} rows`
  if (rejects === undefined) return say(`${counted}; with --rejects they are written to a file`)
  const answer = await cli.client().dncFileRejects(file_id)
  if (!answer.ok) return cli.finish(answer, () => '')
  try {
    await writeFile(rejects, answer.body, { mode: 0o600 })
    say(`${counted}; they are in ${rejects}`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    say(`${counted}; ${rejects} cannot be written (${code}): try again with --resume ${file_id}`)
  }
}

const line = (file: DncFile) =>
  [
    `file ${file.file_id}`,
    file.list === 'campaign'
      ? `campaign ${file.campaign_id}`
      : file.list === 'wash'
        ? `wash ${file.wash_id}`
        : file.list,
    file.state,
    `${file.rows_read} rows`,
    `${file.added} ${file.list === 'wash' ? 'answered' : 'added'}`,
    ...(file.mode === 'replace' && file.list !== 'wash' ? [`${file.removed} removed`] : []),
    ...(file.rejected > 0 ? [`${file.rejected} not taken`] : []),
  ].join('\t')
