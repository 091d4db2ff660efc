// The shapes of operators and their sessions.

import { type Static, Type } from 'typebox'
import { ROLES } from '../../core/operator.ts'
import { Closed, Id, Name, NullableText, nullable, oneOf, Time } from './schema-parts.ts'

// What a login and a password must be is said by core/operator.ts, in words; here only what is no text at all.
const Login = Type.String({ minLength: 1, maxLength: 200 })
const Password = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: '8 to 200 characters, better 15 or more; not the login, none of the most common ones',
})
const Role = oneOf(ROLES)
const Teams = Type.Array(Name, { maxItems: 100, uniqueItems: true, description: 'Names; none: every team' })

export const Operator = Type.Object({
  operator_id: Id,
  login: Type.String(),
  name: Type.String(),
  role: Role,
  teams: Type.Array(Type.String(), { description: 'None: sees the leads of every team' }),
  disabled: Type.Boolean(),
  created_at: Time,
  last_seen_at: NullableText,
})
export const NewOperator = Type.Object(
  {
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
  },
  Closed,
)
export const OperatorPatch = Type.Object(
  {
    name: Type.Optional(Name),
    role: Type.Optional(Role),
    password: Type.Optional(Password),
    disabled: Type.Optional(Type.Boolean()),
    teams: Type.Optional(Teams),
  },
  Closed,
)

export const SignIn = Type.Object({ login: Login, password: Password }, Closed)
const Ends = 'When the session ends unless it is used; RFC 3339'
export const SignedIn = Type.Object({ operator: Operator, expires_at: Type.String({ description: Ends }) })
export const Session = Type.Object({
  operator: nullable<Static<typeof Operator>>(Operator),
  setup: Type.Boolean({
    description:
      'There is no operator yet: POST /v1/operators makes the first with the code of the start message',
  }),
  expires_at: nullable<string>({ type: 'string', description: Ends } as { type: string }),
})
export const SessionQuery = Type.Object({
  extend: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Counts as use; asking alone does not keep a session alive',
    }),
  ),
})
export const SignOut = Type.Object({
  everywhere: Type.Optional(Type.Boolean({ default: false, description: 'Every session of the operator' })),
})
export const PasswordChange = Type.Object({ current: Password, new: Password }, Closed)
