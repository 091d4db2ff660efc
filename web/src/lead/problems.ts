// What the server found wrong with a change, by the path of the value.

import type { Problem } from '../../../src/client/client.ts'
import { sentence } from '../shell/problem.tsx'

/** '/fields/City' and '/mine/fields/City' as 'fields.City', '/callback/local' as 'callback'. A JSON pointer writes ~1 for / and ~0 for ~. */
export function pathOf(field: string): string {
  const parts = field.replace(/^\/(mine\/)?/, '').split('/')
  const [first = '', second] = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (first === 'fields' || first === 'unmapped') && second !== undefined ? `${first}.${second}` : first
}

export function problemsByPath(problem: Problem): Map<string, string> {
  const errors = problem.errors ?? []
  const single = typeof problem.field === 'string' ? [{ field: problem.field, detail: problem.detail }] : []
  return new Map([...single, ...errors].map(({ field, detail }) => [pathOf(field), sentence(detail)]))
}
