// `leadline allocations`: what is in them; created, changed, started, stopped and deleted; moving leads and taking them
// up again.

import type { Allocation, Counts } from '../client/api.ts'
import {
  type ArchiveOptions,
  askedChange,
  type ChangeOptions,
  deletion,
  rehearsal,
  touched,
  withArchiving,
  withChangeOptions,
  withVersion,
} from './changes.ts'
import { type Cli, collect, idOf, talksToServer } from './cli.ts'
import { askedDraws, type DrawOptions, drawsLine, withDraws } from './draws.ts'
import { addFillCommands } from './fills.ts'
import { UsageError } from './terminal.ts'

interface NewAllocationOptions extends DrawOptions {
  campaign: number
  name: string
  start?: boolean
  needsWash?: true
}

interface AllocationOptions extends ChangeOptions, ArchiveOptions, DrawOptions {
  name?: string
  needsWash?: boolean
}

interface MoveOptions {
  to: number
  lead?: string[]
  disposition?: string[]
  all?: true
  openOnly?: boolean
}

export function addAllocationsCommand(cli: Cli): void {
  const { group, sub } = cli.group(
    'allocations',
    'create, change and delete allocations, start and stop them; fill them, count, move and recycle their leads',
  )
  talksToServer(group)
  const one = (name: string, description: string, example = '') =>
    sub(name, description, `allocations ${name} 1${example}`).argument(
      '<allocation>',
      'its id',
      idOf('the allocation'),
    )

  sub('list', 'allocations with their campaigns', 'allocations list --campaign 1')
    .option('--campaign <id>', 'of this campaign only', idOf('--campaign'))
    .option('--archived', 'with the archived ones')
    .action(async ({ campaign, archived }: { campaign?: number; archived?: boolean }) => {
      const query = { campaign_id: campaign, archived, limit: 500 }
      cli.finish(await cli.client().allocations(query), ({ items }) => items.map(line))
    })
  withDraws(
    sub(
      'create',
      'create an allocation, or a virtual one that draws on others',
      'allocations create --campaign 1 --name "Week 1" --start',
      'allocations create --campaign 1 --name All --draw-by ratio --member 1=75 --member 2=25 --start',
    ),
  )
    .requiredOption('--campaign <id>', 'its campaign', idOf('--campaign'))
    .requiredOption('--name <name>', 'what it is called')
    .option('--start', 'hand out its leads at once')
    .option('--needs-wash', 'call it only once it is washed (dnc wash)')
    .action(async ({ campaign: campaign_id, name, start, needsWash, ...options }: NewAllocationOptions) => {
      const body = { campaign_id, name, started: start, needs_wash: needsWash, draws: askedDraws(options) }
      cli.finish(await cli.client().createAllocation(body), line)
    })
  withChangeOptions(
    withArchiving(
      withDraws(
        one(
          'change',
          'rename an allocation, archive it, take it up again, or change what it draws on',
          ' --name "Week 2"',
        )
          .option('--name <name>', 'its new name')
          .option('--needs-wash <yes|no>', 'whether it is called only once it is washed', yesOrNo),
      ),
    ),
  ).action(async (id: number, options: AllocationOptions) => {
    const { name, archive, takeUp, needsWash: needs_wash } = options
    const more = { draws: askedDraws(options), needs_wash }
    const is_more_alone =
      (more.draws || needs_wash !== undefined) && name === undefined && !archive && !takeUp
    const change = is_more_alone ? more : { ...askedChange(options), ...more }
    const answer = await cli.client().changeAllocation(id, change, rehearsal(options), options.ifVersion)
    cli.finish(answer, (body) => [line(body), ...touched(body)])
  })
  withVersion(one('delete', 'delete an allocation that never had a lead')).action(
    async (id: number, { ifVersion }: ChangeOptions) =>
      cli.finish(
        deletion(await cli.client().deleteAllocation(id, {}, ifVersion), { allocation_id: id }),
        () => `allocation ${id} is deleted`,
      ),
  )
  for (const name of ['start', 'stop'])
    one(name, `${name} handing out its leads`).action(async (id: number) => {
      const answer = await cli.client().changeAllocation(id, { started: name === 'start' })
      cli.finish(answer, (body) => [line(body), ...(body.counts ? lines(body.counts) : [])])
    })
  one('counts', 'how many leads are new, due, waiting, leased, parked, closed').action(async (id: number) =>
    cli.finish(await cli.client().allocationCounts(id), lines),
  )
  one('move', 'move leads to another allocation of the campaign', ' --to 2 --disposition "No Answer"')
    .requiredOption('--to <id>', 'the other allocation', idOf('--to'))
    .option('--lead <id>', 'this lead; can be given again', collect)
    .option('--disposition <code>', 'leads with it; can be given again', collect)
    .option('--all', 'every lead')
    .option('--open-only', 'leave the closed ones')
    .action(async (id: number, options: MoveOptions) => {
      const { to, lead: lead_ids, disposition: dispositions, all, openOnly: open_only } = options
      if ([lead_ids, dispositions, all].filter(Boolean).length !== 1)
        throw new UsageError('say which leads: --lead, --disposition or --all')
      const body = { to_allocation_id: to, lead_ids, dispositions, all, open_only }
      cli.finish(await cli.client().moveLeads(id, body), ({ moved }) => `${moved} moved`)
    })
  one('recycle', 'take closed leads up again', ' --disposition Busy --disposition "No Answer"')
    .requiredOption('--disposition <code>', 'those closed with it; can be given again', collect)
    .action(async (id: number, { disposition: dispositions }: { disposition: string[] }) => {
      const answer = await cli.client().recycleLeads(id, { dispositions })
      cli.finish(answer, ({ recycled }) => `${recycled} taken up again`)
    })
  addFillCommands(cli, sub)
}

function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new UsageError('--needs-wash is yes or no')
  return text === 'yes'
}

const line = ({ allocation_id, campaign_id, name, started, archived_at, draws, ...washed }: Allocation) => {
  const state = archived_at !== null ? 'archived' : started ? 'started' : 'stopped'
  const wash = washed.needs_wash ? [`washed until ${washed.washed_until ?? 'never'}`] : []
  return [allocation_id, `campaign ${campaign_id}`, state, name, ...wash, ...drawsLine(draws)].join('\t')
}

const lines = ({ closed, ...counts }: Counts) => [
  ...Object.entries(counts).map(([name, leads]) => `${name}\t${leads}`),
  ...Object.entries(closed).map(([code, leads]) => `closed: ${code || 'without disposition'}\t${leads}`),
]
