// What a file of numbers is doing, or what came of it; and its rows that could not be taken.

import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { DncFile } from '../../../src/client/api.ts'
import { rejectsOf } from '../api/dnc-files.ts'
import { saveAs } from '../shell/download.ts'
import { Problem } from '../shell/problem.tsx'
import { dncFiles as words } from '../text/dnc-files.ts'

export function stateOf({ state, mode, rows_read, numbers, added, removed }: DncFile): string {
  if (state === 'reading') return words.states.reading(rows_read)
  if (state === 'comparing') return words.states.comparing(numbers)
  if (state === 'done') return words.states.done(added, mode === 'replace' ? removed : null)
  return words.states[state]
}

/** Why it failed, and what to do. */
export const whyOf = ({ problem, detail }: DncFile): string | null =>
  problem === null ? null : (words.problems[problem] ?? detail)

export function DownloadRejects({ file, size }: { file: DncFile; size?: string }) {
  const asked = useMutation({
    mutationFn: () => rejectsOf(file.file_id),
    onSuccess: (csv) => saveAs(words.download_name(file.name), 'text/csv', csv),
  })
  return (
    <>
      <Button
        size={size}
        aria-label={size ? words.download_of(file.name) : undefined}
        loading={asked.isPending}
        onClick={() => asked.mutate()}
      >
        {words.download}
      </Button>
      {asked.error && <Problem error={asked.error} />}
    </>
  )
}
