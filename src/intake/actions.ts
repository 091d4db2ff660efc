// Actions are created, changed, deleted, chosen for an outcome, and run again.

import { isDeepStrictEqual } from 'node:util'
import { type ActionSetUp, comesBack, followers } from '../core/action.ts'
import { emailProblems, templateProblems, urlProblems } from '../core/action-request.ts'
import { secretsAstray, withSecretsOf } from '../core/action-secrets.ts'
import { systemValueNamed } from '../core/action-template.ts'
import { fold } from '../core/field.ts'
import { type FieldProblem, known, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import { type ActionRun, repeatRun, runById } from '../db/action-runs.ts'
import {
  type ActionRow,
  actionById,
  actionHasRun,
  actionSetUps,
  actionsOf,
  createAction,
  fieldNames,
  type LinkedAction,
  linkActions,
  lockActions,
  removeAction,
  replaceAction,
} from '../db/actions.ts'
import { keepAllocations } from '../db/allocations.ts'
import { leadsWithDisposition, lockDispositions, raiseDispositionSet } from '../db/dispositions.ts'
import type { Db } from '../db/pool.ts'
import { GLOBAL_TEAM_ID, type Sight } from '../db/sight.ts'
import { type DispositionKey, dispositionIn, dispositionSet } from './disposition-sets.ts'
import {
  type Asker,
  type ChangeAsked,
  changeSetUp,
  changeVersioned,
  deleteSetUp,
  hasAlready,
  patchSetUp,
  refuseUsed,
} from './set-up.ts'
import { refuseVirtual } from './targets.ts'
import { isOwn, owned, teamOf } from './teams.ts'
import { transact } from './transact.ts'

type AskedAction = { name: string; enabled?: boolean } & ActionSetUp

export const findAction = async (db: Db, sight: Sight, action_id: number) =>
  known(await actionById(db, sight, action_id), `action ${action_id}`)

export async function addAction(
  asker: Asker,
  { team, enabled = true, ...asked }: AskedAction & { team?: string },
): Promise<Result<ActionRow>> {
  const team_id = await teamOf(asker, team)
  if (team_id.refusal) return team_id
  const wrong = refuseProblems(await problemsOf(asker, team_id.ok, asked))
  if (wrong) return wrong
  return changeSetUp(asker, {
    action: 'action.create',
    details: { kind: asked.kind },
    work: async (tx) => {
      await lockActions(tx)
      const astray = await judgeChain(tx, 0, team_id.ok, asked)
      if (astray) return astray
      return findAction(tx, asker.caller, await createAction(tx, { ...asked, team_id: team_id.ok, enabled }))
    },
    subject: ({ action_id }) => `action:${action_id}`,
  })
}

export async function changeAction(
  asker: Asker,
  action_id: number,
  { enabled = true, ...given }: AskedAction,
  asked: ChangeAsked,
) {
  const stored = await ownAction(asker, action_id)
  if (stored.refusal) return stored
  const { team_id } = stored.ok
  const next = withKeptSecrets(stored.ok, given)
  if (next.refusal) return next
  const wrong = refuseProblems(await problemsOf(asker, team_id, next.ok))
  if (wrong) return wrong
  return patchSetUp(asker, {
    noun: 'action',
    id: action_id,
    asked,
    details: { enabled },
    lock: lockedAction,
    // Locked by now: the kept secrets are those of the change before this one.
    done: (row) => hasAlready(row, { ...withKeptSecrets(row, given).ok, enabled }),
    write: async (tx, row) => {
      const kept = withKeptSecrets(row, given)
      if (kept.refusal) return kept
      const astray = await judgeChain(tx, action_id, team_id, kept.ok)
      if (astray) return astray
      await replaceAction(tx, asker.caller, { ...kept.ok, action_id, enabled })
      return findAction(tx, asker.caller, action_id)
    },
    reach: async (_, { dispositions }) => dispositions.length,
    unit: 'dispositions',
  })
}

export async function deleteAction(asker: Asker, action_id: number, asked: ChangeAsked) {
  const own = await ownAction(asker, action_id)
  if (own.refusal) return own
  return deleteSetUp(asker, {
    noun: 'action',
    id: action_id,
    asked,
    lock: lockedAction,
    objection: async (tx, { dispositions }) => {
      const is_followed = (await actionSetUps(tx)).some((other) => followers(other).includes(action_id))
      return is_followed || dispositions.length > 0 || (await actionHasRun(tx, action_id))
        ? refuseUsed('an action that is linked or has run cannot be deleted: disable it')
        : undefined
    },
    remove: (tx) => removeAction(tx, asker.caller, action_id),
  })
}

const ownAction = async (asker: Asker, action_id: number) =>
  owned(asker, await findAction(asker.services.pool, asker.caller, action_id), 'this is an action')

/** One change of actions at a time: two together could close a ring. */
async function lockedAction(tx: Db, sight: Sight, action_id: number) {
  await lockActions(tx)
  return actionById(tx, sight, action_id)
}

/** The change with the stored secrets where it has the masks that are shown instead of them. */
function withKeptSecrets<Change extends ActionSetUp>(stored: ActionRow, asked: Change): Result<Change> {
  if (asked.kind !== stored.kind)
    return refuse('INVALID_FIELD', 'an action keeps its kind: make another one', { field: '/kind' })
  if (asked.kind !== 'url' || stored.kind !== 'url') return ok(asked)
  const [astray] = secretsAstray(asked.config, stored.config)
  if (astray !== undefined)
    return refuse('INVALID_FIELD', 'is a secret for another server: give its value anew', {
      field: `/config/${astray}`,
    })
  return ok({ ...asked, config: withSecretsOf(asked.config, stored.config) })
}

/** Everything that is wrong with the config by itself. */
async function problemsOf(
  { services: { pool, intake }, caller }: Asker,
  team_id: number,
  action: ActionSetUp,
): Promise<FieldProblem[]> {
  // Global actions run for every template.
  const fields = await fieldNames(pool, team_id === GLOBAL_TEAM_ID ? null : team_id)
  const names = new Set(fields.map(fold))
  const isKnown = (name: string) => systemValueNamed(name) !== undefined || names.has(fold(name))
  const invalid = (found: { field: string; detail: string }[]): FieldProblem[] =>
    found.map(({ field, detail }) => ({ name: 'INVALID_FIELD', field: `/config/${field}`, detail }))
  switch (action.kind) {
    case 'url':
      return invalid([...urlProblems(action.config), ...templateProblems(action.config, isKnown)])
    case 'email':
      return invalid([...emailProblems(action.config), ...templateProblems(action.config, isKnown)])
    case 'conditional': {
      const { field, op, value } = action.config.condition
      const alone = op === 'empty' || op === 'not_empty'
      const detail = alone ? `is not for ${op}` : `is needed for ${op}`
      return invalid([
        ...(isKnown(field) ? [] : [{ field: 'condition/field', detail: 'no template has this field' }]),
        ...(alone === (value === undefined) ? [] : [{ field: 'condition/value', detail }]),
      ])
    }
    case 'copy': {
      const { allocation_id } = action.config
      const rules = await intake.targets.ofAllocation(allocation_id, caller)
      const is_virtual = rules.ok && (await intake.targets.membersOf(rules.ok, allocation_id)) !== undefined
      const { refusal } = is_virtual ? refuseVirtual(allocation_id) : rules
      return refusal
        ? [{ name: 'UNKNOWN_TARGET', field: '/config/allocation_id', detail: refusal.detail }]
        : []
    }
    default:
      return []
  }
}

/** Refuses a copy into nothing, and a chain: the actions that it starts must be there for all leads that it runs for, and never lead back to it. */
async function judgeChain(tx: Db, action_id: number, team_id: number, action: ActionSetUp) {
  if (action.kind === 'copy' && (await keepAllocations(tx, [action.config.allocation_id])).length === 0)
    return refuse('UNKNOWN_TARGET', 'the allocation was deleted meanwhile', {
      field: '/config/allocation_id',
    })
  const next = followers(action)
  if (next.length === 0) return undefined
  const others = await actionSetUps(tx)
  const reachable = new Set(
    others
      .filter((other) => other.team_id === team_id || other.team_id === GLOBAL_TEAM_ID)
      .map((other) => other.action_id),
  )
  for (const [field, id] of Object.entries(action.config))
    if (field.endsWith('action_id') && !reachable.has(id as number))
      return refuse('UNKNOWN_TARGET', 'no such action in this team or Global', { field: `/config/${field}` })
  const edges = new Map(others.map((other) => [other.action_id, followers(other)]))
  return comesBack(action_id, next, edges)
    ? refuse('INVALID_FIELD', 'the actions would start each other for ever', {
        field: '/config/then_action_id',
      })
    : undefined
}

/** An outcome that a caller sees: its set, and the code as the set spells it. */
async function outcomeOf(db: Db, sight: Sight, { id, code }: DispositionKey) {
  const set = await dispositionSet(db, sight, id)
  if (set.refusal) return set
  const found = dispositionIn(set.ok, code)
  return found.refusal ? found : ok({ set: set.ok, code: found.ok.code })
}

/** The actions of an outcome, with the version and the team of its set. */
interface OutcomeActions {
  version: number
  team_id: number
  /** As the set spells it. */
  code: string
  items: LinkedAction[]
}

export async function actionsOfOutcome(
  db: Db,
  sight: Sight,
  key: DispositionKey,
): Promise<Result<OutcomeActions>> {
  const outcome = await outcomeOf(db, sight, key)
  if (outcome.refusal) return outcome
  const { set, code } = outcome.ok
  const { version, team_id } = set
  return ok({ version, code, team_id, items: await actionsOf(db, sight, key.id, code) })
}

/** Makes these the actions of an outcome, in this order. */
export async function chooseActions(
  asker: Asker,
  key: DispositionKey,
  action_ids: readonly number[],
  asked: ChangeAsked,
) {
  const { services, caller } = asker
  if (new Set(action_ids).size < action_ids.length)
    return refuse('INVALID_FIELD', 'names an action twice', { field: '/action_ids' })
  const seen = await outcomeOf(services.pool, caller, key)
  if (seen.refusal) return seen
  return changeVersioned<OutcomeActions>(asker, {
    action: 'disposition.actions',
    details: { action_ids },
    subject: ({ code }) => `disposition:${key.id}/${code}`,
    what: `disposition set ${key.id}`,
    asked,
    waits: true,
    lock: async (tx) => {
      // A dry run counts leads, and outcomes do not wait for it.
      if (!asked.dry_run) await lockDispositions(tx, key.id)
      await lockActions(tx)
      return actionsOfOutcome(tx, caller, key)
    },
    done: ({ items }) =>
      isDeepStrictEqual(
        items.map(({ action_id }) => action_id),
        action_ids,
      ),
    write: async (tx, { code, team_id }) => {
      const place = { disposition_set_id: key.id, code, is_own: isOwn(caller, team_id) }
      if ((await linkActions(tx, caller, place, action_ids)) < action_ids.length)
        return refuse(
          'UNKNOWN_TARGET',
          'one of these actions is not known, or is Global and the set is, too: only your own can be linked to it',
          { field: '/action_ids' },
        )
      await raiseDispositionSet(tx, key.id)
      return actionsOfOutcome(tx, caller, key)
    },
    reach: (tx, { code }) => leadsWithDisposition(tx, key.id, code),
  })
}

/** Another run for the same lead and outcome, with the action as it is now and a delivery id of its own. */
export async function runAgain({ services, caller }: Asker, run_id: number): Promise<Result<ActionRun>> {
  const run = known(await runById(services.pool, caller, run_id), `run ${run_id}`)
  if (run.refusal) return run
  return transact(services.pool, async (tx) => {
    const again = await repeatRun(tx, run_id)
    return again === undefined
      ? refuse('INVALID_FIELD', 'this run has not ended yet: it is tried by itself', { field: 'id' })
      : known(await runById(tx, caller, again), `run ${again}`)
  })
}
