// The only place that knows the driver: named statements, transactions, and what a lost connection means.

import pg from 'pg'
import { again, type Retry, sqlState } from './again.ts'
import { type None, numberedValues, type Statement } from './statement.ts'

/** Where a statement can run: the pool (its own transaction) or a transaction. */
export interface Db {
  /** The clock that statements go by, RFC 3339; null: that of the database, which all processes share. */
  readonly now: string | null
  query<Params extends object, Row extends object>(
    statement: Statement<Params, Row>,
    ...params: keyof Params extends never ? [] : [NoInfer<Params>]
  ): Promise<Row[]>
}

/** Where transactions can begin: the pool, or a transaction, of which each is a part. */
export interface Transactions extends Db {
  transaction: <T>(work: (tx: Db) => Promise<T>, options?: Retry) => Promise<T>
}

/** Asks one connection. */
const dbOn = (client: pg.ClientBase, now: string | null): Db => ({
  now,
  query: async (statement: Statement, params: object = {}) =>
    run(client, statement, numberedValues(statement, params, now)),
})

/** The database could not answer. `unknown`: the connection died while a statement ran, so it may have committed. */
export class DatabaseUnavailable extends Error {
  readonly unknown: boolean
  constructor(unknown: boolean, cause: unknown) {
    super(unknown ? 'the connection was lost while a statement ran' : 'the database cannot be reached', {
      cause,
    })
    this.unknown = unknown
  }
}

/** Does the rest of a deed whose first part has committed: when the database refuses it, the whole is unknown. */
export async function behindCommit<T>(rest: () => Promise<T>): Promise<T> {
  try {
    return await rest()
  } catch (error) {
    const is_database = error instanceof DatabaseUnavailable || sqlState(error) !== undefined
    throw is_database ? new DatabaseUnavailable(true, error) : error
  }
}

export interface PoolOptions {
  /** `postgres://…`, or where an embedded server listens. */
  connection: string | { host: string; port: number; user: string; database: string }
  connections_max?: number
  /** Longest run of one statement, locks included, milliseconds. */
  statement_ms_max?: number
  /** Longest wait for one lock, milliseconds. */
  lock_ms_max?: number
  onError?: (error: Error) => void
  /** A clock instead of the database's: for tests that let days pass. */
  now?: () => string
  /** The label of the pool's metrics. */
  name?: string
  /** Called with each pool that these options make. */
  onPool?: (pool: Pool) => void
}

/** The load of a pool. */
export interface Load {
  busy: number
  idle: number
  /** Callers that wait for a connection. */
  waiting: number
  /** Seconds that all callers have waited for a connection. */
  waited_s: number
  /** Connections that died. */
  lost: number
}

const STATEMENT_MS_MAX = 15_000
/** A lock that takes longer belongs to a transaction that is stuck. */
const LOCK_MS_MAX = 2_000
/** How long a request waits for a connection before it is told that the database is away. */
const CONNECT_MS_MAX = 5_000
/** Whatever limits the server has: the last of them came with PostgreSQL 17. */
const NO_LIMITS = `/* pool.noLimits */ select set_config(name, '0', false) from pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
    'idle_session_timeout', 'transaction_timeout')`
/** A session that lasts is asked often and for little: if it takes longer, it is lost, milliseconds. */
const LASTING_MS_MAX = 2_000
/** The server ends a statement at its own limit; past that the network is gone and the connection is thrown away. */
const SILENCE_MS = 5_000

const { types } = pg
const parsers = new Map<number, (text: string) => unknown>([
  // Every bigint of ours is an E.164 number, an id or a count: exact in a double.
  [types.builtins.INT8, Number],
  [types.builtins.TIMESTAMPTZ, (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z')],
  [types.builtins.TIMESTAMP, (text) => text.replace(' ', 'T')],
  [1016, (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number))],
])

export class Pool implements Db {
  readonly #pool: pg.Pool
  readonly #where: pg.ClientConfig
  readonly #now: (() => string) | undefined
  readonly name: string
  #waited_ms = 0
  #lost = 0
  /** Names of the statements that ran: a test compares them with the declared ones. */
  static readonly executed = new Set<string>()

  constructor(options: PoolOptions) {
    const statement_ms = options.statement_ms_max ?? STATEMENT_MS_MAX
    const { connection, lock_ms_max = LOCK_MS_MAX } = options
    this.#now = options.now
    this.name = options.name ?? 'other'
    this.#where = {
      ...(typeof connection === 'string' ? { connectionString: connection } : connection),
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
      application_name: 'leadline',
    }
    this.#pool = new pg.Pool({
      ...this.#where,
      max: options.connections_max ?? 16,
      query_timeout: statement_ms + SILENCE_MS,
      types: {
        getTypeParser: ((oid: number, format: 'text') =>
          parsers.get(oid) ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
      },
    })
    // Batch statements take one JSON parameter, so a plan made for these values is no better than the generic
    // one, and planning them costs more than running them. A plan made while a table was empty may live until the
    // next analyze: without sequential scans it is right for the full table too.
    // Two defaults of a server would break promises: an answer before the disk has it, and statements of a
    // transaction that do not see what was committed while they waited for a lock (claims would not pass on).
    const settings = `set statement_timeout = ${statement_ms}; set lock_timeout = ${lock_ms_max};
      set idle_in_transaction_session_timeout = ${statement_ms * 2}; set plan_cache_mode = force_generic_plan;
      set jit = off; set enable_seqscan = off; set timezone = 'UTC'; set client_min_messages = warning;
      set default_transaction_isolation = 'read committed';
      select set_config('synchronous_commit', 'on', false)
      where current_setting('synchronous_commit') = 'off'`
    this.#pool.on('connect', (client) => {
      client.query(settings).catch(() => undefined)
      client.on('error', () => undefined)
    })
    // Without a listener an idle connection that dies would end the process.
    this.#pool.on('error', (error) => {
      this.#lost++
      options.onError?.(error)
    })
    options.onPool?.(this)
  }

  get load(): Load {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return {
      busy: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount,
      waited_s: this.#waited_ms / 1_000,
      lost: this.#lost,
    }
  }

  get now(): string | null {
    return this.#now?.() ?? null
  }

  query<Params extends object, Row extends object>(
    statement: Statement<Params, Row>,
    ...params: keyof Params extends never ? [] : [NoInfer<Params>]
  ): Promise<Row[]>
  async query(statement: Statement, params: object = {}): Promise<never[]> {
    const values = numberedValues(statement, params, this.now)
    const client = await this.#connect()
    try {
      const rows = await run(client, statement, values)
      client.release()
      return rows
    } catch (error) {
      this.#giveBack(client, error instanceof DatabaseUnavailable)
      throw error
    }
  }

  /**
   * Runs `work` in one transaction; commits when it returns, rolls back when it throws. With `options` it does so again
   * when another transaction was in the way.
   */
  transaction<T>(work: (tx: Db) => Promise<T>, options?: Retry): Promise<T> {
    return options ? again(() => this.#once(work), options) : this.#once(work)
  }

  async #once<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    let broken = false
    let committing = false
    try {
      await run(client, BEGIN, [])
      const result = await work(dbOn(client, this.now))
      committing = true
      const ended = await ask(client, COMMIT, [])
      // A transaction whose failure `work` swallowed is rolled back by a commit that reports no error.
      if (ended.command !== 'COMMIT') throw new Error('a failed transaction cannot be committed')
      return result
    } catch (error) {
      broken = error instanceof DatabaseUnavailable
      if (!broken) await run(client, ROLLBACK, []).catch(() => (broken = true))
      // Lost before COMMIT was sent, it rolls back: certainly nothing was written. Lost after that, nobody knows,
      // whatever the last words of the server were.
      if (error instanceof DatabaseUnavailable) throw new DatabaseUnavailable(committing, error)
      throw error
    } finally {
      this.#giveBack(client, broken)
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const began = performance.now()
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw new DatabaseUnavailable(false, error)
    } finally {
      this.#waited_ms += performance.now() - began
    }
  }

  #giveBack(client: pg.PoolClient, broken: boolean): void {
    if (broken) this.#lost++
    client.release(broken)
  }

  /** A connection of its own, without time limits, for migrations and session locks, which a pool cannot do. */
  async session<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#open()
    try {
      await client.query(NO_LIMITS)
      return await work(client)
    } finally {
      await client.end()
    }
  }

  /** Opens a session that lasts, for a lock that ends with it. `onLost`: it has ended, and so has the lock. */
  async lasting(onLost: () => void): Promise<Db & { end: () => Promise<void> }> {
    const client = await this.#open({
      connectionTimeoutMillis: LASTING_MS_MAX,
      query_timeout: LASTING_MS_MAX,
      application_name: 'leadline alive',
    })
    client.once('end', onLost)
    return { ...dbOn(client, this.now), end: () => client.end() }
  }

  async #open(config: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...this.#where, ...config })
    client.on('error', () => undefined)
    try {
      await client.connect()
    } catch (error) {
      throw new DatabaseUnavailable(false, error)
    }
    return client
  }

  /**
   * A pool of the driver itself, for the job queue, which brings its own statements. Its owner ends it.
   * `onError`: an idle connection died.
   */
  driver(connections_max: number, onError: () => void = () => {}): pg.Pool {
    const pool = new pg.Pool({
      ...this.#where,
      application_name: 'leadline jobs',
      max: connections_max,
      statement_timeout: STATEMENT_MS_MAX,
      query_timeout: STATEMENT_MS_MAX + SILENCE_MS,
    })
    pool.on('connect', (client) => client.on('error', () => undefined))
    pool.on('error', onError)
    return pool
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

/** Transactions that are parts of another one: what one of them did is taken back alone. For rehearsals. */
export const partsOf = (tx: Db): Transactions => ({
  ...tx,
  transaction: (work, options) => {
    const once = async () => {
      await tx.query(SAVEPOINT)
      try {
        return await work(tx)
      } catch (error) {
        await tx.query(ROLLBACK_PART)
        throw error
      }
    }
    return options ? again(once, options) : once()
  },
})

/** Statements that begin or end a transaction have no noun. */
const control = (name: string): Statement<None> => ({ name, sql: name, text: name, parameters: [] })

const BEGIN = control('begin')
const COMMIT = control('commit')
const ROLLBACK = control('rollback')
const SAVEPOINT = control('savepoint part')
const ROLLBACK_PART = control('rollback to savepoint part')

/** The rows are of the type that the statement carries. */
const run = async (client: pg.ClientBase, statement: Statement, values: unknown[]): Promise<never[]> =>
  (await ask(client, statement, values)).rows

async function ask(
  client: pg.ClientBase,
  { name, text }: Statement,
  values: unknown[],
): Promise<pg.QueryResult<never>> {
  Pool.executed.add(name)
  try {
    return await client.query<never>({ name, text, values })
  } catch (error) {
    if (await endsConnection(client, error))
      throw new DatabaseUnavailable(WRITES.test(text) && !ENDED_CLEANLY.has(sqlState(error) ?? ''), error)
    throw error
  }
}

/** A statement without any of these words has written nothing, whatever became of its connection. */
const WRITES = /\b(insert|update|delete|commit)\b/

/** 57P01: the backend ended at a safe point, so the statement did not commit. The others refuse a new connection. */
const ENDED_CLEANLY = new Set(['57P01', '57P03', '53300'])
const GONE = /^(08...|57P0[1-5]|53300)$/

/**
 * Whether the connection ends with this error. A driver's own error (reset, timeout) and a SQLSTATE of its end say so; so
 * do the severities PANIC and FATAL, whatever the SQLSTATE: a disk that fails below a commit gives 58030 or 53100, and
 * the commit may be on the disk. A server names severities in its own language: if the word is none that we know, only
 * asking the connection tells.
 */
async function endsConnection(client: pg.ClientBase, error: unknown): Promise<boolean> {
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error
  if (GONE.test(error.code ?? '')) return true
  if (error.severity === 'ERROR') return false
  if (error.severity === 'FATAL' || error.severity === 'PANIC') return true
  return client.query('/* pool.alive */ select 1').then(
    () => false,
    (answer) => !(answer instanceof pg.DatabaseError),
  )
}
