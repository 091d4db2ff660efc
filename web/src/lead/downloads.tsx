// The history as a file.

import { Button } from '@mantine/core'
import type { HistoryEvent } from '../../../src/client/model.ts'
import { text } from '../text.ts'
import { historyCsv } from './history-csv.ts'

const words = text.history.download

export function Downloads({ lead_id, events }: { lead_id: string; events: readonly HistoryEvent[] }) {
  const files = [
    { label: words.json, end: 'json', type: 'application/json', make: () => JSON.stringify(events, null, 2) },
    { label: words.csv, end: 'csv', type: 'text/csv', make: () => historyCsv(events) },
  ]
  return (
    <>
      {files.map(({ label, end, type, make }) => (
        <Button
          key={end}
          size="sm"
          variant="default"
          aria-label={`${words.label} ${label}`}
          onClick={() => download(`${words.file(lead_id)}.${end}`, type, make())}
        >
          {label}
        </Button>
      ))}
    </>
  )
}

function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
