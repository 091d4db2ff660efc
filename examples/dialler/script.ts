// How calls end: drawn by weight, from a random generator with a seed.

/** How a call may end. Seconds and minutes are ranges with an even distribution. */
export interface Ending {
  /** A code of the template's disposition set. Without one the lead is handed back without a call. */
  disposition?: string
  weight: number
  /** How long the phone rings, and how long people talk. */
  ring_s?: [min: number, max: number]
  talk_s?: [min: number, max: number]
  /** Nobody answered: the agent tries the lead's next number. */
  unreached?: boolean
  /** What the call revealed about the number. */
  phone_state?: 'wrong' | 'disconnected'
  /** A callback is agreed, this many minutes from now. */
  callback_min?: [min: number, max: number]
  /** The callback belongs to the agent who made the call. */
  own?: boolean
}

/** For the standard disposition set. */
export const ENDINGS: Ending[] = [
  { disposition: 'No Answer', weight: 34, ring_s: [15, 30], unreached: true },
  { disposition: 'Busy', weight: 8, ring_s: [2, 5], unreached: true },
  { disposition: 'Answering Machine', weight: 14, ring_s: [12, 25], talk_s: [2, 6], unreached: true },
  { disposition: 'Pitch No Sale', weight: 22, ring_s: [3, 15], talk_s: [20, 180] },
  { disposition: 'Sale', weight: 6, ring_s: [3, 15], talk_s: [120, 600] },
  {
    disposition: 'Callback',
    weight: 6,
    ring_s: [3, 15],
    talk_s: [10, 40],
    callback_min: [30, 240],
    own: true,
  },
  { disposition: 'Client Approved Callback', weight: 4, talk_s: [20, 60], callback_min: [60, 2_880] },
  { disposition: 'Wrong Number', weight: 2, ring_s: [3, 15], talk_s: [5, 15], phone_state: 'wrong' },
  { disposition: 'Do Not Call', weight: 2, ring_s: [3, 15], talk_s: [5, 30] },
  { weight: 2, ring_s: [1, 3] },
]

export type Random = () => number

/** Evenly distributed numbers from 0 up to 1; the same seed gives the same numbers (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const within = (random: Random, [min, max]: [number, number]) => min + random() * (max - min)

export function draw(random: Random, endings: readonly Ending[]): Ending {
  let left = random() * endings.reduce((sum, { weight }) => sum + weight, 0)
  for (const ending of endings) {
    left -= ending.weight
    if (left < 0) return ending
  }
  return endings.at(-1)!
}

/** Reads endings from a file; an error says in one sentence what is wrong. */
export function readEndings(text: string): Ending[] {
  const endings: unknown = JSON.parse(text)
  if (!Array.isArray(endings) || endings.length === 0) throw new Error('must be a list of endings')
  for (const ending of endings as Partial<Ending>[])
    if (typeof ending.weight !== 'number' || !(ending.weight > 0))
      throw new Error('every ending needs a weight above 0')
  return endings as Ending[]
}
