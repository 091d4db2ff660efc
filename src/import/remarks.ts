// Collects what there is to say about a table while its rows go by: each remark once for a column, with its first rows.

import type { TableRemark, TableRemarkCode } from '../core/table.ts'

const ROWS_SHOWN_MAX = 5
const REMARKS_MAX = 500

export class Remarks {
  readonly #found = new Map<string, TableRemark>()

  add(
    code: TableRemarkCode,
    { row, column = null, count = 1 }: { row?: number; column?: number | null; count?: number } = {},
  ): void {
    const key = `${code} ${column}`
    let remark = this.#found.get(key)
    if (!remark) {
      if (this.#found.size >= REMARKS_MAX) return
      remark = { code, column, count: 0, rows: [] }
      this.#found.set(key, remark)
    }
    remark.count += count
    if (row !== undefined && remark.rows.length < ROWS_SHOWN_MAX) remark.rows.push(row)
  }

  /** By now: more may come until the last row is read. */
  list(): TableRemark[] {
    return [...this.#found.values()].map((remark) => ({ ...remark, rows: [...remark.rows] }))
  }
}
