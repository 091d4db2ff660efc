// `leadline allocations`: what stands in them, start and stop, moving leads and taking them up again.

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { finish } from './answer.ts'
import { client, SERVER_AND_KEY } from './leads.ts'
import { UsageError } from './terminal.ts'

const EXAMPLES = {
  list: '  leadline allocations list --campaign 1',
  start: '  leadline allocations start 1',
  stop: '  leadline allocations stop 1',
  counts: '  leadline allocations counts 1',
  move: '  leadline allocations move 1 --to 2 --disposition "No Answer"',
  recycle: '  leadline allocations recycle 1 --disposition Busy --disposition "No Answer"',
}
const examples = (...lines: string[]) => `Examples:\n${lines.join('\n')}\n`

interface Allocation {
  allocation_id: number
  campaign_id: number
  name: string
  started: boolean
}

interface Counts extends Record<string, number | Record<string, number>> {
  closed: Record<string, number>
}

const collect = (value: string, before: string[] = []) => [...before, value]

export function addAllocationsCommand(program: Command, config: () => Config): void {
  const allocations = program
    .command('allocations')
    .description('what stands in allocations; start, stop, move leads, take them up again')
    .addHelpText('before', examples(...Object.values(EXAMPLES)))
    .addHelpText('after', SERVER_AND_KEY)
  const sub = (name: keyof typeof EXAMPLES, description: string) =>
    allocations
      .command(name)
      .description(description)
      .addHelpText('before', examples(EXAMPLES[name]))
      .addHelpText('after', SERVER_AND_KEY)
  const one = (name: keyof typeof EXAMPLES, description: string) =>
    sub(name, description).argument('<allocation>', 'its id', (text) => readId(text, 'the allocation'))
  const path = (id: number, deed = '') => `/v1/allocations/${id}${deed}`

  sub('list', 'allocations with their campaigns')
    .option('--campaign <id>', 'of this campaign only', (text) => readId(text, '--campaign'))
    .action(async ({ campaign }: { campaign?: number }, command: Command) => {
      const query = campaign === undefined ? {} : { campaign_id: campaign }
      const answer = await client(config()).get<{ items: Allocation[] }>('/v1/allocations', {
        ...query,
        limit: 500,
      })
      finish(answer, command, ({ items }) => items.map(line).join('\n'))
    })
  for (const [name, started] of [
    ['start', true],
    ['stop', false],
  ] as const)
    one(name, `${name} handing out its leads`).action(async (id: number, _options, command: Command) => {
      const answer = await client(config()).patch<Allocation & { counts?: Counts }>(path(id), { started })
      finish(answer, command, (body) => [line(body), ...(body.counts ? lines(body.counts) : [])].join('\n'))
    })
  one('counts', 'how many leads are new, due, waiting, leased, parked, closed').action(
    async (id: number, _options, command: Command) => {
      const answer = await client(config()).get<Counts>(path(id, '/counts'))
      finish(answer, command, (counts) => lines(counts).join('\n'))
    },
  )
  one('move', 'move leads to another allocation of the campaign')
    .requiredOption('--to <id>', 'the other allocation', (text) => readId(text, '--to'))
    .option('--lead <id>', 'this lead; can be given again', collect)
    .option('--disposition <code>', 'leads with it; can be given again', collect)
    .option('--all', 'every lead')
    .option('--open-only', 'leave the closed ones')
    .action(async (id: number, options: MoveOptions, command: Command) => {
      const { to, lead: lead_ids, disposition: dispositions, all, openOnly: open_only } = options
      if ([lead_ids, dispositions, all].filter(Boolean).length !== 1)
        throw new UsageError('say which leads: --lead, --disposition or --all')
      const body = { to_allocation_id: to, lead_ids, dispositions, all, open_only }
      const answer = await client(config()).post<{ moved: number }>(path(id, '/moves'), body)
      finish(answer, command, ({ moved }) => `${moved} moved`)
    })
  one('recycle', 'take closed leads up again')
    .requiredOption('--disposition <code>', 'those closed with it; can be given again', collect)
    .action(async (id: number, { disposition }: { disposition: string[] }, command: Command) => {
      const answer = await client(config()).post<{ recycled: number }>(path(id, '/recycle'), {
        dispositions: disposition,
      })
      finish(answer, command, ({ recycled }) => `${recycled} taken up again`)
    })
}

interface MoveOptions {
  to: number
  lead?: string[]
  disposition?: string[]
  all?: true
  openOnly?: boolean
}

function readId(text: string, what: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`${what} takes a number`)
  return Number(text)
}

const line = ({ allocation_id, campaign_id, name, started }: Allocation) =>
  [allocation_id, `campaign ${campaign_id}`, started ? 'started' : 'stopped', name].join('\t')

const lines = ({ closed, ...counts }: Counts) => [
  ...Object.entries(counts).map(([name, leads]) => `${name}\t${leads}`),
  ...Object.entries(closed).map(([code, leads]) => `closed: ${code || 'without disposition'}\t${leads}`),
]
