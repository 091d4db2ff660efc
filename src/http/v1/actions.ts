// Actions: what an outcome triggers. Set up, linked to outcomes, rehearsed.

import type { Static } from 'typebox'
import { type Action, type ActionSetUp, comesBack, followers } from '../../core/action.ts'
import { emailProblems, templateProblems, urlProblems } from '../../core/action-request.ts'
import { secretsAstray, shownConfig, withSecretsOf } from '../../core/action-secrets.ts'
import { systemValueNamed } from '../../core/action-template.ts'
import { fold } from '../../core/field.ts'
import { readLeadId } from '../../core/lead.ts'
import { type Problem, refuse, refuseFields } from '../../core/result.ts'
import {
  type ActionRow,
  actionById,
  actionHasRun,
  actionSetUps,
  actionsOf,
  createAction,
  fieldNames,
  linkActions,
  listActions,
  lockActions,
  removeAction,
  replaceAction,
} from '../../db/actions.ts'
import { lockDispositions } from '../../db/dispositions.ts'
import { findLeads } from '../../db/leads.ts'
import type { Db } from '../../db/pool.ts'
import { GLOBAL_TEAM_ID } from '../../db/sight.ts'
import { dryRun } from '../../jobs/dry-run.ts'
import type { Call } from '../context.ts'
import { orRefuse, Refused } from '../errors.ts'
import type * as schemas from './action-schemas.ts'
import { change, changeWithRetry } from './change.ts'
import { dispositionOf } from './disposition-sets.ts'
import { mayRead } from './leads.ts'
import { type PageAsked, page } from './page.ts'
import { isOwn, refuseShared, teamOf } from './team.ts'

const shown = ({ team_id: _, ...row }: ActionRow) => ({ ...row, config: shownConfig(row) })

export async function getActions(call: Call) {
  const found = await page(
    call.request.query as PageAsked,
    (page) => listActions(call.services.pool, call.caller, page),
    (row) => row.action_id,
  )
  return { ...found, items: found.items.map(shown) }
}

async function actionOf(call: Call, db: Db = call.services.pool): Promise<ActionRow> {
  const { id } = call.request.params as { id: number }
  const found = await actionById(db, call.caller, id)
  return found ?? orRefuse<ActionRow>(unknown(id))
}

async function ownActionOf(call: Call): Promise<ActionRow> {
  const action = await actionOf(call)
  refuseShared(call, action.team_id, 'this is an action')
  return action
}

const unknown = (action_id: number) => refuse('UNKNOWN_TARGET', `action ${action_id}: not known`)

export const getAction = async (call: Call) => shown(await actionOf(call))

export async function postAction(call: Call) {
  const { team, enabled = true, ...body } = call.request.body as Static<typeof schemas.NewAction>
  const team_id = await teamOf(call, team)
  await judge(call, team_id, body)
  const made = await changeActions(
    call,
    'action.create',
    async (tx) => {
      await judgeChain(tx, 0, team_id, body)
      const action_id = await createAction(tx, { ...body, team_id, enabled })
      return action_id === undefined ? undefined : actionById(tx, call.caller, action_id)
    },
    { kind: body.kind },
  )
  call.reply.code(201).header('Location', `/v1/actions/${made!.action_id}`)
  return shown(made!)
}

export async function putAction(call: Call) {
  const stored = await ownActionOf(call)
  const { team_id, action_id } = stored
  const { enabled = true, ...asked } = call.request.body as Static<typeof schemas.ChangedAction>
  await judge(call, team_id, keptSecrets(stored, asked))
  const changed = await changeActions(
    call,
    'action.change',
    async (tx) => {
      // Locked by now: the secrets that are kept are those of the one that was saved last.
      const body = keptSecrets(await actionOf(call, tx), asked)
      await judgeChain(tx, action_id, team_id, body)
      await replaceAction(tx, call.caller, { ...body, action_id, enabled })
      return actionById(tx, call.caller, action_id)
    },
    { enabled },
  )
  return changed ? shown(changed) : orRefuse(unknown(action_id))
}

/** The change with the secrets that it only shows masked. */
function keptSecrets<Change extends ActionSetUp>(stored: ActionRow, body: Change): Change {
  if (body.kind !== stored.kind)
    orRefuse(refuse('INVALID_FIELD', 'an action keeps its kind: make another one', { field: '/kind' }))
  if (body.kind === 'url' && stored.kind === 'url') {
    const [astray] = secretsAstray(body.config, stored.config)
    if (astray !== undefined)
      orRefuse(
        refuse('INVALID_FIELD', 'is a secret for another server: give its value anew', {
          field: `/config/${astray}`,
        }),
      )
    return { ...body, config: withSecretsOf(body.config, stored.config) }
  }
  return body
}

export async function deleteAction(call: Call) {
  const { action_id } = await ownActionOf(call)
  await changeActions(call, 'action.delete', async (tx) => {
    const now = await actionById(tx, call.caller, action_id)
    const followed = (await actionSetUps(tx)).some((other) => followers(other).includes(action_id))
    if (now && (followed || now.dispositions.length > 0 || (await actionHasRun(tx, action_id))))
      throw refused(
        'INVALID_FIELD',
        'an action that is linked or has run cannot be deleted: disable it',
        'id',
      )
    const removed = await removeAction(tx, call.caller, action_id)
    return removed === undefined ? undefined : { action_id: removed }
  })
  call.reply.code(204)
}

/** One change of actions at a time: two together could close a ring. */
const changeActions = <Made extends { action_id: number }>(
  call: Call,
  what: string,
  work: (tx: Db) => Promise<Made | undefined>,
  details = {},
) =>
  change(
    call,
    what,
    async (tx) => {
      await lockActions(tx)
      return work(tx)
    },
    ({ action_id }) => `action:${action_id}`,
    details,
  )

const refused = (name: Problem['name'], detail: string, field: string) =>
  new Refused(refuse(name, detail, { field }))

/** What is wrong with the config by itself, all of it. */
async function judge(call: Call, team_id: number, action: ActionSetUp): Promise<void> {
  const { pool, intake } = call.services
  const problems: Problem[] = []
  const note = (found: { field: string; detail: string }[]) => {
    for (const { field, detail } of found)
      problems.push({ name: 'INVALID_FIELD', field: `/config/${field}`, detail })
  }
  const names = new Set((await fieldNames(pool, teamOfFields(team_id))).map(fold))
  const isKnown = (name: string) => systemValueNamed(name) !== undefined || names.has(fold(name))
  if (action.kind === 'url')
    note([...urlProblems(action.config), ...templateProblems(action.config, isKnown)])
  if (action.kind === 'email')
    note([...emailProblems(action.config), ...templateProblems(action.config, isKnown)])
  if (action.kind === 'conditional') {
    const { field, op, value } = action.config.condition
    if (!isKnown(field)) note([{ field: 'condition/field', detail: 'no template has this field' }])
    const alone = op === 'empty' || op === 'not_empty'
    if (alone !== (value === undefined))
      note([{ field: 'condition/value', detail: alone ? `is not for ${op}` : `is needed for ${op}` }])
  }
  if (action.kind === 'copy') {
    const target = await intake.targets.ofAllocation(action.config.allocation_id, call.caller)
    if (target.refusal)
      problems.push({
        name: 'UNKNOWN_TARGET',
        field: '/config/allocation_id',
        detail: target.refusal.detail,
      })
  }
  const [first, ...others] = problems
  if (first) orRefuse(refuseFields([first, ...others]))
}

/** Global actions run for every template. */
const teamOfFields = (team_id: number) => (team_id === GLOBAL_TEAM_ID ? null : team_id)

/** The actions that it starts must be there for all leads that it runs for, and must not lead back to it. */
async function judgeChain(tx: Db, action_id: number, team_id: number, action: ActionSetUp) {
  const next = followers(action)
  if (next.length === 0) return
  const others = await actionSetUps(tx)
  const reachable = new Set(
    others
      .filter((other) => other.team_id === team_id || other.team_id === GLOBAL_TEAM_ID)
      .map((other) => other.action_id),
  )
  for (const [field, id] of Object.entries(action.config))
    if (field.endsWith('action_id') && !reachable.has(id as number))
      throw refused('UNKNOWN_TARGET', 'no such action in this team or Global', `/config/${field}`)
  const edges = new Map(others.map((other) => [other.action_id, followers(other)]))
  if (comesBack(action_id, next, edges))
    throw refused('INVALID_FIELD', 'the actions would start each other for ever', '/config/then_action_id')
}

export async function getLinks(call: Call) {
  const { set, disposition } = await dispositionOf(call)
  return { items: await linksIn(call.services.pool, call, set, disposition) }
}

const linksIn = (
  db: Db,
  { caller }: Call,
  { disposition_set_id }: { disposition_set_id: number },
  { code }: { code: string },
) => actionsOf(db, caller, disposition_set_id, code)

export async function putLinks(call: Call) {
  const { id } = call.request.params as { id: number }
  const { action_ids } = call.request.body as Static<typeof schemas.Links>
  if (new Set(action_ids).size < action_ids.length)
    orRefuse(refuse('INVALID_FIELD', 'names an action twice', { field: '/action_ids' }))
  const { set } = await dispositionOf(call)
  const linked = await changeWithRetry(
    call,
    'disposition.actions',
    async (tx) => {
      await lockDispositions(tx, id)
      await lockActions(tx)
      const { disposition } = await dispositionOf(call, tx)
      const { code } = disposition
      const outcome = { disposition_set_id: id, code, is_own: isOwn(call.caller, set.team_id) }
      if ((await linkActions(tx, call.caller, outcome, action_ids)) < action_ids.length)
        throw refused(
          'UNKNOWN_TARGET',
          'one of these actions is not known, or is Global and the set is, too: only your own can be linked to it',
          '/action_ids',
        )
      return { code, items: await linksIn(tx, call, set, disposition) }
    },
    ({ code }) => `disposition:${id}/${code}`,
    { action_ids },
  )
  return { items: linked!.items }
}

/** Shows what it would do to a lead; does nothing. */
export async function postDryRun(call: Call) {
  const { team_id: _, ...action } = await actionOf(call)
  const { lead_id, disposition, attempt = 1 } = call.request.body as Static<typeof schemas.DryRunRequest>
  const { pool, intake, actions: options, now } = call.services
  const { targets } = intake
  // The request shows values of the lead.
  if (!mayRead(call.caller)) orRefuse(refuse('FORBIDDEN', 'this needs the scope read, too'))
  const unknown = refuse('COULDNT_FIND_THE_LEAD', 'there is no such lead', { field: '/lead_id' })
  const key = readLeadId(lead_id)
  if (!key) return orRefuse(unknown)
  const found = await targets.find({ campaign_id: key.campaign_id }, call.caller)
  const [lead] = found.refusal ? [] : await findLeads(pool, [{ ...key, external_id: null }])
  if (!lead || found.refusal) return orRefuse(unknown)
  const suppose = { disposition: disposition ?? lead.disposition, attempt }
  return {
    kind: action.kind,
    ...(await dryRun(action as Action, {
      pool,
      targets,
      options,
      now,
      by: call.by,
      lead,
      rules: found.ok,
      ...suppose,
    })),
  }
}
