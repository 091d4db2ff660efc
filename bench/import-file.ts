// A file of leads for the scenario `import`, as the load generator would send them, and its way to the server.

import { createWriteStream, openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Import, ImportMapping } from '../src/client/api.ts'
import type { LeadlineClient, Target } from '../src/client/client.ts'
import { externalId, filledIndex, LANDLINES, landline, MOBILES, mobile } from './numbers.ts'

/** Columns find their fields by these names. */
const HEADINGS = [
  'njExternalLeadId',
  'Name',
  'StreetAddress',
  'City',
  'State',
  'PostCode',
  'Email',
  'FirstPhone',
  'SecondPhone',
]
const ROWS_OF_A_PIECE = 1_000

/** Rows of leads that are in no other part of the run: those of `from` up to `to`. */
function* linesOf(run: string, from: number, to: number): Generator<string> {
  yield `${HEADINGS.join(',')}\r\n`
  let lines: string[] = []
  for (let i = from; i < to; i++) {
    const id = externalId(run, `f${i}`)
    const phones = [mobile(filledIndex(i, MOBILES)), landline(filledIndex(i, LANDLINES))]
    lines.push(
      `${id},Jane Smith ${i},12 Langridge Street,Abbotsford,Vic,3067,jane.${i}@example.com,${phones.join(',')}\r\n`,
    )
    if (lines.length < ROWS_OF_A_PIECE && i + 1 < to) continue
    yield lines.join('')
    lines = []
  }
}

export const writeLeads = (path: string, run: string, from: number, to: number) =>
  pipeline(Readable.from(linesOf(run, from, to)), createWriteStream(path))

function bodyOf<Body>(what: string, answer: { ok: boolean; status: number; body: Body | object }): Body {
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as Body
}

/** An import as a script does it. */
export class FileOfLeads {
  readonly import_id: number
  readonly #client: LeadlineClient
  readonly #signal: AbortSignal

  private constructor(client: LeadlineClient, import_id: number, signal: AbortSignal) {
    this.#client = client
    this.import_id = import_id
    this.#signal = signal
  }

  /** All parts of the file but the last one: that begins the reading. */
  static async begin(
    client: LeadlineClient,
    { campaign_id, allocation_id }: Target,
    path: string,
    signal: AbortSignal,
  ) {
    const { size: file_bytes } = await stat(path)
    const asked = { campaign_id, allocation_id, file_name: 'leads.csv', file_bytes }
    const begun = bodyOf<Import>('the import', await client.createImport(asked))
    const { import_id, parts_all, part_bytes } = begun
    const file = await openAsBlob(path)
    const send = async (part: number) => {
      const bytes = file.slice((part - 1) * part_bytes, Math.min(file_bytes, part * part_bytes))
      bodyOf(`part ${part}`, await client.putImportPart(import_id, part, bytes))
    }
    for (let part = 1; part < parts_all; part++) await send(part)
    const own = new FileOfLeads(client, import_id, signal)
    return { file: own, read: () => send(parts_all).then(() => own.until('read')) }
  }

  async now(): Promise<Import> {
    return bodyOf<Import>('the import', await this.#client.import(this.import_id))
  }

  async until(...states: Import['state'][]): Promise<Import> {
    for (;;) {
      this.#signal.throwIfAborted()
      const now = await this.now()
      if (states.includes(now.state)) return now
      if (now.state === 'unreadable' || now.state === 'cancelled')
        throw new Error(`the import is ${now.state}: ${now.detail}`)
      await sleep(LOOK_MS)
    }
  }

  /** The columns go where the server suggests. */
  async map(): Promise<void> {
    const suggested = bodyOf<ImportMapping>(
      'the suggestion',
      await this.#client.suggestMapping(this.import_id),
    )
    const columns = suggested.columns.map(({ column, target }) => ({ column, target }))
    if (columns.some(({ target }) => target.to === 'ignored' || target.to === 'unmapped'))
      throw new Error(`the columns of the file do not find their fields: ${JSON.stringify(columns)}`)
    bodyOf('the mapping', await this.#client.mapImport(this.import_id, { columns, constants: [] }))
  }

  async check(): Promise<Import> {
    bodyOf('the dry run', await this.#client.checkImport(this.import_id))
    return this.until('read')
  }

  async start(): Promise<void> {
    bodyOf('the start', await this.#client.startImport(this.import_id))
  }

  async pause(): Promise<void> {
    bodyOf('the pause', await this.#client.pauseImport(this.import_id))
  }

  async resume(): Promise<void> {
    bodyOf('going on', await this.#client.resumeImport(this.import_id))
  }

  async cancel(): Promise<void> {
    bodyOf('the end', await this.#client.cancelImport(this.import_id))
  }
}

const LOOK_MS = 50
