// `leadline dnc`: the do-not-call lists of a running server.

import type { Command } from 'commander'
import type { Answer, Problem } from '../client/client.ts'
import type { Config } from '../config.ts'
import { client, SERVER_AND_KEY } from './leads.ts'
import { say, show, UsageError } from './terminal.ts'

const EXAMPLES = {
  add: '  leadline dnc add --list private --reason "asked us" 0412345678 +61398765432',
  remove: '  leadline dnc remove --list private --reason "mistyped" 0412345678',
  check: '  leadline dnc check 0412345678 --campaign 1',
}
const examples = (...lines: string[]) => `Examples:\n${lines.join('\n')}\n`

interface Options {
  list: string
  reason?: string
  source?: string
  expires?: string
  campaign?: string
}

export function addDncCommand(program: Command, config: () => Config): void {
  const dnc = program
    .command('dnc')
    .description('add, remove and check do-not-call numbers')
    .addHelpText('before', examples(...Object.values(EXAMPLES)))
    .addHelpText('after', SERVER_AND_KEY)
  const sub = (name: keyof typeof EXAMPLES, description: string) =>
    dnc
      .command(name)
      .description(description)
      .argument('<phone...>', 'as dialled in LEADLINE_REGION of the server, or international (+61…)')
      .option('--campaign <id>', 'campaign of the campaign list')
      .addHelpText('before', examples(EXAMPLES[name]))
      .addHelpText('after', SERVER_AND_KEY)
  const post = (path: string, body: object) => client(config()).post<Record<string, unknown>>(path, body)

  sub('add', 'put numbers on a list')
    .requiredOption('--list <list>', 'private (everywhere), campaign, or client (may be called)')
    .option('--reason <text>', 'why')
    .option('--source <text>', 'where it comes from')
    .option('--expires <time>', 'RFC 3339 time at which the entries lapse')
    .action(async (phones: string[], options: Options, command: Command) => {
      const { list, reason, source, expires: expires_at } = options
      const answer = await post('/v1/dnc', { list, reason, source, expires_at, phones, ...campaign(options) })
      finish(answer, command, (body) => `${body.added} added, ${body.already_listed} listed already`)
    })
  sub('remove', 'take numbers off a list; the entries stay on record')
    .requiredOption('--list <list>', 'private, campaign or client')
    .requiredOption('--reason <text>', 'why')
    .action(async (phones: string[], options: Options, command: Command) => {
      const { list, reason } = options
      const answer = await post('/v1/dnc/removals', { list, reason, phones, ...campaign(options) })
      finish(answer, command, (body) => `${body.removed} removed, ${body.not_listed} not listed`)
    })
  sub('check', 'which numbers are blocked, and by what').action(
    async (phones: string[], options: Options, command: Command) => {
      const answer = await post('/v1/dnc/check', { phones, ...campaign(options) })
      finish(answer, command, (body) => (body.items as Checked[]).map(line).join('\n'))
    },
  )
}

interface Checked {
  sent: string
  phone: string | null
  blocked: boolean
  list?: string
  entry_id?: number
  problem?: string
}

const line = ({ sent, phone, blocked, list, entry_id, problem }: Checked) =>
  phone === null
    ? `${sent}\tno number: ${problem}`
    : `${phone}\t${blocked ? `blocked by the ${list} list (entry ${entry_id})` : 'free'}`

function campaign({ campaign }: Options): { campaign_id?: number } {
  if (campaign === undefined) return {}
  if (!/^[1-9]\d{0,9}$/.test(campaign)) throw new UsageError('--campaign takes a number')
  return { campaign_id: Number(campaign) }
}

function finish(
  answer: Answer<Record<string, unknown>>,
  command: Command,
  lines: (body: Record<string, unknown>) => string,
): void {
  const { json } = command.optsWithGlobals()
  if (answer.status < 300) {
    show(json, answer.body, () => lines(answer.body))
    return
  }
  const problem = answer.body as unknown as Problem
  show(json, problem, () => `${problem.code} ${problem.name}`)
  for (const { field, detail } of problem.errors ?? [{ field: '', detail: problem.detail }])
    say(`${field} ${detail}`.trim())
  process.exitCode = 1
}
