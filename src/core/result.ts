// The closed list of results of a submission or a request. Statuses and documents are derived from it; a code that is
// not here does not exist.
// The spelling DISPOSTION is the published one: existing integrations compare it.

export const RESULTS = {
  OK: { code: 0, classic: 200, v1: 200, when: 'The lead is inserted or updated.', fix: 'Nothing to do.' },
  COULDNT_FIND_THE_LEAD: {
    code: 101,
    classic: 400,
    v1: 404,
    when: 'There is no lead with this external id (or lead id) that the key may see.',
    fix: 'Check the external id (or lead id) and the campaign; a forgotten lead cannot be updated.',
  },
  NO_PHONE_FIELDS: {
    code: 102,
    classic: 400,
    v1: 422,
    when: 'No phone field has a value (blank counts as none); or an update names no phone field, or would leave the lead without any phone value.',
    fix: 'Send at least one phone field of the template with a value.',
  },
  EXCEPTION: {
    code: 103,
    classic: 500,
    v1: 500,
    when: 'An error of the server; nothing is half-written.',
    fix: 'Our fault: report the request id. Nothing was half-written.',
  },
  DNC: {
    code: 104,
    classic: 400,
    v1: 422,
    when: "The do-not-call lists block the number: every valid number, or any, as the template's rule says.",
    fix: 'Do not call this person. The do-not-call list that blocks is named.',
  },
  DUPLICATE: {
    code: 105,
    classic: 400,
    v1: 409,
    when: "Another lead of the campaign holds the number, or the template's master list has the lead.",
    fix: 'Update the lead that holds the number, or send allowDuplicates=true (/v1: allow_duplicates).',
  },
  INVALID_DISPOSTION: {
    code: 106,
    classic: 400,
    v1: 422,
    when: "There is no such enabled disposition in the template's set.",
    fix: "Use an enabled disposition of the template's disposition set.",
  },
  DISPOSTION_ISNT_SET_AND_NOCHANGE_SPECIFIED: {
    code: 107,
    classic: 400,
    v1: null,
    when: 'The update keeps the disposition (left out, empty or <NO CHANGE>), and the lead has none now.',
    fix: 'The lead has no disposition yet: name one in njDisposition.',
  },
  IMPORT_BUT_NOCHANGE_SPECIFIED: {
    code: 108,
    classic: 400,
    v1: 422,
    when: 'An insert has <NO CHANGE> in some field.',
    fix: '<NO CHANGE> is for updates: send a value or leave the field out.',
  },
  TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: {
    code: 109,
    classic: 400,
    v1: 503,
    when: 'No slot came free in time, or too many requests wait already; certainly nothing is written.',
    fix: 'Nothing was written: retry after the seconds in Retry-After.',
  },
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT: {
    code: 110,
    classic: 400,
    v1: 412,
    when: 'The lead has changed since the base version in what the update changes; nothing is overwritten. A classic update is held; /v1 answers with the conflict, or holds it when asked to. A piece of set-up that has changed since the version in If-Match answers the same.',
    fix: 'Do not retry blindly: read the lead, decide, and send the update with its current version, or merge it (/v1/leads/{id}/merge). A held update can be settled under /v1/conflicts.',
  },
  INVALID_TIMEZONE_SPECIFIED: {
    code: 111,
    classic: 400,
    v1: 422,
    when: 'There are no contact hours of this name.',
    fix: 'Name existing contact hours, or leave them out to take those of the template.',
  },
  DUPLICATE_EXTERNAL_ID: {
    code: 112,
    classic: 400,
    v1: 409,
    when: 'A lead of the campaign has this external id.',
    fix: 'Update the lead that has this external id, or send another id.',
  },
  UNAUTHORIZED: {
    code: 1001,
    classic: 401,
    v1: 401,
    when: 'No key or session, or a wrong, revoked, expired or ended one: the answer is the same. Or a login and a password that do not fit.',
    fix: 'Send a valid API key: Authorization: Bearer KEY (the classic API also takes apiKey=KEY). Operators sign in.',
  },
  FORBIDDEN: {
    code: 1002,
    classic: 403,
    v1: 403,
    when: 'The key or the operator may not do this, or the request of a browser comes from another site.',
    fix: 'Use a key with the scope, or sign in with the role, that the request needs.',
  },
  MALFORMED_REQUEST: {
    code: 1003,
    classic: 400,
    v1: 400,
    when: 'The request as a whole cannot be read: no JSON, bad UTF-8, duplicate keys, not an object, too deep, or parameters that contradict each other.',
    fix: 'Correct the request as the detail says.',
  },
  UNKNOWN_TARGET: {
    code: 1004,
    classic: 400,
    v1: 404,
    when: 'The template, campaign or allocation is unknown, does not belong to the others, or the key may not see it. Also anything else that the address of a /v1 request names, and an address that does not exist.',
    fix: 'Check the template, campaign and allocation ids, that they belong together, and that the key may see them.',
  },
  INVALID_FIELD: {
    code: 1005,
    classic: 400,
    v1: 422,
    when: "A key or a value cannot be taken: an object in a field, control characters, an unknown key that begins with nj, two keys that name one field; or, where that is refused, what is no value of the field's kind.",
    fix: 'Correct the fields listed in errors.',
  },
  INVALID_PHONE_NUMBER: {
    code: 1006,
    classic: 400,
    v1: 422,
    when: 'There are phone values, but none is a valid number.',
    fix: "Send at least one dialable number, international (+61…) or as dialled in the template's region.",
  },
  INVALID_CALLBACK_DATE: {
    code: 1007,
    classic: 400,
    v1: 422,
    when: 'The callback date is no date, more than a year ago, or more than five years ahead.',
    fix: 'Send yyyy/MM/dd HH:mm (/v1: yyyy-MM-ddTHH:mm) in the local time of the contact hours, from a year ago to five years ahead.',
  },
  INVALID_PRIORITY: {
    code: 1008,
    classic: 400,
    v1: 422,
    when: 'The priority is no whole number from 0 to 100.',
    fix: 'Send a whole number from 0 (first) to 100 (last).',
  },
  TOO_LARGE: {
    code: 1009,
    classic: 413,
    v1: 413,
    when: 'The body, the array or the head of the request is longer than the route takes.',
    fix: 'Send less in one request: 256 kB for a lead, 8 MB for many.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: 1010,
    classic: 422,
    v1: 422,
    when: 'A lease that already has an outcome gets a different one (/v1 only). Also reserved for an Idempotency-Key that comes with another request.',
    fix: 'Correct the lead: its call is on record. To repeat a report, send exactly the same one.',
  },
  IDEMPOTENCY_IN_PROGRESS: {
    code: 1011,
    classic: 409,
    v1: 409,
    when: 'Reserved, no route answers it yet: the first request with this Idempotency-Key is still running.',
    fix: 'The first request with this Idempotency-Key is still running: retry shortly.',
  },
  RATE_LIMITED: {
    code: 1012,
    classic: 429,
    v1: 429,
    when: 'Too many wrong passwords for this login, too many passwords to check at once, or more numbers for the private do-not-call list than the caller may add in a day.',
    fix: 'Slow down: retry after the seconds in Retry-After.',
  },
  UNAVAILABLE: {
    code: 1013,
    classic: 503,
    v1: 503,
    when: 'The database is away, the server is starting or shutting down, or a read, a search or a lock takes too long. `written` is `no`, or `unknown`: the connection died in the commit.',
    fix: 'Written `no`: retry after the seconds in Retry-After. Written `unknown`: look before you send it again, unless `retryable` is true.',
  },
  PRECONDITION_REQUIRED: {
    code: 1014,
    classic: null,
    v1: 428,
    when: 'An update of /v1 without the version that it was made for.',
    fix: 'Send If-Match with the version of the lead that you last saw.',
  },
} as const satisfies Record<string, Entry>

interface Entry {
  /** Public; never changes its meaning. */
  code: number
  /** HTTP status in the classic API and in /v1; null: that API never answers it. */
  classic: number | null
  v1: number | null
  /** One sentence for the documents: what has happened. */
  when: string
  /** Advice to the caller. */
  fix: string
}

export type ResultName = keyof typeof RESULTS
export type RefusalName = Exclude<ResultName, 'OK'>

/** One thing wrong with one key or value of a submission. */
export interface FieldProblem {
  name: RefusalName
  /** The key as the caller sent it. */
  field: string
  detail: string
}

/**
 * Why something was refused. `detail` is one sentence for people; it never repeats another person's data.
 * The optional members say what helps the caller: the clashing lead, the list that blocks, all field problems.
 */
export interface Refusal {
  name: RefusalName
  detail: string
  field?: string
  lead_id?: string
  list?: DncList
  conflict_id?: number
  lead_version?: number
  groups?: string[]
  /** The ConflictDocument of changes that met. */
  conflict?: object
  errors?: FieldProblem[]
  /** The checks of /readyz. */
  checks?: object[]
  /** Long work that stopped: how many leads were certainly done before. */
  moved?: number
  recycled?: number
  /** Whether anything was written, where the name alone does not tell. */
  written?: Written
  /** Seconds after which a retry makes sense. */
  retry_after_s?: number
}

/** `unknown`: the connection to the database ended while the request was written, so it may have been. */
export type Written = 'no' | 'unknown'

export const DNC_LISTS = ['private', 'client', 'campaign'] as const
export type DncList = (typeof DNC_LISTS)[number]

/** A value, or the reason why there is none. Business refusals are values; bugs throw. */
export type Result<T> = { ok: T; refusal?: undefined } | { ok?: undefined; refusal: Refusal }

export const ok = <T>(value: T): Result<T> => ({ ok: value })

export const refuse = (name: RefusalName, detail: string, more: Omit<Refusal, 'name' | 'detail'> = {}) => ({
  refusal: { name, detail, ...more },
})

/** A thing that was looked up by its id, or a refusal. `what` names it: template 7. */
export const known = <T>(found: T | undefined, what: string): Result<T> =>
  found === undefined ? refuse('UNKNOWN_TARGET', `${what}: not known`) : ok(found)

/** The first problem is the one that answers; all of them are listed. */
export const refuseFields = (problems: [FieldProblem, ...FieldProblem[]]) => {
  const [first] = problems
  return refuse(first.name, first.detail, { field: first.field, errors: problems })
}

/** Undefined: there is no problem. */
export const refuseProblems = ([first, ...others]: readonly FieldProblem[]) =>
  first && refuseFields([first, ...others])

/** One field that is wrong by itself. */
export const refuseField = (field: string, detail: string) =>
  refuseFields([{ name: 'INVALID_FIELD', field, detail }])
