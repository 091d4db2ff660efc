// The parts of a row that are not there at first: loaded after the screen is, before anybody can ask for them.

import { lazy } from 'react'

const edit = () => import('./edit.tsx')
const note = () => import('./note.tsx')
const consequences = () => import('./consequences.tsx')

export const Edit = lazy(async () => ({ default: (await edit()).Edit }))
export const Note = lazy(async () => ({ default: (await note()).Note }))
export const Consequences = lazy(async () => ({ default: (await consequences()).Consequences }))

/** What fails now is loaded again when it is needed. */
export const loadLater = () => void Promise.allSettled([edit(), note(), consequences()])
