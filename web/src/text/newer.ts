// Loaded with the tools of the list.

import { figure } from './words.ts'

export const newer = (n: number, more: boolean) => `${figure(n)}${more ? '+' : ''} new, show`
