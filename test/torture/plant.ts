// A loader hook for the servers of a run. It makes them take request ids from their clients, and plants the bug that
// TORTURE_PLANT names. The product has no switch for either.

import { registerHooks } from 'node:module'
import { edited, PLANTS, REQUEST_IDS } from './plants.ts'

const plants = PLANTS.filter(({ name }) => name === process.env.TORTURE_PLANT)

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const edits = [REQUEST_IDS, ...plants].filter(({ file }) => url.endsWith(`/${file}`))
    if (edits.length === 0) return loaded
    return { ...loaded, source: edits.reduce((source, edit) => edited(source, edit), String(loaded.source)) }
  },
})
