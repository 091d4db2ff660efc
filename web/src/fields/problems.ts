// A refusal's problems beside the inputs that they are about.

import type { Problem } from '../../../src/client/client.ts'
import { sentence } from '../shell/problem.tsx'

export interface FieldProblem {
  /** The name in the body, without the leading slash: 'fields/City', 'callback'. */
  key: string
  detail: string
}

/** The errors of a refusal by the part of the body that they name; a field's name may hold anything. */
export const problemsOf = ({ errors }: Problem): FieldProblem[] =>
  (errors ?? []).map(({ field, detail }) => ({
    key: field.replace(/^\//, '').replaceAll('~1', '/').replaceAll('~0', '~'),
    detail: sentence(detail),
  }))

/** The problem of an input; those of its parts ('callback/local') are its own. */
export const problemAt = (problems: readonly FieldProblem[], key: string) =>
  problems.find((problem) => problem.key === key || problem.key.startsWith(`${key}/`))?.detail
