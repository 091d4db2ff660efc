// Recognises a request that is sent again.

import { createHash } from 'node:crypto'

/** The same for the same content, whatever the order of its keys. */
export function digestOf(content: object): string {
  const sorted = JSON.stringify(content, (_, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('base64url')
}
