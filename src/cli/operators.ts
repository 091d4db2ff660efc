// `leadline operators`: manages operators directly in the database, so it works even when no admin can sign in.

import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { foldLogin, ROLES, type Role } from '../core/operator.ts'
import type { Result } from '../core/result.ts'
import { credentialsOf, listOperators, type OperatorRow, operatorById } from '../db/operators.ts'
import type { Pool } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { ensureTeam } from '../db/teams.ts'
import { addOperator, type OperatorPatch, patchOperator } from '../intake/operators.ts'
import { jsonOf } from './answer.ts'
import { withDatabase } from './database.ts'
import { say, show, UsageError } from './terminal.ts'

const EXAMPLES = {
  create: `
  leadline operators create --login jane --name "Jane Smith" --role admin
  leadline operators create --login ana --name "Ana Silva" --role agent --team East --password-stdin < password.txt`,
  list: `
  leadline operators list`,
  reset: `
  leadline operators reset jane`,
  disable: `
  leadline operators disable jane`,
  enable: `
  leadline operators enable jane`,
}
const examples = (...lines: string[]) => `Examples:${lines.join('')}\n`
const PASSWORD_STDIN = ['--password-stdin', 'read the password from stdin, its first line'] as const
const BY = { actor: 'system' }

const collect = (value: string, before: string[] = []) => [...before, value]

interface NewOperatorOptions {
  login: string
  name: string
  role: string
  team?: string[]
  passwordStdin?: boolean
}

export function addOperatorsCommand(program: Command, config: () => Config): void {
  const operators = program
    .command('operators')
    .description('create, list, disable and enable the people who sign in, and reset their passwords')
    .addHelpText('before', examples(...Object.values(EXAMPLES)))
  operators
    .command('create')
    .description('create an operator; a password that is made here is shown once and not kept')
    .requiredOption('--login <login>', 'what they sign in with; an e-mail address will do')
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--role <role>', ROLES.join(', '))
    .option('--team <team>', "only this team's leads; repeat for several (default: every team)", collect)
    .option(...PASSWORD_STDIN)
    .addHelpText('before', examples(EXAMPLES.create))
    .action(async (options: NewOperatorOptions, command: Command) => {
      const role = readRole(options.role)
      const { password, made } = await readPassword(config(), options.passwordStdin)
      const row = await withDatabase(config(), async (pool) => {
        const team_ids: number[] = []
        for (const team of options.team ?? []) team_ids.push(await ensureTeam(pool, team))
        const { login, name } = options
        return orUsage(await addOperator(pool, { login, name, role, password, team_ids }, BY))
      })
      showWithPassword(row, made ? password : null, command, `${label(row)} is created`)
    })
  operators
    .command('list')
    .description('list the operators')
    .addHelpText('before', examples(EXAMPLES.list))
    .action(async (_options, command: Command) => {
      const rows = await withDatabase(config(), (pool) => listOperators(pool, SEES_ALL))
      show(jsonOf(command), rows, () =>
        rows.length > 0 ? rows.map(line).join('\n') : 'there are no operators',
      )
    })
  operators
    .command('reset')
    .description('set a new password; the operator is signed out everywhere, and delays after wrong ones end')
    .argument('<login>', 'of the operator')
    .option(...PASSWORD_STDIN)
    .addHelpText('before', examples(EXAMPLES.reset))
    .action(async (login: string, options: { passwordStdin?: boolean }, command: Command) => {
      const { password, made } = await readPassword(config(), options.passwordStdin)
      const row = await withDatabase(config(), (pool) => change(pool, login, { password }))
      showWithPassword(row, made ? password : null, command, `${label(row)} has a new password`)
    })
  for (const deed of ['disable', 'enable'] as const)
    operators
      .command(deed)
      .description(
        deed === 'disable'
          ? 'shut an operator out; within a second no session works any more'
          : 'let a disabled operator sign in again',
      )
      .argument('<login>', 'of the operator')
      .addHelpText('before', examples(EXAMPLES[deed]))
      .action(async (login: string, _options, command: Command) => {
        const disabled = deed === 'disable'
        const row = await withDatabase(config(), (pool) => change(pool, login, { disabled }))
        show(jsonOf(command), row, () => `${label(row)} is ${deed}d`)
      })
}

async function change(pool: Pool, login: string, patch: OperatorPatch): Promise<OperatorRow> {
  const found = await credentialsOf(pool, foldLogin(login))
  if (!found) throw new UsageError(`there is no operator ${login}`)
  const { operator_id } = found
  orUsage(await patchOperator(pool, { operator_id, login }, patch, BY, SEES_ALL))
  return (await operatorById(pool, SEES_ALL, operator_id))!
}

function readRole(role: string): Role {
  const found = ROLES.find((known) => known === role)
  if (!found) throw new UsageError(`there is no role ${role}: ${ROLES.join(', ')}`)
  return found
}

/** From stdin when asked for, else of the environment, else made here. An argument would stand in the list of processes. */
async function readPassword(
  { operator_password }: Config,
  stdin = false,
): Promise<{ password: string; made: boolean }> {
  if (stdin) {
    const [password = ''] = (await text(process.stdin)).split(/\r?\n/)
    if (password === '') throw new UsageError('there is no password on stdin')
    return { password, made: false }
  }
  if (operator_password !== null) return { password: operator_password, made: false }
  return { password: randomBytes(15).toString('base64url'), made: true }
}

/** A refusal as a mistake of the caller: which part is wrong, and why. */
function orUsage<T>(outcome: Result<T>): T {
  if (!outcome.refusal) return outcome.ok
  const { errors, detail } = outcome.refusal
  throw new UsageError(errors?.map((one) => `the ${one.field.slice(1)}: ${one.detail}`).join('; ') ?? detail)
}

function showWithPassword(row: OperatorRow, password: string | null, command: Command, done: string): void {
  const json = jsonOf(command)
  if (password !== null && !json) say(`${done}. The password is shown this once and not kept:`)
  show(json, password === null ? row : { ...row, password }, () => password ?? done)
}

const label = ({ operator_id, login, role }: OperatorRow) => `operator ${operator_id} ${login} (${role})`

function line({ operator_id, login, name, role, teams, disabled, last_seen_at }: OperatorRow): string {
  const sees = teams.length > 0 ? teams.join(',') : 'every team'
  const seen = last_seen_at ? `last seen ${last_seen_at}` : 'never seen'
  return [operator_id, login, name, role, sees, disabled ? 'disabled' : 'active', seen].join('\t')
}
