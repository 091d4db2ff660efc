// `leadline dnc`: the do-not-call lists of a running server.

import type { Command } from 'commander'
import type { Answer } from '../client/client.ts'
import { path } from '../client/path.ts'
import type { Config } from '../config.ts'
import { finish, jsonOf } from './answer.ts'
import { type FileRow, inChunks, readExpires, readNumberFile, type Stop, tellStop } from './dnc-file.ts'
import { client, SERVER_AND_KEY } from './leads.ts'
import { say, show, UsageError } from './terminal.ts'

const EXAMPLES = {
  add: [
    '  leadline dnc add --list private --reason "asked us" 0412345678 +61398765432',
    '  leadline dnc add --list private --source "register, June" --file numbers.csv',
  ],
  remove: ['  leadline dnc remove --list private --reason "mistyped" 0412345678'],
  check: ['  leadline dnc check 0412345678 --campaign 1'],
  why: ['  leadline dnc why 0412345678 --campaign 1'],
}
const examples = (lines: string[]) => `Examples:\n${lines.join('\n')}\n`

const READ_IN =
  "as dialled in the campaign's region, else in LEADLINE_REGION of the server; or international (+61…)"

const FILE = `
What is no number is named, and the others are written; then the exit code is 1.
A file has a number in each line, or is a CSV with the columns Phone and, to add, Expires (2027-06-30: to the end of that
day in UTC; or an RFC 3339 time); its row of headings may be absent. A line that is not understood refuses the file before
anything is sent.
`

interface Options {
  list: string
  reason?: string
  source?: string
  expires?: string
  campaign?: string
  file?: string
}

type Body = Record<string, unknown>

export function addDncCommand(program: Command, config: () => Config): void {
  const dnc = program
    .command('dnc')
    .description('add, remove and check do-not-call numbers, and say why one is blocked')
    .addHelpText('before', examples(Object.values(EXAMPLES).flat()))
    .addHelpText('after', SERVER_AND_KEY)
  const sub = (name: keyof typeof EXAMPLES, description: string, campaign: string) =>
    dnc
      .command(name)
      .description(description)
      .option('--campaign <id>', campaign)
      .addHelpText('before', examples(EXAMPLES[name]))
  const OF_LIST = 'campaign of the campaign list'
  const IN_CAMPAIGN = 'in this campaign'
  const numbers = (command: Command) =>
    command
      .argument('[phone...]', READ_IN)
      .option('--file <path>', 'a file of numbers instead; - for stdin')
      .addHelpText('after', FILE + SERVER_AND_KEY)
  const post = (path: string, body: object) => client(config()).post<Body>(path, body)

  numbers(sub('add', 'put numbers on a list', OF_LIST))
    .requiredOption('--list <list>', 'private (everywhere), campaign, or client (may be called)')
    .option('--reason <text>', 'why')
    .option('--source <text>', 'where it comes from')
    .option('--expires <time>', 'date or RFC 3339 time at which the entries lapse')
    .action(async (phones: string[], options: Options, command: Command) => {
      const { list, reason, source } = options
      const body = { list, reason, source, expires_at: expiry(options), ...campaign(options) }
      const said = ({ added, already_listed }: Body) => `${added} added, ${already_listed} listed already`
      const rows = await rowsOf(phones, options)
      if (!rows) return finishNumbers(await post('/v1/dnc', { ...body, phones }), phones, command, said)
      const entries = (chunk: readonly FileRow[]) => chunk.map(({ line: _, ...entry }) => entry)
      await writeFile(rows, command, ['added', 'already_listed'], said, (chunk) =>
        post('/v1/dnc', { ...body, entries: entries(chunk), skip_invalid: true }),
      )
    })
  numbers(sub('remove', 'take numbers off a list; the entries stay on record', OF_LIST))
    .requiredOption('--list <list>', 'private, campaign or client')
    .requiredOption('--reason <text>', 'why')
    .action(async (phones: string[], options: Options, command: Command) => {
      const { list, reason } = options
      const body = { list, reason, ...campaign(options) }
      const said = ({ removed, not_listed }: Body) => `${removed} removed, ${not_listed} not listed`
      const rows = await rowsOf(phones, options)
      if (!rows)
        return finishNumbers(await post('/v1/dnc/removals', { ...body, phones }), phones, command, said)
      await writeFile(rows, command, ['removed', 'not_listed'], said, (chunk) =>
        post('/v1/dnc/removals', { ...body, phones: phonesOf(chunk), skip_invalid: true }),
      )
    })
  numbers(sub('check', 'which numbers are blocked, and by what', IN_CAMPAIGN)).action(
    async (phones: string[], options: Options, command: Command) => {
      const body = campaign(options)
      const said = ({ items }: Body) => (items as Checked[]).map(checked).join('\n')
      const rows = await rowsOf(phones, options)
      if (!rows) return finish(await post('/v1/dnc/check', { ...body, phones }), command, said)
      const items: Checked[] = []
      const stop = await inChunks(
        rows,
        (chunk) => post('/v1/dnc/check', { ...body, phones: phonesOf(chunk) }),
        (answer) => items.push(...(answer.items as Checked[])),
      )
      show(jsonOf(command), { items, ...stopped(stop) }, () => said({ items }))
      end(stop)
    },
  )
  sub('why', 'why a number is blocked, or is not', IN_CAMPAIGN)
    .argument('<phone>', READ_IN)
    .addHelpText('after', SERVER_AND_KEY)
    .action(async (phone: string, options: Options, command: Command) => {
      const address = path`/v1/dnc/numbers/${phone}`
      const answer = await client(config()).get<Body>(address, campaign(options))
      finish(answer, command, ({ number, explanation, entries }) =>
        [`${number}\t${explanation}`, ...(entries as Entry[]).map(history)].join('\n'),
      )
    })
}

/** The rows of the file; undefined: the numbers stand in the command. */
async function rowsOf(phones: string[], { file }: Options): Promise<FileRow[] | undefined> {
  if ((phones.length === 0) === (file === undefined))
    throw new UsageError('name numbers, or a file of numbers with --file')
  return file === undefined ? undefined : readNumberFile(file)
}

const phonesOf = (rows: readonly FileRow[]) => rows.map(({ phone }) => phone)

interface NotTaken {
  index: number
  detail: string
}

const withNotTaken = (said: string, { length }: readonly unknown[]) =>
  [said, ...(length > 0 ? [`${length} not taken`] : [])].join(', ')

/** Numbers of the command itself: those that were not taken are named. */
function finishNumbers(
  answer: Answer<Body>,
  phones: readonly string[],
  command: Command,
  said: (body: Body) => string,
): void {
  finish(answer, command, (body) => withNotTaken(said(body), body.invalid as NotTaken[]))
  if (answer.status >= 300) return
  for (const { index, detail } of answer.body.invalid as NotTaken[]) {
    say(`${phones[index]} ${detail}`)
    process.exitCode = 1
  }
}

/** Sends the file, and says exactly what became of it. `counts`: what the answers count. */
async function writeFile(
  rows: readonly FileRow[],
  command: Command,
  counts: readonly string[],
  said: (totals: Body) => string,
  send: (chunk: readonly FileRow[]) => Promise<Answer<Body>>,
): Promise<void> {
  const totals: Record<string, number> = Object.fromEntries(counts.map((name) => [name, 0]))
  const invalid: { line: number; detail: string }[] = []
  const stop = await inChunks(rows, send, (body, chunk) => {
    for (const name of counts) totals[name]! += body[name] as number
    for (const { index, detail } of body.invalid as NotTaken[]) {
      const { line } = chunk[index]!
      invalid.push({ line, detail })
      say(`line ${line} ${detail}`)
    }
  })
  show(jsonOf(command), { ...totals, invalid, ...stopped(stop) }, () => withNotTaken(said(totals), invalid))
  if (invalid.length > 0) process.exitCode = 1
  end(stop)
}

const stopped = (stop: Stop | undefined) => {
  if (!stop) return {}
  const { cause: _, ...said } = stop
  return { stopped: said }
}

function end(stop: Stop | undefined): void {
  if (!stop) return
  tellStop(stop)
  process.exitCode = 1
  if (stop.cause) throw stop.cause
}

interface Checked {
  sent: string
  phone: string | null
  blocked: boolean
  list?: string
  entry_id?: number
  problem?: string
}

const checked = ({ sent, phone, blocked, list, entry_id, problem }: Checked) =>
  phone === null
    ? `${sent}\tno number: ${problem}`
    : `${phone}\t${blocked ? `blocked by the ${list} list (entry ${entry_id})` : 'free'}`

interface Entry {
  entry_id: number
  list: string
  campaign_id: number | null
  reason: string | null
  source: string | null
  expires_at: string | null
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
  standing: boolean
}

/** One line: what the entry is, and what it became. */
function history(entry: Entry): string {
  const { entry_id, list, campaign_id, standing, added_at, added_by, reason, source } = entry
  const removed = entry.removed_at && `removed ${entry.removed_at} by ${entry.removed_by}`
  return [
    `entry ${entry_id}`,
    campaign_id === null ? list : `${list} ${campaign_id}`,
    standing ? 'stands' : removed ? 'removed' : 'lapsed',
    `added ${added_at} by ${added_by}`,
    ...(reason ? [`reason: ${reason}`] : []),
    ...(source ? [`source: ${source}`] : []),
    ...(entry.expires_at ? [`expires ${entry.expires_at}`] : []),
    ...(removed ? [`${removed}: ${entry.removed_reason}`] : []),
  ].join('\t')
}

function campaign({ campaign }: Options): { campaign_id?: number } {
  if (campaign === undefined) return {}
  if (!/^[1-9]\d{0,9}$/.test(campaign)) throw new UsageError('--campaign takes a number')
  return { campaign_id: Number(campaign) }
}

function expiry({ expires }: Options): string | undefined {
  if (expires === undefined) return undefined
  const expires_at = readExpires(expires)
  if (expires_at === undefined)
    throw new UsageError('--expires takes a date (2027-06-30) or an RFC 3339 time')
  return expires_at
}
