// What an action would do to a lead, without doing it: shown to people before an outcome starts it.

import type { Action } from '../core/action.ts'
import {
  type RenderedEmail,
  type RenderedRequest,
  renderEmail,
  renderRequest,
} from '../core/action-request.ts'
import { maskedConfig } from '../core/action-secrets.ts'
import { valuesOfLead } from '../core/action-values.ts'
import type { LeadState } from '../core/lead.ts'
import { formatPhone } from '../core/phone.ts'
import type { Rules } from '../core/rules.ts'
import { namesOf } from '../db/allocations.ts'
import type { Pool } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import type { Actor } from '../intake/actor.ts'
import type { Targets } from '../intake/targets.ts'
import { addressFor } from './address.ts'
import { type Choice, chooseByAttempt, chooseByCondition } from './chain.ts'
import { copiedFields, copyOf, insertCopy, refusedAs } from './copy.ts'
import { numbersOf } from './dnc.ts'
import { type ActionOptions, errorCode } from './work.ts'

/** `problem`: why a run would fail, as its record would say. Secrets of the set-up are masked. */
export interface DryRun {
  problem: string | null
  request?: RenderedRequest
  email?: RenderedEmail
  copy?: { allocation_id: number; fields: Record<string, unknown> }
  dnc?: { list: string; numbers: string[] }
  /** What was found, and which action would come next. */
  choice?: Choice
}

export interface Rehearsal {
  pool: Pool
  targets: Targets
  options: ActionOptions
  now: () => string
  by: Actor
  lead: LeadState
  rules: Rules
  /** The outcome to suppose: its code, and which time that the lead gets it. */
  disposition: string | null
  attempt: number
}

const LOOKUP_MS_MAX = 5_000
const NO_CALL = { duration_s: null, unique_call_id: null, phone: null }

export async function dryRun(action: Action, rehearsal: Rehearsal): Promise<DryRun> {
  const { pool, options, lead, rules, disposition } = rehearsal
  const [names] = await namesOf(pool, [lead.allocation_id])
  // As if the lead got the outcome now, without a call.
  const call = { at: rehearsal.now(), dial_attempts: lead.calls + 1, ...NO_CALL }
  const values = valuesOfLead(lead, rules, { ...names!, disposition, call })
  switch (action.kind) {
    case 'url': {
      // Rendered from what may be shown: the secrets of the set-up are masked, the values of the lead are there.
      const { ok: request, problem } = renderRequest(maskedConfig(action.config), values)
      if (!request) return { problem }
      return { problem: await whyNotCalled(request.url, options.private_hosts), request }
    }
    case 'email': {
      const { ok: email, problem } = renderEmail(action.config, values, options.mail_from)
      if (!email) return { problem }
      const missing = options.smtp_url === null ? 'there is no mail server: set LEADLINE_SMTP_URL' : null
      return { problem: missing, email }
    }
    case 'copy':
      return rehearseCopy(action.config, rehearsal)
    case 'dnc': {
      const numbers = numbersOf(lead)
      return {
        problem: numbers.length === 0 ? 'the lead has no valid number' : null,
        dnc: { list: action.config.list, numbers: numbers.map(formatPhone) },
      }
    }
    case 'conditional':
      return { problem: null, choice: chooseByCondition(action.config, values) }
    case 'nth_attempt':
      return { problem: null, choice: chooseByAttempt(action.config, rehearsal.attempt) }
    default:
      return action satisfies never
  }
}

/** Only the name is looked up: nothing is sent. */
async function whyNotCalled(text: string, private_hosts: readonly string[]): Promise<string | null> {
  if (!URL.canParse(text)) return 'the address cannot be read'
  try {
    const found = await addressFor(new URL(text), private_hosts, AbortSignal.timeout(LOOKUP_MS_MAX))
    return found.problem ?? null
  } catch (error) {
    return `the host cannot be looked up (${errorCode(error)})`
  }
}

/** What ends a rehearsal of an insert: nothing of it stays. */
class Rehearsed extends Error {}

async function rehearseCopy(
  config: Extract<Action, { kind: 'copy' }>['config'],
  { pool, targets, now, by, lead, rules }: Rehearsal,
): Promise<DryRun> {
  const { allocation_id } = config
  const target = await targets.ofAllocation(allocation_id, SEES_ALL)
  if (target.refusal) return { problem: refusedAs(target.refusal) }
  const copy = { allocation_id, fields: Object.fromEntries(copiedFields(lead, rules, target.ok)) }
  const arrival = await copyOf({ targets, now }, config, lead, rules, by)
  if (arrival.refusal) return { problem: refusedAs(arrival.refusal), copy }
  let result: Awaited<ReturnType<typeof insertCopy>> | undefined
  try {
    await pool.transaction(
      async (tx) => {
        result = await insertCopy(tx, arrival.ok)
        throw new Rehearsed()
      },
      { retry: 'clash' },
    )
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error
  }
  return { problem: result?.refusal ? refusedAs(result.refusal) : null, copy }
}
