// Made by `npm run docs` from src/http/contract.ts; changes here are lost.

import type { Page, Reply, RequestOptions } from './answer.ts'
import { path } from './path.ts'

export interface ApiKey {
  key_id: number
  name: string
  scopes: Scope[]
  /** None: every team */
  teams: string[]
  allocation_ids: number[] | null
  /** What it used before scopes were split, and may no longer do */
  former_scopes: Scope[]
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset: 'windows-1252' | 'iso-8859-1' | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** RFC 3339 */
  created_at: string
  created_by: string
}

export interface ContactHours {
  contact_hours_id: number
  name: string
  team: string
  zone: string
  /** Null: round the clock */
  weekly: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions: DayException[]
  valid_from: string | null
  valid_to: string | null
  /** How far callbacks have followed the last change of the zone; null: it never changed */
  callback_move: {
    /** Callbacks that have their new instant */
    moved: number
    /** RFC 3339 */
    begun_at: string
    finished_at: string | null
  } | null
}

export interface ContactHoursChange {
  name?: string
  /** IANA time zone */
  zone?: string
  /** Null: round the clock */
  weekly?: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions?: DayException[]
  /** yyyy-MM-dd, local */
  valid_from?: string | null
  /** yyyy-MM-dd, local */
  valid_to?: string | null
}

export interface DayException {
  /** yyyy-MM-dd, local */
  date: string
  name: string
  windows: {
    /** HH:MM */
    from: string
    /** HH:MM */
    to: string
  }[]
}

export interface DncAdded {
  items: DncEntry[]
  /** What was left out, by its place in the list, and why */
  invalid: {
    index: number
    detail: string
  }[]
  added: number
  already_listed: number
}

export interface DncAddition {
  list: DncList
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones?: string[]
  /** Instead of phones: numbers that end at times of their own */
  entries?: {
    phone: string
    /** RFC 3339; absent: for good */
    expires_at?: string
  }[]
  reason?: string
  source?: string
  /** RFC 3339; absent: for good */
  expires_at?: string
  /**
   * Absent: what is no number is named under invalid and the others are written; a list
   * without any number is refused. true: that one is answered too. false: one that is no
   * number refuses all
   */
  skip_invalid?: boolean
}

export interface DncCheck {
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones: string[]
}

export interface DncChecked {
  items: {
    phone: string | null
    sent: string
    blocked: boolean
    list?: DncList
    entry_id?: number
    /** Why this is no number */
    problem?: string
  }[]
}

export interface DncEntries {
  /** In the order in which they were last changed */
  items: DncEntry[]
  /** Of the next page; null: there is none now */
  next_cursor: string | null
  /**
   * Where to go on later: nothing is skipped. What was added while an older change still ran
   * may come again
   */
  follow_cursor: string
}

export interface DncEntry {
  entry_id: number
  list: DncList
  campaign_id: number | null
  phone: string
  reason: string | null
  source: string | null
  expires_at: string | null
  /** RFC 3339 */
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
}

export interface DncEvidence {
  entry_id: number
  list: DncList
  campaign_id: number | null
  phone: string
  reason: string | null
  source: string | null
  expires_at: string | null
  /** RFC 3339 */
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
  /** Neither removed nor lapsed */
  standing: boolean
}

export type DncList = 'private' | 'client' | 'campaign'

export interface DncNumber {
  number: string
  campaign_id: number | null
  blocked: boolean
  /** The entry that blocks */
  blocked_by: DncEvidence | null
  /** All that speaks about the number: standing entries, then past ones, the newest first */
  entries: DncEvidence[]
  /** One sentence for people */
  explanation: string
}

export interface DncRemoval {
  list: DncList
  campaign_id?: number
  /**
   * As dialled in the region of the campaign that is named, else of the installation; or
   * international (+61…)
   */
  phones: string[]
  reason: string
  /**
   * Absent: what is no number is named under invalid and the others are written; a list
   * without any number is refused. true: that one is answered too. false: one that is no
   * number refuses all
   */
  skip_invalid?: boolean
}

export interface DncRemoved {
  items: DncEntry[]
  /** What was left out, by its place in the list, and why */
  invalid: {
    index: number
    detail: string
  }[]
  removed: number
  not_listed: number
}

export interface MadeApiKey {
  key_id: number
  name: string
  scopes: Scope[]
  /** None: every team */
  teams: string[]
  allocation_ids: number[] | null
  /** What it used before scopes were split, and may no longer do */
  former_scopes: Scope[]
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset: 'windows-1252' | 'iso-8859-1' | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  /** RFC 3339 */
  created_at: string
  created_by: string
  /** Shown this once and not kept */
  key: string
}

export interface NewApiKey {
  name: string
  scopes: Scope[]
  teams?: string[]
  /** Only for leads of these allocations; for the scopes insert and dial */
  allocation_ids?: number[]
  /** RFC 3339 */
  expires_at?: string
  /** Charset of its classic bodies that are not UTF-8 and declare none */
  fallback_charset?: 'windows-1252' | 'iso-8859-1'
}

export interface NewContactHours {
  name: string
  /** IANA time zone */
  zone: string
  team?: string
  /** Null: round the clock */
  weekly?: OpenWindow[] | null
  /** Days that differ; without windows: closed */
  exceptions?: DayException[]
  /** yyyy-MM-dd, local */
  valid_from?: string | null
  /** yyyy-MM-dd, local */
  valid_to?: string | null
}

export interface NewOperator {
  login: string
  name: string
  role?: Role
  /** 8 to 200 characters, better 15 or more; not the login, none of the most common ones */
  password: string
  /** Names; none: every team */
  teams?: string[]
  /** For the first operator: the code of the start message */
  code?: string
}

export interface OpenWindow {
  days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
  /** HH:MM */
  from: string
  /** HH:MM */
  to: string
}

export interface Opening {
  /** RFC 3339 */
  at: string
  region: string
  open: boolean
  until?: string | null
  why?: 'outside_hours' | 'exception' | 'not_valid' | 'legal'
  detail?: string
  opens_at?: string | null
}

export interface Operator {
  operator_id: number
  login: string
  name: string
  role: Role
  /** None: sees the leads of every team */
  teams: string[]
  disabled: boolean
  /** RFC 3339 */
  created_at: string
  last_seen_at: string | null
}

export interface OperatorChange {
  name?: string
  role?: Role
  /** 8 to 200 characters, better 15 or more; not the login, none of the most common ones */
  password?: string
  disabled?: boolean
  /** Names; none: every team */
  teams?: string[]
}

export interface PageAsked {
  /** next_cursor of the page before */
  cursor?: number
  limit?: number
}

export type Role = 'agent' | 'lead' | 'manager' | 'admin'

export type Scope = 'insert' | 'write' | 'dial' | 'read' | 'export' | 'supervise' | 'manage' | 'admin'

export interface Session {
  /** Null: nobody is signed in */
  operator: Operator | null
  /**
   * There is no operator yet: POST /v1/operators makes the first with the code of the start
   * message
   */
  setup: boolean
  /** When the session ends unless it is used; RFC 3339 */
  expires_at: string | null
}

export interface SignedIn {
  operator: Operator
  /** When the session ends unless it is used; RFC 3339 */
  expires_at: string
}

/** A method for each route of /v1; what a route does, and all it takes, is in docs/v1-api.md. */
export abstract class Api {
  protected abstract reply<Body>(method: string, path: string, options?: RequestOptions): Promise<Reply<Body>>

  /** Do-not-call entries, removed ones included. */
  dncEntries(
    query: {
      /** next_cursor of the page before, or follow_cursor */
      cursor?: string
      limit?: number
      phone?: string
      list?: DncList
    } = {},
  ) {
    return this.reply<DncEntries>('GET', '/v1/dnc', { query: { ...query } })
  }

  /** Add numbers to a list. */
  addToDnc(body: DncAddition) {
    return this.reply<DncAdded>('POST', '/v1/dnc', { body })
  }

  /** Remove numbers from a list. */
  removeFromDnc(body: DncRemoval) {
    return this.reply<DncRemoved>('POST', '/v1/dnc/removals', { body })
  }

  /** Which numbers are blocked, and by what. */
  checkDnc(body: DncCheck) {
    return this.reply<DncChecked>('POST', '/v1/dnc/check', { body })
  }

  /** Why a number is blocked, or is not. */
  dncNumber(
    number: string,
    query: {
      campaign_id?: number
    } = {},
  ) {
    return this.reply<DncNumber>('GET', path`/v1/dnc/numbers/${number}`, { query: { ...query } })
  }

  /** Contact hours. */
  contactHoursList() {
    return this.reply<Page<ContactHours>>('GET', '/v1/contact-hours')
  }

  /** Create contact hours. */
  createContactHours(body: NewContactHours) {
    return this.reply<ContactHours>('POST', '/v1/contact-hours', { body })
  }

  /** Contact hours by id. */
  contactHours(id: number) {
    return this.reply<ContactHours>('GET', path`/v1/contact-hours/${id}`)
  }

  /** Change contact hours. */
  changeContactHours(id: number, body: ContactHoursChange) {
    return this.reply<ContactHours>('PATCH', path`/v1/contact-hours/${id}`, { body })
  }

  /** Open now or not, and why. */
  opening(
    id: number,
    query: {
      /** RFC 3339; absent: now */
      at?: string
      /** Whose law counts; absent: that of the installation */
      region?: string
    } = {},
  ) {
    return this.reply<Opening>('GET', path`/v1/contact-hours/${id}/opening`, { query: { ...query } })
  }

  /** Sign out. */
  signOut(
    query: {
      /** Every session of the operator */
      everywhere?: boolean
    } = {},
  ) {
    return this.reply<''>('DELETE', '/v1/session', { query: { ...query } })
  }

  /** Create an operator. */
  createOperator(body: NewOperator) {
    return this.reply<Operator>('POST', '/v1/operators', { body })
  }

  /** Change or disable an operator. */
  changeOperator(id: number, body: OperatorChange) {
    return this.reply<Operator>('PATCH', path`/v1/operators/${id}`, { body })
  }

  /** API keys. */
  apiKeys(query: PageAsked = {}) {
    return this.reply<Page<ApiKey>>('GET', '/v1/api-keys', { query: { ...query } })
  }

  /** Make an API key. */
  createApiKey(body: NewApiKey) {
    return this.reply<MadeApiKey>('POST', '/v1/api-keys', { body })
  }

  /** Revoke an API key. */
  revokeApiKey(id: number) {
    return this.reply<''>('DELETE', path`/v1/api-keys/${id}`)
  }
}
