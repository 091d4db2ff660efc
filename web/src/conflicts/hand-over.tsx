// Hands a change over: to a team lead, or to the person who made the other one and is on the lead.

import { Button } from '@mantine/core'
import { type ComponentProps, useState } from 'react'
import { lazyPart } from '../load-screen.tsx'
import { hand_over as words } from '../text/hand-over.ts'

const Dialog = lazyPart(() => import('./hand-over-dialog.tsx'), 'HandOverDialog')

interface HandOverProps extends Omit<ComponentProps<typeof Dialog>, 'onClose'> {
  disabled?: boolean
}

export function HandOver({ disabled, ...deed }: HandOverProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button disabled={disabled} onClick={() => setOpened(true)}>
        {deed.to ? words.button_to(deed.to.name) : words.button}
      </Button>
      {opened && <Dialog {...deed} onClose={() => setOpened(false)} />}
    </>
  )
}
