// `leadline allocations`: what is in them, start and stop, moving leads and taking them up again.

import type { Allocation, Counts } from '../client/api.ts'
import { type Cli, collect, idOf, talksToServer } from './cli.ts'
import { UsageError } from './terminal.ts'

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
    'count leads; start and stop allocations, move leads, recycle closed ones',
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
    .action(async ({ campaign }: { campaign?: number }) => {
      const query = { campaign_id: campaign, limit: 500 }
      cli.finish(await cli.client().allocations(query), ({ items }) => items.map(line))
    })
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
}

const line = ({ allocation_id, campaign_id, name, started }: Allocation) =>
  [allocation_id, `campaign ${campaign_id}`, started ? 'started' : 'stopped', name].join('\t')

const lines = ({ closed, ...counts }: Counts) => [
  ...Object.entries(counts).map(([name, leads]) => `${name}\t${leads}`),
  ...Object.entries(closed).map(([code, leads]) => `closed: ${code || 'without disposition'}\t${leads}`),
]
