// The side that a person probably takes where both changed a group: one side says what the other one does, and more.

import { fold } from './field.ts'
import { type Matching, type Scalar, type Values, valueAt } from './merge.ts'
import { wordsOf } from './text-merge.ts'

/**
 * completes: the side says all that the other one does, and more ('Jane Citizen', 'Jane M. Citizen').
 * fills_in: the side has values that the other one left empty, and is the same otherwise.
 */
export const SUGGESTION_REASONS = ['completes', 'fills_in'] as const

export interface Suggestion {
  take: 'mine' | 'theirs'
  reason: (typeof SUGGESTION_REASONS)[number]
}

/** Undefined: each side has something that the other one lacks, or says otherwise. */
export function suggestionOf(
  paths: readonly string[],
  { base, mine, theirs }: { base: Values; mine: Values; theirs: Values },
  { same, kindOf }: Matching,
): Suggestion | undefined {
  const reasonFor = (more: Values, less: Values): Suggestion['reason'] | undefined => {
    let reason: Suggestion['reason'] = 'fills_in'
    for (const path of paths) {
      const [was, has, lacks] = [base, more, less].map((side) => valueAt(side, path)) as [
        Scalar,
        Scalar,
        Scalar,
      ]
      if (same(path, has, lacks)) continue
      // A value that somebody took away is not left empty.
      if (same(path, lacks, null) && same(path, was, null)) continue
      if (
        !isText(kindOf(path), path) ||
        !completes(String(has ?? ''), String(lacks ?? ''), String(was ?? ''))
      )
        return undefined
      reason = 'completes'
    }
    return reason
  }
  const theirs_has_more = reasonFor(theirs, mine)
  if (theirs_has_more) return { take: 'theirs', reason: theirs_has_more }
  const mine_has_more = reasonFor(mine, theirs)
  return mine_has_more && { take: 'mine', reason: mine_has_more }
}

const isText = (kind: ReturnType<Matching['kindOf']>, path: string) =>
  kind === 'text' || kind === 'long_text' || path.startsWith('unmapped.')

/** Whether a text has every word of another one in its order, and words that the other one did not remove. */
function completes(more: string, less: string, base: string): boolean {
  const [long, short, before] = [more, less, base].map(foldedWords) as [string[], string[], string[]]
  if (short.length === 0) return false
  let found = 0
  const added: string[] = []
  for (const word of long)
    if (found < short.length && isShortFor(short[found]!, word)) found++
    else added.push(word)
  const says_more = long.some((word, i) => word !== short[i])
  return says_more && found === short.length && added.every((word) => !before.includes(word))
}

const foldedWords = (text: string) =>
  wordsOf(text)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map(fold)

/** An initial stands for its word. */
const isShortFor = (short: string, word: string) =>
  short === word || (/^\p{L}$/u.test(short) && word.startsWith(short))
