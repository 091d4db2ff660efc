// Making and changing operators. Made one at a time, so that the first one is one.

import { createHash, randomBytes } from 'node:crypto'
import { foldLogin, loginProblem, passwordProblem, type Role } from '../core/operator.ts'
import { ok, type Problem, type Result, refuse, refuseFields } from '../core/result.ts'
import { readText } from '../core/text.ts'
import { audit } from '../db/audit.ts'
import {
  addSetupCode,
  adminsBeside,
  changeOperator,
  createOperator,
  endSetupCodes,
  isSetupCode,
  lockOperators,
  type OperatorRow,
  operatorById,
  operatorsExist,
  setOperatorTeams,
} from '../db/operators.ts'
import type { Db, Pool } from '../db/pool.ts'
import { endSessionsOf } from '../db/sessions.ts'
import { SEES_ALL, type Sight } from '../db/sight.ts'
import { clearSignIns, forgetDevices } from '../db/sign-ins.ts'
import type { Actor } from './actor.ts'
import { hashInTurn, type Whose } from './password.ts'
import { loginKey, openSession, type SignedIn } from './sign-in.ts'

export interface NewOperator {
  login: string
  name: string
  role: Role
  password: string
  /** None: sees every team. */
  team_ids: readonly number[]
}

type By = Pick<Actor, 'actor'> & Partial<Pick<Actor, 'request_id'>>

interface Ready extends Omit<NewOperator, 'password'> {
  password_hash: string
}

const whoseOf = (actor: string): Whose => ({ is_known: true, key: actor })

/** Judged, and the password worked out, before anything is locked. */
async function prepare(asked: NewOperator, whose: Whose): Promise<Result<Ready>> {
  const login = foldLogin(asked.login)
  const problems: Problem[] = []
  const note = (field: string, detail: string | undefined) => {
    if (detail !== undefined) problems.push({ name: 'INVALID_FIELD', field, detail })
  }
  note('/login', loginProblem(login))
  const name = readName(asked.name)
  if (name.problem !== undefined) note('/name', name.problem)
  note('/password', passwordProblem(asked.password, login))
  const [first, ...others] = problems
  if (first) return refuseFields([first, ...others])
  const hashed = await hashInTurn(whose, asked.password)
  if (hashed.refusal) return hashed
  const { role, team_ids } = asked
  return ok({ login, name: name.text!, role, team_ids, password_hash: hashed.ok })
}

const NAME_POINTS_MAX = 200

function readName(value: string): { text?: string; problem?: string } {
  const read = readText(value, NAME_POINTS_MAX)
  if ('problem' in read) return read
  const text = read.text.trim()
  return text === '' ? { problem: 'is empty' } : { text }
}

/** Undefined: the login is taken. */
async function make(tx: Db, ready: Ready, by: By): Promise<number | undefined> {
  const operator_id = await createOperator(tx, { ...ready, created_by: by.actor })
  if (operator_id === undefined) return undefined
  const { role, team_ids } = ready
  await audit(tx, {
    actor: by.actor,
    request_id: by.request_id,
    action: 'operator.create',
    subject: `operator:${operator_id}`,
    details: { role, team_ids: [...team_ids] },
  })
  return operator_id
}

const TAKEN = refuseFields([{ name: 'INVALID_FIELD', field: '/login', detail: 'this login is taken' }])

export async function addOperator(pool: Pool, asked: NewOperator, by: By): Promise<Result<OperatorRow>> {
  const ready = await prepare(asked, whoseOf(by.actor))
  if (ready.refusal) return ready
  return pool.transaction(async (tx) => {
    await lockOperators(tx)
    const operator_id = await make(tx, ready.ok, by)
    return operator_id === undefined ? TAKEN : ok((await operatorById(tx, SEES_ALL, operator_id))!)
  })
}

/** A code that a start message shows; it makes the first admin. Easy to type, and of 60 random bits. */
export async function makeSetupCode(pool: Pool): Promise<string> {
  const symbols = [...randomBytes(12)].map((byte) => CODE_SYMBOLS[byte % CODE_SYMBOLS.length])
  const code = symbols.join('').replace(/.{4}(?=.)/g, '$&-')
  await addSetupCode(pool, hashCode(code))
  return code
}

/** Letters and digits that nobody mistakes for one another. */
const CODE_SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const hashCode = (code: string) => createHash('sha256').update(foldCode(code)).digest()

/** The code as it is compared, however it was typed. */
const foldCode = (code: string) =>
  code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')

const WRONG_CODE = refuseFields([
  {
    name: 'INVALID_FIELD',
    field: '/code',
    detail: 'is not the code that Leadline showed when it started; a restart shows a new one',
  },
])

/** The first operator of an installation, an admin, signed in. */
export async function addFirstOperator(
  pool: Pool,
  asked: Omit<NewOperator, 'role' | 'team_ids'>,
  code: string,
  request_id: string,
): Promise<Result<SignedIn>> {
  // Before the costly work on the password, which nobody without a code can ask for.
  if (!(await isSetupCode(pool, hashCode(code)))) return (await operatorsExist(pool)) ? LATE : WRONG_CODE
  // Whoever has the code waits for no stranger.
  const ready = await prepare({ ...asked, role: 'admin', team_ids: [] }, whoseOf('the first operator'))
  return ready.refusal ? ready : makeFirst(pool, ready.ok, request_id)
}

const LATE = refuse('UNAUTHORIZED', 'there is an operator by now: sign in')

/** Of many who try in one moment exactly one is the first. */
export const makeFirst = (pool: Pool, ready: Ready, request_id: string): Promise<Result<SignedIn>> =>
  pool.transaction(async (tx) => {
    await lockOperators(tx)
    if (await operatorsExist(tx)) return LATE
    await endSetupCodes(tx)
    const operator_id = (await make(tx, ready, { actor: 'anonymous', request_id }))!
    return ok((await openSession(tx, operator_id, ready.password_hash, { request_id }))!)
  })

export interface OperatorPatch {
  name?: string
  role?: Role
  password?: string
  disabled?: boolean
  team_ids?: readonly number[]
}

/** An operator outside the caller's sight is unknown. */
export async function patchOperator(
  pool: Pool,
  { operator_id, login }: { operator_id: number; login: string },
  patch: OperatorPatch,
  by: By,
  sight: Sight,
): Promise<Result<OperatorRow>> {
  const name = patch.name === undefined ? {} : readName(patch.name)
  if (name.problem !== undefined)
    return refuseFields([{ name: 'INVALID_FIELD', field: '/name', detail: name.problem }])
  const problem = patch.password === undefined ? undefined : passwordProblem(patch.password, login)
  if (problem) return refuseFields([{ name: 'INVALID_FIELD', field: '/password', detail: problem }])
  const hashed =
    patch.password === undefined ? undefined : await hashInTurn(whoseOf(by.actor), patch.password)
  if (hashed?.refusal) return hashed
  const change = { name: name.text, role: patch.role, password_hash: hashed?.ok, disabled: patch.disabled }
  return pool.transaction(async (tx) => {
    await lockOperators(tx)
    const before = await operatorById(tx, sight, operator_id)
    if (!before) return refuse('UNKNOWN_TARGET', `operator ${operator_id}: not known`)
    const last = isFullAdmin(before) && (await adminsBeside(tx, operator_id)) === 0
    const field = last ? losingField(patch) : undefined
    if (field)
      return refuseFields([
        {
          name: 'INVALID_FIELD',
          field,
          detail: 'this is the last admin who sees every team: make another one first',
        },
      ])
    await changeOperator(tx, operator_id, change)
    if (patch.team_ids) await setOperatorTeams(tx, operator_id, patch.team_ids)
    // Who loses the password or is shut out is out at once, wherever the sessions are.
    if (hashed || patch.disabled) await endSessionsOf(tx, operator_id)
    if (hashed) {
      await clearSignIns(tx, loginKey(login))
      await forgetDevices(tx, operator_id)
    }
    for (const [action, details] of deedsOf(patch))
      await audit(tx, { ...by, action, subject: `operator:${operator_id}`, details })
    return ok((await operatorById(tx, SEES_ALL, operator_id))!)
  })
}

/** Admins who see every team can do everything; one of them always stays. */
const isFullAdmin = ({ role, teams, disabled }: OperatorRow) =>
  role === 'admin' && teams.length === 0 && !disabled

/** The part of a patch after which an operator is no such admin any more. */
function losingField({ role, disabled, team_ids = [] }: OperatorPatch): string | undefined {
  if (role !== undefined && role !== 'admin') return '/role'
  if (disabled) return '/disabled'
  return team_ids.length > 0 ? '/teams' : undefined
}

/** What the audit log says of a change: names of what changed, never a name or password itself. */
function deedsOf({ name, role, password, disabled, team_ids }: OperatorPatch) {
  const deeds: [string, Record<string, string | string[] | number[]>][] = []
  if (name !== undefined || role !== undefined || team_ids !== undefined)
    deeds.push([
      'operator.change',
      {
        fields: Object.entries({ name, role, teams: team_ids })
          .filter(({ 1: value }) => value !== undefined)
          .map(([field]) => field),
        ...(role ? { role } : {}),
        ...(team_ids ? { team_ids: [...team_ids] } : {}),
      },
    ])
  if (password !== undefined) deeds.push(['operator.password', {}])
  if (disabled !== undefined) deeds.push([disabled ? 'operator.disable' : 'operator.enable', {}])
  return deeds
}
