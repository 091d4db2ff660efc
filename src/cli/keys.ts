// `leadline keys`: manages API keys directly in the database.

import type { Command } from 'commander'
import { SCOPE_TEXTS, SCOPES, type Scope } from '../core/access.ts'
import { FALLBACK_CHARSETS, type FallbackCharset } from '../core/charset.ts'
import { LIMITS } from '../core/limits.ts'
import { type KeyRow, listKeys } from '../db/keys.ts'
import type { Pool } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { addKeyOfTeams, endKey, type KeyChanger, patchKey, rotateKey, widenKey } from '../intake/keys.ts'
import { teamIds } from '../intake/teams.ts'
import { type Cli, collect, idOf, knownOf, orUsage, timeOf } from './cli.ts'
import { withDatabase } from './database.ts'
import { say, UsageError } from './terminal.ts'

/** The command line may do everything: it reaches the database itself. */
const BY = { actor: 'system' }
const OWN = { ...SEES_ALL, scopes: ['admin'], key_id: null } as const
const changer = (pool: Pool): KeyChanger => ({
  services: { pool, intake: { targets: { clear: () => undefined } } },
  caller: { ...OWN },
  by: BY,
  deadline: Infinity,
})

const SCOPE_HELP = `\nScopes:\n${SCOPES.map((scope) => `  ${scope.padEnd(10)} ${SCOPE_TEXTS[scope]}`).join('\n')}\n`

const readScope = knownOf('scope', SCOPES)
const readScopes = (text: string, before: Scope[] = []) => [...new Set([...before, readScope(text)])]
const readCharset = knownOf('charset', FALLBACK_CHARSETS)
const readAllocation = idOf('--allocation')
const readAllocations = (text: string, before?: number[] | false) => [...(before || []), readAllocation(text)]
const readFallback = (text: string) => readCharset(text.toLowerCase())
const readKeyId = idOf('the number of a key')

const readOverlap = (text: string) => {
  const overlap_s = Number(text)
  if (/^\d+$/.test(text) && overlap_s <= LIMITS.key_overlap_s_max) return overlap_s
  throw new UsageError(`--overlap takes seconds, at most ${LIMITS.key_overlap_s_max}`)
}

interface NewKeyOptions {
  name: string
  scope?: Scope[]
  team?: string[]
  allocation?: number[]
  expires?: string
  fallbackCharset?: FallbackCharset
}

/** False: the option that begins with --no. */
interface ChangeKeyOptions {
  name?: string
  scope?: Scope[]
  team?: string[] | false
  allocation?: number[] | false
  expires?: string | false
  fallbackCharset?: FallbackCharset | false
  dryRun?: true
}

const NAME = 'what the key is for'
const ALLOCATION = 'only leads of this allocation, for insert and dial; repeat for several'
const EXPIRES = 'RFC 3339 time or date after which the key ends'
const CHARSET = 'charset of its bodies that are not UTF-8 and declare none: windows-1252 or iso-8859-1'

export function addKeysCommand(cli: Cli): void {
  const { sub } = cli.group('keys', 'create, list, change, rotate and revoke API keys')
  const withId = (command: Command) => command.argument('<id>', 'number of the key', readKeyId)

  sub(
    'create',
    'create a key; it is shown once and not kept',
    'keys create --name "web form" --scope insert --allocation 1',
    'keys create --name "crm" --scope write --scope read',
    'keys create --name "old CRM" --scope insert --fallback-charset windows-1252',
    'keys create --name "dialler east" --scope dial --team East --expires 2027-06-30',
  )
    .requiredOption('--name <name>', NAME)
    .option(
      '--scope <scope>',
      'what it may do, see below; repeat for several (default: read, write)',
      readScopes,
    )
    .option('--team <team>', "only this team's templates; repeat for several (default: all)", collect)
    .option('--allocation <id>', ALLOCATION, readAllocations)
    .option('--expires <time>', EXPIRES, readExpiry)
    .option('--fallback-charset <charset>', CHARSET, readFallback)
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
  withId(
    sub(
      'change',
      'change what a key may do and when it ends; what is not named stays',
      'keys change 3 --scope insert --allocation 1',
      'keys change 3 --team East --expires 2027-06-30',
      'keys change 3 --no-team --no-expires --dry-run',
    ),
  )
    .option('--name <name>', NAME)
    .option('--scope <scope>', 'what it may do from now on, see below; repeat for several', readScopes)
    .option('--team <team>', "only this team's templates; repeat for several", collect)
    .option('--no-team', 'those of every team')
    .option('--allocation <id>', ALLOCATION, readAllocations)
    .option('--no-allocation', 'leads of every allocation')
    .option('--expires <time>', EXPIRES, readExpiry)
    .option('--no-expires', 'the key never ends')
    .option('--fallback-charset <charset>', CHARSET, readFallback)
    .option('--no-fallback-charset', 'as the installation says')
    .option('--dry-run', 'only try it')
    .addHelpText('after', SCOPE_HELP)
    .action(async (key_id: number, options: ChangeKeyOptions) => {
      const row = await withDatabase(cli.config(), async (pool) => {
        const change = changeOf(options, orUsage(await teamIds(pool, SEES_ALL, options.team || [])))
        if (Object.keys(change).length === 0) throw new UsageError('name what changes: see --help')
        const asked = { base_version: null, dry_run: options.dryRun ?? false }
        return patchKey(changer(pool), key_id, change, asked)
      })
      cli.show(orUsage(row), line)
    })
  withId(
    sub(
      'rotate',
      'make a key that replaces this one; it is shown once and not kept',
      'keys rotate 3',
      'keys rotate 3 --overlap 3600',
    ),
  )
    .option('--overlap <seconds>', 'for so long the old key works beside it (default: a day)', readOverlap)
    .action(async (key_id: number, { overlap: overlap_s }: { overlap?: number }) => {
      const made = await withDatabase(cli.config(), (pool) =>
        rotateKey(changer(pool), key_id, { overlap_s }, { base_version: null }),
      )
      const { key, row } = orUsage(made)
      if (!cli.json)
        say(`Key ${row.key_id} "${row.name}" follows key ${key_id}. It is shown this once and not kept:`)
      cli.show({ ...row, key }, () => key)
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

/** What the options name. `team_ids`: those of `--team`. */
const changeOf = (options: ChangeKeyOptions, team_ids: number[]) => ({
  ...(options.name !== undefined && { name: options.name }),
  ...(options.scope && { scopes: options.scope }),
  ...(options.team !== undefined && { team_ids: options.team ? team_ids : null }),
  ...(options.allocation !== undefined && { allocation_ids: options.allocation || null }),
  ...(options.expires !== undefined && { expires_at: options.expires || null }),
  ...(options.fallbackCharset !== undefined && { fallback_charset: options.fallbackCharset || null }),
})

function readExpiry(text: string): string {
  const at = timeOf('--expires')(text)
  if (Date.parse(at) <= Date.now()) throw new UsageError('--expires lies in the past')
  return at
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
    ...(row.follows ? [`follows ${row.follows}`] : []),
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
