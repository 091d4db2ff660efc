// `leadline keys`: manages API keys directly in the database.

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { SCOPE_TEXTS, SCOPES, type Scope } from '../core/access.ts'
import { FALLBACK_CHARSETS, type FallbackCharset } from '../core/charset.ts'
import type { Result } from '../core/result.ts'
import { isDate, readInstant } from '../core/times.ts'
import { type KeyRow, listKeys } from '../db/keys.ts'
import { SEES_ALL } from '../db/sight.ts'
import { ensureTeam } from '../db/teams.ts'
import { addKey, endKey, widenKey } from '../intake/keys.ts'
import { withDatabase } from './database.ts'
import { say, show, tell, UsageError } from './terminal.ts'

const CREATE_EXAMPLES = `
  leadline keys create --name "web form" --scope insert --allocation 1
  leadline keys create --name "crm" --scope write --scope read
  leadline keys create --name "old CRM" --scope insert --fallback-charset windows-1252
  leadline keys create --name "dialler east" --scope dial --team East --expires 2027-06-30`
const LIST_EXAMPLES = `
  leadline keys list`
const GRANT_EXAMPLES = `
  leadline keys grant 3 --scope supervise`
const REVOKE_EXAMPLES = `
  leadline keys revoke 3`
const examples = (...lines: string[]) => `Examples:${lines.join('')}\n`

const collect = (value: string, before: string[] = []) => [...before, value]

const SCOPE_HELP = `\nScopes:\n${SCOPES.map((scope) => `  ${scope.padEnd(10)} ${SCOPE_TEXTS[scope]}`).join('\n')}\n`

/** The command line may do everything: it reaches the database itself. */
const BY = { actor: 'system' }
const OWN = { scopes: ['admin'], team_ids: null } as const

interface NewKeyOptions {
  name: string
  scope?: string[]
  team?: string[]
  allocation?: string[]
  expires?: string
  fallbackCharset?: string
}

export function addKeysCommand(program: Command, config: () => Config): void {
  const keys = program
    .command('keys')
    .description('create, list, widen and revoke API keys')
    .addHelpText('before', examples(CREATE_EXAMPLES, LIST_EXAMPLES, GRANT_EXAMPLES, REVOKE_EXAMPLES))
  keys
    .command('create')
    .description('create a key; it is shown once and not kept')
    .requiredOption('--name <name>', 'what the key is for')
    .option(
      '--scope <scope>',
      'what it may do, see below; repeat for several (default: read, write)',
      collect,
    )
    .option('--team <team>', "only this team's templates; repeat for several (default: all)", collect)
    .option(
      '--allocation <id>',
      'only leads of this allocation, for insert and dial; repeat for several',
      collect,
    )
    .option('--expires <time>', 'RFC 3339 time or date after which the key ends')
    .option(
      '--fallback-charset <charset>',
      'charset of its bodies that are not UTF-8 and declare none: windows-1252 or iso-8859-1',
    )
    .addHelpText('before', examples(CREATE_EXAMPLES))
    .addHelpText('after', SCOPE_HELP)
    .action(async (options: NewKeyOptions, command: Command) => {
      const scopes = readScopes(options.scope ?? ['read', 'write'])
      const allocation_ids = options.allocation?.map((id) => readId(id, 'an allocation')) ?? null
      const expires_at = options.expires === undefined ? null : readTime(options.expires)
      const fallback_charset = readCharset(options.fallbackCharset)
      const { key, row } = await withDatabase(config(), (pool) =>
        pool.transaction(async (tx) => {
          const team_ids: number[] = []
          for (const team of options.team ?? []) team_ids.push(await ensureTeam(tx, team))
          const asked = {
            name: options.name,
            scopes,
            team_ids: team_ids.length > 0 ? team_ids : null,
            allocation_ids,
            expires_at,
            fallback_charset,
          }
          return orUsage(await addKey(tx, asked, BY, OWN))
        }),
      )
      const json = command.optsWithGlobals().json
      if (!json)
        say(`Key ${row.key_id} "${row.name}" (${row.scopes.join(', ')}). It is shown this once and not kept:`)
      if (json) tell(JSON.stringify({ ...row, key }))
      else tell(key)
    })
  keys
    .command('list')
    .description('list the keys; never the keys themselves')
    .addHelpText('before', examples(LIST_EXAMPLES))
    .action(async (_options, command: Command) => {
      const rows = await withDatabase(config(), (pool) => listKeys(pool, SEES_ALL))
      show(command.optsWithGlobals().json, rows, () =>
        rows.length > 0 ? rows.map(line).join('\n') : 'there are no keys',
      )
    })
  keys
    .command('grant')
    .description('let a key do more than before')
    .addHelpText('before', examples(GRANT_EXAMPLES))
    .argument('<id>', 'number of the key')
    .requiredOption('--scope <scope>', 'what it may do as well, see below; repeat for several', collect)
    .addHelpText('after', SCOPE_HELP)
    .action(async (id: string, options: { scope: string[] }, command: Command) => {
      const [key_id, scopes] = [readId(id, 'a key'), readScopes(options.scope)]
      const row = await withDatabase(config(), async (pool) =>
        orUsage(await widenKey(pool, key_id, scopes, BY)),
      )
      show(command.optsWithGlobals().json, row, () => line(row))
    })
  keys
    .command('revoke')
    .description('end a key; within a second it works nowhere')
    .addHelpText('before', examples(REVOKE_EXAMPLES))
    .argument('<id>', 'number of the key')
    .action(async (id: string, _options, command: Command) => {
      const key_id = readId(id, 'a key')
      const row = await withDatabase(config(), async (pool) =>
        orUsage(await endKey(pool, key_id, BY, SEES_ALL)),
      )
      show(command.optsWithGlobals().json, row, () => `key ${row.key_id} "${row.name}" is revoked`)
    })
}

function readId(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`"${text}" is not the number of ${what}`)
}

/** A refusal as a mistake of the caller. */
function orUsage<T>(outcome: Result<T>): T {
  if (!outcome.refusal) return outcome.ok
  const { errors, detail } = outcome.refusal
  throw new UsageError(errors?.map((one) => one.detail).join('; ') ?? detail)
}

function readScopes(scopes: string[]): Scope[] {
  for (const scope of scopes)
    if (!(SCOPES as readonly string[]).includes(scope))
      throw new UsageError(`there is no scope ${scope}: ${SCOPES.join(', ')}`)
  return [...new Set(scopes)] as Scope[]
}

function readCharset(text: string | undefined): FallbackCharset | null {
  const charset = FALLBACK_CHARSETS.find((one) => one === text?.toLowerCase())
  if (text !== undefined && charset === undefined)
    throw new UsageError(`--fallback-charset takes ${FALLBACK_CHARSETS.join(' or ')}`)
  return charset ?? null
}

function readTime(text: string): string {
  const read = readInstant(isDate(text) ? `${text}T00:00:00Z` : text)
  if ('problem' in read) throw new UsageError('--expires takes a date (2027-06-30) or an RFC 3339 time')
  if (Date.parse(read.at) <= Date.now()) throw new UsageError('--expires lies in the past')
  return read.at
}

function line(row: KeyRow): string {
  const state = row.revoked_at
    ? 'revoked'
    : row.expires_at && Date.parse(row.expires_at) <= Date.now()
      ? 'expired'
      : 'active'
  const bound = row.allocation_ids ? [`only allocations ${row.allocation_ids.join(',')}`] : []
  const charset = row.fallback_charset ? [`else ${row.fallback_charset}`] : []
  const former = row.former_scopes.length > 0 ? [formerTexts(row)] : []
  const used = row.last_used_at ? `last used ${row.last_used_at}` : 'never used'
  return [row.key_id, row.name, row.scopes.join(','), state, used, ...bound, ...charset, ...former].join('\t')
}

/** What a key did before scopes were split, and which command gives it back. */
export const formerTexts = ({ key_id, former_scopes }: KeyRow) =>
  `used to ${former_scopes.map((scope) => FORMER[scope] ?? scope).join(' and ')}; if that is meant: leadline keys grant ${key_id} ${former_scopes.map((scope) => `--scope ${scope}`).join(' ')}`

const FORMER: Partial<Record<Scope, string>> = {
  supervise: "forget leads, settle conflicts or change a campaign's do-not-call list",
  manage: 'change the private or client do-not-call list',
}
