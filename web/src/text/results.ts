// What each refusal says to people: what happened, and what to do. The `detail` and `fix` of an answer are for those who
// call the API, and no screen shows them.

import type { Problem } from '../../../src/client/client.ts'
import type { DncList, RefusalName } from '../../../src/core/result.ts'
import { count } from './words.ts'

export const lists: Readonly<Record<DncList, string>> = {
  private: 'private',
  client: 'client',
  campaign: 'campaign',
}

/** As much of a refusal as its sentence depends on. */
export type Refusal = Pick<Problem, 'name' | 'retryable'> & Partial<Problem>

type Sentence = string | ((problem: Refusal) => string)

const OTHER = 'That did not work. Reload the page; if it happens again, send the details to an administrator.'

const SENTENCES: Record<RefusalName, Sentence> = {
  COULDNT_FIND_THE_LEAD: 'This lead was not found. It was deleted, or it belongs to another team.',
  NO_PHONE_FIELDS: 'Enter at least one phone number.',
  EXCEPTION:
    'Something broke on the server, and nothing was saved. Send the details to whoever looks after Leadline.',
  DNC: ({ list }) =>
    typeof list === 'string' && Object.hasOwn(lists, list)
      ? `This number is on the ${lists[list as DncList]} do-not-call list. Use another number, or do not call this person.`
      : 'This number is on a do-not-call list. Use another number, or do not call this person.',
  DUPLICATE: 'Another lead of this campaign already has this number. Open that lead, or use another number.',
  INVALID_DISPOSTION: 'This outcome cannot be used any more. Choose one from the list.',
  DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED: 'This lead has no outcome yet. Choose one.',
  IMPORT_BUT_NOCHANGE_SPECIFIED:
    'A new lead cannot keep what was there before. Enter a value, or leave the field empty.',
  TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: (problem) =>
    `The server is busy, and nothing was saved.${again(problem)}`,
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT:
    'Somebody else changed the same fields first. Look at both changes, then decide.',
  INVALID_TIMEZONE_SPECIFIED: 'These contact hours do not exist any more. Choose others from the list.',
  DUPLICATE_EXTERNAL_ID:
    'Another lead of this campaign already has this external id. Open that lead, or use another id.',
  UNAUTHORIZED: 'You are not signed in any more. Sign in to continue.',
  FORBIDDEN: 'You do not have access to this. Ask a team lead or an administrator.',
  MALFORMED_REQUEST: 'This link is out of date. Open the page again from the menu.',
  UNKNOWN_TARGET: 'This was not found. Somebody removed it, or it belongs to another team.',
  INVALID_FIELD: 'Some values cannot be used. Correct them, then save again.',
  INVALID_PHONE_NUMBER: 'Enter a valid phone number.',
  INVALID_CALLBACK_DATE: 'Enter a day and a time, like 30 Nov 10:00.',
  INVALID_PRIORITY: 'Enter a whole number from 0 to 100.',
  TOO_LARGE: 'This is too much to save at once. Shorten the longest text.',
  IDEMPOTENCY_KEY_REUSED: 'This call already has another outcome. Change the outcome of the lead instead.',
  IDEMPOTENCY_IN_PROGRESS: (problem) => `The same change is still being saved.${again(problem)}`,
  RATE_LIMITED: ({ retry_after_s: wait_s }) =>
    `That was too often. Wait ${typeof wait_s === 'number' ? waiting(wait_s) : 'a while'} before the next one.`,
  UNAVAILABLE: (problem) =>
    problem.retryable || problem.written !== 'unknown'
      ? `The server cannot answer right now.${again(problem)}`
      : 'The connection broke while this was saved, so it may be saved already. Reload the page and look first.',
  PRECONDITION_REQUIRED: 'This page is out of date. Reload it, then make the change again.',
}

const again = ({ retryable }: Refusal) => (retryable ? ' Try again in a moment.' : '')

const waiting = (seconds: number) =>
  seconds < 60
    ? count(seconds, 'second', 'seconds')
    : seconds < 3_600
      ? count(Math.ceil(seconds / 60), 'minute', 'minutes')
      : count(Math.ceil(seconds / 3_600), 'hour', 'hours')

/** The sentence of a refusal; a newer server may have names that this app does not know. */
export function forPeople(problem: Refusal): string {
  const { name } = problem
  if (!Object.hasOwn(SENTENCES, name)) return OTHER
  const sentence = SENTENCES[name as RefusalName]
  return typeof sentence === 'string' ? sentence : sentence(problem)
}
