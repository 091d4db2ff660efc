// `leadline dnc`: the do-not-call lists of a running server.

import type { Command } from 'commander'
import type { Reply } from '../client/answer.ts'
import type { DncChecked, DncEvidence, DncList } from '../client/api.ts'
import { readExpires } from '../core/dnc-number.ts'
import { type Cli, EXPIRES_TAKES, idOf, talksToServer } from './cli.ts'
import { type FileRow, inChunks, readNumberFile, tellStop } from './dnc-file.ts'
import { addDncImportCommands } from './dnc-import.ts'
import { say, UsageError } from './terminal.ts'
import { addWashCommands } from './washes.ts'

const READ_IN =
  "as dialled in the campaign's region, else in LEADLINE_REGION of the server; or international (+61…)"

const FILE = `
It names lines that are not numbers and writes the others; then the exit code is 1.
A file has a number in each line, or is a CSV with the columns Phone and, to add, Expires (2027-06-30: to the end of that
day in UTC; or an RFC 3339 time); its row of headings may be absent. A line that is not understood refuses the file before
anything is sent.
`

interface Options {
  list: DncList
  reason?: string
  source?: string
  expires?: string
  campaign?: number
  file?: string
}

export function addDncCommand(cli: Cli): void {
  const { group, sub } = cli.group(
    'dnc',
    'add, remove, import and check do-not-call numbers, say why one is blocked, and wash allocations',
  )
  talksToServer(group)
  const inCampaign = (command: Command, what: string) =>
    command.option('--campaign <id>', what, idOf('--campaign'))
  const numbers = (command: Command, what: string) =>
    inCampaign(command, what)
      .argument('[phone...]', READ_IN)
      .option('--file <path>', 'a file of numbers instead; - for stdin')
      .addHelpText('after', FILE)

  numbers(
    sub(
      'add',
      'put numbers on a list',
      'dnc add --list private --reason "asked us" 0412345678 +61398765432',
      'dnc add --list private --source "register, June" --file numbers.csv',
    ),
    'campaign of the campaign list',
  )
    .requiredOption('--list <list>', 'private (everywhere), campaign, or client (may be called)')
    .option('--reason <text>', 'why')
    .option('--source <text>', 'where it comes from')
    .option('--expires <time>', 'date or RFC 3339 time at which the entries lapse', readExpiry)
    .action(async (phones: string[], options: Options) => {
      const { list, reason, source, expires: expires_at, campaign: campaign_id } = options
      const common = { list, reason, source, expires_at, campaign_id }
      await changeList(cli, phones, options, {
        counts: { added: 'added', already_listed: 'listed already' },
        send: (phones) => cli.client().addToDnc({ ...common, phones }),
        sendRows: (rows) => {
          const entries = rows.map(({ line: _, ...entry }) => entry)
          return cli.client().addToDnc({ ...common, entries, skip_invalid: true })
        },
      })
    })
  numbers(
    sub(
      'remove',
      'take numbers off a list; the entries stay on record',
      'dnc remove --list private --reason "mistyped" 0412345678',
    ),
    'campaign of the campaign list',
  )
    .requiredOption('--list <list>', 'private, campaign or client')
    .requiredOption('--reason <text>', 'why')
    .action(async (phones: string[], options: Options & { reason: string }) => {
      const { list, reason, campaign: campaign_id } = options
      const common = { list, reason, campaign_id }
      await changeList(cli, phones, options, {
        counts: { removed: 'removed', not_listed: 'not listed' },
        send: (phones) => cli.client().removeFromDnc({ ...common, phones }),
        sendRows: (rows) =>
          cli.client().removeFromDnc({ ...common, phones: phonesOf(rows), skip_invalid: true }),
      })
    })
  numbers(
    sub('check', 'which numbers are blocked, and by what', 'dnc check 0412345678 --campaign 1'),
    'in this campaign',
  ).action(async (phones: string[], options: Options) => {
    const ask = (phones: string[]) => cli.client().checkDnc({ campaign_id: options.campaign, phones })
    const said = ({ items }: DncChecked) => items.map(checked)
    const rows = await rowsOf(phones, options)
    if (!rows) return cli.finish(await ask(phones), said)
    const items: DncChecked['items'] = []
    const sent = await inChunks(
      rows,
      (chunk) => ask(phonesOf(chunk)),
      (answer) => items.push(...answer.items),
    )
    cli.show({ items, ...stopped(sent) }, said)
    end(sent)
  })
  addDncImportCommands(cli, sub)
  addWashCommands(cli, sub)
  inCampaign(
    sub('why', 'why a number is blocked, or is not', 'dnc why 0412345678 --campaign 1'),
    'in this campaign',
  )
    .argument('<phone>', READ_IN)
    .action(async (phone: string, { campaign: campaign_id }: Options) => {
      const answer = await cli.client().dncNumber(phone, { campaign_id })
      cli.finish(answer, ({ number, explanation, entries }) => [
        `${number}\t${explanation}`,
        ...entries.map(history),
      ])
    })
}

/** The rows of the file; undefined when the command itself names the numbers. */
async function rowsOf(phones: string[], { file }: Options): Promise<FileRow[] | undefined> {
  if ((phones.length === 0) === (file === undefined))
    throw new UsageError('name numbers, or a file of numbers with --file')
  return file === undefined ? undefined : readNumberFile(file)
}

const phonesOf = (rows: readonly FileRow[]) => rows.map(({ phone }) => phone)

/** The answer of a change: counts, and the numbers that were not taken. */
interface Changed {
  invalid: { index: number; detail: string }[]
}

interface Change<Count extends string> {
  /** The counts of an answer, in words. */
  counts: Record<Count, string>
  send: (phones: string[]) => Promise<Reply<Changed & Record<NoInfer<Count>, number>>>
  sendRows: (rows: readonly FileRow[]) => Promise<Reply<Changed & Record<NoInfer<Count>, number>>>
}

/** Changes a list by the numbers of the command itself, or of a file, and says exactly what became of each. */
async function changeList<Count extends string>(
  cli: Cli,
  phones: string[],
  options: Options,
  { counts, send, sendRows }: Change<Count>,
): Promise<void> {
  const names = Object.keys(counts) as Count[]
  const said = (totals: Record<Count, number> & { invalid: unknown[] }) =>
    [
      ...names.map((name) => `${totals[name]} ${counts[name]}`),
      ...(totals.invalid.length > 0 ? [`${totals.invalid.length} not taken`] : []),
    ].join(', ')
  const rows = await rowsOf(phones, options)
  if (!rows) {
    const answer = await send(phones)
    cli.finish(answer, said)
    if (!answer.ok) return
    for (const { index, detail } of answer.body.invalid) {
      say(`${phones[index]} ${detail}`)
      process.exitCode = 1
    }
    return
  }
  const totals = Object.fromEntries(names.map((name) => [name, 0])) as Record<Count, number>
  const invalid: { line: number; detail: string }[] = []
  const sent = await inChunks(rows, sendRows, (body, chunk) => {
    for (const name of names) totals[name] += body[name]
    for (const { index, detail } of body.invalid) {
      const { line } = chunk[index]!
      invalid.push({ line, detail })
      say(`line ${line} ${detail}`)
    }
  })
  cli.show({ ...totals, invalid, ...stopped(sent) }, said)
  if (invalid.length > 0) process.exitCode = 1
  end(sent)
}

type Sent = Awaited<ReturnType<typeof inChunks>>

const stopped = ({ stop }: Sent) => (stop ? { stopped: stop } : {})

function end({ stop, unanswered }: Sent): void {
  if (!stop) return
  tellStop(stop)
  process.exitCode = 1
  if (unanswered) throw unanswered
}

const checked = ({ sent, phone, blocked, list, entry_id, problem }: DncChecked['items'][number]) =>
  phone === null
    ? `${sent}\tno number: ${problem}`
    : `${phone}\t${blocked ? `blocked by the ${list} list (entry ${entry_id})` : 'free'}`

/** An entry in one line, with its end if it has one. */
function history(entry: DncEvidence): string {
  const { entry_id, list, campaign_id, standing, added_at, added_by, reason, source } = entry
  const removed = entry.removed_at && `removed ${entry.removed_at} by ${entry.removed_by}`
  return [
    `entry ${entry_id}`,
    campaign_id === null ? list : `${list} ${campaign_id}`,
    standing ? 'in force' : removed ? 'removed' : 'lapsed',
    `added ${added_at} by ${added_by}`,
    ...(reason ? [`reason: ${reason}`] : []),
    ...(source ? [`source: ${source}`] : []),
    ...(entry.expires_at ? [`expires ${entry.expires_at}`] : []),
    ...(removed ? [`${removed}: ${entry.removed_reason}`] : []),
  ].join('\t')
}

function readExpiry(text: string): string {
  const expires_at = readExpires(text)
  if (expires_at === undefined) throw new UsageError(EXPIRES_TAKES)
  return expires_at
}
