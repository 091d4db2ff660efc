// Operators: listed, created, changed. The code of the start message creates the first one.

import { type Static, Type } from 'typebox'
import { ROLES } from '../../core/operator.ts'
import { refuseField } from '../../core/result.ts'
import { colleagues, listOperators, operatorById } from '../../db/operators.ts'
import { addFirstOperator, addOperator, patchOperator } from '../../intake/operators.ts'
import { teamIds } from '../../intake/teams.ts'
import { welcome } from '../door/sessions.ts'
import { orRefuse } from '../errors.ts'
import { get, patch, post, routes } from '../route.ts'
import { listed, one } from './set-up.ts'
import {
  closed,
  Id,
  IdParams,
  Name,
  NullableText,
  named,
  oneOf,
  PageQuery,
  pageOf,
  shape,
  Time,
} from './shapes.ts'

// core/operator.ts says in words what a login and a password must be; the shape only demands a text.
export const Login = Type.String({ minLength: 1, maxLength: 200 })
export const Password = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: '8 to 200 characters, better 15 or more; not the login, none of the most common ones',
})
const Role = named('Role', oneOf(ROLES))
const Teams = Type.Array(Name, { maxItems: 100, uniqueItems: true, description: 'Names; none: every team' })

export const Operator = shape('Operator', {
  operator_id: Id,
  login: Type.String(),
  name: Type.String(),
  role: Role,
  teams: Type.Array(Type.String(), { description: 'None: sees the leads of every team' }),
  disabled: Type.Boolean(),
  created_at: Time,
  last_seen_at: NullableText,
})
const NewOperator = closed('NewOperator', {
  login: Login,
  name: Name,
  role: Type.Optional(Role),
  password: Password,
  teams: Type.Optional(Teams),
  code: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'For the first operator: the code of the start message',
    }),
  ),
})
const OperatorChange = closed('OperatorChange', {
  name: Type.Optional(Name),
  role: Type.Optional(Role),
  password: Type.Optional(Password),
  disabled: Type.Optional(Type.Boolean()),
  teams: Type.Optional(Teams),
})

const Colleague = shape('Colleague', { operator_id: Id, login: Type.String(), name: Type.String() })

export const operators = routes('people', {
  colleagues: get('/v1/colleagues', {
    scope: 'read',
    summary: 'Operators who work on the same leads: whom a callback can be kept for',
    answer: pageOf(Colleague),
    handle: async ({ services, caller }) => ({
      items: await colleagues(services.pool, caller),
      next_cursor: null,
    }),
  }),

  operators: get('/v1/operators', {
    scope: 'admin',
    summary: 'Operators',
    query: PageQuery,
    answer: pageOf(Operator),
    handle: (call) => listed(call, listOperators, 'operator_id'),
  }),

  createOperator: post('/v1/operators', {
    scope: 'admin',
    open: 'setup',
    summary: 'Create an operator',
    body: NewOperator,
    created: Operator,
    handle: async (call) => {
      const { role, teams = [], code, ...asked } = call.body
      const { pool, sessions } = call.services
      // Without a key or a session the route lets callers in only while there is no operator.
      if (call.caller.key_id === null && !call.caller.operator) {
        if (role !== undefined && role !== 'admin') wrong('/role', 'the first operator is an admin')
        if (teams.length > 0) wrong('/teams', 'the first operator sees every team')
        if (code === undefined) return wrong('/code', 'is missing: the start message shows it')
        const first = orRefuse(await addFirstOperator(pool, asked, code, call.by.request_id))
        sessions.clear()
        return welcome(call, first).operator
      }
      if (code !== undefined) wrong('/code', 'is for the first operator only: leave it out')
      if (role === undefined) return wrong('/role', 'is missing')
      const team_ids = orRefuse(await teamIds(pool, call.caller, teams))
      return orRefuse(await addOperator(pool, { ...asked, role, team_ids }, call.by))
    },
  }),

  changeOperator: patch('/v1/operators/:id', {
    scope: 'admin',
    summary: 'Change or disable an operator',
    params: IdParams,
    body: OperatorChange,
    answer: Operator,
    handle: async (call) => {
      const { id } = call.params
      const { teams, ...change } = call.body
      const { pool, sessions } = call.services
      const found = await one(call, operatorById, 'operator')
      if (call.caller.operator?.operator_id === id) refuseOwn(call.body)
      const team_ids = teams && orRefuse(await teamIds(pool, call.caller, teams))
      const changed = await patchOperator(pool, found, { ...change, team_ids }, call.by, call.caller)
      sessions.clear()
      return orRefuse(changed)
    },
  }),
})

const wrong = (field: string, detail: string): never => orRefuse(refuseField(field, detail))

/** Operators neither shut themselves out nor give themselves rights, and a stolen session cannot change its password. */
function refuseOwn(change: Static<typeof OperatorChange>): void {
  if (change.password !== undefined)
    wrong('/password', 'change your own under /v1/session/password, with the one you have')
  for (const field of ['role', 'disabled', 'teams'] as const)
    if (change[field] !== undefined) wrong(`/${field}`, 'cannot be changed by oneself')
}
