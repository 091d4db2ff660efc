// `leadline operators`: manages operators directly in the database, so it works even when no admin can sign in.

import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { foldLogin, ROLES, type Role } from '../core/operator.ts'
import { credentialsOf, listOperators, type OperatorRow, operatorById } from '../db/operators.ts'
import { SEES_ALL } from '../db/sight.ts'
import { ensureTeam } from '../db/teams.ts'
import { addOperator, type OperatorPatch, patchOperator } from '../intake/operators.ts'
import { type Cli, collect, knownOf, orUsage } from './cli.ts'
import { withDatabase } from './database.ts'
import { say, UsageError } from './terminal.ts'

const PASSWORD_STDIN = ['--password-stdin', 'read the password from stdin, its first line'] as const
const BY = { actor: 'system' }

interface PasswordOptions {
  passwordStdin?: boolean
}

interface NewOperatorOptions extends PasswordOptions {
  login: string
  name: string
  role: Role
  team?: string[]
}

export function addOperatorsCommand(cli: Cli): void {
  const { sub } = cli.group(
    'operators',
    'create, list, disable and enable the people who sign in, and reset their passwords',
  )
  const change = (login: string, patch: OperatorPatch): Promise<OperatorRow> =>
    withDatabase(cli.config(), async (pool) => {
      const found = await credentialsOf(pool, foldLogin(login))
      if (!found) throw new UsageError(`there is no operator ${login}`)
      const { operator_id } = found
      orUsage(await patchOperator(pool, { operator_id, login }, patch, BY, SEES_ALL))
      return (await operatorById(pool, SEES_ALL, operator_id))!
    })
  const showWithPassword = (row: OperatorRow, { password, made }: Password, done: string) => {
    if (made && !cli.json) say(`${label(row)} ${done}. The password is shown this once and not kept:`)
    cli.show(made ? { ...row, password } : row, () => (made ? password : `${label(row)} ${done}`))
  }
  const passwordOf = ({ passwordStdin }: PasswordOptions) =>
    readPassword(cli.config().operator_password, passwordStdin)

  sub(
    'create',
    'create an operator; a password that is made here is shown once and not kept',
    'operators create --login jane --name "Jane Smith" --role admin',
    'operators create --login ana --name "Ana Silva" --role agent --team East --password-stdin < password.txt',
  )
    .requiredOption('--login <login>', 'what they sign in with; an e-mail address will do')
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--role <role>', ROLES.join(', '), knownOf('role', ROLES))
    .option('--team <team>', "only this team's leads; repeat for several (default: every team)", collect)
    .option(...PASSWORD_STDIN)
    .action(async (options: NewOperatorOptions) => {
      const { login, name, role, team = [] } = options
      const password = await passwordOf(options)
      const row = await withDatabase(cli.config(), async (pool) => {
        const team_ids: number[] = []
        for (const one of team) team_ids.push(await ensureTeam(pool, one))
        return orUsage(
          await addOperator(pool, { login, name, role, password: password.password, team_ids }, BY),
        )
      })
      showWithPassword(row, password, 'is created')
    })
  sub('list', 'list the operators', 'operators list').action(async () => {
    const rows = await withDatabase(cli.config(), (pool) => listOperators(pool, SEES_ALL))
    cli.show(rows, () => (rows.length > 0 ? rows.map(line) : 'there are no operators'))
  })
  const one = (name: string, description: string) =>
    sub(name, description, `operators ${name} jane`).argument('<login>', 'of the operator')
  one('reset', 'set a new password; the operator is signed out everywhere, and delays after wrong ones end')
    .option(...PASSWORD_STDIN)
    .action(async (login: string, options: PasswordOptions) => {
      const password = await passwordOf(options)
      const row = await change(login, { password: password.password })
      showWithPassword(row, password, 'has a new password')
    })
  one('disable', 'shut an operator out; within a second no session works any more').action(
    async (login: string) =>
      cli.show(await change(login, { disabled: true }), (row) => `${label(row)} is disabled`),
  )
  one('enable', 'let a disabled operator sign in again').action(async (login: string) =>
    cli.show(await change(login, { disabled: false }), (row) => `${label(row)} is enabled`),
  )
}

interface Password {
  password: string
  /** Here, so that it must be shown. */
  made: boolean
}

/** From stdin when asked for, else of the environment, else made here. An argument would be in the list of processes. */
async function readPassword(operator_password: string | null, stdin = false): Promise<Password> {
  if (stdin) {
    const [password = ''] = (await text(process.stdin)).split(/\r?\n/)
    if (password === '') throw new UsageError('there is no password on stdin')
    return { password, made: false }
  }
  if (operator_password !== null) return { password: operator_password, made: false }
  return { password: randomBytes(15).toString('base64url'), made: true }
}

const label = ({ operator_id, login, role }: OperatorRow) => `operator ${operator_id} ${login} (${role})`

function line({ operator_id, login, name, role, teams, disabled, last_seen_at }: OperatorRow): string {
  const sees = teams.length > 0 ? teams.join(',') : 'every team'
  const seen = last_seen_at ? `last seen ${last_seen_at}` : 'never seen'
  return [operator_id, login, name, role, sees, disabled ? 'disabled' : 'active', seen].join('\t')
}
