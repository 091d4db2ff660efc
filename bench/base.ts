// A version of Leadline with a filled database. Each run gets a copy, so all begin with the same bytes. The filling goes
// over HTTP, because two versions have their API in common, not their tables.

import type { LeadDocument, LeadlineClient, Target } from '../src/client/client.ts'
import { compare } from './check.ts'
import type { Database } from './database.ts'
import { indexed } from './meter.ts'
import { externalId, filledIndex, LANDLINES, landline, MOBILES, mobile } from './numbers.ts'
import { makePlace, type Place } from './place.ts'
import { createTarget, setUpTakers } from './set-up.ts'
import { clientOf, enterStage, newKey, type Stage, startServer } from './stage.ts'

interface Filling {
  /** Leads to hand out, or leads as the sample template has them. */
  kind: 'leads' | 'to hand out'
  leads: number
  dnc: number
}

/** Most rows of one call. */
const ROWS = 1_000
/** Arrays that are on their way at once. */
const AT_ONCE = 4

export class Base {
  readonly #root: string
  readonly #signal: AbortSignal
  readonly #run: string
  readonly #key = newKey()
  #place: Place | undefined
  #target: Target | undefined

  /** `root`: the checkout of the version. `run`: from which the external ids follow. */
  constructor(root: string, run: string, signal: AbortSignal) {
    this.#root = root
    this.#run = run
    this.#signal = signal
  }

  /** Starts the version, fills its database and stops it. */
  async fill(stack: AsyncDisposableStack, filling: Filling): Promise<void> {
    this.#place = await makePlace(stack)
    await using server = new AsyncDisposableStack()
    stack.use(server)
    const running = await startServer(server, this.#signal, this.#start(this.#place))
    const client = clientOf(running)
    this.#target =
      filling.kind === 'leads'
        ? await createTarget(client, this.#run)
        : await (await setUpTakers(client, this.#run)).allocation('ready')
    const { database } = await enterStage(server, running, this.#run, this.#target)
    if (!database) throw new Error('the database of the server that was started is not found')
    const row = filling.kind === 'leads' ? leadOf : leadToHandOut
    await insertAll(client, this.#target, filling.leads, (i) => ({
      ...row(i),
      njExternalLeadId: externalId(this.#run, i),
    }))
    await blockAll(client, this.#target, filling.dnc)
    const { rows } = await database.client.query<{ leads: number }>(
      'select count(*)::integer as leads from leads',
    )
    compare('leads to begin with', filling.leads, rows[0]!.leads)
    await settle(database)
  }

  /** Starts the version on a copy of the filled database. */
  async stage(stack: AsyncDisposableStack): Promise<Stage> {
    const running = await startServer(stack, this.#signal, this.#start(await this.copy(stack)))
    return enterStage(stack, running, this.#run, this.#target!)
  }

  /** A copy of the filled database. */
  copy(stack: AsyncDisposableStack): Promise<Place> {
    return makePlace(stack, this.#place!)
  }

  #start(place: Place) {
    return { root: this.#root, place, key: this.#key }
  }
}

/** Like those of `fill.ts`: every second one has a second number. */
const leadOf = (i: number): LeadDocument => ({
  Name: `Jane Smith ${i}`,
  StreetAddress: '12 Langridge Street',
  City: 'Abbotsford',
  State: 'Vic',
  PostCode: '3067',
  Email: `jane.${i}@example.com`,
  FirstPhone: mobile(filledIndex(i, MOBILES)),
  ...(i % 2 === 1 ? { SecondPhone: landline(filledIndex((i + 1) / 2, LANDLINES)) } : {}),
})

const leadToHandOut = (i: number): LeadDocument => ({
  Name: `Jane Smith ${i}`,
  Phone: `+${64_210_000_000 + i}`,
})

async function insertAll(
  client: LeadlineClient,
  target: Target,
  leads: number,
  row: (i: number) => LeadDocument,
): Promise<void> {
  let next = 1
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next <= leads) {
        const from = next
        next += ROWS
        const length = Math.min(ROWS, leads - from + 1)
        const rows = Array.from({ length }, (_, k) => row(from + k))
        const { code, body } = await client.insertLead(target, rows)
        if (code !== 0) throw new Error(`leads to begin with were refused: ${body.message}`)
      }
    }),
  )
}

/** Numbers that no lead has and that are never sent: as entries of the do-not-call list they make the lookups real. */
async function blockAll(client: LeadlineClient, { campaign_id }: Target, numbers: number): Promise<void> {
  for (let from = 1; from <= numbers; from += ROWS) {
    const length = Math.min(ROWS, numbers - from + 1)
    const phones = Array.from({ length }, (_, k) => mobile(filledIndex(MOBILES / 4 - from - k, MOBILES)))
    const { ok, status } = await client.post('/v1/dnc', {
      list: 'campaign',
      campaign_id,
      phones,
      reason: 'bench',
    })
    if (!ok) throw new Error(`do-not-call entries to begin with were answered ${status}`)
  }
}

/** Does work now that a measurement would pay for later: the search index, cleaning. The stop of the server writes the pages. */
async function settle(database: Database): Promise<void> {
  await indexed(database)
  await database.client.query('vacuum (analyze)')
}
