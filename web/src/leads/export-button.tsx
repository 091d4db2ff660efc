// Opens the export of what the list shows.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { lazyPart } from '../load-screen.tsx'
import type { LeadSearch } from '../search.ts'
import { exporting as words } from '../text/export.ts'

const ExportDialog = lazyPart(() => import('./export-dialog.tsx'), 'ExportDialog')

export function ExportButton({ search }: { search: LeadSearch }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button size="compact-sm" onClick={() => setOpened(true)}>
        {words.button}
      </Button>
      {opened && <ExportDialog search={search} onClose={() => setOpened(false)} />}
    </>
  )
}
