// The header If-Match names the one version that a change was made from, as the ETag of an answer gives it.

import { ok, type Result, refuse } from '../core/result.ts'

/** A weak tag, as proxies that compress make it, names its version as well. */
function readTag(header: string): Result<number> {
  const match = /^\s*(?:W\/)?"v([1-9]\d{0,8})"\s*$/.exec(header)
  if (match) return ok(Number(match[1]))
  return refuse('MALFORMED_REQUEST', 'If-Match must be one version as ETag gives it, such as "v7"', {
    field: 'If-Match',
  })
}

/** For a change of a lead, which always names its version. */
export function readIfMatch(header: string | undefined): Result<number> {
  if (header === undefined || header.trim() === '*')
    return refuse(
      'PRECONDITION_REQUIRED',
      header === undefined
        ? 'a change needs If-Match with the version that it was made from'
        : 'If-Match: * names no version, so the change could replace what its sender never saw',
      { field: 'If-Match' },
    )
  return readTag(header)
}

/** For a change of set-up. Null: it names no version, and is made whatever is there. */
export const readIfMatchIfAny = (header: string | undefined): Result<number | null> =>
  header === undefined || header.trim() === '*' ? ok(null) : readTag(header)

export const tagOf = (version: number) => `"v${version}"`
