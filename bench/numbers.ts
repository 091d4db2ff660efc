// Divides phone numbers and external ids. Australian mobiles (0400 000 000 to 0439 999 999) and landlines (02 and
// 03 9xxx xxxx), divided by the last two bits of their index: 0 and 1 are filled, 2 are sent, 3 are the ceilings'
// (by one more bit: 3 ceiling.sql, 7 ceiling-batch.sql).
// All classes lie spread over the whole index, so that every insert meets a random page; and since they never
// meet, the rate of refusals does not depend on how many leads are there.

import { hash } from 'node:crypto'

export const MOBILES = 40_000_000
export const LANDLINES = 20_000_000

/** How an Australian writes them: ten digits. */
export const mobile = (index: number) => `04${String(index).padStart(8, '0')}`
export const landline = (index: number) =>
  index < 10_000_000
    ? `029${String(index).padStart(7, '0')}`
    : `039${String(index - 10_000_000).padStart(7, '0')}`

/** The same as E.164 digits, as SQL of an index. */
export const MOBILE_SQL = '61400000000 + index'
export const LANDLINE_SQL = '61290000000 + index + case when index >= 10000000 then 90000000 else 0 end'
/** A random index of the classes that are filled. */
export const filledIndexSql = (size: number) =>
  `4 * floor(random() * ${size / 4})::bigint + floor(random() * 2)::bigint`

/** Most leads that can be filled: half of the mobiles and of the landlines for them are used by then. */
export const FILLED_MAX = 10_000_000

/** How many random draws from `size` give `wanted` different ones, with a little to spare. */
export const draws = (wanted: number, size: number) =>
  Math.ceil(-size * Math.log1p(-wanted / size) * 1.01) + 1_000

/**
 * Indexes of a class that is filled (0), none twice and far from each other. Always the same ones, so that two versions
 * are filled alike.
 */
export const filledIndex = (i: number, size: number) => 4 * ((i * STRIDE) % (size / 4))

/** A prime: it meets every index of a size without this factor. */
const STRIDE = 6_700_417

export const EXTERNAL_ID_LENGTH = 18

/** Random to look at, but known: `fill.ts` and `ceiling-update.sql` work out the same. */
export const externalId = (run: string, name: string | number) =>
  hash('md5', `${run}-${name}`).slice(0, EXTERNAL_ID_LENGTH)

/** Random indexes of the class that is sent, none twice. */
export class Dealer {
  readonly #size: number
  readonly #dealt: Uint8Array
  #left: number

  constructor(size: number) {
    this.#size = size / 4
    this.#dealt = new Uint8Array(Math.ceil(this.#size / 8))
    // The last ones would take ever more draws to find.
    this.#left = Math.floor(this.#size * 0.9)
  }

  deal(): number {
    if (this.#left-- === 0)
      throw new Error('the numbers of this run are used up: fewer seconds, or a lower rate')
    for (;;) {
      const k = Math.floor(Math.random() * this.#size)
      const [byte, bit] = [k >> 3, 1 << (k & 7)]
      if (this.#dealt[byte]! & bit) continue
      this.#dealt[byte]! |= bit
      return 4 * k + 2
    }
  }
}
