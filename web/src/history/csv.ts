// The changes of a lead as CSV: a line for each value.

import type { HistoryEvent } from '../../../src/client/api.ts'
import { csvCell } from '../../../src/core/csv.ts'
import type { Scalar } from '../../../src/core/merge.ts'

const COLUMNS = ['version', 'at', 'actor', 'actor_name', 'way', 'request_id', 'path', 'old', 'new']

export function historyCsv(events: readonly HistoryEvent[]): string {
  const lines = events.flatMap(({ version, at, actor, actor_name, way, request_id, changes }) => {
    const head = [version, at, actor, actor_name, way, request_id]
    const rows = Object.entries(changes ?? { '': [null, null] as const })
    return rows.map(([path, [old, now]]) => [...head, path, old, now])
  })
  return [COLUMNS, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

const cell = (value: Scalar): string =>
  typeof value === 'string' ? csvCell(value) : value === null ? '' : String(value)
