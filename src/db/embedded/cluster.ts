// Makes the cluster (PostgreSQL's own data directory) on the first start and judges it on every later one.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { advised, EmbeddedError, errorCode } from './error.ts'
import { type DbUser, giveTree, ownDirectory, type Place, syncDirectory } from './place.ts'

/** The superuser of the cluster, and the name of Leadline's database. */
export const NAME = 'leadline'

/**
 * The environment of initdb and postgres: ours may hold PGDATA, PGPORT and the like, or a locale that is not
 * installed; English messages because we read some of them.
 */
const environment = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' })

/**
 * Starts a program as the database user, in `/` because that user may not be able to enter our own directory.
 * Throws EmbeddedError when it does not even start.
 */
export async function spawnAs(user: DbUser, program: string, words: string[], options: SpawnOptions) {
  const identity = user.drop ? { uid: user.uid, gid: user.gid } : {}
  let child: ChildProcess
  try {
    child = spawn(program, words, { cwd: '/', env: environment(), ...identity, ...options })
  } catch (error) {
    throw cannotRun(program, user, error)
  }
  // Node throws some reasons and reports others a moment later.
  const failure = new Promise<Error>((resolve) => child.on('error', resolve))
  if (child.pid === undefined) throw cannotRun(program, user, await failure)
  return { child, pid: child.pid }
}

/** Initialises the cluster if there is none; throws EmbeddedError when the existing one cannot be used. */
export async function ensureCluster(place: Place, binaries: Binaries, say: (message: string) => void) {
  const { cluster, user } = place
  const major = clusterMajor(cluster)
  if (major === null) await initialise(place, binaries, say)
  else if (major !== String(binaries.major)) {
    throw new EmbeddedError(
      `${cluster} was made by PostgreSQL ${major}, and this Leadline brings PostgreSQL ${binaries.major}. ` +
        'Start the Leadline that made it. To move on, dump the database while that one runs (pg_dump of ' +
        `PostgreSQL ${major} or newer, through the socket in run/), load the dump into a PostgreSQL server, and ` +
        'name that server in DATABASE_URL.',
    )
  }
  // A cluster that was copied or unpacked as root belongs to root: PostgreSQL would refuse it.
  if (user.drop && statSync(cluster).uid !== user.uid) giveTree(cluster, user)
  ownDirectory(cluster, 0o700, user)
  const name = join(place.data, 'pg')
  if (lstatSync(name, { throwIfNoEntry: false }) === undefined) symlinkSync(cluster, name)
}

/** The major version that made the cluster, null when there is nothing yet. */
function clusterMajor(cluster: string): string | null {
  try {
    return readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
  const stat = statSync(cluster, { throwIfNoEntry: false })
  if (stat === undefined || (stat.isDirectory() && readdirSync(cluster).length === 0)) return null
  throw new EmbeddedError(
    `${cluster} is no PostgreSQL data directory: move it away to start with an empty database, or restore it.`,
  )
}

/**
 * Runs initdb beside the final place and renames, so that a crash leaves nothing half-made. Each try has a name
 * of its own: the initdb of a Leadline that was killed may still be writing to the last one.
 */
async function initialise(place: Place, binaries: Binaries, say: (message: string) => void) {
  const parent = dirname(place.cluster)
  say(`initialising the database in ${place.cluster}`)
  for (const name of readdirSync(parent)) {
    if (name.startsWith('pg.init-'))
      rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 3 })
  }
  const temporary = mkdtempSync(join(parent, 'pg.init-'))
  try {
    if (place.user.drop) chownSync(temporary, place.user.uid, place.user.gid)
    await runInitdb(temporary, binaries, place.user)
    renameSync(temporary, place.cluster)
    syncDirectory(parent)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function runInitdb(directory: string, binaries: Binaries, user: DbUser) {
  const program = join(binaries.directory, 'bin', 'initdb')
  const { child } = await spawnAs(
    user,
    program,
    [
      `--pgdata=${directory}`,
      `--username=${NAME}`,
      '--encoding=UTF8',
      // Sorting that does not depend on the operating system's libraries, which change under an index.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-locale',
      // No passwords: the directory of the socket lets in the database user and root only.
      '--auth-local=trust',
      '--auth-host=reject',
      '--no-instructions',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000)
  })
  const [code, signal] = await once(child, 'close')
  if (code === 0) return
  const lines = advised(complaint.trim().split('\n').slice(-6).join('\n'))
  throw new EmbeddedError(
    `the database could not be initialised (initdb ended with ${signal ?? code}): ${lines}`,
  )
}

/** What a failed spawn means. */
function cannotRun(program: string, user: DbUser, error: unknown): EmbeddedError {
  const code = errorCode(error)
  let advice = 'set DATABASE_URL to a PostgreSQL server instead'
  if (code === 'EPERM' && user.drop) {
    advice =
      `as root Leadline must be allowed to become user ${user.name}, because PostgreSQL refuses root: ` +
      'run it as an ordinary user, or set DATABASE_URL to a PostgreSQL server'
  } else if (code === 'ENOENT') {
    advice =
      'the programs need glibc, which this system (Alpine?) seems not to have: ' +
      'set DATABASE_URL to a PostgreSQL server instead'
  } else if (code === 'EACCES') {
    advice =
      'its file system may forbid running programs (noexec): set DATABASE_URL to a PostgreSQL server instead'
  }
  return new EmbeddedError(
    `${program} cannot be run (${error instanceof Error ? error.message : error}): ${advice}`,
    { cause: error },
  )
}
