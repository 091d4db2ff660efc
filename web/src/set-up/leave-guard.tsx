// Whoever leaves a screen of set-up with unsaved changes is asked first.

import { Button } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Modal } from '../shell/modal.tsx'
import { set_up } from '../text/set-up.ts'

const words = set_up.leave

/** Mounted while something is unsaved. */
export function LeaveGuard() {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname,
    enableBeforeUnload: true,
    withResolver: true,
  })
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={words.title} size="sm" centered>
      <div className="stack">
        <p>{words.says}</p>
        <div className="row">
          {/* Keys that are pressed once too often must not answer yes. */}
          <Button data-autofocus onClick={reset}>
            {words.stay}
          </Button>
          <Button onClick={proceed}>{words.go}</Button>
        </div>
      </div>
    </Modal>
  )
}
