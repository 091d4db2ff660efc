// A check or a correction is at work: what it goes by cannot be changed meanwhile.

import { Button } from '@mantine/core'
import type { Import } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { Notice } from '../shell/problem.tsx'
import { imports } from '../text/imports.ts'
import { Refusal } from './parts.tsx'

const words = imports.busy

export function Busy({ found: { import_id, state } }: { found: Import }) {
  const said = state === 'fixing' ? words.fixing : words.checking
  const step = useStep(import_id)
  return (
    <>
      <Notice tone="warn" title={said.title} maw={760}>
        <p>{said.what}</p>
        <Button
          size="xs"
          mt={12}
          loading={step.isPending}
          onClick={() => step.mutate(() => client.pauseImport(import_id))}
        >
          {said.stop}
        </Button>
      </Notice>
      {step.error && <Refusal error={step.error} />}
    </>
  )
}
