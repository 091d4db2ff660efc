// A note: an entry of a lead's log, written by a person or a program.

import { LIMITS } from './limits.ts'
import { readKept } from './text.ts'

/** The text of a note without blanks at its ends. The problem is the rest of a sentence about it. */
export function readNote(value: unknown): { text: string } | { problem: string } {
  if (typeof value !== 'string') return { problem: 'must be a text' }
  // People paste from anywhere: marks that reverse text are taken out rather than refused.
  const read = readKept(value, LIMITS.text_points_max, { lines: true, lenient: true, whole: true })
  if ('problem' in read) return { problem: read.problem }
  const text = read.text.trim()
  return text === '' ? { problem: 'is empty' } : { text }
}
