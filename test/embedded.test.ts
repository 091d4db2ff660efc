// The embedded PostgreSQL, with real clusters and real kills.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Embedded, EmbeddedError, findEmbedded, PRODUCT, startEmbedded } from '../src/db/embedded.ts'
import { binariesAt, packagedBinaries, usableBinaries } from '../src/embedded-postgres/binaries.ts'
import { chooseLayout } from '../src/embedded-postgres/layout.ts'

const ROOT = process.getuid?.() === 0
const LINUX = process.platform === 'linux'
const HOLDER = fileURLToPath(new URL('./fixtures/hold-embedded.ts', import.meta.url))

let base: string
let count = 0
const running = new Set<Embedded>()
const children = new Set<ChildProcess>()
const outside = new Set<string>()

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'll-')))
  // Under root another user has to get in.
  chmodSync(base, 0o711)
})

afterEach(async () => {
  for (const embedded of running) await embedded.stop()
  running.clear()
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  children.clear()
})

afterAll(async () => {
  // A failed test may have left these running.
  for (const name of readdirSync(base)) {
    const line = readOrEmpty(join(base, name, 'pg', 'postmaster.pid')).split('\n')[0]
    if (line) signal(Number(line), 'SIGQUIT')
  }
  for (const path of outside) rmSync(path, { recursive: true, force: true })
  if (outside.size > 0 && readdirSync('/var/lib/leadline').length === 0) rmdirSync('/var/lib/leadline')
  rmSync(base, { recursive: true, force: true, maxRetries: 5 })
})

const newDir = () => join(base, `d${++count}`)

async function start(data_dir: string, more: { onExit?: (detail: string) => void } = {}) {
  const said: string[] = []
  const embedded = await startEmbedded({ data_dir, say: (message) => said.push(message), ...more })
  running.add(embedded)
  return Object.assign(embedded, { said })
}

interface Report {
  pid?: number
  connection?: Embedded['connection']
  error?: string
}

/** Another process that starts the embedded PostgreSQL; what it reports, and the process. */
async function hold(data_dir: string) {
  const child = spawn(process.execPath, [HOLDER, data_dir], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const said: string[] = []
  createInterface(child.stderr!).on('line', (line) => said.push(line))
  const [line] = await Promise.race([
    once(createInterface(child.stdout!), 'line'),
    once(child, 'exit').then(() => ['{"error":"ended without a word"}']),
  ])
  const report = JSON.parse(line as string) as Report
  return { child, report, said }
}

async function killHard(child: ChildProcess) {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function sql<Row extends pg.QueryResultRow>(
  { connection }: { connection: Embedded['connection'] },
  text: string,
  values: unknown[] = [],
) {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Repeats until it does not throw; milliseconds that it took. */
async function untilWorks(attempt: () => Promise<unknown>, limitMs: number) {
  const since = performance.now()
  for (;;) {
    try {
      await attempt()
      return performance.now() - since
    } catch (error) {
      if (performance.now() - since > limitMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

function signal(pid: number, name: NodeJS.Signals | 0) {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/**
 * A process that has ended counts as gone even while nobody has collected its status (an orphan's, in a
 * container).
 */
function lives(pid: number) {
  if (!signal(pid, 0)) return false
  return !LINUX || !/^.*\) [ZX] /.test(readOrEmpty(`/proc/${pid}/stat`))
}

function readOrEmpty(path: string) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The pids of all processes that work in this cluster. */
const workersOf = (cluster: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && realpathSync(`/proc/${pid}/cwd`) === cluster
    } catch {
      return false
    }
  })

const mode = (path: string) => statSync(path).mode & 0o7777

describe('start and stop', () => {
  it('initialises once, keeps the data, and leaves no process', async () => {
    const dir = newDir()
    expect(await findEmbedded(dir)).toBeNull()
    const first = await start(dir)
    expect(first.said).toEqual([`initialising the database in ${join(dir, 'pg')}`])
    expect(await findEmbedded(dir)).toEqual(first.connection)
    expect(first.connection).toMatchObject({ user: 'leadline', database: 'leadline' })
    await sql(first, 'create table kept (number bigint)')
    await sql(first, 'insert into kept values (7)')
    if (LINUX) {
      // A session of its own: the sixth field of stat.
      const fields = readFileSync(`/proc/${first.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      expect(Number(fields[3])).toBe(first.pid)
    }
    const { pid } = first
    await Promise.all([first.stop(), first.stop()])
    await first.stop()
    expect(lives(pid)).toBe(false)
    if (LINUX) expect(workersOf(join(dir, 'pg'))).toEqual([])
    expect(await findEmbedded(dir)).toBeNull()

    const second = await start(dir)
    expect(second.said).toEqual([])
    expect(second.connection).toEqual(first.connection)
    expect(await sql(second, 'select * from kept')).toEqual([{ number: '7' }])
  })

  it('is set for durable, collation-stable, private work', async () => {
    const embedded = await start(newDir())
    const rows = await sql<{ name: string; setting: string }>(
      embedded,
      'select name, setting from pg_settings',
    )
    const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
    expect(settings).toMatchObject({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      wal_compression: 'off',
      data_checksums: 'on',
      jit: 'off',
      max_wal_size: '4096',
      checkpoint_timeout: '900',
      max_connections: '200',
      deadlock_timeout: '200',
      listen_addresses: '',
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
      log_statement: 'none',
      log_min_duration_statement: '-1',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
    })
    expect(Number(settings.shared_buffers) * 8192).toBeGreaterThanOrEqual(128 * 1024 * 1024)
    expect(Number(settings.shared_buffers) * 8192).toBeLessThanOrEqual(1024 * 1024 * 1024)
    const [database] = await sql(
      embedded,
      'select datlocprovider, datlocale from pg_database where datname = current_database()',
    )
    expect(database).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' })
    await expect(sql(embedded, "alter system set fsync = 'off'")).rejects.toThrow()
  })

  it('never writes personal data to its log, and moves a long log aside', async () => {
    const dir = newDir()
    mkdirSync(dir, { mode: 0o711 })
    writeFileSync(join(dir, 'pg.log'), 'x'.repeat(11 * 1024 * 1024))
    const embedded = await start(dir)
    await sql(
      embedded,
      'create table claims (campaign_id int, number bigint, primary key (campaign_id, number))',
    )
    const insert = 'insert into claims values ($1, $2)'
    await sql(embedded, insert, [1, '61491570156'])
    await expect(sql(embedded, insert, [1, '61491570156'])).rejects.toMatchObject({ code: '23505' })
    await expect(sql(embedded, insert, [1, '61491570156x'])).rejects.toMatchObject({ code: '22P02' })
    await expect(sql(embedded, "select '61491570156'::date")).rejects.toThrow()
    await embedded.stop()
    const log = readFileSync(join(dir, 'pg.log'), 'utf8')
    expect(log).toContain('database system is ready to accept connections')
    expect(log).not.toContain('61491570156')
    expect(statSync(join(dir, 'pg.log.1')).size).toBe(11 * 1024 * 1024)
    expect(mode(join(dir, 'pg.log'))).toBe(0o600)
  })

  it('clears what a broken first start left, and starts anew', async () => {
    const dir = newDir()
    mkdirSync(join(dir, 'pg.init-abcdef', 'base'), { recursive: true })
    chmodSync(dir, 0o711)
    await start(dir)
    expect(readdirSync(dir).filter((name) => name.startsWith('pg.init'))).toEqual([])
  })

  it('puts the socket elsewhere when the path is too long for one, and finds it again', async () => {
    const dir = join(newDir(), 'x'.repeat(60), 'y'.repeat(60))
    mkdirSync(dirname(dir), { recursive: true, mode: 0o711 })
    const { child, report } = await hold(dir)
    const socket = report.connection!.host
    expect(socket.length).toBeLessThan(90)
    expect(mode(socket)).toBe(0o700)
    expect(await findEmbedded(dir)).toEqual(report.connection)
    await killHard(child)
    const next = await start(dir)
    expect(next.pid).toBe(report.pid)
    expect(next.connection.host).toBe(socket)
    await next.stop()
    expect(existsSync(socket)).toBe(false)
    expect((await sql(await start(dir), 'select 1 as one'))[0]).toEqual({ one: 1 })
  })
})

describe('what it refuses', () => {
  it('refuses the cluster of another major version, and says how to bring it over', async () => {
    const dir = newDir()
    mkdirSync(join(dir, 'pg'), { recursive: true })
    writeFileSync(join(dir, 'pg', 'PG_VERSION'), '17\n')
    chmodSync(dir, 0o711)
    await expect(start(dir)).rejects.toThrow(
      /PostgreSQL 17.*pg_dump of PostgreSQL 17 or newer.*DATABASE_URL/s,
    )
    await expect(start(dir)).rejects.toBeInstanceOf(EmbeddedError)
  })

  it('refuses a pg folder that is no cluster, a link to nowhere, and a file as data directory', async () => {
    const dir = newDir()
    mkdirSync(join(dir, 'pg'), { recursive: true })
    chmodSync(dir, 0o711)
    writeFileSync(join(dir, 'pg', 'notes.txt'), 'mine')
    await expect(start(dir)).rejects.toThrow(/no PostgreSQL data directory/)
    expect(readFileSync(join(dir, 'pg', 'notes.txt'), 'utf8')).toBe('mine')
    rmSync(join(dir, 'pg'), { recursive: true })
    symlinkSync('/nonexistent/pg', join(dir, 'pg'))
    await expect(start(dir)).rejects.toThrow(/link to a database that is gone/)
    const file = newDir()
    writeFileSync(file, '')
    await expect(start(file)).rejects.toBeInstanceOf(EmbeddedError)
  })

  it('says why PostgreSQL does not start', async () => {
    const dir = newDir()
    await (await start(dir)).stop()
    writeFileSync(join(dir, 'pg', 'pg_hba.conf'), 'nonsense\n')
    await expect(start(dir)).rejects.toThrow(/did not start: .*FATAL:.*pg_hba\.conf/s)
    expect(await findEmbedded(dir)).toBeNull()
  })
})

describe('users and places', () => {
  it.skipIf(!ROOT)(
    'under root (skipped for an ordinary user) runs as another user, closed to all others',
    async () => {
      const dir = newDir()
      const { pid } = await start(dir)
      const owner = statSync(`/proc/${pid}`).uid
      expect(owner).not.toBe(0)
      expect(statSync(join(dir, 'pg')).uid).toBe(owner)
      expect(statSync(join(dir, 'run')).uid).toBe(owner)
      expect([mode(dir), mode(join(dir, 'pg')), mode(join(dir, 'run'))]).toEqual([0o711, 0o700, 0o700])
      const enter = (uid: number) =>
        spawnSync('/bin/sh', ['-c', `cd ${join(dir, 'run')}`], { uid, cwd: '/' }).status
      expect(enter(owner)).toBe(0)
      expect(enter(owner + 1)).not.toBe(0)
    },
  )

  it.skipIf(ROOT)(
    'as an ordinary user (skipped under root) runs as that user, closed to all others',
    async () => {
      const dir = newDir()
      const { pid } = await start(dir)
      if (LINUX) expect(statSync(`/proc/${pid}`).uid).toBe(process.getuid?.())
      expect([mode(dir), mode(join(dir, 'pg')), mode(join(dir, 'run'))]).toEqual([0o700, 0o700, 0o700])
    },
  )

  it.skipIf(!ROOT)(
    'goes elsewhere when a parent is closed (skipped for an ordinary user), says so, and comes back there',
    async () => {
      const parent = newDir()
      const dir = join(parent, 'data')
      mkdirSync(dir, { recursive: true })
      chmodSync(parent, 0o700)
      outside.add(chooseLayout(dir, PRODUCT).away)
      const first = await start(dir)
      expect(first.said.join('\n')).toMatch(
        /the database is in \/var\/lib\/leadline\/[0-9a-f]{16}\/pg, because user \w+/,
      )
      expect(first.said.join('\n')).toContain(`may not enter ${parent}`)
      expect(lstatSync(join(dir, 'pg')).isSymbolicLink()).toBe(true)
      expect(await findEmbedded(dir)).toEqual(first.connection)
      await sql(first, 'create table kept as select 1 as one')

      // A copy of the data directory has a copy of the link: the same database under another lock.
      const copied = join(parent, 'copied')
      await cp(dir, copied, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !path.includes('leadline.'),
      })
      outside.add(chooseLayout(copied, PRODUCT).away)
      await expect(start(copied)).rejects.toThrow(/another Leadline/)
      await first.stop()

      expect(await sql(await start(dir), 'select * from kept')).toEqual([{ one: 1 }])
      await [...running].at(-1)!.stop()
      // Also after somebody opened the parent.
      chmodSync(parent, 0o711)
      expect(await sql(await start(dir), 'select * from kept')).toEqual([{ one: 1 }])
    },
  )

  it.skipIf(!ROOT)(
    'does not start an empty database when the parent was closed later (skipped for an ordinary user)',
    async () => {
      const parent = newDir()
      mkdirSync(parent, { mode: 0o711 })
      await (await start(join(parent, 'data'))).stop()
      chmodSync(parent, 0o700)
      await expect(start(join(parent, 'data'))).rejects.toThrow(`chmod o+x ${parent}`)
    },
  )

  it('restores missing library links, or copies the programs where it cannot', async () => {
    const { directory } = packagedBinaries(PRODUCT)
    const root = newDir()
    await cp(join(directory, '..'), root, { recursive: true, verbatimSymlinks: true })
    const library = join(root, 'native', 'lib')
    const links = readdirSync(library).filter((name) => lstatSync(join(library, name)).isSymbolicLink())
    expect(links.length).toBeGreaterThan(5)
    const removeLinks = () => links.map((name) => rmSync(join(library, name)))
    const version = (programs: string) =>
      spawnSync(join(programs, 'bin', 'postgres'), ['--version']).stdout.toString()
    const dir = newDir()
    mkdirSync(dir, { mode: 0o711 })
    const { user } = chooseLayout(dir, PRODUCT)
    const packaged = binariesAt(root)
    const said: string[] = []
    const usable = () =>
      usableBinaries(
        packaged,
        user,
        () => dir,
        (message) => said.push(message),
      )

    removeLinks()
    expect(version(packaged.directory)).toBe('')
    expect((await usable()).directory).toBe(packaged.directory)
    expect(version(packaged.directory)).toMatch(/PostgreSQL\) 18/)
    expect(said).toEqual([])

    // Root writes everywhere, but the user it becomes cannot enter; an ordinary user cannot write.
    removeLinks()
    if (ROOT) chmodSync(root, 0o700)
    else chmodSync(library, 0o500)
    const copied = await usable()
    chmodSync(library, 0o700)
    expect(dirname(copied.directory)).toBe(dir)
    expect(said.join('\n')).toMatch(ROOT ? /may not enter/ : /not writable/)
    const asUser = ROOT ? { uid: user.uid, gid: user.gid, cwd: '/' } : {}
    expect(spawnSync(join(copied.directory, 'bin', 'postgres'), ['--version'], asUser).status).toBe(0)
    const made = statSync(copied.directory).ino
    await usable()
    expect(statSync(copied.directory).ino).toBe(made)
  })
})

describe('two servers on one data directory', () => {
  it('refuses the second, under any name of the directory', async () => {
    const dir = newDir()
    const { report, child } = await hold(dir)
    expect(report.error).toBeUndefined()
    await expect(start(dir)).rejects.toThrow(`another Leadline (pid ${child.pid}) is using ${dir}`)
    const link = newDir()
    symlinkSync(dir, link)
    await expect(start(link)).rejects.toThrow(/another Leadline/)
    const other = await hold(link)
    expect(other.report.error).toMatch(/another Leadline/)
    expect((await sql({ connection: report.connection! }, 'select 1 as one'))[0]).toEqual({ one: 1 })

    child.kill('SIGTERM')
    await once(child, 'exit')
    const mine = await start(dir)
    await expect(start(dir)).rejects.toThrow(`another Leadline (pid ${process.pid})`)
    expect((await hold(dir)).report.error).toMatch(/another Leadline/)
    await mine.stop()
  })

  it('lets exactly one of ten simultaneous starts in, on a new directory and after a kill -9', async () => {
    const dir = newDir()
    for (const _ of ['new', 'after kill -9']) {
      const all = await Promise.all(Array.from({ length: 10 }, () => hold(dir)))
      const winners = all.filter(({ report }) => report.error === undefined)
      expect(winners).toHaveLength(1)
      for (const { report } of all) if (report.error) expect(report.error).toMatch(/another Leadline/)
      await killHard(winners[0]!.child)
    }
    await start(dir)
  })
})

describe('kills', () => {
  it('takes over after a kill -9 of Leadline, and supervises what it took over', async () => {
    const dir = newDir()
    const { child, report } = await hold(dir)
    await sql({ connection: report.connection! }, 'create table kept as select generate_series(1, 1000) as n')
    await killHard(child)
    expect(lives(report.pid!)).toBe(true)
    expect(await findEmbedded(dir)).toEqual(report.connection)

    const next = await start(dir)
    expect(next.pid).toBe(report.pid)
    expect(next.said.join('\n')).toContain(`took over PostgreSQL (pid ${report.pid})`)
    expect(await sql(next, 'select count(*) from kept')).toEqual([{ count: '1000' }])

    signal(next.pid, 'SIGKILL')
    await untilWorks(async () => {
      expect(next.pid).not.toBe(report.pid)
      await sql(next, 'select 1')
    }, 20_000)
    expect(await sql(next, 'select count(*) from kept')).toEqual([{ count: '1000' }])
    const { pid } = next
    await next.stop()
    expect(lives(pid)).toBe(false)
  })

  it('ends and starts again what runs with other settings', async () => {
    const dir = newDir()
    const { child, report } = await hold(dir)
    await killHard(child)
    writeFileSync(join(dir, 'pg.conf'), '# of an older Leadline\n')
    const next = await start(dir)
    expect(next.pid).not.toBe(report.pid)
    expect(lives(report.pid!)).toBe(false)
    expect(next.said.join('\n')).toContain(`ending PostgreSQL (pid ${report.pid})`)
  })

  it('brings a killed postmaster back by itself, also when a child is deep in a query', async () => {
    const exits: string[] = []
    const embedded = await start(newDir(), { onExit: (detail) => exits.push(detail) })
    await sql(embedded, 'create table kept as select 1 as one')
    // Counts without ever looking up: it would hold the shared memory for minutes.
    const busy = sql(embedded, 'select count(*) from generate_series(1, 1e10)').catch(() => 'broken')
    await new Promise((resolve) => setTimeout(resolve, 200))
    const back = () => embedded.said.filter((message) => message.startsWith('PostgreSQL is back')).length
    for (const round of [1, 2, 3]) {
      const { pid } = embedded
      signal(pid, 'SIGKILL')
      await untilWorks(async () => {
        expect(back()).toBe(round)
        expect(await sql(embedded, 'select * from kept')).toEqual([{ one: 1 }])
      }, 20_000)
      expect(exits).toHaveLength(round)
    }
    expect(await busy).toBe('broken')
    expect(exits[0]).toContain('SIGKILL')
  })

  it('can be stopped while it is being brought back', async () => {
    const dir = newDir()
    const embedded = await start(dir)
    signal(embedded.pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await embedded.stop()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await findEmbedded(dir)).toBeNull()
    if (LINUX) expect(workersOf(join(dir, 'pg'))).toEqual([])
    await start(dir)
  })

  it('is not confused by stale files whose pid belongs to somebody else now, and leaves that process alone', async () => {
    const dir = newDir()
    const first = await start(dir)
    await sql(first, 'create table kept as select 1 as one')
    const pidFile = readFileSync(join(dir, 'pg', 'postmaster.pid'), 'utf8')
    await first.stop()
    const owner = statSync(join(dir, 'pg')).uid
    // Of the same user as PostgreSQL: that is the case in which PostgreSQL itself is deceived.
    const stranger = spawn('/bin/sh', ['-c', 'trap "exit 3" INT QUIT TERM; while :; do sleep 0.1; done'], {
      ...(ROOT ? { uid: owner } : {}),
      stdio: 'ignore',
      cwd: '/',
    })
    children.add(stranger)
    writeFileSync(join(dir, 'pg', 'postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)))
    writeFileSync(join(dir, 'run', '.s.PGSQL.5432.lock'), pidFile.replace(/^\d+/, String(stranger.pid)))
    writeFileSync(join(dir, 'leadline.pid'), String(stranger.pid))
    expect(await findEmbedded(dir)).toBeNull()
    const next = await start(dir)
    expect(await sql(next, 'select * from kept')).toEqual([{ one: 1 }])
    await next.stop()
    expect(stranger.exitCode).toBeNull()
    expect(stranger.signalCode).toBeNull()
  })

  it('does not touch a directory that replaced its own', async () => {
    const dir = newDir()
    const embedded = await start(dir)
    const { pid } = embedded
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    const replacement = await hold(dir)
    expect(replacement.report.error).toBeUndefined()
    signal(pid, 'SIGKILL')
    await untilWorks(async () => expect(embedded.said.join('\n')).toContain('removed or replaced'), 3_000)
    await embedded.stop()
    expect(await sql({ connection: replacement.report.connection! }, 'select 1 as one')).toEqual([{ one: 1 }])
    replacement.child.kill('SIGTERM')
    await once(replacement.child, 'exit')
  })
})
