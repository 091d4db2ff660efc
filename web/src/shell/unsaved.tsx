// Nothing that was typed is lost by a click: leaving a form that was changed asks first.

import { Button, Modal } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { text } from '../text.ts'
import styles from './unsaved.module.css'

const words = text.shell.unsaved

/** `when` is asked at the moment of leaving: a form that has just been saved says no at once. */
export function Unsaved({ when }: { when: () => boolean }) {
  const { status, proceed, reset } = useBlocker({
    // Another search of the same screen leaves nothing.
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && when(),
    enableBeforeUnload: when,
    withResolver: true,
  })
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={words.title} size="sm" centered>
      <p>{words.what}</p>
      <div className={styles.choices}>
        <Button variant="default" onClick={() => proceed?.()}>
          {words.leave}
        </Button>
        <Button data-autofocus onClick={() => reset?.()}>
          {words.stay}
        </Button>
      </div>
    </Modal>
  )
}
