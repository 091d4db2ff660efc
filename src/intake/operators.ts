// Creates and changes operators, one at a time, so that only one can be the first.

import { createHash, randomBytes } from 'node:crypto'
import { foldLogin, loginProblem, passwordProblem, type Role } from '../core/operator.ts'
import {
  type FieldProblem,
  known,
  ok,
  type Result,
  refuse,
  refuseField,
  refuseProblems,
} from '../core/result.ts'
import { readText } from '../core/text.ts'
import { type AuditEntry, audit } from '../db/audit.ts'
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
import { keepTeams } from '../db/teams.ts'
import type { Author } from './actor.ts'
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

interface Ready extends Omit<NewOperator, 'password'> {
  password_hash: string
}

const whoseOf = (actor: string): Whose => ({ is_known: true, key: actor })

/** Judges the operator and hashes the password before anything is locked. */
async function prepare(asked: NewOperator, whose: Whose): Promise<Result<Ready>> {
  const login = foldLogin(asked.login)
  const name = readName(asked.name)
  const wrong = refuseProblems([
    ...problem('/login', loginProblem(login)),
    ...problem('/name', name.problem),
    ...problem('/password', passwordProblem(asked.password, login)),
  ])
  if (wrong) return wrong
  const hashed = await hashInTurn(whose, asked.password)
  if (hashed.refusal) return hashed
  const { role, team_ids } = asked
  return ok({ login, name: name.text!, role, team_ids, password_hash: hashed.ok })
}

const problem = (field: string, detail: string | undefined): FieldProblem[] =>
  detail === undefined ? [] : [{ name: 'INVALID_FIELD', field, detail }]

const NAME_POINTS_MAX = 200

function readName(value: string): { text?: string; problem?: string } {
  const read = readText(value, NAME_POINTS_MAX)
  if ('problem' in read) return read
  const text = read.text.trim()
  return text === '' ? { problem: 'is empty' } : { text }
}

/** Undefined: the login is taken. */
async function make(tx: Db, ready: Ready, by: Author): Promise<number | undefined> {
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

const TAKEN = refuseField('/login', 'this login is taken')
const NO_TEAM = refuseField('/teams', 'one of the teams was deleted meanwhile')

export async function addOperator(pool: Pool, asked: NewOperator, by: Author): Promise<Result<OperatorRow>> {
  const ready = await prepare(asked, whoseOf(by.actor))
  if (ready.refusal) return ready
  return pool.transaction(async (tx) => {
    await lockOperators(tx)
    if (!(await keepTeams(tx, asked.team_ids))) return NO_TEAM
    const operator_id = await make(tx, ready.ok, by)
    return operator_id === undefined ? TAKEN : ok((await operatorById(tx, SEES_ALL, operator_id))!)
  })
}

/** The code of a start message, which makes the first admin: 60 random bits that are easy to type. */
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

const WRONG_CODE = refuseField(
  '/code',
  'is not the code that Leadline showed when it started; a restart shows a new one',
)

/** The first operator of an installation, an admin, signed in. */
export async function addFirstOperator(
  pool: Pool,
  asked: Omit<NewOperator, 'role' | 'team_ids'>,
  code: string,
  request_id: string,
): Promise<Result<SignedIn>> {
  // Before the password is hashed, which is costly: nobody without a code can ask for that.
  if (!(await isSetupCode(pool, hashCode(code)))) return (await operatorsExist(pool)) ? LATE : WRONG_CODE
  // The holder of a code does not wait behind strangers.
  const ready = await prepare({ ...asked, role: 'admin', team_ids: [] }, whoseOf('the first operator'))
  return ready.refusal ? ready : makeFirst(pool, ready.ok, request_id)
}

const LATE = refuse('UNAUTHORIZED', 'there is an operator by now: sign in')

/** Of many simultaneous attempts exactly one succeeds. */
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
  by: Author,
  sight: Sight,
): Promise<Result<OperatorRow>> {
  const { password } = patch
  const name = patch.name === undefined ? {} : readName(patch.name)
  if (name.problem !== undefined) return refuseField('/name', name.problem)
  const weakness = password === undefined ? undefined : passwordProblem(password, login)
  if (weakness !== undefined) return refuseField('/password', weakness)
  const hashed = password === undefined ? undefined : await hashInTurn(whoseOf(by.actor), password)
  if (hashed?.refusal) return hashed
  const change = { name: name.text, role: patch.role, password_hash: hashed?.ok, disabled: patch.disabled }
  return pool.transaction(async (tx) => {
    await lockOperators(tx)
    const before = known(await operatorById(tx, sight, operator_id), `operator ${operator_id}`)
    if (before.refusal) return before
    const last = isFullAdmin(before.ok) && (await adminsBeside(tx, operator_id)) === 0
    const field = last ? losingField(patch) : undefined
    if (field) return refuseField(field, 'this is the last admin who sees every team: make another one first')
    if (patch.team_ids && !(await keepTeams(tx, patch.team_ids))) return NO_TEAM
    await changeOperator(tx, operator_id, change)
    if (patch.team_ids) await setOperatorTeams(tx, operator_id, patch.team_ids)
    // A changed password or a disabled operator ends all sessions at once, on every server.
    if (hashed || patch.disabled) await endSessionsOf(tx, operator_id)
    if (hashed) {
      await clearSignIns(tx, loginKey(login))
      await forgetDevices(tx, operator_id)
    }
    for (const [action, details] of deedsOf(patch, before.ok))
      await audit(tx, { ...by, action, subject: `operator:${operator_id}`, details })
    return ok((await operatorById(tx, SEES_ALL, operator_id))!)
  })
}

/** An enabled admin who sees every team can do everything; there must always be one. */
const isFullAdmin = ({ role, teams, disabled }: OperatorRow) =>
  role === 'admin' && teams.length === 0 && !disabled

/** The part of a patch that takes this away from an operator. */
function losingField({ role, disabled, team_ids = [] }: OperatorPatch): string | undefined {
  if (role !== undefined && role !== 'admin') return '/role'
  if (disabled) return '/disabled'
  return team_ids.length > 0 ? '/teams' : undefined
}

/** The audit entries of a change: they name the fields that changed, never a name or password itself. */
function deedsOf(
  { name, role, password, disabled, team_ids }: OperatorPatch,
  before: Pick<OperatorRow, 'role'>,
) {
  const deeds: [string, NonNullable<AuditEntry['details']>][] = []
  if (name !== undefined || role !== undefined || team_ids !== undefined)
    deeds.push([
      'operator.change',
      {
        fields: Object.entries({ name, role, teams: team_ids })
          .filter(({ 1: value }) => value !== undefined)
          .map(([field]) => field),
        ...(role ? { role } : {}),
        ...(role && role !== before.role ? { was: { role: before.role } } : {}),
        ...(team_ids ? { team_ids: [...team_ids] } : {}),
      },
    ])
  if (password !== undefined) deeds.push(['operator.password', {}])
  if (disabled !== undefined) deeds.push([disabled ? 'operator.disable' : 'operator.enable', {}])
  return deeds
}
