// `leadline master-list`: leads that a template does not take once more.

import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MasterList } from '../client/api.ts'
import { NoAnswer } from '../client/client.ts'
import { deleteMasterList, getMasterList, getMasterLists, postMasterList } from '../client/master-lists.ts'
import { sendMasterList } from '../client/send-file.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'
import { fileToSend } from './file-to-send.ts'
import { say, tell, UsageError } from './terminal.ts'

interface Options {
  template?: number
  points?: Record<string, number>
  threshold?: number
  resume?: number
}

/** How often a list is looked at, milliseconds. */
const LOOK_MS = 500

const LOADED = `
The file has a row of headings: the fields of the template, by their names, labels or other names. Other columns are not read.
Only keyed hashes are kept of it. The list before serves until this one is complete; then this one takes its place.
Without --points a list counts as the one before; the first one gives 100 to each phone and e-mail field.
With --json each line is the list as it is at that moment, the last one at its end.
`

export function addMasterListCommands(cli: Cli): void {
  const { group, sub } = cli.group('master-list', 'leads that a template does not take once more')
  talksToServer(group)
  sub(
    'load',
    'bring a list, and wait until it serves',
    'master-list load customers.csv --template 1',
    'master-list load customers.csv --template 1 --points Phone=100 --points Surname=60 --points PostCode=40',
  )
    .argument('<path>', 'the file: text, .xlsx or .xls, zipped or not')
    .option('--template <id>', 'the template whose new leads are compared', idOf('--template'))
    .option('--points <field=n>', 'what it counts for that a field is the same; can be given again', pointsOf)
    .option('--threshold <n>', 'so many points are the same lead (default: 100)', idOf('--threshold'))
    .option('--resume <id>', 'go on with a list whose sending was cut off', idOf('--resume'))
    .addHelpText('after', LOADED)
    .action(async (path: string, options: Options) => {
      const content = await fileToSend(path)
      const list = await announced(cli, path, content.size, options)
      const ended = list && (await sent(cli, content, list))
      if (!ended) return
      cli.show(ended, line)
      if (ended.skipped > 0)
        say(`${ended.skipped} of ${ended.rows_read} rows have no values that reach ${ended.threshold} points`)
      if (ended.state === 'serving') return
      say(ended.detail ?? 'it does not serve')
      process.exitCode = 1
    })
  sub('list', 'master lists, the newest first', 'master-list list --template 1')
    .option('--template <id>', 'those of this template', idOf('--template'))
    .action(async ({ template: template_id }: Options) =>
      cli.finish(await getMasterLists(cli.client(), { limit: 100, template_id }), ({ items }) =>
        items.map(line),
      ),
    )
  sub('remove', 'remove the list that serves, or cancel one on its way', 'master-list remove 3')
    .argument('<list>', 'its id', idOf('the list'))
    .action(async (id: number) => cli.finish(await deleteMasterList(cli.client(), id), line))
}

function pointsOf(text: string, before: Record<string, number> = {}): Record<string, number> {
  const { field, points } = /^(?<field>.+)=(?<points>\d{1,4})$/.exec(text)?.groups ?? {}
  if (field === undefined) throw new UsageError('--points takes a field and a number: Phone=100')
  return { ...before, [field]: Number(points) }
}

/** The new list, or the one that is gone on with. Undefined: it was refused. */
async function announced(
  cli: Cli,
  path: string,
  bytes: number,
  { template: template_id, points, threshold, resume }: Options,
): Promise<MasterList | undefined> {
  if (resume === undefined && template_id === undefined)
    throw new UsageError('--template says whose new leads are compared')
  const answer =
    resume === undefined
      ? await postMasterList(cli.client(), {
          template_id: template_id!,
          name: basename(path),
          bytes,
          points,
          threshold,
        })
      : await getMasterList(cli.client(), resume)
  if (!answer.ok) return void cli.finish(answer, () => '')
  if (answer.body.bytes !== bytes)
    throw new UsageError(`${path} is not the file of list ${resume}: it has another length`)
  return answer.body
}

const isOnItsWay = ({ state }: MasterList) => ['uploading', 'waiting', 'reading'].includes(state)

/** Sends what is missing and waits until the list serves, or is over. Undefined: it was refused. */
async function sent(cli: Cli, content: Blob, list: MasterList): Promise<MasterList | undefined> {
  const client = cli.client()
  const { list_id, bytes } = list
  const onSent = (done: number) => {
    if (!cli.json) say(`list ${list_id}: ${Math.floor((100 * done) / bytes)} % sent`)
  }
  try {
    let before = ''
    let answer =
      (await sendMasterList(client, list, content, onSent)) ?? (await getMasterList(client, list_id))
    while (answer.ok && isOnItsWay(answer.body)) {
      const now = cli.json ? JSON.stringify(answer.body) : line(answer.body)
      if (now !== before) (cli.json ? tell : say)(now)
      before = now
      await sleep(LOOK_MS)
      answer = await getMasterList(client, list_id)
    }
    if (answer.ok) return answer.body
    cli.finish(answer, () => '')
  } catch (error) {
    if (error instanceof NoAnswer) say(`list ${list_id} is kept for a day: go on with --resume ${list_id}`)
    throw error
  }
}

const line = ({ list_id, template_id, state, rows_read, entries, skipped }: MasterList) =>
  [
    `list ${list_id}`,
    `template ${template_id}`,
    state,
    `${rows_read} rows`,
    `${entries} entries`,
    ...(skipped > 0 ? [`${skipped} not compared`] : []),
  ].join('\t')
