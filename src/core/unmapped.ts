// Keys that are not fields of the template, and how much of them a lead can have.

import { LIMITS } from './limits.ts'
import { utf8Length } from './utf8.ts'

/** A key with its text; '' or null removes it. */
type KeyText = readonly [key: string, text: string | null]

/**
 * The keys that a lead has no room for beside those that it has: so many keys, and so many bytes in all, are kept in the
 * order given. A change that makes a lead smaller always fits.
 */
export function surplusKeys(there: Readonly<Record<string, string>>, given: readonly KeyText[]): string[] {
  if (given.length === 0 || surelyFits(there, given)) return []
  const sizes = new Map(Object.entries(there).map(([key, text]) => [key, bytesOf(key, text)]))
  for (const [key, text] of given) if (!text) sizes.delete(key)
  let bytes = sizes.values().reduce((sum, size) => sum + size, 0)
  const surplus: string[] = []
  for (const [key, text] of given) {
    if (!text) continue
    const before = sizes.get(key)
    const size = bytesOf(key, text)
    const grows = size - (before ?? 0)
    if (
      (before === undefined && sizes.size >= LIMITS.unmapped_keys_max) ||
      (grows > 0 && bytes + grows > LIMITS.unmapped_bytes_max)
    ) {
      surplus.push(key)
      continue
    }
    sizes.set(key, size)
    bytes += grows
  }
  return surplus
}

const bytesOf = (key: string, text: string) => utf8Length(key) + utf8Length(text)

const UTF8_BYTES_PER_UNIT_MAX = 3

/** Nearly every lead is told by that, without counting bytes. */
function surelyFits(there: Readonly<Record<string, string>>, given: readonly KeyText[]): boolean {
  let keys = given.length
  let units = 0
  for (const [key, text] of given) units += key.length + (text?.length ?? 0)
  for (const key in there) {
    keys++
    units += key.length + there[key]!.length
  }
  return keys <= LIMITS.unmapped_keys_max && units * UTF8_BYTES_PER_UNIT_MAX <= LIMITS.unmapped_bytes_max
}
