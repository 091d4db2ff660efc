// How the parts of the merge screen find each other in the page.

import { inputId } from '../lead/field.tsx'

export const takeId = (group: string, take: string) => `take-${take}-${inputId(group)}`

export const SAVE_ID = 'save-merge'
