// What a refusal says about single values. Apart from the other failures, because only forms need it.

import type { Problem } from '../../../src/client/client.ts'
import { problemForPeople } from '../text/problems.ts'

/** A problem of one value, by its path: 'fields.City', 'callback'. The detail is for people. */
export interface ValueProblem {
  path: string
  detail: string
}

/** The problems of single values that a refusal names. */
export function problemsOf({ name, field, detail, errors = [] }: Problem): ValueProblem[] {
  const found = errors.length > 0 || typeof field !== 'string' ? errors : [{ name, field, detail }]
  return found.map((one) => ({ path: pathOf(one.field), detail: problemForPeople(one) }))
}

/** Names whose values have names of their own. */
const NESTED: ReadonlySet<string> = new Set(['fields', 'unmapped', 'config'])

/** '/fields/City' and '/mine/fields/City' as 'fields.City', '/callback/local' as 'callback'. */
export function pathOf(pointer: string): string {
  const [first = '', second] = pointer
    .replace(/^\/(mine\/)?/, '')
    .split('/')
    .map(unescaped)
  return NESTED.has(first) && second !== undefined ? `${first}.${second}` : first
}

/** A JSON pointer writes ~1 for / and ~0 for ~. */
export const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')
