// Files that arrive in parts: what a part must be, and when the file is complete.

import { LIMITS } from '../core/limits.ts'
import { ok, type Result, refuseField } from '../core/result.ts'

const partsOf = (bytes: number) => Math.ceil(bytes / LIMITS.file_part_bytes)

/** How many bytes a part of a file has. */
const lengthOf = (bytes: number, part: number) =>
  part < partsOf(bytes) ? LIMITS.file_part_bytes : bytes - (part - 1) * LIMITS.file_part_bytes

/** Keeps a part of a file of so many bytes. `add`: whether it is the part that is there; undefined: none is awaited. */
export async function keepFilePart(
  { bytes, state }: { bytes: number; state: string },
  part: number,
  content: Uint8Array,
  add: () => Promise<boolean | undefined>,
): Promise<Result<void>> {
  if (part > partsOf(bytes))
    return refuseField('/part', `a file of ${bytes} bytes has ${partsOf(bytes)} parts`)
  const length = lengthOf(bytes, part)
  if (content.length !== length)
    return refuseField('', `part ${part} has ${length} bytes, and these are ${content.length}`)
  const is_same = await add()
  if (is_same === undefined) return refuseField('/id', `the file is ${state}: it takes no more parts`)
  if (!is_same) return refuseField('', `part ${part} is there already, with other bytes`)
  return ok(undefined)
}
