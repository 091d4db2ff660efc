// The answers of targets, and the end that each gives a run. docs/actions.md shows these tables; a test holds them equal.

type Verdict = 'done' | 'failed' | 'again'

interface Rule {
  from: number
  to: number
  /** `failed`: at once, because no repeat can help. `again`: tried again, later and later. */
  verdict: Verdict
  why: string
}

export const HTTP_ANSWERS: readonly Rule[] = [
  { from: 100, to: 199, verdict: 'failed', why: 'it wants to speak another protocol' },
  { from: 200, to: 299, verdict: 'done', why: 'it says so' },
  { from: 300, to: 301, verdict: 'failed', why: 'the address is another one: correct the action' },
  { from: 302, to: 303, verdict: 'done', why: 'many do their work and then point to a page' },
  { from: 304, to: 399, verdict: 'failed', why: 'the address is another one: correct the action' },
  { from: 400, to: 407, verdict: 'failed', why: 'the same again is as wrong' },
  { from: 408, to: 408, verdict: 'again', why: 'it did not get the request in time' },
  { from: 409, to: 424, verdict: 'failed', why: 'the same again is as wrong' },
  { from: 425, to: 425, verdict: 'again', why: 'it is too early' },
  { from: 426, to: 428, verdict: 'failed', why: 'the same again is as wrong' },
  { from: 429, to: 429, verdict: 'again', why: 'there were too many' },
  { from: 430, to: 499, verdict: 'failed', why: 'the same again is as wrong' },
  { from: 500, to: 599, verdict: 'again', why: 'it has trouble of its own' },
  { from: 600, to: 999, verdict: 'failed', why: 'nobody knows what it means' },
]

/** Answers to the mail itself: its sender, a recipient, its text. */
export const SMTP_ANSWERS: readonly Rule[] = [
  { from: 200, to: 399, verdict: 'done', why: 'it says so' },
  { from: 400, to: 499, verdict: 'again', why: 'it has trouble for now, or wants to see a second try' },
  { from: 500, to: 529, verdict: 'failed', why: 'it refuses this mail for good' },
  { from: 530, to: 538, verdict: 'again', why: 'it wants another sign-in: correct LEADLINE_SMTP_URL' },
  { from: 539, to: 599, verdict: 'failed', why: 'it refuses this mail for good' },
]

export const verdictOf = (answers: readonly Rule[], status: number): Verdict =>
  answers.find(({ from, to }) => from <= status && status <= to)?.verdict ?? 'failed'

/** The words by which a run keeps the answer of an HTTP target. */
export const httpDetail = (status: number) =>
  status >= 300 && status < 400 ? `answered ${status}, not followed` : `HTTP ${status}`

/** A target cannot put a try off for longer, seconds. */
export const RETRY_AFTER_S_MAX = 3_600

/** The seconds that a Retry-After asks for, at most an hour; null: it asks for nothing that can be read. */
export function retryAfterSeconds(header: string | undefined, now: string): number | null {
  if (header === undefined) return null
  const text = header.trim()
  const at = Date.parse(text)
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((at - Date.parse(now)) / 1_000)
  return seconds > 0 ? Math.min(seconds, RETRY_AFTER_S_MAX) : null
}
