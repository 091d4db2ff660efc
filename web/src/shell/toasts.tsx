// Words at the edge of the screen. They are loaded with the first one.

import { Button } from '@mantine/core'
import { Notifications, notifications } from '@mantine/notifications'
import type { ToastAction } from './parts.tsx'
import styles from './shell.module.css'

const TOAST_MS = 10_000

export const Toasts = () => <Notifications position="bottom-right" limit={3} />

export function show(said: string, actions: readonly ToastAction[]): void {
  const id = notifications.show({
    autoClose: TOAST_MS,
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
