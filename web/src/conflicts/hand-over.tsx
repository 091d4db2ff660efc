// Hands an edit that met another change over to a team lead.

import { Button } from '@mantine/core'
import { type ComponentProps, lazy, Suspense, useState } from 'react'
import { hand_over as words } from '../text/hand-over.ts'

const Dialog = lazy(async () => ({ default: (await import('./hand-over-dialog.tsx')).HandOverDialog }))

interface HandOverProps extends Omit<ComponentProps<typeof Dialog>, 'onClose'> {
  disabled?: boolean
}

export function HandOver({ disabled, ...edit }: HandOverProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button disabled={disabled} onClick={() => setOpened(true)}>
        {words.button}
      </Button>
      {opened && (
        <Suspense>
          <Dialog {...edit} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  )
}
