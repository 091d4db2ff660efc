// A whole Leadline on a fresh database, spoken to through the SDK.

import { afterAll, expect, inject } from 'vitest'
import { type Server, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { LeadlineClient, type Target } from '../../src/client/client.ts'
import type { Scope } from '../../src/core/access.ts'
import type { Role } from '../../src/core/operator.ts'
import { createKey } from '../../src/db/keys.ts'
import { hashKey, newKey } from '../../src/intake/keys.ts'
import { createLog } from '../../src/log.ts'
import { expectFittingAnswers } from './answers.ts'
import { checkDatabase } from './check-database.ts'
import { type OperatorClient, signedInOperator } from './operator.ts'
import { type Connection, cloneDatabase, dropDatabase } from './postgres.ts'

/** The PostgreSQL versions that are here, oldest last. */
export const serverVersions = () => inject('servers').map(({ major }) => major)

export interface Options {
  major?: number
  connection?: Connection
  gate?: { slots?: number; queue_max?: number; wait_ms?: number }
  now?: () => string
  request_ms_max?: number
  connections_max?: number
  classic?: Partial<ServerOptions['classic']>
  actions?: Partial<ServerOptions['actions']>
  keep?: Partial<ServerOptions['keep']>
  web_folder?: string
  trusted_proxies?: string[]
  bootstrap_admin_password?: string
  public_hosts?: string[]
  embedded?: ServerOptions['embedded']
  has_loop_back?: boolean
  /** The tests write rows that the product would not: what the file leaves is not looked at. */
  damaged?: boolean
}

export interface Leadline extends Server {
  client: LeadlineClient
  key: string
  target: Target
  connection: Connection
  /** A new key of these scopes, teams and allocations. */
  keyWith: (
    scopes: readonly Scope[],
    team_ids?: number[] | null,
    allocation_ids?: number[] | null,
  ) => Promise<string>
  /** A client with such a key. */
  clientWith: (...bounds: Parameters<Leadline['keyWith']>) => Promise<LeadlineClient>
  /** A new operator of this role and these teams (names; none: every team), signed in, as a browser would ask. */
  asOperator: (role: Role, teams?: string[]) => Promise<OperatorClient>
}

/** Nothing goes by itself. */
const KEPT = {
  leads: null,
  conflicts: null,
  action_runs: null,
  pull_runs: null,
  import_rows: null,
  audit: null,
  dnc_rejects: null,
}

const KEY = `test_${'k'.repeat(40)}`

/** Starts a server on a fresh database (or the given one); it stops after the test file, and what it leaves must hold. */
export async function startLeadline(options: Options = {}): Promise<Leadline> {
  const found = inject('servers').find(({ major }) => major === (options.major ?? 18))
  if (!found) throw new Error(`there is no PostgreSQL ${options.major}`)
  const connection = options.connection ?? (await cloneDatabase(found.connection))
  const server = await startServer({
    connection,
    host: '127.0.0.1',
    port: 0,
    region: 'AU',
    bootstrap_api_key: KEY,
    bootstrap_admin_password: options.bootstrap_admin_password,
    public_hosts: options.public_hosts,
    gate: { slots: 512, queue_max: 2048, wait_ms: 60_000, ...options.gate },
    connections_max: options.connections_max ?? 5_000,
    actions: { concurrency: 10, private_hosts: [], smtp_url: null, mail_from: null, ...options.actions },
    keep: { ...KEPT, ...options.keep },
    classic: { statuses: {}, ...options.classic },
    log: createLog('warn'),
    now: options.now,
    request_ms_max: options.request_ms_max,
    web_folder: options.web_folder,
    has_loop_back: options.has_loop_back,
    embedded: options.embedded,
    trusted_proxies: options.trusted_proxies,
  })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= server.stop())
  afterAll(async () => {
    await stop()
    expectFittingAnswers()
    if (options.connection) return
    const violations = options.damaged ? [] : await checkDatabase(connection)
    await dropDatabase(connection)
    expect(violations).toEqual([])
  })
  const keyWith: Leadline['keyWith'] = async (scopes, team_ids = null, allocation_ids = null) => {
    const key = newKey()
    const bounds = { scopes, team_ids, allocation_ids }
    await createKey(server.pool, { name: 'test', hash: hashKey(key), ...bounds, created_by: 'system' })
    return key
  }
  const clientWith: Leadline['clientWith'] = async (...bounds) =>
    new LeadlineClient({ url: server.url, key: await keyWith(...bounds) })
  const client = new LeadlineClient({ url: server.url, key: KEY })
  const target = server.first_start ?? { template_id: 1, campaign_id: 1, allocation_id: 1 }
  const { template_id, campaign_id, allocation_id } = target
  return {
    ...server,
    stop,
    client,
    key: KEY,
    target: { template_id, campaign_id, allocation_id },
    connection,
    keyWith,
    clientWith,
    asOperator: (role, teams = []) => signedInOperator(server, role, teams),
  }
}

const FIRST_LINE = 10_000_000
let line = FIRST_LINE

/** An Australian mobile that no other call of this file gives. */
export const mobile = () => `04${line++}`

/** For a file whose numbers are shown: they are the same whatever ran before it. */
export const mobilesAgain = () => {
  line = FIRST_LINE
}
