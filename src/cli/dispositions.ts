// `leadline dispositions`: the outcomes of every set, and what each does to a lead.

import type { Disposition, DispositionChange, DispositionSet } from '../client/api.ts'
import { type ChangeOptions, rehearsal, touched, withChangeOptions } from './changes.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'
import { UsageError } from './terminal.ts'

interface OutcomeOptions extends ChangeOptions {
  priority?: number
  delay?: number
  nextDay?: true
  redials?: number | 'none'
  enable?: true
  disable?: true
}

export function addDispositionsCommand(cli: Cli): void {
  const { group, sub } = cli.group('dispositions', 'list the outcomes of calls, and change what they do')
  talksToServer(group)

  sub('list', 'dispositions with their sets', 'dispositions list --set 1')
    .option('--set <id>', 'of this disposition set only', idOf('--set'))
    .action(async ({ set }: { set?: number }) => {
      const lines = (of: DispositionSet) => of.dispositions.map((disposition) => line(of, disposition))
      if (set !== undefined) return cli.finish(await cli.client().dispositionSet(set), lines)
      return cli.finish(await cli.client().dispositionSets(), ({ items }) => items.flatMap(lines))
    })
  withChangeOptions(
    sub(
      'change',
      'change what a disposition does, disable or enable it',
      'dispositions change 1 "No Answer" --delay 7200 --redials 3',
      'dispositions change 1 Fax --disable --dry-run',
    )
      .argument('<set>', 'the id of its set', idOf('the disposition set'))
      .argument('<code>', 'the disposition, in any case')
      .option(
        '--priority <number>',
        'the priority that the lead gets, 0 to 100; lower first',
        wholeOf('--priority'),
      )
      .option('--delay <seconds>', 'after how long the lead comes back', wholeOf('--delay'))
      .option('--next-day', 'the lead comes back on the next day instead')
      .option('--redials <number>', 're-dials before the lead closes, or none: no limit', redialsOf)
      .option('--enable', 'may be given')
      .option('--disable', 'may not be given any more'),
  ).action(async (set_id: number, code: string, options: OutcomeOptions) => {
    const change = outcomeChange(options)
    const answer = await cli
      .client()
      .changeDisposition(set_id, code, change, rehearsal(options), options.ifVersion)
    cli.finish(answer, (set) => [
      ...set.dispositions
        .filter((one) => one.code.toLowerCase() === code.trim().toLowerCase())
        .map((one) => line(set, one)),
      ...touched(set),
      ...(set.warnings ?? []),
    ])
  })
}

function outcomeChange(options: OutcomeOptions): DispositionChange {
  const { priority, delay, nextDay: next_day, redials, enable, disable } = options
  if (delay !== undefined && next_day) throw new UsageError('--delay and --next-day exclude each other')
  if (enable && disable) throw new UsageError('--enable and --disable exclude each other')
  const change: DispositionChange = {
    ...(priority !== undefined && { priority }),
    ...(delay !== undefined && { delay_s: delay, next_day: false }),
    ...(next_day && { delay_s: null, next_day }),
    ...(redials !== undefined && { redials_max: redials === 'none' ? null : redials }),
    ...((enable || disable) && { enabled: enable === true }),
  }
  if (Object.keys(change).length > 0) return change
  throw new UsageError(
    'say what to change: --priority, --delay, --next-day, --redials, --enable or --disable',
  )
}

function wholeOf(what: string) {
  return (text: string) => {
    if (/^\d{1,9}$/.test(text)) return Number(text)
    throw new UsageError(`${what} takes a whole number`)
  }
}

const redialsOf = (text: string) => (text === 'none' ? text : wholeOf('--redials')(text))

const line = ({ disposition_set_id, name }: DispositionSet, disposition: Disposition) => {
  const { code, kind, priority, delay_s, next_day, redials_max, enabled } = disposition
  return [
    `${disposition_set_id} ${name}`,
    code,
    kind,
    `priority ${priority}`,
    ...(next_day ? ['next day'] : delay_s === null ? [] : [`after ${delay_s} s`]),
    ...(redials_max === null ? [] : [`${redials_max} re-dials`]),
    ...(enabled ? [] : ['disabled']),
  ].join('\t')
}
