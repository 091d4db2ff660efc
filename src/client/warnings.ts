// The header that names what was read otherwise than it was sent: `trimmed=Name, cut=Notes;row=3`.

import type { Warning, WarningCode } from './model.ts'

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
