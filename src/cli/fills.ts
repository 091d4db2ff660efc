// `leadline allocations fill`: the leads that a search finds are counted, and moved to an allocation.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Fill, FillPreview, FillRequest } from '../client/api.ts'
import { fold } from '../core/field.ts'
import { type Cli, collect, idOf, knownOf, timeOf } from './cli.ts'
import { UsageError } from './terminal.ts'

interface FillOptions {
  query?: string
  field?: string[]
  from?: string[]
  disposition?: string[]
  new?: true | number
  open?: true
  closed?: true
  callbackFrom?: string
  callbackTo?: string
  callbackAgent?: string
  changedBy?: string
  import?: number
  conflicts?: true
  max?: number
  order?: 'newest' | 'oldest'
  dryRun?: true
}

/** How often a fill is looked at, milliseconds. */
const LOOK_MS = 500

export function addFillCommands(
  cli: Cli,
  sub: (name: string, description: string, ...examples: string[]) => Command,
): void {
  sub(
    'fill',
    'move the leads that a search finds to an allocation, and wait until that is done',
    'allocations fill 2 --from 1 --new 500 --disposition "No Answer=200" --dry-run',
    'allocations fill 2 --query Geelong --open --max 1000',
    'allocations fill 2 --field State=NSW --field State=VIC --dry-run',
  )
    .argument('<allocation>', 'its id', idOf('the allocation'))
    .option('--query <text>', 'what the search box takes: words, numbers, ids')
    .option('--field <name=value>', 'only leads with this value; of one field again: one of them', collect)
    .option('--from <allocation>', 'only leads of this one; can be given again', collect)
    .option('--disposition <code[=number]>', 'only leads with it, so many; can be given again', collect)
    .option('--new [number]', 'only leads without a disposition, so many', idOf('--new'))
    .option('--open', 'only open leads')
    .option('--closed', 'only closed leads')
    .option('--callback-from <time>', 'only callbacks at this time or later', timeOf('--callback-from'))
    .option('--callback-to <time>', 'only callbacks before this time', timeOf('--callback-to'))
    .option('--callback-agent <name>', 'only leads whose callback is kept for this agent')
    .option('--changed-by <actor>', 'only leads that key:7, operator:3 or system has changed')
    .option('--import <id>', 'only leads that this import made', idOf('--import'))
    .option('--conflicts', 'only leads with a held update')
    .option('--max <number>', 'so many in all', idOf('--max'))
    .option('--order <order>', 'newest (default) or oldest first', knownOf('order', ['newest', 'oldest']))
    .option('--dry-run', 'count them, and move nothing')
    .action(async (id: number, options: FillOptions) => {
      const body = requestOf(options)
      if (options.dryRun) cli.finish(await cli.client().previewFill(id, body), previewLines)
      else cli.finish(await untilOver(cli, id, body), fillLines)
    })
  sub('fills', 'the fills of an allocation, and how far they have come', 'allocations fills 2')
    .argument('<allocation>', 'its id', idOf('the allocation'))
    .action(async (id: number) =>
      cli.finish(await cli.client().fills(id, { limit: 500 }), ({ items }) => items.map(line)),
    )
  sub('cancel-fill', 'cancel a fill; what it has moved stays where it is', 'allocations cancel-fill 3')
    .argument('<fill>', 'its id', idOf('the fill'))
    .action(async (id: number) => cli.finish(await cli.client().cancelFill(id), fillLines))
}

async function untilOver(cli: Cli, allocation_id: number, body: FillRequest) {
  const client = cli.client()
  let answer = await client.fillAllocation(allocation_id, body)
  while (answer.ok && answer.body.state === 'running') {
    await sleep(LOOK_MS)
    answer = await client.fill(answer.body.fill_id)
  }
  return answer
}

function requestOf(options: FillOptions): FillRequest {
  if (options.open && options.closed) throw new UsageError('--open and --closed exclude each other')
  const picks = (options.disposition ?? []).map(pickOf)
  if (options.new)
    picks.unshift({ disposition: null, leads_max: options.new === true ? undefined : options.new })
  return {
    search: {
      q: options.query,
      callback_from: options.callbackFrom,
      callback_to: options.callbackTo,
      callback_agent: options.callbackAgent,
      changed_by: options.changedBy,
      import_id: options.import,
      has_conflict: options.conflicts,
      closed: options.open ? false : options.closed,
    },
    fields: options.field && conditionsOf(options.field),
    from_allocation_ids: options.from?.map(idOf('--from')),
    dispositions: picks.length > 0 ? picks : undefined,
    leads_max: options.max,
    order: options.order,
  }
}

/** State=NSW; nothing behind the sign: no value. */
function conditionsOf(texts: string[]): FillRequest['fields'] {
  const values = texts.map((text) => {
    const [, field, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (field === undefined) throw new UsageError(`--field ${text} is not of the form name=value`)
    return { field, value: value === '' ? null : value! }
  })
  return [...Map.groupBy(values, ({ field }) => fold(field)).values()].map((of) => ({
    field: of[0]!.field,
    is: of.map(({ value }) => value),
  }))
}

/** Busy=200 */
function pickOf(text: string): NonNullable<FillRequest['dispositions']>[number] {
  const [, code, leads_max] = /^(.+)=(\d{1,9})$/.exec(text) ?? []
  return code === undefined ? { disposition: text } : { disposition: code, leads_max: Number(leads_max) }
}

const nameOf = (disposition: string | null) => disposition ?? 'new'

const previewLines = ({ leads, exact, moves, dispositions }: FillPreview) => [
  `${exact ? '' : 'at least '}${leads} found\t${moves} would be moved`,
  ...dispositions.map((one) => `${nameOf(one.disposition)}\t${one.leads}`),
]

const line = ({ fill_id, state, moved, changed }: Fill) =>
  [
    `fill ${fill_id}`,
    state,
    `${moved} moved`,
    ...(changed > 0 ? [`${changed} had changed and stayed`] : []),
  ].join('\t')

const fillLines = (fill: Fill) => [
  line(fill),
  ...fill.dispositions.map(({ disposition, moved }) => `${nameOf(disposition)}\t${moved}`),
]
