// Where the files of the embedded PostgreSQL live, and whose they are.
//
// Normally all is in the data directory: `pg/` (the cluster, owned by the database user), `run/` (the socket),
// `pg.conf`, `pg.log`. PostgreSQL refuses to run as root, so under root it runs as another user, who may be
// unable to enter a parent of the data directory (/root is 0700). Only then the cluster is made in
// /var/lib/leadline/<hash of the data directory's real path>, and `pg` in the data directory is a link to it:
// the link is how every later start, and every tool, finds the cluster again.

import { createHash, randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { EmbeddedError, errorCode } from './error.ts'

const SYSTEM_HOME = '/var/lib/leadline'
const SOCKET_FILE = '.s.PGSQL.5432'
// The size of sockaddr_un.sun_path, less its final NUL.
const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107

/** The user that PostgreSQL runs as. */
export interface DbUser {
  name: string
  uid: number
  gid: number
  /** True when we are root: PostgreSQL is started as this user, not as ourselves. */
  drop: boolean
}

export interface Place {
  /** The data directory, real path. */
  data: string
  /** Holds run/ and pg.conf, and where a new cluster is made: `data`, or `away`. */
  home: string
  /** The directory under /var/lib of this data directory; may not exist. */
  away: string
  /** PostgreSQL's own data directory, real path; may not exist yet. */
  cluster: string
  user: DbUser
  /** The parent of the data directory that the database user may not enter, if that is why home is away. */
  closed: string | null
}

/** Creates the data directory if need be; its real path, so that two names of one directory are one. */
export function openDataDirectory(path: string): string {
  if (/[\n\r]/.test(path)) throw new EmbeddedError('the path of the data directory contains a line break')
  mkdirSync(path, { recursive: true, mode: isRoot() ? 0o711 : 0o700 })
  const real = realpathSync(path)
  if (!statSync(real).isDirectory()) throw new EmbeddedError(`${path} is no directory: set LEADLINE_DATA_DIR`)
  return real
}

/** The cluster of a data directory (real path), null when there is none yet. */
export function clusterOf(data: string): string | null {
  const path = join(data, 'pg')
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null
  try {
    return realpathSync(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new EmbeddedError(
      `${path} is a link to a database that is gone. Bring that directory back, or remove the link to start ` +
        'with an empty database.',
      { cause: error },
    )
  }
}

/** Decides where things live for this start. Creates nothing but the directories above the cluster. */
export function choosePlace(data: string): Place {
  const linked = clusterOf(data)
  let user = databaseUser(linked)
  const away = join(SYSTEM_HOME, createHash('sha256').update(data).digest('hex').slice(0, 16))
  const closed = user.drop ? closedDirectory(dirname(data), user) : null
  const home = closed === null ? data : away
  const cluster = linked ?? join(home, 'pg')
  if (linked === null && existsSync(cluster)) user = databaseUser(cluster)
  if (user.drop) letEnter(data, user)
  // Where we make directories ourselves, they are open to that user.
  const blocked = user.drop && linked !== null ? closedDirectory(dirname(linked), user) : null
  if (blocked !== null) {
    throw new EmbeddedError(
      `the database in ${cluster} belongs to user ${user.name}, who may not enter ${blocked}: ` +
        `run "chmod o+x ${blocked}", or move the data directory to where that user can go.`,
    )
  }
  if (home === away) openAway(away)
  return { data, home, away, cluster, user, closed }
}

/** Creates the directory under /var/lib: enterable by the database user, writable by us alone. */
export function openAway(away: string) {
  mkdirSync(dirname(SYSTEM_HOME), { recursive: true })
  ownDirectory(SYSTEM_HOME, 0o711)
  ownDirectory(away, 0o711)
}

export const isRoot = () => process.getuid?.() === 0

/** Ourselves, or under root: the owner of the existing cluster, else `postgres`, else `nobody`. */
function databaseUser(cluster: string | null): DbUser {
  if (!isRoot()) return ourselves(cluster)
  const users = readPasswd().filter((user) => user.uid !== 0)
  // An ordinary user may have made the cluster before: keep it theirs, so that their own start still works.
  const owner = cluster === null ? null : statSync(cluster).uid
  const user =
    users.find(({ uid }) => uid === owner) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody')
  if (user === undefined) {
    throw new EmbeddedError(
      'PostgreSQL refuses to run as root, and /etc/passwd has neither a user "postgres" nor "nobody": ' +
        'run Leadline as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
    )
  }
  return { ...user, drop: true }
}

function ourselves(cluster: string | null): DbUser {
  const uid = process.getuid?.() ?? -1
  const gid = process.getgid?.() ?? -1
  let name: string
  try {
    name = userInfo().username
  } catch (error) {
    throw new EmbeddedError(
      `the user id ${uid} has no entry in /etc/passwd, and PostgreSQL needs one: ` +
        'add it, run as another user, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    )
  }
  if (cluster !== null && statSync(cluster).uid !== uid) {
    const owner = statSync(cluster).uid
    const ownerName = readPasswd().find((user) => user.uid === owner)?.name ?? String(owner)
    throw new EmbeddedError(
      `the database in ${cluster} belongs to user ${ownerName}, not to ${name}: start Leadline the way it was ` +
        'started the first time (as root or as that user), or set LEADLINE_DATA_DIR to another directory.',
    )
  }
  return { name, uid, gid, drop: false }
}

function readPasswd() {
  const users: { name: string; uid: number; gid: number }[] = []
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name && !name.startsWith('#') && uid && gid) users.push({ name, uid: Number(uid), gid: Number(gid) })
  }
  return users
}

/** The topmost directory on the way to `path` (itself included) that the user may not enter; null: none. */
export function closedDirectory(path: string, user: DbUser): string | null {
  const parent = dirname(path)
  if (parent !== path) {
    const above = closedDirectory(parent, user)
    if (above !== null) return above
  }
  return permits(statSync(path), user, 1) ? null : path
}

/**
 * Whether the mode bits let the user do `wanted` (4 read, 2 write, 1 enter or run). An owner has the
 * owner's bits only.
 */
export function permits(stat: Stats, user: DbUser, wanted: number) {
  const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0
  return ((stat.mode >> shift) & wanted) === wanted
}

function letEnter(directory: string, user: DbUser) {
  const stat = statSync(directory)
  if (!permits(stat, user, 1)) ownDirectory(directory, (stat.mode & 0o7777) | 0o011)
}

/**
 * Makes `path` a directory of that mode and, under root, that owner. Refuses a link: who may write beside it
 * must not be able to point root's chown elsewhere.
 */
export function ownDirectory(path: string, mode: number, owner?: DbUser) {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (errorCode(error) !== 'ELOOP' && errorCode(error) !== 'ENOTDIR') throw error
    throw new EmbeddedError(`${path} must be a real directory: remove it, Leadline makes its own.`, {
      cause: error,
    })
  }
  try {
    const stat = fstatSync(descriptor)
    if (owner !== undefined && stat.uid !== owner.uid) fchownSync(descriptor, owner.uid, owner.gid)
    if ((stat.mode & 0o7777) !== mode) fchmodSync(descriptor, mode)
  } finally {
    closeSync(descriptor)
  }
}

/** Gives a whole tree to the user; links themselves, never what they point to. */
export function giveTree(path: string, user: DbUser) {
  lchownSync(path, user.uid, user.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) giveTree(join(path, name), user)
}

/** The usual directory of the socket. */
export const runDirectory = (place: Place) => join(place.home, 'run')

/**
 * The directory for the socket: closed to everybody but the database user (and root), because whoever can
 * reach the socket is let in without a password. `run/` normally; a fresh private one under the system's
 * temporary directory when the path does not fit a socket address or has characters that PostgreSQL's list
 * of socket directories gives a meaning to. `current` is such a temporary one that is in use already.
 */
export function socketDirectory(place: Place, current: string | null): string {
  const run = runDirectory(place)
  if (fitsSocket(run)) {
    ownDirectory(run, 0o700, place.user)
    return run
  }
  if (current !== null && isPrivate(current, place.user)) return current
  for (const parent of new Set([tmpdir(), '/tmp'].map(realOrNull))) {
    if (parent === null || !fitsSocket(join(parent, 'leadline-XXXXXX'))) continue
    if (place.user.drop && closedDirectory(parent, place.user) !== null) continue
    const directory = mkdtempSync(join(parent, 'leadline-'))
    if (place.user.drop) chownSync(directory, place.user.uid, place.user.gid)
    return directory
  }
  throw new EmbeddedError(
    `the path ${run} is too long for a socket, and no temporary directory can take it: ` +
      'set LEADLINE_DATA_DIR to a shorter path.',
  )
}

const fitsSocket = (directory: string) =>
  Buffer.byteLength(join(directory, SOCKET_FILE)) <= SOCKET_PATH_BYTES_MAX && !/[,"\n]/.test(directory)

function isPrivate(directory: string, user: DbUser) {
  const stat = lstatSync(directory, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && stat.uid === user.uid && (stat.mode & 0o077) === 0
}

function realOrNull(path: string) {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** Writes a file whole or not at all, replacing (never following) whatever has its name. */
export function replaceFile(path: string, text: string, mode: number) {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const descriptor = openSync(temporary, 'wx', mode)
    try {
      writeSync(descriptor, text)
      // The umask must not decide who can read it.
      fchmodSync(descriptor, mode)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Makes a rename in this directory survive a power cut. */
export function syncDirectory(path: string) {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
