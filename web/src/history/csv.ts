// The changes of a lead as CSV: a line for each value.

import type { HistoryEvent } from '../../../src/client/api.ts'
import { asCsvCell } from '../../../src/core/cell-damage.ts'
import { csvLine } from '../../../src/core/csv.ts'
import type { Scalar } from '../../../src/core/merge.ts'

const COLUMNS = ['version', 'at', 'actor', 'actor_name', 'way', 'request_id', 'path', 'old', 'new']

export function historyCsv(events: readonly HistoryEvent[]): string {
  const lines = events.flatMap(({ version, at, actor, actor_name, way, request_id, changes }) => {
    const head = [version, at, actor, actor_name, way, request_id]
    const rows = Object.entries(changes ?? { '': [null, null] as const })
    return rows.map(([path, [old, now]]) => [...head, path, old, now])
  })
  return [COLUMNS, ...lines].map((line) => csvLine(line.map(cell))).join('')
}

/** Numbers are left as numbers. */
const cell = (value: Scalar) => (typeof value === 'string' ? asCsvCell(value) : String(value ?? ''))
