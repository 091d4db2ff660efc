// Simulated days: the product and a slow, obvious model of the same rules (test/support/model) do the same, on a clock
// that the test moves, and must answer the same: whom they hand out, in which order, and what became of every lead.
//
//   LEADLINE_SIMULATED_SEED=7 npx vitest run test/simulated-days.test.ts     plays other days
//   LEADLINE_SIMULATED_SEED=… LEADLINE_SIMULATED_PATH=…                      plays the days that failed, as printed

import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { startLeadline } from './support/leadline.ts'
import { TEMPLATES } from './support/model/world.ts'
import { much } from './support/much.ts'
import { admin, cloneDatabase, dropDatabase } from './support/postgres.ts'
import { BEGINNINGS, Day, type Step, steps } from './support/simulation/commands.ts'
import { FRIDAY, LongDays } from './support/simulation/long-days.ts'
import { compareAll, makePlace, setUp, type Template } from './support/simulation/place.ts'
import { happened, Player } from './support/simulation/player.ts'

const { env } = process
/** Every run plays the same days, so that a change is judged by them; other days are played on request. */
const SEED = Number(env.LEADLINE_SIMULATED_SEED ?? 2026)
const PATH = env.LEADLINE_SIMULATED_PATH
const LEADS = much(300, 20_000)
const HOUR = 3_600_000
/** Days are played for so long: fewer of them on a slow machine. */
const PLAY_MS_MAX = much(10_000, HOUR)

let now = FRIDAY
const setClock = (instant: number) => (now = instant)
const connection = await cloneDatabase(inject('servers')[0]!.connection)
// Thousands of days' commits, none of which outlives the test: nothing waits for the disk.
await admin(connection, `alter database ${connection.database} set synchronous_commit = off`)
const { client, stop } = await startLeadline({ connection, now: () => new Date(now).toISOString() })
let templates: Template[]

beforeAll(async () => {
  templates = await setUp(client)
})

afterAll(async () => {
  console.log(
    [...happened]
      .sort()
      .map(([what, times]) => `${times} × ${what}`)
      .join(', '),
  )
  // The rules of the check join whole tables: without statistics they would be joined row by row.
  await admin(connection, 'analyze')
  const violations = await checkDatabase(connection)
  await stop()
  await dropDatabase(connection)
  expect(violations).toEqual([])
}, HOUR)

/** Telephone numbers of a small day. */
const LINES = 40
let first_line = 410_000_000

test(
  'small days, whatever happens in them',
  async () => {
    const playDay = async (template: number, beginning: number, day_s: Step[]) => {
      const place = await makePlace(client, templates[template]!, setClock)
      const player = new Player(place, beginning)
      first_line += LINES
      const day = new Day(player, first_line, place.allocations)
      for (const step of day_s) await day.step(step)
      for (const allocation of place.allocations) await player.count(allocation)
      await compareAll(connection, player)
    }
    let playing: Promise<void> | undefined
    const property = fc.asyncProperty(
      fc.nat({ max: TEMPLATES.length - 1 }),
      fc.constantFrom(...BEGINNINGS),
      steps,
      (...drawn) => (playing = playDay(...drawn)),
    )
    await fc.assert(property, {
      numRuns: much(60, 1_000),
      // Of what has failed the smallest is looked for, but not for ever.
      interruptAfterTimeLimit: PATH === undefined ? PLAY_MS_MAX : HOUR,
      seed: SEED,
      ...(PATH === undefined ? {} : { path: PATH }),
    })
    // The day that the time limit met is played to its end: it moves the clock, and counts like any other.
    await playing
  },
  HOUR,
)

test(
  `long days of ${LEADS} leads`,
  async () => {
    const seed = SEED
    const place = await makePlace(client, templates[0]!, setClock)
    const player = new Player(place, FRIDAY)
    try {
      await new LongDays(player, place.allocations, LEADS, seed, 420_000_000).play()
      for (const allocation of place.allocations) await player.count(allocation)
      await compareAll(connection, player)
    } catch (error) {
      throw new Error(`LEADLINE_SIMULATED_SEED=${seed} plays these days again`, { cause: error })
    }
  },
  HOUR,
)
