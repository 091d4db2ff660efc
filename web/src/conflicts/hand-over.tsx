// Hands an edit that met another change over to a team lead.

import { Button } from '@mantine/core'
import { type ComponentProps, lazy, Suspense, useState } from 'react'
import { hand_over as words } from '../text/hand-over.ts'

const Dialog = lazy(async () => ({ default: (await import('./hand-over-dialog.tsx')).HandOverDialog }))

interface HandOverProps extends Omit<ComponentProps<typeof Dialog>, 'onClose'> {
  disabled?: boolean
  label?: string
}

export function HandOver({ disabled, label = words.button, ...edit }: HandOverProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button disabled={disabled} onClick={() => setOpened(true)}>
        {label}
      </Button>
      {opened && (
        <Suspense>
          <Dialog {...edit} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  )
}
