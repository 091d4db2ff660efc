// <NO CHANGE>: on an update it keeps what is stored; on an insert it is a mistake (108). Never stored.

import { withoutInvisible } from './text.ts'

const NO_CHANGE = /^\s*<no(?:\s|\r\n)change>\s*$/i
const HIDDEN = /[^ -~]/

/**
 * Any case, angle brackets needed, surrounding blanks ignored however many they are. What reading would make of a text
 * counts: without what shows nothing, and with a blank for a line end.
 */
export const isNoChange = (value: string) =>
  value.includes('<') &&
  (NO_CHANGE.test(value) || (HIDDEN.test(value) && NO_CHANGE.test(withoutInvisible(value))))
