// The parts of the screen that are not there at first: loaded after the screen is, before anybody can ask for them.

import { lazy } from 'react'
import type { Refused } from '../api/client.ts'
import type { Collision } from './state.ts'

const edit = () => import('./edit.tsx')
const note = () => import('./note.tsx')
const consequences = () => import('./consequences.tsx')
const errors = () => import('./errors.ts')

export const Edit = lazy(async () => ({ default: (await edit()).Edit }))
export const Note = lazy(async () => ({ default: (await note()).Note }))
export const Consequences = lazy(async () => ({ default: (await consequences()).Consequences }))

/** By group; where that cannot be said, the refusal is shown as a whole. */
export const errorsOf = (refused: Refused, collision: Collision) =>
  errors().then(
    ({ errorsByGroup }) => errorsByGroup(refused, collision),
    (): Record<string, string> => ({}),
  )

/** What fails now is loaded again when it is needed. */
export const loadLater = () => void Promise.allSettled([edit(), note(), consequences(), errors()])
