// Actions: what a disposition triggers. Their kinds, what each needs, and how they follow each other.

import type { Condition } from './action-condition.ts'

export const ACTION_KINDS = ['url', 'email', 'copy', 'dnc', 'conditional', 'nth_attempt'] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

export const URL_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Texts that hold `${field}` are templates. */
export interface UrlConfig {
  method: (typeof URL_METHODS)[number]
  url: string
  headers?: Record<string, string>
  body?: string
  /** Names of headers, of parameters of the query and of values in the body that are shown to nobody. */
  secrets?: string[]
}

export interface EmailConfig {
  /** Addresses, separated by commas: `${Email}, support@example.com`. */
  to: string
  cc?: string
  bcc?: string
  /** Without one: that of the installation. */
  from?: string
  subject: string
  text?: string
  html?: string
}

export interface CopyConfig {
  allocation_id: number
  allow_duplicates?: boolean
}

interface DncConfig {
  list: 'private' | 'campaign'
}

export interface ConditionalConfig {
  condition: Condition
  then_action_id: number
  else_action_id?: number
}

export interface NthAttemptConfig {
  /** Which time that the lead gets the disposition: 3 is the third. */
  attempt: number
  then_action_id: number
}

/** An action with the config of its kind. */
export type Action = { action_id: number; name: string; enabled: boolean } & ActionSetUp

export type ActionSetUp =
  | { kind: 'url'; config: UrlConfig }
  | { kind: 'email'; config: EmailConfig }
  | { kind: 'copy'; config: CopyConfig }
  | { kind: 'dnc'; config: DncConfig }
  | { kind: 'conditional'; config: ConditionalConfig }
  | { kind: 'nth_attempt'; config: NthAttemptConfig }

/** The actions that this one may start. */
export function followers(action: ActionSetUp): number[] {
  if (action.kind === 'nth_attempt') return [action.config.then_action_id]
  if (action.kind !== 'conditional') return []
  const { then_action_id, else_action_id } = action.config
  return else_action_id === undefined ? [then_action_id] : [then_action_id, else_action_id]
}

/** Whether an action that starts `next` could come back to itself. `edges`: the actions that each action starts. */
export function comesBack(
  action_id: number,
  next: readonly number[],
  edges: ReadonlyMap<number, readonly number[]>,
): boolean {
  const seen = new Set<number>()
  const open = [...next]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === action_id) return true
    if (seen.has(at)) continue
    seen.add(at)
    open.push(...(edges.get(at) ?? []))
  }
  return false
}

/** An address up to its path; undefined for a text that is not an address. */
export const originOf = (url: string) => /^https?:\/\/[^/?#\\]+/i.exec(url)?.[0]
