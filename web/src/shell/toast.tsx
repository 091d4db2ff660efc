// Toasts. Nothing depends on a toast being seen.

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { announce } from './parts.tsx'
import styles from './shell.module.css'

const SHOWN_MS = 10_000

/** `actions`: buttons of the toast. */
export function toast(said: string, actions: readonly { label: string; run: () => void }[] = []): void {
  announce(said)
  const id = notifications.show({
    autoClose: SHOWN_MS,
    withBorder: true,
    // The announcer alone says it to screen readers.
    role: 'group',
    message: (
      <span className={`${styles.toast} row`}>
        <span>{said}</span>
        {actions.map(({ label, run }) => (
          <Button
            key={label}
            size="compact-xs"
            onClick={() => {
              notifications.hide(id)
              run()
            }}
          >
            {label}
          </Button>
        ))}
      </span>
    ),
  })
}
