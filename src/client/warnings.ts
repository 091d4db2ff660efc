// The header that names fields that were not kept as they were sent: `trimmed=Name, cut=Notes;row=3`.

import type { Warning, WarningCode } from './api.ts'

const PART = /^([a-z_]+)=([^;]*)(?:;row=(\d+))?$/

export function readWarnings(header: string | null): (Warning & { row?: number })[] {
  if (header === null) return []
  return header.split(/,\s*/).flatMap((part) => {
    const [, code, field, row] = PART.exec(part) ?? []
    if (code === undefined) return []
    return [
      {
        code: code as WarningCode,
        field: decodeURIComponent(field!),
        ...(row === undefined ? {} : { row: Number(row) }),
      },
    ]
  })
}
