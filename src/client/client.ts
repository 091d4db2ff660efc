// The SDK: fetch and nothing else. The command line, the web app and the API tests speak through it.
//
// Refusals are values with their code, not exceptions. Only a missing or foreign answer throws (NoAnswer).

import { type Answer, ifMatch, type Page, type Problem, type Reply, type RequestOptions } from './answer.ts'
import {
  Api,
  type ChangedLead,
  type HeldChange,
  type LeadPatch,
  type OnBadValue,
  type OnConflict,
  type Operator,
  type PageAsked,
  type Session,
  type SignedIn,
} from './api.ts'
import { type FollowOptions, follow } from './events.ts'
import { path } from './path.ts'
import { readWarnings } from './warnings.ts'

export type { Answer, LeadProblem, Problem } from './answer.ts'

/** A lead of the classic API: lists are joined, objects are kept only under keys that are not fields. */
export type LeadDocument = Record<string, LeadValue>
type LeadValue =
  | string
  | number
  | boolean
  | null
  | readonly LeadValue[]
  | { readonly [key: string]: LeadValue }

export interface Target {
  template_id: number
  campaign_id: number
  allocation_id: number
}

export interface ClassicBody {
  code: number
  message: string
  detail?: string
  field?: string
  lead_id?: string
  list?: string
  conflict_id?: number
  lead_version?: number
  groups?: string[]
  written?: Problem['written']
  errors?: { code: number; name: string; field: string; detail: string }[]
  entities?: { id: number; name: string }[]
}

export interface LeadAnswer extends Answer<ClassicBody> {
  lead_id: string | null
  version: number | null
}

interface ClientOptions {
  /** http://127.0.0.1:8080 */
  url: string
  /** Null: none, as in the browser of an operator, where the session's cookie goes along by itself. */
  key: string | null
  /** Milliseconds after which a request is given up; more than the server's longest wait (60 s). */
  timeout_ms?: number
  /** Instead of the fetch that is there: one that keeps cookies, where no browser does. */
  fetch?: typeof fetch
}

/** Nobody answered, or something other than a Leadline did: nobody knows what became of the request. */
export class NoAnswer extends Error {}

const CLASSIC = '/servicemanager/rest/CampaignAPI'

export class LeadlineClient extends Api {
  readonly #options: Required<ClientOptions>

  constructor(options: ClientOptions) {
    super()
    this.#options = {
      timeout_ms: 75_000,
      fetch: (...request) => fetch(...request),
      ...options,
      url: options.url.replace(/\/+$/, ''),
    }
  }

  /**
   * Any request: the answer with its code, whatever the status.
   * @throws NoAnswer
   */
  async request<Body = unknown>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer<Body> & { headers: Headers }> {
    const signal = AbortSignal.timeout(this.#options.timeout_ms)
    try {
      const response = await this.send(method, path, options, signal)
      return this.answered(response, await response.text())
    } catch (error) {
      throw error instanceof NoAnswer
        ? error
        : new NoAnswer(`${this.#options.url} does not answer`, { cause: error })
    }
  }

  /** Any request, for answers that are taken as they come. */
  send(method: string, path: string, options: RequestOptions, signal: AbortSignal): Promise<Response> {
    const url = new URL(this.#options.url + path)
    for (const [name, value] of Object.entries(options.query ?? {}))
      for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one))
    const headers = new Headers(options.headers)
    if (this.#options.key !== null) headers.set('Authorization', `Bearer ${this.#options.key}`)
    if (options.body !== undefined) headers.set('Content-Type', 'application/json')
    if (options.bytes !== undefined) headers.set('Content-Type', 'application/octet-stream')
    const body = options.body === undefined ? options.bytes : JSON.stringify(options.body)
    return this.#options.fetch(url, { method, headers, body, redirect: 'error', signal })
  }

  /** What a response says, whose body this is. */
  answered<Body>(response: Response, text: string): Answer<Body> & { headers: Headers } {
    const is_json = /\bjson\b/.test(response.headers.get('Content-Type') ?? '')
    const body = is_json && text !== '' ? JSON.parse(text) : text
    const has_code = typeof body?.code === 'number'
    // Every refusal of a Leadline has a code, and every answer a request id; a proxy's own page has neither.
    if (response.ok ? !response.headers.has('X-Request-Id') : !has_code)
      throw new NoAnswer(`what answers at ${this.#options.url} is no Leadline (HTTP ${response.status})`)
    const retry_after = response.headers.get('Retry-After')
    return {
      ok: response.ok,
      status: response.status,
      body,
      code: has_code ? body.code : 0,
      request_id: response.headers.get('X-Request-Id'),
      retry_after_s: retry_after === null ? null : Number(retry_after),
      warnings: readWarnings(response.headers.get('X-Leadline-Warnings')),
      headers: response.headers,
    }
  }

  async #lead(
    call: string,
    target: Partial<Target>,
    body: unknown,
    query: RequestOptions['query'],
  ): Promise<LeadAnswer> {
    const ids = {
      fTemplateId: target.template_id,
      fCampaignId: target.campaign_id,
      fAllocationId: target.allocation_id,
    }
    const { headers, ...answer } = await this.request<ClassicBody>('POST', `${CLASSIC}/${call}`, {
      query: { ...ids, ...query },
      body,
    })
    const version = /^"v(\d+)"$/.exec(headers.get('ETag') ?? '')?.[1]
    return {
      ...answer,
      lead_id: headers.get('X-Lead-Id') ?? answer.body.lead_id ?? null,
      version: version === undefined ? null : Number(version),
    }
  }

  insertLeadFast(
    target: Target,
    lead: LeadDocument,
    query: { allowDuplicates?: boolean } = {},
  ): Promise<LeadAnswer> {
    return this.#lead('insertLeadFast', target, lead, query)
  }

  updateLeadFast(
    target: Partial<Target>,
    lead: LeadDocument,
    query: { allowDuplicates?: boolean; njExternalLeadId?: string } = {},
  ): Promise<LeadAnswer> {
    return this.#lead('updateLeadFast', target, lead, query)
  }

  /** The old text form; takes many. */
  insertLead(
    target: Target,
    leads: LeadDocument | LeadDocument[],
    query: { allowDuplicates?: boolean } = {},
  ) {
    return this.#lead('insertLead', target, leads, query)
  }

  updateLead(
    target: Target,
    leads: LeadDocument | LeadDocument[],
    query: { njExternalLeadId?: string } = {},
  ) {
    return this.#lead('updateLead', target, leads, query)
  }

  /** getCampaignTemplateList, getDispositionList, getCallRecordList and the like; getFieldDefn answers an array. */
  list(call: string, query: RequestOptions['query'] = {}) {
    return this.request<ClassicBody>('GET', `${CLASSIC}/${call}`, { query })
  }

  get<Body = Record<string, unknown>>(path: string, query?: RequestOptions['query']) {
    return this.request<Body>('GET', path, { query })
  }

  post<Body = Record<string, unknown>>(path: string, body: unknown) {
    return this.request<Body>('POST', path, { body })
  }

  put<Body = Record<string, unknown>>(path: string, body: unknown) {
    return this.request<Body>('PUT', path, { body })
  }

  patch<Body = Record<string, unknown>>(path: string, body: unknown) {
    return this.request<Body>('PATCH', path, { body })
  }

  /** Follows events; resolves when the signal is aborted, or with the status of a refusal. */
  follow(options: FollowOptions): Promise<number | undefined> {
    return follow((path, headers, signal) => {
      const { url, key, fetch } = this.#options
      const authorization: Record<string, string> = key === null ? {} : { Authorization: `Bearer ${key}` }
      return fetch(url + path, { headers: { ...headers, ...authorization }, signal, redirect: 'error' })
    }, options)
  }

  delete(path: string, query?: RequestOptions['query']) {
    return this.request<'' | Problem>('DELETE', path, { query })
  }

  // Leads over /v1. A change that is done answers the lead; its id, campaign_id and version alone to a key that may not
  // read, and when the server could not read it any more.

  protected override reply<Body>(
    method: string,
    path: string,
    options?: RequestOptions,
  ): Promise<Reply<Body>> {
    return this.request(method, path, options) as Promise<Reply<Body>>
  }

  /**
   * Changes a lead from the version that was seen. When it has another one by now: `fail` refuses (110 with the
   * conflict), `merge` saves what does not clash, else refuses, `hold` leaves a clash for a person (202).
   */
  patchLead<Mode extends OnConflict = 'fail'>(
    id: string,
    version: number,
    patch: LeadPatch,
    on_conflict?: Mode,
    on_bad_value?: OnBadValue,
  ) {
    return this.reply<ChangedLead | (Mode extends 'hold' ? HeldChange : never)>(
      'PATCH',
      path`/v1/leads/${id}`,
      {
        query: { on_conflict, on_bad_value },
        headers: ifMatch(version),
        body: patch,
      },
    )
  }

  // The browser keeps the cookie of the session; no script sees it.

  /** 1001: the login or the password is wrong. 1012: too many were; the answer says for how long to wait. */
  signIn(login: string, password: string) {
    return this.post<SignedIn | Problem>('/v1/session', { login, password })
  }

  /** `extend`: counts as use; asking alone does not keep a session alive. */
  session(query: { extend?: boolean } = {}) {
    return this.get<Session>('/v1/session', query)
  }

  changePassword(current: string, wanted: string) {
    return this.put<'' | Problem>('/v1/session/password', { current, new: wanted })
  }

  operators(query: PageAsked = {}) {
    return this.get<Page<Operator>>('/v1/operators', { ...query })
  }
}
