// Lost updates, found from the history of a lead.

import { expect } from 'vitest'
import type { HistoryEvent, LeadPatch } from '../../src/client/api.ts'
import type { LeadlineClient } from '../../src/client/client.ts'

/** A write: its base, the values that it wanted, and the groups that somebody decided. */
export interface Written {
  base_version: number
  mine: LeadPatch
  decided: ReadonlySet<string>
}

/** The texts that a patch wants, by path. */
const textsOf = ({ fields = {}, unmapped = {} }: LeadPatch) =>
  Object.entries({
    ...Object.fromEntries(Object.entries(fields).map(([name, text]) => [`fields.${name}`, text])),
    ...Object.fromEntries(Object.entries(unmapped).map(([key, text]) => [`unmapped.${key}`, text])),
  })

const GROUP_OF: Record<string, string> = {
  'fields.City': 'address',
  'fields.PostCode': 'address',
  'fields.State': 'address',
  'fields.StreetAddress': 'address',
}
const groupOfPath = (path: string) => GROUP_OF[path] ?? (/^(fields|unmapped)\./.test(path) ? path : 'outcome')

/**
 * Values that were replaced by a write whose base is older than they are, although no decision names them; of a lead of the
 * sample template. `written`: every acknowledged write, by its request id.
 */
export async function replacedUnseen(
  client: LeadlineClient,
  lead_id: string,
  written: ReadonlyMap<string, Written>,
): Promise<string[]> {
  /** By path: its values, each with the version that made it. */
  const values = new Map<string, { version: number; value: unknown }[]>()
  const replaced: string[] = []
  for (const { version, request_id, changes } of (await historyOf(client, lead_id)).slice(1)) {
    const write = written.get(request_id)
    if (!write) throw new Error(`nobody wrote version ${version}`)
    for (const [path, [old, value]] of Object.entries(changes!)) {
      const before = values.get(path) ?? [{ version: 1, value: old }]
      // A value that changed and changed back is the one that the writer knew.
      const known = before.findLast((made) => made.version <= write.base_version)!
      if (known.value !== old && !write.decided.has(groupOfPath(path)))
        replaced.push(
          `${path} of version ${before.at(-1)!.version} by ${version}, made from ${write.base_version}`,
        )
      values.set(path, [...before, { version, value }])
    }
    // A value that was acknowledged, and not decided otherwise, is in the lead.
    for (const [path, text] of textsOf(write.mine))
      if (!write.decided.has(groupOfPath(path))) expect(values.get(path)?.at(-1)?.value, path).toBe(text)
  }
  return replaced
}

async function historyOf(client: LeadlineClient, lead_id: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = []
  for (let cursor = 0; ; ) {
    const page = await client.leadHistory(lead_id, { cursor, limit: 500 })
    if (!page.ok) throw new Error(page.body.detail)
    events.push(...page.body.items)
    if (page.body.next_cursor === null) return events
    cursor = page.body.next_cursor
  }
}
