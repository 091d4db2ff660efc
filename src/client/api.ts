// Made by `npm run docs` from src/http/contract.ts; changes here are lost.

import type { Page, Reply, RequestOptions } from './answer.ts'
import { path } from './path.ts'

export interface Action {
  action_id: number
  team: string
  name: string
  kind: ActionKind
  /** As it was given; secrets are masked, and keep their value when they come back so */
  config: Record<string, unknown>
  enabled: boolean
  /** The outcomes that start it */
  dispositions: {
    disposition_set_id: number
    code: string
  }[]
  /** RFC 3339 */
  created_at: string
  /** RFC 3339 */
  updated_at: string
}

export type ActionChange =
  | {
      name: string
      kind: 'url'
      enabled?: boolean
      config: {
        method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
        /** http or https; placeholders in its path and query only; a template */
        url: string
        headers?: Record<string, string>
        /** Escaped for its Content-Type, which is JSON without one; a template */
        body?: string
        /**
         * Headers, parameters of the query and names in the body whose values are masked, besides
         * those whose name says so
         */
        secrets?: string[]
      }
    }
  | {
      name: string
      kind: 'email'
      enabled?: boolean
      config: {
        /** Addresses, separated by commas; a template */
        to: string
        /** Addresses; a template */
        cc?: string
        /** Addresses; a template */
        bcc?: string
        /** One address; LEADLINE_MAIL_FROM without one; a template */
        from?: string
        /** One line; a template */
        subject: string
        /** The mail as text; a template */
        text?: string
        /** The mail as HTML; a template */
        html?: string
      }
    }
  | {
      name: string
      kind: 'copy'
      enabled?: boolean
      config: {
        /** Where the copy goes, through the same checks as any lead */
        allocation_id: number
        allow_duplicates?: boolean
      }
    }
  | {
      name: string
      kind: 'dnc'
      enabled?: boolean
      config: {
        list: 'private' | 'campaign'
      }
    }
  | {
      name: string
      kind: 'conditional'
      enabled?: boolean
      config: {
        condition: {
          field: string
          op: 'equals' | 'not_equals' | 'contains' | 'empty' | 'not_empty' | 'greater' | 'less'
          value?: string
        }
        then_action_id: number
        else_action_id?: number
      }
    }
  | {
      name: string
      kind: 'nth_attempt'
      enabled?: boolean
      config: {
        /** Which time the lead gets the outcome */
        attempt: number
        then_action_id: number
      }
    }

export type ActionKind = 'url' | 'email' | 'copy' | 'dnc' | 'conditional' | 'nth_attempt'

export interface ActionRun {
  run_id: number
  action_id: number
  action: string
  kind: ActionKind
  lead_id: string
  /** The outcome that started it */
  disposition: string
  /** Which time the lead got that outcome */
  attempt: number
  started_by: 'outcome' | 'action' | 'rerun'
  parent_run_id: number | null
  /** The same for every try, as header Leadline-Delivery-Id */
  delivery_id: string
  state: 'queued' | 'done' | 'failed' | 'skipped'
  tries: number
  /** Of the last try: HTTP or SMTP status, or the result code of a copy */
  status: number | null
  detail: string | null
  /** RFC 3339 */
  created_at: string
  finished_at: string | null
}

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

export interface DispositionChange {
  /** What becomes of the lead */
  kind?: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  /** Lower first */
  priority?: number
  /** Seconds after which the lead comes back */
  delay_s?: number | null
  /** It comes back on the next day instead */
  next_day?: boolean
  /** Re-dials before the lead closes: 5 means six calls; null: no limit */
  redials_max?: number | null
  enabled?: boolean
}

export interface DispositionSet {
  disposition_set_id: number
  name: string
  team: string
  dispositions: {
    disposition_id: number
    code: string
    /** What becomes of the lead */
    kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
    priority: number
    /** Seconds after which the lead comes back */
    delay_s: number | null
    /** It comes back on the next day instead */
    next_day: boolean
    /** Re-dials before the lead closes: 5 means six calls; null: no limit */
    redials_max: number | null
    built_in: boolean
    enabled: boolean
  }[]
  used_by: {
    template_id: number
    name: string
  }[]
  /** What a change of this set touches besides */
  warnings?: string[]
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

export interface DryRun {
  kind: ActionKind
  /** Why a run would fail */
  problem: string | null
  /** url: method, url, headers and body as they would be sent */
  request?: Record<string, unknown>
  /** email: the mail as it would be sent */
  email?: Record<string, unknown>
  /** copy: where it would go, with which fields */
  copy?: Record<string, unknown>
  /** dnc: which numbers would go on which list */
  dnc?: Record<string, unknown>
  /** conditional, nth_attempt: what was found and which action would come next */
  choice?: Record<string, unknown>
}

export interface DryRunRequest {
  lead_id: string
  /** The outcome to suppose; that of the lead without one */
  disposition?: string
  attempt?: number
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

export type NewAction =
  | {
      name: string
      kind: 'url'
      enabled?: boolean
      config: {
        method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
        /** http or https; placeholders in its path and query only; a template */
        url: string
        headers?: Record<string, string>
        /** Escaped for its Content-Type, which is JSON without one; a template */
        body?: string
        /**
         * Headers, parameters of the query and names in the body whose values are masked, besides
         * those whose name says so
         */
        secrets?: string[]
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'email'
      enabled?: boolean
      config: {
        /** Addresses, separated by commas; a template */
        to: string
        /** Addresses; a template */
        cc?: string
        /** Addresses; a template */
        bcc?: string
        /** One address; LEADLINE_MAIL_FROM without one; a template */
        from?: string
        /** One line; a template */
        subject: string
        /** The mail as text; a template */
        text?: string
        /** The mail as HTML; a template */
        html?: string
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'copy'
      enabled?: boolean
      config: {
        /** Where the copy goes, through the same checks as any lead */
        allocation_id: number
        allow_duplicates?: boolean
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'dnc'
      enabled?: boolean
      config: {
        list: 'private' | 'campaign'
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'conditional'
      enabled?: boolean
      config: {
        condition: {
          field: string
          op: 'equals' | 'not_equals' | 'contains' | 'empty' | 'not_empty' | 'greater' | 'less'
          value?: string
        }
        then_action_id: number
        else_action_id?: number
      }
      /** Global without one */
      team?: string
    }
  | {
      name: string
      kind: 'nth_attempt'
      enabled?: boolean
      config: {
        /** Which time the lead gets the outcome */
        attempt: number
        then_action_id: number
      }
      /** Global without one */
      team?: string
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

export interface NewDisposition {
  code: string
  /** What becomes of the lead */
  kind: 'retry' | 'callback' | 'client_callback' | 'final' | 'dnc'
  /** Lower first */
  priority?: number
  /** Seconds after which the lead comes back */
  delay_s?: number | null
  /** It comes back on the next day instead */
  next_day?: boolean
  /** Re-dials before the lead closes: 5 means six calls; null: no limit */
  redials_max?: number | null
  enabled?: boolean
}

export interface NewDispositionSet {
  name: string
  team?: string
  /** A set whose dispositions it begins with */
  copy_of?: number
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

  /** Disposition sets. */
  dispositionSets() {
    return this.reply<Page<DispositionSet>>('GET', '/v1/disposition-sets')
  }

  /** Create a disposition set. */
  createDispositionSet(body: NewDispositionSet) {
    return this.reply<DispositionSet>('POST', '/v1/disposition-sets', { body })
  }

  /** A disposition set. */
  dispositionSet(id: number) {
    return this.reply<DispositionSet>('GET', path`/v1/disposition-sets/${id}`)
  }

  /** Add a disposition. */
  createDisposition(id: number, body: NewDisposition) {
    return this.reply<DispositionSet>('POST', path`/v1/disposition-sets/${id}/dispositions`, { body })
  }

  /** Change or disable a disposition. */
  changeDisposition(id: number, code: string, body: DispositionChange) {
    return this.reply<DispositionSet>('PATCH', path`/v1/disposition-sets/${id}/dispositions/${code}`, {
      body,
    })
  }

  /** Delete a disposition that nobody has used. */
  deleteDisposition(id: number, code: string) {
    return this.reply<''>('DELETE', path`/v1/disposition-sets/${id}/dispositions/${code}`)
  }

  /** The actions of an outcome. */
  dispositionActions(id: number, code: string) {
    return this.reply<{
      items: {
        action_id: number
        name: string
        kind: ActionKind
        enabled: boolean
      }[]
    }>('GET', path`/v1/disposition-sets/${id}/dispositions/${code}/actions`)
  }

  /** Choose the actions of an outcome. */
  changeDispositionActions(
    id: number,
    code: string,
    body: {
      /** In this order */
      action_ids: number[]
    },
  ) {
    return this.reply<{
      items: {
        action_id: number
        name: string
        kind: ActionKind
        enabled: boolean
      }[]
    }>('PUT', path`/v1/disposition-sets/${id}/dispositions/${code}/actions`, { body })
  }

  /** Actions. */
  actions(query: PageAsked = {}) {
    return this.reply<Page<Action>>('GET', '/v1/actions', { query: { ...query } })
  }

  /** Create an action. */
  createAction(body: NewAction) {
    return this.reply<Action>('POST', '/v1/actions', { body })
  }

  /** An action. */
  action(id: number) {
    return this.reply<Action>('GET', path`/v1/actions/${id}`)
  }

  /** Change or disable an action. */
  changeAction(id: number, body: ActionChange) {
    return this.reply<Action>('PUT', path`/v1/actions/${id}`, { body })
  }

  /** Delete an action that nothing uses. */
  deleteAction(id: number) {
    return this.reply<''>('DELETE', path`/v1/actions/${id}`)
  }

  /** What an action would do to a lead. */
  dryRun(id: number, body: DryRunRequest) {
    return this.reply<DryRun>('POST', path`/v1/actions/${id}/dry-run`, { body })
  }

  /** Runs of actions, newest first. */
  actionRuns(
    query: {
      /** next_cursor of the page before */
      cursor?: number
      limit?: number
      lead_id?: string
      action_id?: number
      state?: 'queued' | 'done' | 'failed' | 'skipped'
    } = {},
  ) {
    return this.reply<Page<ActionRun>>('GET', '/v1/action-runs', { query: { ...query } })
  }

  /** A run. */
  actionRun(id: number) {
    return this.reply<ActionRun>('GET', path`/v1/action-runs/${id}`)
  }

  /** Run an action again. */
  repeatActionRun(id: number) {
    return this.reply<ActionRun>('POST', path`/v1/action-runs/${id}/rerun`)
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
