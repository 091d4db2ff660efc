// Why a save was refused, by field where the server names fields.

import { Refused } from '../api/client.ts'
import { problemsOf } from '../shell/value-problems.ts'
import { text } from '../text.ts'

const words = text.lead.save

/** By the path of the value. */
export type Problems = ReadonlyMap<string, string>

export function problemsIn(error: Error | null): Problems {
  if (!(error instanceof Refused)) return new Map()
  const { name } = error.problem
  const short = Object.hasOwn(words.at_field, name) ? words.at_field[name] : undefined
  return new Map(problemsOf(error.problem).map(({ path, detail }) => [path, short ?? detail]))
}

/** The lead that has the number already. */
export const duplicateIn = (error: Error | null): string | undefined =>
  error instanceof Refused && error.problem.name === 'DUPLICATE'
    ? (error.problem.lead_id as string | undefined)
    : undefined

export const isBlockedNumber = (error: Error | null): boolean =>
  error instanceof Refused && error.problem.name === 'DNC'
