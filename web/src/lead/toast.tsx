// A word at the edge of the screen, with what can still be done about it. Nothing depends on it being seen.

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { announce } from '../shell/announce.tsx'
import styles from './toast.module.css'

export interface ToastAction {
  label: string
  run: () => void
}

const SHOWN_MS = 10_000

export function toast(message: string, actions: readonly ToastAction[] = []): void {
  const id = notifications.show({
    autoClose: SHOWN_MS,
    withBorder: true,
    // It is said once, by the one voice of the app.
    role: 'group',
    message: (
      <span className={styles.toast}>
        <span>{message}</span>
        {actions.map(({ label, run }) => (
          <Button
            key={label}
            size="compact-xs"
            variant="default"
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
  announce(message)
}
