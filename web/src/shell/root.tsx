// Around everything, signed in or not: the way past the navigation, the voice for screen readers, where the focus goes.

import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Announcer } from './announce.tsx'

export function Root() {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        // A new screen is read from its heading on, unless one of its fields has taken the focus.
        if (!fromLocation || !pathChanged) return
        const main = document.querySelector('main')
        if (main && !main.contains(document.activeElement)) main.querySelector('h1')?.focus()
      }),
    [router],
  )
  return (
    <>
      <Outlet />
      <Announcer />
    </>
  )
}
