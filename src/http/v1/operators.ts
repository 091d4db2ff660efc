// Operators: listed, made, changed. The code of the start message makes the first one.

import type { Static } from 'typebox'
import { refuse, refuseFields } from '../../core/result.ts'
import { listOperators, type OperatorRow, operatorById } from '../../db/operators.ts'
import { addFirstOperator, addOperator, patchOperator } from '../../intake/operators.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import type * as schemas from './operator-schemas.ts'
import { type PageAsked, page } from './page.ts'
import { welcome } from './session.ts'
import { teamIds } from './team.ts'

export const getOperators = (call: Call) =>
  page(
    call.request.query as PageAsked,
    (after, rows_max) => listOperators(call.services.pool, call.caller.team_ids, after, rows_max),
    (row) => row.operator_id,
  )

const wrong = (field: string, detail: string) => refuseFields([{ name: 'INVALID_FIELD', field, detail }])

export async function postOperator(call: Call) {
  const { role, teams = [], code, ...asked } = call.request.body as Static<typeof schemas.NewOperator>
  const { pool, sessions } = call.services
  // Neither a key nor a session: the route lets nobody in without one, except while there is no operator.
  if (call.caller.key_id === null && !call.caller.operator) {
    if (role !== undefined && role !== 'admin') orRefuse(wrong('/role', 'the first operator is an admin'))
    if (teams.length > 0) orRefuse(wrong('/teams', 'the first operator sees every team'))
    if (code === undefined) orRefuse(wrong('/code', 'is missing: the start message shows it'))
    const first = orRefuse(await addFirstOperator(pool, asked, code!, call.by.request_id))
    sessions.clear()
    return welcome(call, first).operator
  }
  if (code !== undefined) orRefuse(wrong('/code', 'is for the first operator only: leave it out'))
  if (role === undefined) return orRefuse(wrong('/role', 'is missing'))
  const team_ids = orRefuse(await teamIds(call, teams))
  const made = orRefuse(await addOperator(pool, { ...asked, role, team_ids }, call.by))
  call.reply.code(201)
  return made
}

export async function patchOperatorById(call: Call) {
  const { id } = call.request.params as { id: number }
  const { teams, ...patch } = call.request.body as Static<typeof schemas.OperatorPatch>
  const { pool, sessions } = call.services
  const { caller } = call
  const found: OperatorRow =
    (await operatorById(pool, caller.team_ids, id)) ??
    orRefuse(refuse('UNKNOWN_TARGET', `operator ${id}: not known`))
  if (caller.operator?.operator_id === id) refuseOwn({ ...patch, teams })
  const team_ids = teams && orRefuse(await teamIds(call, teams))
  const changed = await patchOperator(pool, found, { ...patch, team_ids }, call.by, caller.team_ids)
  sessions.clear()
  return orRefuse(changed)
}

/** Nobody shuts himself out or hands himself rights; a stolen session changes no password without knowing it. */
function refuseOwn(patch: Static<typeof schemas.OperatorPatch>): void {
  if (patch.password !== undefined)
    orRefuse(wrong('/password', 'change your own under /v1/session/password, with the one you have'))
  for (const field of ['role', 'disabled', 'teams'] as const)
    if (patch[field] !== undefined) orRefuse(wrong(`/${field}`, 'cannot be changed by oneself'))
}
