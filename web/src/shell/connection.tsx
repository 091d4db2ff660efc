// Keeps a screen until the next one can be shown, and says when there is no connection.

import IconCloudOff from '@tabler/icons-react/icons/IconCloudOff'
import { useBlocker, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { connected } from '../api/connection.ts'
import { loadAnew, ScreenGone, screenOf } from '../load-screen.tsx'
import { createStore, useStore } from '../store.ts'
import { text } from '../text.ts'
import styles from './shell.module.css'

/** The address that opens when there is a connection again. */
const waiting = createStore<string | null>(null)

/** How long a screen may take to load before the one before it gives way, milliseconds. */
const LOADS_MS = 1_000

/** Lets nobody leave a screen for one that cannot be loaded. */
export function KeepScreen() {
  const router = useRouter()
  useBlocker({
    enableBeforeUnload: false,
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname) return false
      waiting.set(null)
      const screen = screenOf(router.routesById[next.routeId])
      if (!screen) return false
      await Promise.race([screen.preload(), new Promise((resolve) => setTimeout(resolve, LOADS_MS))])
      const failure = screen.failure()
      if (!failure) return false
      const { href } = router.buildLocation({
        to: next.fullPath,
        params: next.params,
        search: next.search,
      } as never)
      if (failure instanceof ScreenGone) return loadAnew(router.history.createHref(href))
      waiting.set(href)
      return true
    },
  })
  const is_connected = useStore(connected)
  const href = useStore(waiting)
  useEffect(() => {
    if (href === null) return
    if (is_connected) {
      waiting.set(null)
      router.history.push(href)
      return
    }
    // Whoever goes on working here is not taken away later.
    const stay = () => waiting.set(null)
    const events = ['keydown', 'pointerdown'] as const
    for (const event of events) window.addEventListener(event, stay)
    return () => {
      for (const event of events) window.removeEventListener(event, stay)
    }
  }, [router, href, is_connected])
  return null
}

export function ConnectionLost() {
  const is_connected = useStore(connected)
  const href = useStore(waiting)
  return (
    <p className={styles.lost} role="status">
      {!is_connected && (
        <>
          <IconCloudOff size={16} aria-hidden />
          {href === null ? text.connection.lost : text.connection.opens}
        </>
      )}
    </p>
  )
}
