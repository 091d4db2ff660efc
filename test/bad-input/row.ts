// A row of the bad-input list, the sending of its cases, and the rules for every answer.

import { expect } from 'vitest'
import type { ClassicBody, Target } from '../../src/client/client.ts'
import { type Leadline, mobile } from '../support/leadline.ts'
import { Conversation, head, type RawAnswer } from '../support/raw.ts'

/** HTTP status and result code as the classic API publishes them. */
export interface Reply {
  status: number
  code: number
}

export const OK: Reply = { status: 200, code: 0 }
export const NOT_FOUND: Reply = { status: 400, code: 101 }
export const NO_PHONE: Reply = { status: 400, code: 102 }
export const DNC: Reply = { status: 400, code: 104 }
export const DUPLICATE: Reply = { status: 400, code: 105 }
export const BAD_DISPOSITION: Reply = { status: 400, code: 106 }
export const NO_DISPOSITION: Reply = { status: 400, code: 107 }
export const NO_CHANGE: Reply = { status: 400, code: 108 }
export const CONFLICT: Reply = { status: 400, code: 110 }
export const BAD_HOURS: Reply = { status: 400, code: 111 }
export const DUPLICATE_ID: Reply = { status: 400, code: 112 }
export const UNAUTHORIZED: Reply = { status: 401, code: 1001 }
export const FORBIDDEN: Reply = { status: 403, code: 1002 }
export const MALFORMED: Reply = { status: 400, code: 1003 }
export const TARGET: Reply = { status: 400, code: 1004 }
export const INVALID: Reply = { status: 400, code: 1005 }
export const BAD_PHONE: Reply = { status: 400, code: 1006 }
export const BAD_DATE: Reply = { status: 400, code: 1007 }
export const BAD_PRIORITY: Reply = { status: 400, code: 1008 }
export const TOO_LARGE: Reply = { status: 413, code: 1009 }
/** The address is there, the method is not: no status of the result list. */
export const METHOD: Reply = { status: 405, code: 1003 }
/** Refused by the HTTP parser: address and headers are too long. */
export const HEADERS: Reply = { status: 431, code: 1009 }
export const LATE: Reply = { status: 408, code: 1003 }

export type Call = 'insertLeadFast' | 'updateLeadFast' | 'insertLead' | 'updateLead'

export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
  body: ClassicBody
  /** From the first byte sent to the last one received, milliseconds. */
  ms: number
}

/** The set-up that the rows find on the server. */
export interface World {
  leadline: Leadline
  /** A server that gives a request 1.5 s to arrive. */
  hasty: Leadline
  /** An external id of a lead that is there, with a disposition: updates of it get as far as their body lets them. */
  known_id: string
  /** A campaign of another team. */
  west: { team_id: number; target: Target }
  /** A campaign whose template has a field of every kind, and other dispositions. */
  rich: Target
  /** A campaign that one blocked number is enough for. */
  strict: Target
}

export interface Case {
  /** The input, in a few words. */
  name: string
  call?: Call
  method?: string
  /** Instead of the three ids of the sample campaign. */
  query?: string
  /** Behind the query. */
  and?: string
  headers?: Record<string, string>
  body?: Uint8Array | string
  /** A conversation on a bare socket instead; undefined: the server hung up without an answer. */
  talk?: () => Promise<RawAnswer | undefined>
  /** Null: no answer at all is expected. */
  reply: Reply | null
  /** The keys that `errors` names, sorted. */
  errors?: string[]
  /** The published text form repeats refused rows to the caller who sent them. */
  repeats?: true
  /** Further checks. */
  also?: (answer: Answer) => Promise<unknown> | unknown
}

export interface Row {
  /** 'B1': its number in the list. */
  id: string
  what: string
  /** Where the answer differs from the one in the list, and why. */
  differs?: string
  /** The part of the row that cannot be sent yet. */
  without?: string
  cases: (world: World) => Case[] | Promise<Case[]>
}

export const json = (value: unknown) => JSON.stringify(value)
/** The document of a lead that nothing is wrong with, but for what is said. */
export const lead = (more: Record<string, unknown> = {}) =>
  json({ Name: 'Ana Silva', FirstPhone: mobile(), ...more })
export const utf8 = (text: string) => new TextEncoder().encode(text)

const BASE = '/servicemanager/rest/CampaignAPI'

export const queryOf = ({ template_id, campaign_id, allocation_id }: Target) =>
  `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`

export const pathOf = ({ target }: Leadline, call: Call, and = '', query = queryOf(target)) =>
  `${BASE}/${call}?${query}${and}`

/** The head of a classic call with a valid key. */
export const classicHead = (leadline: Leadline, call: Call, lines: readonly string[]) =>
  head('POST', pathOf(leadline, call), [`Authorization: Bearer ${leadline.key}`, ...lines])

/** Sends these bytes and takes the first answer; the server must then end the line. */
export async function lastWords(url: string, ...bytes: (string | Uint8Array)[]) {
  const conversation = await Conversation.open(url)
  try {
    for (const part of bytes) if (!(await conversation.send(part))) break
    const answer = await conversation.answer()
    expect(await conversation.ends(5_000), 'the server ends the line').toBe(true)
    return answer
  } finally {
    conversation.hangUp()
  }
}

async function post(leadline: Leadline, item: Case): Promise<RawAnswer> {
  const { call = 'insertLeadFast', method = 'POST', query, and = '', body } = item
  const response = await fetch(leadline.url + pathOf(leadline, call, and, query), {
    method,
    headers: { Authorization: `Bearer ${leadline.key}`, ...item.headers },
    body: typeof body === 'string' ? utf8(body) : (body as Uint8Array<ArrayBuffer> | undefined),
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }
}

/** Runs one case and checks what holds for every answer; undefined: the server hung up. */
export async function run(world: World, item: Case): Promise<Answer | undefined> {
  const started = performance.now()
  const raw = await (item.talk ? item.talk() : post(world.leadline, item))
  const ms = performance.now() - started
  if (raw === undefined) {
    expect(item.reply, 'the server hung up without an answer').toBeNull()
    return undefined
  }
  expect(raw.headers['content-type']).toMatch(/^application\/(problem\+)?json/)
  const { status, headers, body: text } = raw
  const answer: Answer = { status, headers, text, body: JSON.parse(text), ms }
  expect({ status: answer.status, code: answer.body.code }, answer.text.slice(0, 500)).toEqual(item.reply)
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{16,}$/)
  if (item.errors) expect(answer.body.errors?.map(({ field }) => field).sort()).toEqual(item.errors)
  expectNothingInside(answer)
  expectNoEcho(world, item, answer)
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
  await item.also?.(answer)
  return answer
}

/** No stack, no file, no SQL, no driver text. */
function expectNothingInside({ text }: Answer): void {
  expect(text).not.toMatch(
    /\n\s*at |node_modules|\.ts:\d|node:internal|(?:Type|Range|Syntax|Reference)Error|\bselect \w|relation "/i,
  )
}

/** Neither the key nor a run of digits that was sent, in whatever spelling its end comes back. */
function expectNoEcho({ leadline }: World, item: Case, { text, headers }: Answer): void {
  const answered = text + json(headers)
  expect(answered).not.toContain(leadline.key)
  if (item.repeats || item.body === undefined) return
  const sent = typeof item.body === 'string' ? item.body : new TextDecoder().decode(item.body)
  const numbers = new Set(sent.slice(0, 20_000).match(/\d{8,}/g))
  for (const number of numbers) expect(answered).not.toContain(number.slice(-8))
}

/** The same body to insertLeadFast and to updateLeadFast (of a lead that is there). */
export const toBoth = (world: World, name: string, body: string | Uint8Array, reply: Reply): Case[] => [
  { name: `${name}, insert`, body, reply },
  {
    name: `${name}, update`,
    call: 'updateLeadFast',
    and: `&njExternalLeadId=${world.known_id}`,
    body,
    reply,
  },
]

/**
 * The same members of an object, as JSON text, in a new lead and in an update of the one that is there. Both have a
 * phone field without trouble, unless the members bring their own.
 */
export function inBoth(
  world: World,
  name: string,
  members: string,
  reply: Reply,
  more: Partial<Case> = {},
): Case[] {
  const with_phone = (value: string) =>
    members.includes('"FirstPhone"') ? `{${members}}` : `{"FirstPhone":${json(value)},${members}}`
  return [
    { name: `${name}, insert`, body: with_phone(mobile()), reply, ...more },
    {
      name: `${name}, update`,
      call: 'updateLeadFast',
      and: `&njExternalLeadId=${world.known_id}`,
      body: with_phone('<NO CHANGE>'),
      reply,
      ...more,
    },
  ]
}

/** A new lead whose members are refused or taken; `read` looks at what was stored. */
export const inInsert = (name: string, members: string, reply: Reply, more: Partial<Case> = {}): Case => ({
  name,
  body: members.includes('"FirstPhone"') ? `{${members}}` : `{"FirstPhone":"${mobile()}",${members}}`,
  reply,
  ...more,
})

/** Taken, with these values stored, and what was read otherwise than it was sent is named. */
export const keeping = (
  world: World,
  warnings: string,
  expected: { fields?: Record<string, string>; unmapped?: Record<string, string> },
): Partial<Case> => ({
  also: async (answer) => {
    expect(answer.headers['x-leadline-warnings']).toBe(warnings)
    expect(await leadOf(world, answer)).toMatchObject(expected)
  },
})

/** A document on a route of /v1, with a valid key. */
export const onV1 = (
  { leadline }: World,
  path: string,
  document: unknown,
  reply: Reply,
  errors?: string[],
): Case => ({
  name: `${path} ${json(document).slice(0, 60)}`,
  talk: () => ask(leadline, 'POST', path, document),
  reply,
  errors,
})

/** A change of a lead over /v1. */
export const patch = (
  { leadline }: World,
  name: string,
  lead_id: string,
  headers: Record<string, string>,
  reply: Reply,
  more: Partial<Case> = {},
): Case => ({
  name,
  talk: () => ask(leadline, 'PATCH', `/v1/leads/${lead_id}`, { fields: { City: 'Carlton' } }, headers),
  reply,
  ...more,
})

async function ask(leadline: Leadline, method: string, path: string, document: unknown, headers = {}) {
  const response = await fetch(leadline.url + path, {
    method,
    headers: { Authorization: `Bearer ${leadline.key}`, ...headers },
    body: typeof document === 'string' ? document : json(document),
  })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }
}

/** The answer of /v1 to a change that names no version. */
export const NO_VERSION: Reply = { status: 428, code: 1014 }

/** The answer of /v1 to a field that is wrong. */
export const UNPROCESSABLE: Reply = { status: 422, code: 1005 }

export type LeadView = Awaited<ReturnType<typeof leadOf>>

/** For `also`: what the lead that was answered must look like. */
export const stored =
  (world: World, expected: Partial<LeadView>) =>
  async (answer: Answer): Promise<void> =>
    expect(await leadOf(world, answer)).toMatchObject(expected)

/** A document that kept the server longer would let one caller hold up all others. */
const SOON_MS = 2_000

export const soon = ({ ms }: Answer) => expect(ms).toBeLessThan(SOON_MS)

/** The lead that an insert answered with, as /v1 shows it. */
export async function leadOf({ leadline }: World, { headers }: Answer) {
  const { status, body } = await leadline.client.get<{
    id: string
    campaign_id: number
    allocation_id: number
    version: number
    closed: boolean
    external_id: string | null
    fields: Record<string, string>
    unmapped: Record<string, string>
    phones: { field: string; number?: string; state: string; blocked_by?: string }[]
    callback: { local: string; at: string } | null
    priority: number
    disposition: string | null
  }>(`/v1/leads/${headers['x-lead-id']}`)
  expect(status).toBe(200)
  return body
}

/** Inserts a lead that is fine; every row ends with one. */
export async function expectAlive({ leadline }: World, phone: string): Promise<void> {
  const taken = await leadline.client.insertLeadFast(leadline.target, {
    Name: 'Jane Smith',
    FirstPhone: phone,
  })
  expect(taken).toMatchObject({ status: 200, body: { code: 0, message: 'OK' } })
}
