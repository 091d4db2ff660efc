import type { RefusalName } from '../../../src/core/result.ts'
import { count, figure, LANGUAGE } from './words.ts'

const time = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'medium', hourCycle: 'h23' })
const minute = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'short', hourCycle: 'h23' })
const percent = new Intl.NumberFormat(LANGUAGE, { style: 'percent', maximumFractionDigits: 1 })
const rate = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 2 })

/** Counting stops there. */
const COUNTED_MAX = 10_000
const upTo = (n: number) => (n >= COUNTED_MAX ? `${figure(COUNTED_MAX)}+` : figure(n))

/** Why a lead or change was refused, in short. */
const refusals: Readonly<Record<RefusalName, string>> = {
  COULDNT_FIND_THE_LEAD: 'Lead not found',
  NO_PHONE_FIELDS: 'Without a phone number',
  EXCEPTION: 'Leadline failed',
  DNC: 'On a do-not-call list',
  DUPLICATE: 'Number already in the campaign',
  INVALID_DISPOSTION: 'Unknown outcome',
  DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED: 'No outcome to keep',
  IMPORT_BUT_NOCHANGE_SPECIFIED: 'New lead that keeps old values',
  TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: 'Too many requests at once',
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT: 'Conflict with another change',
  INVALID_TIMEZONE_SPECIFIED: 'Unknown contact hours',
  DUPLICATE_EXTERNAL_ID: 'External id already in the campaign',
  UNAUTHORIZED: 'Wrong or ended key',
  FORBIDDEN: 'Key without the right to do it',
  MALFORMED_REQUEST: 'Unreadable request',
  UNKNOWN_TARGET: 'Unknown campaign or allocation',
  INVALID_FIELD: 'Value that cannot be used',
  INVALID_PHONE_NUMBER: 'Invalid phone number',
  INVALID_CALLBACK_DATE: 'Invalid callback time',
  INVALID_PRIORITY: 'Invalid priority',
  TOO_LARGE: 'Too large',
  IDEMPOTENCY_KEY_REUSED: 'Key of another request',
  IDEMPOTENCY_IN_PROGRESS: 'Same request still running',
  RATE_LIMITED: 'Too often',
  UNAVAILABLE: 'Database away, or server stopping',
  PRECONDITION_REQUIRED: 'Change without a version',
}

export const dashboard = {
  title: 'Dashboard',
  board_title: 'Wall board',
  open_board: 'Wall board',
  leave_board: 'Back to the dashboard',
  pause: 'Pause',
  go_on: 'Continue',
  live: 'Live',
  paused: (at: number) => `Paused at ${time.format(at)}`,
  stale: (since: number) => `Stale since ${time.format(since)}`,
  stale_note: 'No new figures arrive. These are the last ones; new ones appear by themselves.',
  intake: {
    title: 'Is it taking leads?',
    states: {
      busy: 'Yes, but requests wait',
      taking: 'Yes, leads are coming in',
      pause: 'Yes, but none came in the last minute',
      quiet: 'No lead came in the last hour',
    },
    minute: 'in the last minute',
    per_second: (a_minute: number) => `${rate.format(a_minute / 60)} a second`,
    hour: (n: number) => `${count(n, 'lead', 'leads')} in the last hour`,
    updated: (n: number) => `${count(n, 'change', 'changes')} in the last hour`,
    waiting: (n: number) => `${count(n, 'request waits', 'requests wait')} for a free slot`,
  },
  refused: {
    title: 'Is anything refused?',
    none: 'No, nothing was refused in the last hour',
    some: 'Some leads or changes are refused',
    many: 'Many leads or changes are refused',
    hour: 'in the last hour',
    minute: (n: number) => `${figure(n)} in the last minute`,
    share: (part: number) => `${percent.format(part)} of all requests`,
  },
  attention: {
    title: 'Does anybody have to act?',
    none: 'No, nothing waits for anybody',
    some: 'Yes',
    conflicts: (n: number) => `${upTo(n)} ${n === 1 ? 'conflict waits' : 'conflicts wait'}`,
    callbacks: (n: number) => `${upTo(n)} ${n === 1 ? 'callback is' : 'callbacks are'} overdue`,
    runs_failed: (n: number) => `${upTo(n)} ${n === 1 ? 'action' : 'actions'} failed in the last 24 hours`,
    runs_queued: (n: number) => `${upTo(n)} ${n === 1 ? 'action waits' : 'actions wait'}`,
    pull: (name: string, failures: number) =>
      `The pull “${name}” failed ${failures === 1 ? 'once' : `${figure(failures)} times in a row`}`,
    faults: (n: number) => `Leadline could not serve ${count(n, 'request', 'requests')} in the last hour`,
    oldest: (age: string) => `(oldest: ${age})`,
  },
  chart: {
    title: 'The last hour, by minute',
    said: (inserted: number, refused: number) =>
      `New leads and refusals of the last 60 minutes: ${count(inserted, 'lead', 'leads')}, ${count(refused, 'refusal', 'refusals')}.`,
    at_most: (n: number) => `${figure(n)} a minute`,
    inserted: 'New leads',
    refused: 'Refused',
    as_table: 'Show as a table',
    columns: { at: 'Minute', inserted: 'New leads', refused: 'Refused' },
    empty: 'Nothing came in the last hour.',
    ago: (minutes: number) => `${minutes} min ago`,
    now: 'Now',
  },
  minute_of: (at: string) => minute.format(new Date(at)),
  refusals: {
    title: 'Why they are refused',
    intro: 'Of the last hour.',
    reasons: 'Reasons',
    names: refusals,
    unknown: 'Another reason',
    columns: { why: 'Reason', deed: 'Request', answers: 'Refused', share: 'Share' },
    deeds: { insert: 'New lead', update: 'Change' },
    none: 'Nothing was refused in the last hour.',
    by: 'By sender',
    by_columns: { sender: 'Sender', refused: 'Refused', taken: 'Taken', share: 'Share' },
    nobody: 'Without a valid key',
    someone: 'Deleted sender',
  },
  share: (part: number) => percent.format(part),
  code: (code: number) => `code ${code}`,
  campaigns: {
    title: 'Campaigns today',
    intro: 'Leads by state, and the calls since midnight.',
    table: 'Campaigns',
    columns: {
      campaign: 'Campaign',
      new: 'New',
      callback: 'Callback due',
      waiting: 'Waiting',
      leased: 'Being called',
      parked: 'Blocked',
      closed: 'Closed',
      calls: 'Calls today',
    },
    stopped: 'Stopped',
    counted: (age: string) => `counted ${age}`,
    counting: 'not counted yet',
    none: 'You have no campaigns yet.',
    to_campaigns: 'Go to the campaigns',
    more: 'Only the newest hundred are shown.',
    outcome: (outcome: string, n: number) => `${outcome} ${figure(n)}`,
    closed_as: (outcome: string) => (outcome === '' ? 'Without an outcome' : outcome),
  },
  empty: {
    title: 'No lead has come yet',
    note: 'Once a sender inserts the first lead, it shows here within seconds.',
    start: 'Getting started',
    type: 'Type one in',
  },
} as const
