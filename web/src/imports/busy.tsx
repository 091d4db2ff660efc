// A check is at work: what it judges cannot be changed meanwhile.

import { Button } from '@mantine/core'
import type { Import } from '../../../src/client/api.ts'
import { client } from '../api/client.ts'
import { useStep } from '../api/imports.ts'
import { Notice } from '../shell/problem.tsx'
import { imports } from '../text/imports.ts'
import { Refusal } from './parts.tsx'

const words = imports.busy

export function Busy({ found: { import_id } }: { found: Import }) {
  const step = useStep(import_id)
  return (
    <>
      <Notice tone="warn" title={words.title} maw={760}>
        <p>{words.what}</p>
        <Button
          size="xs"
          mt={12}
          loading={step.isPending}
          onClick={() => step.mutate(() => client.pauseImport(import_id))}
        >
          {words.stop}
        </Button>
      </Notice>
      {step.error && <Refusal error={step.error} />}
    </>
  )
}
