// The parts of the screen that are not there at first: loaded after the screen is, before anybody can ask for them.

import type { Refused } from '../api/client.ts'
import { lazyPart } from '../load-screen.tsx'
import type { Collision } from './state.ts'

const edit = async () => ({ Edit: (await import('./edit.tsx')).Edit })
const note = () => import('./note.tsx')
const consequences = () => import('./consequences.tsx')
const errors = () => import('./errors.ts')

export const Edit = lazyPart(edit, 'Edit')
export const Note = lazyPart(note, 'Note')
export const Consequences = lazyPart(consequences, 'Consequences')

/** By group; where that cannot be said, the refusal is shown as a whole. */
export const errorsOf = (refused: Refused, collision: Collision) =>
  errors().then(
    ({ errorsByGroup }) => errorsByGroup(refused, collision),
    (): Record<string, string> => ({}),
  )

/** What fails now is loaded again when it is needed. */
export const loadLater = () => void Promise.allSettled([edit(), note(), consequences(), errors()])
