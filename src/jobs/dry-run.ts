// Shows people what an action would do to a lead, before an outcome starts it.

import { type Grant, mayDo } from '../core/access.ts'
import type { ActionKind, ActionSetUp, CopyConfig } from '../core/action.ts'
import {
  type RenderedEmail,
  type RenderedRequest,
  renderEmail,
  renderRequest,
} from '../core/action-request.ts'
import { maskedConfig } from '../core/action-secrets.ts'
import { valuesOfLead } from '../core/action-values.ts'
import { type LeadState, readLeadId } from '../core/lead.ts'
import { formatPhone } from '../core/phone.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import { namesOf } from '../db/allocations.ts'
import { findLeads } from '../db/leads.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import { findAction } from '../intake/actions.ts'
import type { Actor } from '../intake/actor.ts'
import type { Asker } from '../intake/set-up.ts'
import { addressFor } from './address.ts'
import { type Choice, chooseByAttempt, chooseByCondition } from './chain.ts'
import { copiedFields, copyOf, insertCopy, refusedAs } from './copy.ts'
import { numbersOf } from './dnc.ts'
import { type ActionOptions, errorCode } from './work.ts'

/** `problem`: why a run would fail, as its record would say. Secrets of the set-up are masked. */
interface Foreseen {
  problem: string | null
  request?: RenderedRequest
  email?: RenderedEmail
  copy?: { allocation_id: number; fields: Record<string, unknown> }
  dnc?: { list: string; numbers: string[] }
  /** The finding, and the action that would come next. */
  choice?: Choice
}

/** The caller and its process. A call of the API is one. */
interface Rehearser extends Asker {
  services: Asker['services'] & { actions: ActionOptions; now: () => string }
  caller: Grant & Sight
}

interface Rehearsal {
  services: Rehearser['services']
  by: Actor
  lead: LeadState
  rules: Rules
  /** The outcome to suppose: its code, and which time that the lead gets it. */
  disposition: string | null
  attempt: number
}

/** Shows what an action would do to a lead that gets the outcome for the `attempt`-th time; does nothing. */
export async function rehearse(
  { services, caller, by }: Rehearser,
  action_id: number,
  { lead_id, disposition, attempt = 1 }: { lead_id: string; disposition?: string; attempt?: number },
): Promise<Result<Foreseen & { kind: ActionKind }>> {
  const action = await findAction(services.pool, caller, action_id)
  if (action.refusal) return action
  // The answer holds values of the lead.
  if (!mayDo(caller.scopes, ['read'])) return refuse('FORBIDDEN', 'this needs the scope read, too')
  const unknown = refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead', { field: '/lead_id' })
  const key = readLeadId(lead_id)
  if (!key) return unknown
  const rules = await services.intake.targets.find({ campaign_id: key.campaign_id }, caller)
  if (rules.refusal) return unknown
  const [lead] = await findLeads(services.pool, [{ ...key, external_id: null }])
  if (!lead) return unknown
  const outcome = { disposition: disposition ?? lead.disposition, attempt }
  const foreseen = await foresee(action.ok, { services, by, lead, rules: rules.ok, ...outcome })
  return ok({ kind: action.ok.kind, ...foreseen })
}

const LOOKUP_MS_MAX = 5_000
const NO_CALL = { duration_s: null, unique_call_id: null, phone: null }

async function foresee(action: ActionSetUp, rehearsal: Rehearsal): Promise<Foreseen> {
  const { services, lead, rules, disposition } = rehearsal
  const options = services.actions
  const [names] = await namesOf(services.pool, [lead.allocation_id])
  // As if the lead got the outcome now, without a call.
  const call = { at: services.now(), dial_attempts: lead.calls + 1, ...NO_CALL }
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

/** Ends the rehearsal of an insert, so that its transaction is rolled back. */
class Rehearsed extends Error {}

async function rehearseCopy(
  config: CopyConfig,
  { services: { pool, intake, now }, by, lead, rules }: Rehearsal,
): Promise<Foreseen> {
  const { targets } = intake
  const { allocation_id } = config
  const target = await targets.openAllocation(allocation_id, SEES_ALL)
  if (target.refusal) return { problem: refusedAs(target.refusal) }
  const copy = { allocation_id, fields: Object.fromEntries(copiedFields(lead, rules, target.ok)) }
  const arrival = await copyOf({ targets, now }, config, lead, rules, by)
  if (arrival.refusal) return { problem: refusedAs(arrival.refusal), copy }
  let result: Awaited<ReturnType<typeof insertCopy>> | undefined
  try {
    await pool.transaction(
      async (tx) => {
        result = await insertCopy(tx, { targets }, arrival.ok)
        throw new Rehearsed()
      },
      { retry: 'clash' },
    )
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error
  }
  return { problem: result?.refusal ? refusedAs(result.refusal) : null, copy }
}
