// The user that PostgreSQL runs as, and starting programs as that user.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { EmbeddedError, failureCode, type Product } from './error.ts'

export interface DbUser {
  name: string
  uid: number
  gid: number
  /** True when we are root: PostgreSQL is started as this user, not as ourselves. */
  drop: boolean
}

export const isRoot = () => process.getuid?.() === 0

/** Ourselves, or under root: the owner of the existing cluster, else `postgres`, else `nobody`. */
export function databaseUser(cluster: string | null, product: Product): DbUser {
  // The owner of the cluster may be an ordinary user: keep it theirs, so that their own start still works.
  const owner = cluster === null ? null : statSync(cluster).uid
  if (!isRoot()) return ourselves(cluster, owner, product)
  const users = readPasswd().filter((user) => user.uid !== 0)
  const user =
    users.find(({ uid }) => uid === owner) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody')
  if (user !== undefined) return { ...user, drop: true }
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and /etc/passwd has neither a user "postgres" nor "nobody": ' +
      `run ${product.title} as an ordinary user, or set ${product.server_option} to a PostgreSQL server.`,
  )
}

function ourselves(cluster: string | null, owner: number | null, product: Product): DbUser {
  const { title, data_dir_option, server_option } = product
  const uid = process.getuid?.() ?? -1
  const gid = process.getgid?.() ?? -1
  let name: string
  try {
    name = userInfo().username
  } catch (error) {
    throw new EmbeddedError(
      `the user id ${uid} has no entry in /etc/passwd, and PostgreSQL needs one: ` +
        `add it, run as another user, or set ${server_option} to a PostgreSQL server.`,
      { cause: error },
    )
  }
  if (owner !== null && owner !== uid) {
    const owner_name = readPasswd().find((user) => user.uid === owner)?.name ?? String(owner)
    throw new EmbeddedError(
      `the database in ${cluster} belongs to user ${owner_name}, not to ${name}: start ${title} the way it was ` +
        `started the first time (as root or as that user), or set ${data_dir_option} to another directory.`,
    )
  }
  return { name, uid, gid, drop: false }
}

function readPasswd() {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) => (name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : []))
}

/**
 * The environment of the programs that we start: ours may hold PGDATA, PGPORT and the like, or a locale that is not
 * installed. English messages, because we read some of them.
 */
export const environment = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' })

/**
 * Starts a program as the database user, in `/` because that user may not be able to enter our own directory.
 * Throws EmbeddedError when it does not even start.
 */
export async function spawnAs(
  user: DbUser,
  program: string,
  words: string[],
  options: SpawnOptions,
  product: Product,
) {
  const identity = user.drop ? { uid: user.uid, gid: user.gid } : {}
  let child: ChildProcess
  try {
    child = spawn(program, words, { cwd: '/', env: environment(), ...identity, ...options })
  } catch (error) {
    throw cannotRun(program, user, error, product)
  }
  // Node throws some reasons and reports others a moment later.
  const failure = new Promise<Error>((resolve) => child.on('error', resolve))
  if (child.pid === undefined) throw cannotRun(program, user, await failure, product)
  return { child, pid: child.pid }
}

function cannotRun(program: string, user: DbUser, error: unknown, product: Product): EmbeddedError {
  const instead = `set ${product.server_option} to a PostgreSQL server`
  const reasons: Record<string, string> = {
    ENOENT: `the programs need glibc, which this system (Alpine?) seems not to have: ${instead} instead`,
    EACCES: `its file system may forbid running programs (noexec): ${instead} instead`,
  }
  if (user.drop)
    reasons.EPERM =
      `as root ${product.title} must be allowed to become user ${user.name}, because PostgreSQL refuses root: ` +
      `run it as an ordinary user, or ${instead}`
  const advice = reasons[failureCode(error) ?? ''] ?? `${instead} instead`
  const message = error instanceof Error ? error.message : error
  return new EmbeddedError(`${program} cannot be run (${message}): ${advice}`, { cause: error })
}
