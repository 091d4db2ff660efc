// What a refusal says about the groups of a merge.

import type { Refused } from '../api/client.ts'
import { pathOf, unescaped } from '../shell/value-problems.ts'
import { problemForPeople } from '../text/problems.ts'
import type { Collision } from './state.ts'

/** '/decisions/fields.City' and '/fields/City' both belong to the group of that field. */
export function errorsByGroup({ problem }: Refused, { groups }: Collision): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { field, ...wrong } of problem.errors ?? []) {
    const name = unescaped(field.replace(/^\/?decisions[./]/, ''))
    const path = pathOf(field)
    const found = groups.find(
      ({ group, paths }) =>
        name === group ||
        name.startsWith(`${group}.`) ||
        name.startsWith(`${group}/`) ||
        paths.includes(path),
    )
    if (found) errors[found.group] = problemForPeople(wrong)
  }
  return errors
}
