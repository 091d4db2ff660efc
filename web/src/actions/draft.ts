// What somebody types about an action, whatever its kind, and the config that follows.

import type { Action, ActionChange, ActionKind } from '../../../src/client/api.ts'
import type { Condition } from '../../../src/core/action-condition.ts'

export interface ActionDraft {
  name: string
  kind: ActionKind
  enabled: boolean
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  /** A line each: Name: value. */
  headers: string
  body: string
  secrets: readonly string[]
  to: string
  cc: string
  bcc: string
  from: string
  subject: string
  text: string
  html: string
  allocation_id: number | null
  allow_duplicates: boolean
  list: 'private' | 'campaign'
  field: string
  op: Condition['op']
  value: string
  then_action_id: number | null
  else_action_id: number | null
  attempt: string
}

export const NEW: ActionDraft = {
  name: '',
  kind: 'url',
  enabled: true,
  method: 'POST',
  url: '',
  headers: '',
  body: '',
  secrets: [],
  to: '',
  cc: '',
  bcc: '',
  from: '',
  subject: '',
  text: '',
  html: '',
  allocation_id: null,
  allow_duplicates: false,
  list: 'private',
  field: '',
  op: 'equals',
  value: '',
  then_action_id: null,
  else_action_id: null,
  attempt: '3',
}

const headerLines = (headers: unknown) =>
  Object.entries((headers ?? {}) as Record<string, string>)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

const headersOf = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines.split('\n').flatMap((line) => {
      if (line.trim() === '') return []
      const [name = '', value = ''] = line.split(/:(.*)/s)
      return [[name.trim(), value.trim()]]
    }),
  )

export function draftOf({ name, kind, enabled, config }: Action): ActionDraft {
  const { headers, condition, attempt, ...rest } = config
  const known = { ...NEW, ...rest, ...(condition as object | undefined) }
  return {
    ...known,
    name,
    kind,
    enabled,
    headers: headerLines(headers),
    attempt: String(attempt ?? NEW.attempt),
  }
}

/** Those that are not empty. */
const given = <Value extends object>(values: Value) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null)) as {
    [Name in keyof Value]?: Exclude<Value[Name], null>
  }

/** The conditions that compare with nothing. */
export const isAlone = (op: Condition['op']) => op === 'empty' || op === 'not_empty'

/** As the API takes it. What is missing is left to the server, which names it. */
export function changeOf(draft: ActionDraft): ActionChange {
  const { name, kind, enabled } = draft
  const of = { name: name.trim(), enabled }
  const then_action_id = draft.then_action_id ?? 0
  switch (kind) {
    case 'url': {
      const { method, url, headers, body, secrets } = draft
      const more = given({ body })
      return {
        ...of,
        kind,
        config: {
          method,
          url: url.trim(),
          ...(headers.trim() && { headers: headersOf(headers) }),
          ...more,
          ...(secrets.length > 0 && { secrets: [...secrets] }),
        },
      }
    }
    case 'email': {
      const { to, subject, cc, bcc, from, text, html } = draft
      return { ...of, kind, config: { to, subject, ...given({ cc, bcc, from, text, html }) } }
    }
    case 'copy': {
      const { allocation_id, allow_duplicates } = draft
      return { ...of, kind, config: { allocation_id: allocation_id ?? 0, allow_duplicates } }
    }
    case 'dnc':
      return { ...of, kind, config: { list: draft.list } }
    case 'conditional': {
      const { field, op, value, else_action_id } = draft
      const condition = isAlone(op) ? { field, op } : { field, op, value }
      return { ...of, kind, config: { condition, then_action_id, ...given({ else_action_id }) } }
    }
    case 'nth_attempt':
      return { ...of, kind, config: { attempt: Number(draft.attempt), then_action_id } }
    default:
      return kind satisfies never
  }
}

/** Whether what the server demands is there. */
export function isComplete(draft: ActionDraft): boolean {
  if (draft.name.trim() === '') return false
  switch (draft.kind) {
    case 'url':
      return draft.url.trim() !== ''
    case 'email':
      return draft.to.trim() !== '' && draft.subject.trim() !== ''
    case 'copy':
      return draft.allocation_id !== null
    case 'dnc':
      return true
    case 'conditional':
      return draft.field !== '' && draft.then_action_id !== null
    case 'nth_attempt':
      return draft.then_action_id !== null && /^[1-9]\d{0,2}$/.test(draft.attempt)
    default:
      return draft.kind satisfies never
  }
}
