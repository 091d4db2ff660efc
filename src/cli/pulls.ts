// `leadline pulls`: listed, created, changed, tried, run, deleted; and their runs.

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NewPull, Pull, PullRun } from '../client/api.ts'
import type { LeadlineClient } from '../client/client.ts'
import {
  type ChangeOptions,
  deletion,
  rehearsal,
  touched,
  withChangeOptions,
  withVersion,
} from './changes.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'
import { say, UsageError } from './terminal.ts'

interface PullOptions extends ChangeOptions {
  name?: string
  every?: number
  on?: boolean
  off?: boolean
  lastId?: string
  fromStart?: boolean
}

export function addPullsCommand(cli: Cli): void {
  const { group, sub } = cli.group('pulls', 'leads that are fetched from the address of another system')
  talksToServer(group)
  const one = (name: string, description: string, ...examples: string[]) =>
    sub(name, description, ...examples).argument('<pull>', 'its id', idOf('the pull'))

  sub('list', 'pulls with their state', 'pulls list').action(async () =>
    cli.finish(await cli.client().pulls({ limit: 500 }), ({ items }) => items.map(line)),
  )
  sub('create', 'create a pull from a JSON document', 'pulls create pull.json')
    .argument('<file>', 'the body of POST /v1/pulls; docs/pulls.md shows one')
    .action(async (file: string) => cli.finish(await cli.client().createPull(await pullIn(file)), line))
  withChangeOptions(
    one(
      'change',
      'rename a pull, switch it on or off, say where it goes on',
      'pulls change 1 --off',
      'pulls change 1 --every 15 --last-id 4711',
    )
      .option('--name <name>', 'its new name')
      .option('--every <minutes>', 'how often it is fetched', idOf('--every'))
      .option('--on', 'fetch it by itself')
      .option('--off', 'fetch it only when it is asked for')
      .option('--last-id <id>', 'go on behind the row of this id')
      .option('--from-start', 'ask for all rows again'),
  ).action(async (id: number, options: PullOptions) => {
    const answer = await cli
      .client()
      .changePull(id, askedChange(options), rehearsal(options), options.ifVersion)
    cli.finish(answer, (pull) => [line(pull), ...touched(pull)])
  })
  one('try', 'fetch the next rows, say what would become of them, and write nothing', 'pulls try 1').action(
    async (id: number) =>
      cli.finish(await cli.client().tryPull(id), ({ problem, ...trial }) =>
        problem === null ? outcome(trial) : `a run would fail: ${problem}`,
      ),
  )
  one('run', 'run a pull now, and wait until the run has ended', 'pulls run 1').action(async (id: number) => {
    const client = cli.client()
    const started = await client.startPull(id)
    if (!started.ok) return cli.finish(started, runLine)
    const run = await ended(client, started.body)
    cli.show(run, (run) => [runLine(run), ...outcome(run)])
    if (run.state === 'failed') {
      say(run.detail ?? 'the run failed')
      process.exitCode = 1
    }
  })
  one('runs', 'its runs, newest first', 'pulls runs 1').action(async (id: number) =>
    cli.finish(await cli.client().pullRuns(id), ({ items }) => items.map(runLine)),
  )
  withVersion(one('delete', 'delete a pull with its runs; its leads stay', 'pulls delete 1')).action(
    async (id: number, { ifVersion }: ChangeOptions) =>
      cli.finish(
        deletion(await cli.client().deletePull(id, {}, ifVersion), { pull_id: id }),
        () => `pull ${id} is deleted`,
      ),
  )
}

async function pullIn(file: string): Promise<NewPull> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${file} is no JSON document`)
  }
}

function askedChange({ name, every: every_minutes, on, off, lastId, fromStart }: PullOptions) {
  if (on && off) throw new UsageError('--on and --off exclude each other')
  if (lastId !== undefined && fromStart) throw new UsageError('--last-id and --from-start exclude each other')
  const enabled = on ? true : off ? false : undefined
  const last_id = fromStart ? null : lastId
  const change = { name, every_minutes, enabled, last_id }
  if (Object.values(change).every((value) => value === undefined))
    throw new UsageError('say what to change: --name, --every, --on, --off, --last-id or --from-start')
  return change
}

const LOOK_MS = 500

async function ended(client: LeadlineClient, started: PullRun): Promise<PullRun> {
  for (let run = started; ; ) {
    if (run.finished_at !== null) return run
    await sleep(LOOK_MS)
    const runs = await client.pullRuns(run.pull_id)
    const found = runs.ok && runs.body.items.find(({ run_id }) => run_id === started.run_id)
    if (!found) throw new UsageError(`run ${started.run_id} is no longer there`)
    run = found
  }
}

const line = ({ pull_id, enabled, failures, every_minutes, name }: Pull) => {
  const state = failures > 0 ? `failing ${failures}` : enabled ? 'on' : 'off'
  return [pull_id, state, `every ${every_minutes} min`, name].join('\t')
}

const runLine = ({ run_id, state, rows, created_at, detail }: PullRun) =>
  [run_id, created_at, state, `${rows} rows`, ...(detail === null ? [] : [detail])].join('\t')

const outcome = ({ counts, refused }: Pick<PullRun, 'counts' | 'refused'>) => [
  ...Object.entries(counts).map(([code, rows]) => `${code}\t${rows} rows`),
  ...refused.map(({ row, code, field, detail }) => `row ${row}\t${code}\t${field ?? ''}\t${detail}`),
]
