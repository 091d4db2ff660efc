// Whether the server answers. Looked at when a request got no answer, then again until it does.

import { createStore } from '../store.ts'

/** The path that the app is served below: '/', or that of a proxy. */
export const BASE = new URL(
  document.querySelector<HTMLMetaElement>('meta[name="leadline-base"]')?.content ?? '/',
  window.location.origin,
).pathname

export const connected = createStore(true)

const AGAIN_MS = 3_000

let looking: Promise<boolean> | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Asks the server for a sign of life. */
export function lookForServer(): Promise<boolean> {
  looking ??= fetch(`${BASE}healthz`, { cache: 'no-store' })
    .then(
      () => true,
      () => false,
    )
    .then((answers) => {
      looking = undefined
      clearTimeout(timer)
      connected.set(answers)
      // An answer may have been on its way when the browser went offline.
      if (!answers || !navigator.onLine) timer = setTimeout(() => void lookForServer(), AGAIN_MS)
      return answers
    })
  return looking
}

window.addEventListener('online', () => void lookForServer())
window.addEventListener('offline', () => void lookForServer())
