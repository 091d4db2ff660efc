// Actions are created, changed, deleted, chosen for an outcome, and run again.

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
import { lockDispositions } from '../db/dispositions.ts'
import type { Db } from '../db/pool.ts'
import { GLOBAL_TEAM_ID, type Sight } from '../db/sight.ts'
import { type DispositionKey, dispositionIn, dispositionSet } from './disposition-sets.ts'
import { type Asker, changeSetUp } from './set-up.ts'
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
  return changeActions(asker, 'action.create', { kind: asked.kind }, async (tx) => {
    const astray = await judgeChain(tx, 0, team_id.ok, asked)
    if (astray) return astray
    return findAction(tx, asker.caller, await createAction(tx, { ...asked, team_id: team_id.ok, enabled }))
  })
}

export async function changeAction(
  asker: Asker,
  action_id: number,
  { enabled = true, ...asked }: AskedAction,
): Promise<Result<ActionRow>> {
  const stored = await ownAction(asker, action_id)
  if (stored.refusal) return stored
  const { team_id } = stored.ok
  const next = withKeptSecrets(stored.ok, asked)
  if (next.refusal) return next
  const wrong = refuseProblems(await problemsOf(asker, team_id, next.ok))
  if (wrong) return wrong
  return changeActions(asker, 'action.change', { enabled }, async (tx) => {
    // Locked by now: the kept secrets are those of the change before this one.
    const now = await findAction(tx, asker.caller, action_id)
    if (now.refusal) return now
    const kept = withKeptSecrets(now.ok, asked)
    if (kept.refusal) return kept
    const astray = await judgeChain(tx, action_id, team_id, kept.ok)
    if (astray) return astray
    await replaceAction(tx, asker.caller, { ...kept.ok, action_id, enabled })
    return findAction(tx, asker.caller, action_id)
  })
}

export async function deleteAction(asker: Asker, action_id: number): Promise<Result<ActionRow>> {
  const own = await ownAction(asker, action_id)
  if (own.refusal) return own
  return changeActions(asker, 'action.delete', {}, async (tx) => {
    const action = await findAction(tx, asker.caller, action_id)
    if (action.refusal) return action
    const is_followed = (await actionSetUps(tx)).some((other) => followers(other).includes(action_id))
    if (is_followed || action.ok.dispositions.length > 0 || (await actionHasRun(tx, action_id)))
      return refuse('INVALID_FIELD', 'an action that is linked or has run cannot be deleted: disable it', {
        field: 'id',
      })
    await removeAction(tx, asker.caller, action_id)
    return action
  })
}

const ownAction = async (asker: Asker, action_id: number) =>
  owned(asker, await findAction(asker.services.pool, asker.caller, action_id), 'this is an action')

/** One change of actions at a time: two together could close a ring. */
const changeActions = (
  asker: Asker,
  action: string,
  details: object,
  work: (tx: Db) => Promise<Result<ActionRow>>,
) =>
  changeSetUp(asker, {
    action,
    details,
    work: async (tx) => {
      await lockActions(tx)
      return work(tx)
    },
    subject: ({ action_id }) => `action:${action_id}`,
  })

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
      const { refusal } = await intake.targets.ofAllocation(action.config.allocation_id, caller)
      return refusal
        ? [{ name: 'UNKNOWN_TARGET', field: '/config/allocation_id', detail: refusal.detail }]
        : []
    }
    default:
      return []
  }
}

/** Refuses a chain: the actions that it starts must be there for all leads that it runs for, and never lead back to it. */
async function judgeChain(tx: Db, action_id: number, team_id: number, action: ActionSetUp) {
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

/** The actions of an outcome. */
export async function actionsOfOutcome(
  db: Db,
  sight: Sight,
  key: DispositionKey,
): Promise<Result<LinkedAction[]>> {
  const outcome = await outcomeOf(db, sight, key)
  return outcome.refusal ? outcome : ok(await actionsOf(db, sight, key.id, outcome.ok.code))
}

/** Makes these the actions of an outcome, in this order. */
export async function chooseActions(
  asker: Asker,
  key: DispositionKey,
  action_ids: readonly number[],
): Promise<Result<LinkedAction[]>> {
  const { services, caller } = asker
  if (new Set(action_ids).size < action_ids.length)
    return refuse('INVALID_FIELD', 'names an action twice', { field: '/action_ids' })
  const seen = await outcomeOf(services.pool, caller, key)
  if (seen.refusal) return seen
  const chosen = await changeSetUp(asker, {
    action: 'disposition.actions',
    details: { action_ids },
    waits: true,
    work: async (tx) => {
      await lockDispositions(tx, key.id)
      await lockActions(tx)
      const outcome = await outcomeOf(tx, caller, key)
      if (outcome.refusal) return outcome
      const { set, code } = outcome.ok
      const place = { disposition_set_id: key.id, code, is_own: isOwn(caller, set.team_id) }
      if ((await linkActions(tx, caller, place, action_ids)) < action_ids.length)
        return refuse(
          'UNKNOWN_TARGET',
          'one of these actions is not known, or is Global and the set is, too: only your own can be linked to it',
          { field: '/action_ids' },
        )
      return ok({ code, actions: await actionsOf(tx, caller, key.id, code) })
    },
    subject: ({ code }) => `disposition:${key.id}/${code}`,
  })
  return chosen.refusal ? chosen : ok(chosen.ok.actions)
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
