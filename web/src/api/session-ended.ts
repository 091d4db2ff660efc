// Whether the session ended under the feet of the operator: the screen stays as it is, a dialog asks to sign in.

import { createStore } from '../store.ts'

export const sessionEnded = createStore(false)
