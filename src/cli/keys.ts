// `leadline keys`: API keys, straight in the database.

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { audit } from '../db/audit.ts'
import { createKey, type KeyRow, listKeys, revokeKey, SCOPES, type Scope } from '../db/keys.ts'
import { ensureTeam } from '../db/setup.ts'
import { hashKey } from '../http/auth.ts'
import { newKey } from './bootstrap.ts'
import { withDatabase } from './database.ts'
import { say, show, tell, UsageError } from './terminal.ts'

const CREATE_EXAMPLES = `
  leadline keys create --name "web form" --scope write
  leadline keys create --name "team east" --scope read --scope write --team East --expires 2027-06-30`
const LIST_EXAMPLES = `
  leadline keys list`
const REVOKE_EXAMPLES = `
  leadline keys revoke 3`
const examples = (...lines: string[]) => `Examples:${lines.join('')}\n`

const collect = (value: string, before: string[] = []) => [...before, value]

export function addKeysCommand(program: Command, config: () => Config): void {
  const keys = program
    .command('keys')
    .description('create, list and revoke API keys')
    .addHelpText('before', examples(CREATE_EXAMPLES, LIST_EXAMPLES, REVOKE_EXAMPLES))
  keys
    .command('create')
    .description('create a key; it is shown once and not kept')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--scope <scope>', `${SCOPES.join(', ')}; repeat for several (default: read and write)`, collect)
    .option('--team <team>', "only this team's templates; repeat for several (default: all)", collect)
    .option('--expires <time>', 'RFC 3339 time or date after which the key ends')
    .addHelpText('before', examples(CREATE_EXAMPLES))
    .action(
      async (
        options: { name: string; scope?: string[]; team?: string[]; expires?: string },
        command: Command,
      ) => {
        const scopes = readScopes(options.scope ?? ['read', 'write'])
        const expires_at = options.expires === undefined ? null : readTime(options.expires)
        const key = newKey()
        const row = await withDatabase(config(), (pool) =>
          pool.transaction(async (tx) => {
            const teams = options.team?.map((team) => ensureTeam(tx, team))
            const team_ids = teams ? await Promise.all(teams) : null
            const made = await createKey(tx, {
              name: options.name,
              hash: hashKey(key),
              scopes,
              team_ids,
              expires_at,
              created_by: 'system',
            })
            await audit(tx, {
              actor: 'system',
              action: 'key.create',
              subject: `key:${made!.key_id}`,
              details: { scopes },
            })
            return made!
          }),
        )
        const json = command.optsWithGlobals().json
        if (!json)
          say(
            `Key ${row.key_id} "${row.name}" (${row.scopes.join(', ')}). It is shown this once and not kept:`,
          )
        if (json) tell(JSON.stringify({ ...row, key }))
        else tell(key)
      },
    )
  keys
    .command('list')
    .description('list the keys; never the keys themselves')
    .addHelpText('before', examples(LIST_EXAMPLES))
    .action(async (_options, command: Command) => {
      const rows = await withDatabase(config(), listKeys)
      show(command.optsWithGlobals().json, rows, () =>
        rows.length > 0 ? rows.map(line).join('\n') : 'there are no keys',
      )
    })
  keys
    .command('revoke')
    .description('end a key; within a second it works nowhere')
    .addHelpText('before', examples(REVOKE_EXAMPLES))
    .argument('<id>', 'number of the key')
    .action(async (id: string, _options, command: Command) => {
      if (!/^[1-9]\d{0,8}$/.test(id))
        throw new UsageError('the number of a key, as "leadline keys list" shows it')
      const row = await withDatabase(config(), (pool) =>
        pool.transaction(async (tx) => {
          const revoked = await revokeKey(tx, Number(id))
          if (revoked) await audit(tx, { actor: 'system', action: 'key.revoke', subject: `key:${id}` })
          return revoked
        }),
      )
      if (!row) throw new UsageError(`there is no key ${id}`)
      show(command.optsWithGlobals().json, row, () => `key ${row.key_id} "${row.name}" is revoked`)
    })
}

function readScopes(scopes: string[]): Scope[] {
  for (const scope of scopes)
    if (!(SCOPES as readonly string[]).includes(scope))
      throw new UsageError(`there is no scope ${scope}: ${SCOPES.join(', ')}`)
  return [...new Set(scopes)] as Scope[]
}

function readTime(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new UsageError('--expires takes a date (2027-06-30) or an RFC 3339 time')
  if (time.getTime() <= Date.now()) throw new UsageError('--expires lies in the past')
  return time.toISOString()
}

function line(row: KeyRow): string {
  const state = row.revoked_at
    ? 'revoked'
    : row.expires_at && Date.parse(row.expires_at) <= Date.now()
      ? 'expired'
      : 'active'
  const used = row.last_used_at ? `last used ${row.last_used_at}` : 'never used'
  return `${row.key_id}\t${row.name}\t${row.scopes.join(',')}\t${state}\t${used}`
}
