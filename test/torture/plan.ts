// The plan of a run: the operations of each client, and the faults. It follows from the seed alone. The history does not,
// because clients run beside each other.

const WEIGHTS = {
  ...{ insert: 15, update: 18, patch: 16, merge: 5, revert: 5, settle: 6, forget: 5, look: 8 },
  ...{ lease: 16, report: 18, extend: 4, handBack: 3, block: 4, unblock: 5, move: 2, recycle: 3, start: 2 },
}
export type Deed = keyof typeof WEIGHTS
export const DEEDS = Object.keys(WEIGHTS) as Deed[]
const BAG = DEEDS.flatMap((deed) => Array<Deed>(WEIGHTS[deed]).fill(deed))

const DECISIONS: Deed[] = ['look', 'merge', 'revert', 'settle', 'forget']

export const CLIENTS = 12
export const SLOTS = 12
export const ALLOCATIONS = 3
/** Icelandic mobiles: Leadline knows no calling hours by law for Iceland, so the time of day does not matter. */
export const NUMBERS = Array.from({ length: 20 }, (_, place) => `+${3_546_110_010 + place}`)

/** Dispositions of every kind, with delays that end within a short run. */
export const DISPOSITIONS = [
  { code: 'Busy', kind: 'retry', priority: 10, delay_s: 1, redials_max: 6 },
  { code: 'Again', kind: 'retry', priority: 12, delay_s: 0 },
  { code: 'Callback', kind: 'callback', priority: 6, delay_s: 2 },
  { code: 'Asked', kind: 'client_callback', priority: 2, delay_s: 1 },
  { code: 'Sold', kind: 'final', priority: 10 },
  { code: 'Stop', kind: 'dnc', priority: 10 },
]
const CODES = [...Array(3).fill('Again'), 'Busy', 'Busy', 'Callback', 'Asked', 'Sold', 'Sold', 'Stop']

/** The fields that requests write their tokens into: few, so that requests meet. */
export const TEXTS = ['Name', 'Street', 'City', 'A', 'B', 'C', 'D', 'E', 'F']
/** The group that a field is merged in. */
export const fieldGroup = (path: string) => (/Street|City/.test(path) ? 'address' : path)
export const PHONES = ['FirstPhone', 'SecondPhone']

/** Numbers from a seed (mulberry32): a stream for each client and one for the faults. */
class Chance {
  #state: number

  constructor(seed: number, stream: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  below = (limit: number) => Math.floor(this.#next() * limit)
  is = (probability: number) => this.#next() < probability
  of = <T>(items: readonly T[]): T => items[this.below(items.length)]!
  some = <T>(items: readonly T[], count: number): T[] =>
    items
      .map((item) => ({ item, at: this.#next() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, count)
      .map(({ item }) => item)
}

const someNumbers = (chance: Chance, count: number) =>
  chance.some(NUMBERS.slice(0, chance.of([6, 20])), count)

export interface Change {
  /** By field. Each token belongs to one operation, so a value names its writer. */
  fields: Record<string, string | null>
  disposition?: string
  priority?: number
  allow_duplicates?: boolean
}

function change(chance: Chance, deed: Deed, way: string, token: string): Change {
  const inserts = deed === 'insert'
  const texts = chance.some(TEXTS.slice(1), chance.of([0, 1, 1, 1, 2, 3]))
  const fields: Change['fields'] = Object.fromEntries(texts.map((name) => [name, token]))
  if (inserts || chance.is(0.2)) fields.Name = token
  const numbers = someNumbers(chance, 2)
  if (inserts || (chance.is(0.4) && ['update', 'patch', 'merge'].includes(deed))) {
    fields.FirstPhone = numbers[0]!
    if (chance.is(0.7)) fields.SecondPhone = chance.is(0.5) ? numbers[1]! : null
  }
  // Only the old text form takes a disposition with a new lead.
  const called = chance.is(0.5) && (!inserts || way === 'text')
  return {
    fields,
    ...(called ? { disposition: chance.of(CODES) } : {}),
    ...(chance.is(0.2) ? { priority: chance.below(30) } : {}),
    ...(chance.is(0.5) ? { allow_duplicates: true } : {}),
  }
}

/** Each operation draws everything that any deed needs. It names leads and leases by place, not by id. */
function operation(chance: Chance, token: string) {
  const deed = chance.of(BAG)
  const way = chance.of(['fast', 'fast', 'text', 'v1', 'v1'])
  return {
    ...{ deed, way, change: change(chance, deed, way, token) },
    ...{ server: chance.below(2), pause_ms: chance.below(15) },
    // Decisions need a version that nobody changes at once, so they spread over all slots.
    slot: chance.below(DECISIONS.includes(deed) ? SLOTS : chance.of([3, SLOTS])),
    ...{ place: chance.below(6), allocation: chance.below(ALLOCATIONS) },
    version: chance.of(['none', 'known', 'known', 'older']),
    back: 1 + chance.below(3),
    on_conflict: chance.of(['fail', 'merge', 'hold']),
    take: chance.of(['mine', 'mine', 'theirs', 'base']),
    list: chance.of(['private', 'private', 'campaign', 'client']),
    numbers: someNumbers(chance, chance.of([1, 1, 2])),
    ...{ lease_s: chance.of([1, 1, 3, 60]), wait_s: chance.of([0, 0, 1, 2]) },
    report: chance.of(['new', 'new', 'new', 'repeat', 'other']),
    ...{ often: chance.is(0.7), seldom: chance.is(0.1) },
    // insists: sends again after an unknown outcome. twice: sends again after any answer.
    ...{ insists: chance.is(0.7), twice: chance.is(0.1) },
  }
}
export type Op = ReturnType<typeof operation>

export function* operations(seed: number, client: number): Generator<Op, never> {
  const chance = new Chance(seed, client)
  for (let i = 0; ; i++) yield operation(chance, `t${client}.${i}`)
}

export const FAULTS = ['kill server', 'kill postgres', 'kill both', 'end backends', 'stop server'] as const
export interface Fault {
  kind: (typeof FAULTS)[number]
  server: number
  after_ms: number
  lasts_ms: number
}

/** Each kind comes once before any comes again, so that a short run meets them all. */
export function* faults(seed: number): Generator<Fault, never> {
  const chance = new Chance(seed, CLIENTS)
  for (;;)
    for (const kind of chance.some(FAULTS, FAULTS.length)) {
      const [server, after_ms, lasts_ms] = [2, 1_000, 700].map(chance.below) as [number, number, number]
      yield { kind, server, after_ms: after_ms + 500, lasts_ms: lasts_ms + 100 }
    }
}
