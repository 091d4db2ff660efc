// `leadline keys`: manages API keys directly in the database.

import type { Command } from 'commander'
import { SCOPE_TEXTS, SCOPES, type Scope } from '../core/access.ts'
import { FALLBACK_CHARSETS, type FallbackCharset } from '../core/charset.ts'
import { isDate, readInstant } from '../core/times.ts'
import { type KeyRow, listKeys } from '../db/keys.ts'
import { SEES_ALL } from '../db/sight.ts'
import { addKeyOfTeams, endKey, widenKey } from '../intake/keys.ts'
import { type Cli, collect, EXPIRES_TAKES, idOf, knownOf, orUsage } from './cli.ts'
import { withDatabase } from './database.ts'
import { say, UsageError } from './terminal.ts'

/** The command line may do everything: it reaches the database itself. */
const BY = { actor: 'system' }
const OWN = { scopes: ['admin'], team_ids: null } as const

const SCOPE_HELP = `\nScopes:\n${SCOPES.map((scope) => `  ${scope.padEnd(10)} ${SCOPE_TEXTS[scope]}`).join('\n')}\n`

const readScope = knownOf('scope', SCOPES)
const readScopes = (text: string, before: Scope[] = []) => [...new Set([...before, readScope(text)])]
const readCharset = knownOf('charset', FALLBACK_CHARSETS)
const readAllocation = idOf('--allocation')
const readKeyId = idOf('the number of a key')

interface NewKeyOptions {
  name: string
  scope?: Scope[]
  team?: string[]
  allocation?: number[]
  expires?: string
  fallbackCharset?: FallbackCharset
}

export function addKeysCommand(cli: Cli): void {
  const { sub } = cli.group('keys', 'create, list, widen and revoke API keys')
  const withId = (command: Command) => command.argument('<id>', 'number of the key', readKeyId)

  sub(
    'create',
    'create a key; it is shown once and not kept',
    'keys create --name "web form" --scope insert --allocation 1',
    'keys create --name "crm" --scope write --scope read',
    'keys create --name "old CRM" --scope insert --fallback-charset windows-1252',
    'keys create --name "dialler east" --scope dial --team East --expires 2027-06-30',
  )
    .requiredOption('--name <name>', 'what the key is for')
    .option(
      '--scope <scope>',
      'what it may do, see below; repeat for several (default: read, write)',
      readScopes,
    )
    .option('--team <team>', "only this team's templates; repeat for several (default: all)", collect)
    .option(
      '--allocation <id>',
      'only leads of this allocation, for insert and dial; repeat for several',
      (text, before: number[] = []) => [...before, readAllocation(text)],
    )
    .option('--expires <time>', 'RFC 3339 time or date after which the key ends', readExpiry)
    .option(
      '--fallback-charset <charset>',
      'charset of its bodies that are not UTF-8 and declare none: windows-1252 or iso-8859-1',
      (text) => readCharset(text.toLowerCase()),
    )
    .addHelpText('after', SCOPE_HELP)
    .action(async (options: NewKeyOptions) => {
      const { name, scope = ['read', 'write'], team = [], allocation, expires, fallbackCharset } = options
      const asked = {
        name,
        scopes: scope,
        teams: team,
        allocation_ids: allocation ?? null,
        expires_at: expires ?? null,
        fallback_charset: fallbackCharset ?? null,
      }
      const made = await withDatabase(cli.config(), (pool) => addKeyOfTeams(pool, asked, BY, OWN))
      const { key, row } = orUsage(made)
      if (!cli.json)
        say(`Key ${row.key_id} "${row.name}" (${row.scopes.join(', ')}). It is shown this once and not kept:`)
      cli.show({ ...row, key }, () => key)
    })
  sub('list', 'list the keys; never the keys themselves', 'keys list').action(async () => {
    const rows = await withDatabase(cli.config(), (pool) => listKeys(pool, SEES_ALL))
    cli.show(rows, () => (rows.length > 0 ? rows.map(line) : 'there are no keys'))
  })
  withId(sub('grant', 'let a key do more than before', 'keys grant 3 --scope supervise'))
    .requiredOption('--scope <scope>', 'what it may do as well, see below; repeat for several', readScopes)
    .addHelpText('after', SCOPE_HELP)
    .action(async (key_id: number, { scope }: { scope: Scope[] }) => {
      const row = await withDatabase(cli.config(), (pool) => widenKey(pool, key_id, scope, BY))
      cli.show(orUsage(row), line)
    })
  withId(sub('revoke', 'end a key; within a second it works nowhere', 'keys revoke 3')).action(
    async (key_id: number) => {
      const row = await withDatabase(cli.config(), (pool) => endKey(pool, key_id, BY, SEES_ALL))
      cli.show(orUsage(row), ({ name }) => `key ${key_id} "${name}" is revoked`)
    },
  )
}

function readExpiry(text: string): string {
  const read = readInstant(isDate(text) ? `${text}T00:00:00Z` : text)
  if ('problem' in read) throw new UsageError(EXPIRES_TAKES)
  if (Date.parse(read.at) <= Date.now()) throw new UsageError('--expires lies in the past')
  return read.at
}

function line(row: KeyRow): string {
  const expired = row.expires_at && Date.parse(row.expires_at) <= Date.now()
  return [
    row.key_id,
    row.name,
    row.scopes.join(','),
    row.revoked_at ? 'revoked' : expired ? 'expired' : 'active',
    row.last_used_at ? `last used ${row.last_used_at}` : 'never used',
    ...(row.allocation_ids ? [`only allocations ${row.allocation_ids.join(',')}`] : []),
    ...(row.fallback_charset ? [`else ${row.fallback_charset}`] : []),
    ...(row.former_scopes.length > 0 ? [formerTexts(row)] : []),
  ].join('\t')
}

/** Says what a key could do before scopes were split, and the command that gives it back. */
export const formerTexts = ({ key_id, former_scopes }: KeyRow) =>
  `used to ${former_scopes.map((scope) => FORMER[scope] ?? scope).join(' and ')}; if that is meant: leadline keys grant ${key_id} ${former_scopes.map((scope) => `--scope ${scope}`).join(' ')}`

const FORMER: Partial<Record<Scope, string>> = {
  supervise: "forget leads, settle conflicts or change a campaign's do-not-call list",
  manage: 'change the private or client do-not-call list',
}
