// `leadline dnc wash` and what belongs to it: a register is asked about the numbers of an allocation.

import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Wash, WashAnswer } from '../client/api.ts'
import type { LeadlineClient } from '../client/client.ts'
import { REGISTER_NAMES, type RegisterName, WASH_ANSWERS } from '../core/wash.ts'
import { type Cli, collect, idOf, knownOf } from './cli.ts'
import { followNumberFile, tellNumberFile } from './dnc-import.ts'
import { fileToSend } from './file-to-send.ts'
import { say, UsageError } from './terminal.ts'

interface WashOptions {
  register: RegisterName
  days?: number
  start?: true
  numbers?: string
}

interface AnswerOptions {
  holds?: WashAnswer
  region?: string
  phones?: string[]
  result?: string
  rejects?: string
}

/** How often a wash is looked at, milliseconds. */
const LOOK_MS = 200

const WASHED = `
From then on the allocation is called only as the answer of the register allows: leads whose numbers it lists are not, nor those
that come later, nor anybody once its days are over. Leads whose person has asked for a call need no wash. A wash that
counts goes on counting until the next one is answered.
`

export function addWashCommands(
  cli: Cli,
  sub: (name: string, description: string, ...examples: string[]) => Command,
): void {
  const ofWash = (name: string, description: string, example: string) =>
    sub(name, description, example).argument('<wash>', 'its id', idOf('the wash'))

  sub(
    'wash',
    'collect the numbers of an allocation for a register, and call it only as the answer allows',
    'dnc wash 7 --register au --numbers to-wash.csv',
    'dnc wash 7 --register gb --days 28 --start',
  )
    .argument('<allocation>', 'its id', idOf('the allocation'))
    .requiredOption(
      '--register <name>',
      `${REGISTER_NAMES.slice(0, -1).join(', ')}; ${REGISTER_NAMES.at(-1)} for tries`,
      knownOf('register', REGISTER_NAMES),
    )
    .option('--days <number>', 'how long the answer counts; default: as the law or code says', idOf('--days'))
    .option('--start', 'start the allocation once it is answered')
    .option('--numbers <path>', 'write the numbers to this file, as the register takes them')
    .addHelpText('after', WASHED)
    .action(async (allocation_id: number, { register, days, start, numbers }: WashOptions) => {
      const client = cli.client()
      const made = await client.makeWash(allocation_id, {
        register,
        valid_days: days,
        start_when_washed: start,
      })
      if (!made.ok) return cli.finish(made, washLine)
      const wash = await collected(client, made.body)
      cli.show(wash, washLine)
      if (numbers !== undefined) await writeNumbers(cli, wash.wash_id, numbers)
    })
  sub('washes', 'the washes, the newest first', 'dnc washes', 'dnc washes --allocation 7')
    .option('--allocation <id>', 'of this allocation only', idOf('--allocation'))
    .action(async ({ allocation }: { allocation?: number }) => {
      const answer = await cli.client().washes({ limit: 100, allocation_id: allocation })
      cli.finish(answer, ({ items }) => items.map(washLine))
    })
  ofWash(
    'wash-numbers',
    'the numbers that the register is asked about',
    'dnc wash-numbers 3 --out to-wash.csv',
  )
    .option('--out <path>', 'write them to this file; default: print them')
    .action(async (wash_id: number, { out }: { out?: string }) => {
      if (out !== undefined) return writeNumbers(cli, wash_id, out)
      const answer = await cli.client().washNumbers(wash_id)
      if (!answer.ok) return cli.finish(answer, () => '')
      process.stdout.write(answer.body)
    })
  ofWash(
    'wash-answer',
    'bring the file that the register has answered with, and wait until it counts',
    'dnc wash-answer 3 washed.csv',
  )
    .argument('<path>', 'the file: text, .xlsx or .xls, zipped or not')
    .option(
      '--holds <what>',
      'results (numbers with Y or N), listed or clear (those numbers alone); default: as the register usually answers',
      knownOf('holds', WASH_ANSWERS),
    )
    .option('--region <code>', 'where its numbers are dialled; default: the region of the campaign')
    .option('--phones <heading>', 'a column with numbers, if it is not found; can be given again', collect)
    .option('--result <heading>', 'the column with the results, if it is not found')
    .option('--rejects <path>', 'where the rows that are not taken are written')
    .action(async (wash_id: number, path: string, options: AnswerOptions) => {
      const content = await fileToSend(path)
      const made = await cli.client().answerWash(wash_id, {
        name: basename(path),
        bytes: content.size,
        holds: options.holds,
        region: options.region,
        phone_columns: options.phones,
        result_column: options.result,
      })
      if (!made.ok) return cli.finish(made, () => '')
      const ended = await followNumberFile(cli, content, made.body)
      if (!ended) return
      await tellNumberFile(cli, ended, options)
      const wash = await cli.client().wash(wash_id)
      if (wash.ok && ended.state === 'done') say(washLine(wash.body))
    })
  ofWash(
    'cancel-wash',
    'cancel a wash that is not answered; the one before goes on counting',
    'dnc cancel-wash 3',
  ).action(async (wash_id: number) => cli.finish(await cli.client().cancelWash(wash_id), washLine))
}

/** Once its numbers are collected. */
async function collected(client: LeadlineClient, made: Wash): Promise<Wash> {
  for (let wash = made; ; ) {
    if (wash.state !== 'collecting') return wash
    await sleep(LOOK_MS)
    const answer = await client.wash(made.wash_id)
    if (!answer.ok) throw new UsageError(`wash ${made.wash_id} is no longer there`)
    wash = answer.body
  }
}

async function writeNumbers(cli: Cli, wash_id: number, path: string): Promise<void> {
  const answer = await cli.client().washNumbers(wash_id)
  if (!answer.ok) return cli.finish(answer, () => '')
  try {
    await writeFile(path, answer.body, { mode: 0o600 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `${path} cannot be written (${code}): try again with dnc wash-numbers ${wash_id} --out`,
    )
  }
  say(`the numbers are in ${path}`)
}

const washLine = ({
  wash_id,
  allocation_id,
  register,
  state,
  asked,
  outside,
  listed,
  clear,
  valid_until,
  is_current,
}: Wash) =>
  [
    `wash ${wash_id}`,
    `allocation ${allocation_id}`,
    register,
    state,
    `${asked} asked`,
    ...(outside > 0 ? [`${outside} of other countries`] : []),
    ...(state === 'done' ? [`${listed} listed`, `${clear} clear`] : []),
    ...(state === 'done' && is_current ? [`counts until ${valid_until}`] : []),
  ].join('\t')
