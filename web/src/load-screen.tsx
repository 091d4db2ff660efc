// A screen or dialog is loaded when it is opened, or before, while nothing else happens. Where that fails, the screen before it
// stays: without a connection until there is one, and after an upgrade, which takes the old parts away, until the page is
// loaded anew.

import { type ComponentType, type ReactNode, use, useEffect, useState } from 'react'
import { NoAnswer } from './api/client.ts'
import { connected, lookForServer } from './api/connection.ts'
import { useStore } from './store.ts'

/** The server answers, but no longer has this part of the app. */
export class ScreenGone extends Error {}

export class ScreenUnreached extends NoAnswer {}

interface Loadable {
  is_loaded: () => boolean
  /** Never rejects; see `failure`. */
  preload: () => Promise<void>
  failure: () => Error | undefined
}

export interface LazyScreen<Props = object> extends Loadable {
  (props: Props): ReactNode
}

const screens = new Set<Loadable>()

/** The screen of a route, if it is loaded when it is opened. */
export const screenOf = ({ options }: { options: { component?: unknown } }): Loadable | undefined =>
  [...screens].find((screen) => screen === options.component)

export function lazyScreen<Name extends string, Props extends object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): LazyScreen<Props> {
  let Screen: ComponentType<Props> | undefined
  let loading: Promise<void> | undefined
  let failure: Error | undefined
  async function attempt(): Promise<void> {
    failure = undefined
    try {
      // Browsers may remember that a part could not be loaded, so it is not tried in vain. A computer that calls itself
      // offline may still reach a server of its own network.
      if (!navigator.onLine && !(await lookForServer())) throw new ScreenUnreached()
      Screen = (await load())[name]
    } catch (error) {
      const is_gone = !(error instanceof ScreenUnreached) && (await lookForServer())
      failure = is_gone ? new ScreenGone(`${name} cannot be loaded`) : new ScreenUnreached()
    }
  }
  const preload = () => {
    if (failure) loading = undefined
    loading ??= attempt()
    return loading
  }
  function Lazy(props: Props) {
    if (!Screen) use(loading ?? preload())
    if (!Screen) throw failure
    return <Screen {...props} />
  }
  const lazy = Object.assign(Lazy, { is_loaded: () => Screen !== undefined, preload, failure: () => failure })
  screens.add(lazy)
  return lazy
}

/**
 * Loads a part of a screen when it opens first, or once there is a connection again; true: it is there. Throws when the
 * server no longer has it.
 */
export function useLoaded(part: Loadable, open: boolean): boolean {
  const [, setTries] = useState(0)
  const is_connected = useStore(connected)
  useEffect(() => {
    if (open && is_connected && !part.is_loaded())
      void part.preload().then(() => setTries((tries) => tries + 1))
  }, [part, open, is_connected])
  const failure = part.failure()
  if (open && failure instanceof ScreenGone) throw failure
  return part.is_loaded()
}

/** A part of a screen that is loaded when it is shown first. The screen does without it until then. */
export function lazyPart<Name extends string, Props extends object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
  meanwhile: ReactNode = null,
) {
  const Part = lazyScreen(load, name)
  return (props: Props) => (useLoaded(Part, true) ? <Part {...props} /> : meanwhile)
}

/** A dialog that is loaded when it opens first. It stays then, and decides by itself whether it is open. */
export const Dialog = ({ of: Loaded, open }: { of: LazyScreen; open: boolean }) =>
  useLoaded(Loaded, open) && <Loaded />

const SPARE_MS = 3_000

/** Loads the other screens once the first one is there, so that they open at once, also without a connection. */
export function preloadScreens(): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  setTimeout(async () => {
    for (const screen of screens) await screen.preload()
  }, SPARE_MS)
}

const RELOADED = 'leadline.reloaded'
const RELOAD_AGAIN_MS = 60_000

/** Loads the page of an address anew, which has all of its parts. False: that has just been tried. */
export function loadAnew(href: string): boolean {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < RELOAD_AGAIN_MS) return false
  sessionStorage.setItem(RELOADED, String(Date.now()))
  window.location.assign(href)
  return true
}
