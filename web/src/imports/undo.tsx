// Asks before an import is undone, with what that would do. The number of rows is typed, because it cannot be taken back.

import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Import, UndoTally } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { FormDialog } from '../shell/form-dialog.tsx'
import { Loading } from '../shell/page.tsx'
import { typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { imports, keysOf } from '../text/imports.ts'

const words = imports.undo

export function UndoDialog({ found: { import_id, done }, onClose }: { found: Import; onClose: () => void }) {
  const step = useStep(import_id)
  const [typed_n, setTyped] = useState('')
  const preview = useQuery({
    queryKey: ['imports', 'undo', import_id],
    queryFn: () => must(client.previewUndo(import_id)),
    gcTime: 0,
  })
  const rows = done?.rows ?? 0
  return (
    <FormDialog
      title={words.title}
      submit={words.submit}
      danger
      saving={step}
      can={preview.data !== undefined && typed_n.replace(/\D/g, '') === String(rows)}
      onSend={() => step.mutate(() => client.undoImport(import_id), { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{words.what}</p>
      {preview.isPending && <Loading />}
      {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && <UndoCounts tally={preview.data} exact={preview.data.exact} />}
      <TextInput
        label={words.confirm(rows)}
        inputMode="numeric"
        autoComplete="off"
        value={typed_n}
        onChange={typed(setTyped)}
      />
    </FormDialog>
  )
}

export const UndoCounts = ({ tally, exact = true }: { tally: UndoTally; exact?: boolean }) => (
  <ul>
    {keysOf(words.counts)
      .filter((fate) => tally[fate] > 0)
      .map((fate) => (
        <li key={fate}>{words.count(tally[fate], exact, words.counts[fate])}</li>
      ))}
  </ul>
)
