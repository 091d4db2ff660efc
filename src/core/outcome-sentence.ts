// The rule of an outcome as one plain sentence: when the lead comes back, how often, and when it closes.

import { closes, type Disposition } from './rules.ts'

type Rule = Pick<Disposition, 'code' | 'kind' | 'delay_s' | 'next_day' | 'redials_max'>

/** "After No Answer: again the next day, at most 4 more times, then closed." */
export function outcomeSentence(outcome: Rule): string {
  return `After ${outcome.code}: ${consequence(outcome)}.`
}

function consequence(outcome: Rule): string {
  const { kind, redials_max } = outcome
  if (kind === 'dnc') return 'closed, and its numbers go on the private do-not-call list'
  if (closes(outcome) || redials_max === 0) return 'closed'
  if (kind === 'retry') return `again ${comesBack(outcome)}, ${howOften(redials_max)}`
  const agreed = kind === 'callback' ? 'at the agreed time' : 'at the time that the customer asked for'
  const urgent = kind === 'client_callback' ? '; from then on it never becomes less urgent' : ''
  return `again ${agreed}, or ${comesBack(outcome)} if none was agreed${urgent}`
}

function comesBack({ delay_s, next_day }: Rule): string {
  if (next_day) return 'the next day'
  return delay_s ? `after ${duration(delay_s)}` : 'at once'
}

const howOften = (redials_max: number | null) =>
  redials_max === null
    ? 'without a limit'
    : `at most ${redials_max} more ${redials_max === 1 ? 'time' : 'times'}, then closed`

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

/** "15 minutes", "1 hour 30 minutes" */
export function duration(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const [length, unit] of UNITS) {
    const n = Math.floor(rest / length)
    if (n > 0) parts.push(`${n} ${unit}${n === 1 ? '' : 's'}`)
    rest -= n * length
  }
  return parts.join(' ') || '0 seconds'
}
