// Where the files of the embedded PostgreSQL live, and whose they are.
//
// Normally all is in the data directory: `pg/` (the cluster, owned by the database user), `run/` (the socket),
// `pg.conf`, `pg.log`. PostgreSQL refuses to run as root, so under root it runs as another user, who may be
// unable to enter a parent of the data directory (/root is 0700). Only then the cluster is made in
// /var/lib/<product>/<hash of the data directory's real path>, and `pg` in the data directory is a link to it:
// the link is how every later start, and every tool, finds the cluster again.

import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EmbeddedError, failureCode, type Product } from './error.ts'
import { closedDirectory, ownDirectory, permits } from './files.ts'
import { type DbUser, databaseUser, isRoot } from './user.ts'

export const PORT = 5432
// The size of sockaddr_un.sun_path, less its final NUL.
const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107

export interface Layout {
  product: Product
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
export function openDataDirectory(path: string, { data_dir_option }: Product): string {
  if (/[\n\r]/.test(path)) throw new EmbeddedError('the path of the data directory contains a line break')
  mkdirSync(path, { recursive: true, mode: isRoot() ? 0o711 : 0o700 })
  const real = realpathSync(path)
  if (!statSync(real).isDirectory())
    throw new EmbeddedError(`${path} is no directory: set ${data_dir_option}`)
  return real
}

/** The cluster of a data directory (real path), null when there is none yet. */
export function clusterOf(data: string): string | null {
  const path = join(data, 'pg')
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null
  try {
    return realpathSync(path)
  } catch (error) {
    if (failureCode(error) !== 'ENOENT') throw error
    throw new EmbeddedError(
      `${path} is a link to a database that is gone. Bring that directory back, or remove the link to start ` +
        'with an empty database.',
      { cause: error },
    )
  }
}

/** The directory under /var/lib of a data directory (real path), where what cannot be in it is kept. */
export const awayOf = (data: string, { name }: Product) =>
  join('/var/lib', name, createHash('sha256').update(data).digest('hex').slice(0, 16))

/** Creates that directory: the database user can enter it, and only we can write in it. */
export function openAway(away: string) {
  mkdirSync(dirname(dirname(away)), { recursive: true })
  ownDirectory(dirname(away), 0o711)
  ownDirectory(away, 0o711)
}

/** Decides where things live for this start. Creates nothing but the directories above the cluster. */
export function chooseLayout(data: string, product: Product): Layout {
  const linked = clusterOf(data)
  let user = databaseUser(linked, product)
  const away = awayOf(data, product)
  const closed = user.drop ? closedDirectory(dirname(data), user) : null
  const home = closed === null ? data : away
  const cluster = linked ?? join(home, 'pg')
  if (linked === null && existsSync(cluster)) user = databaseUser(cluster, product)
  if (user.drop) {
    const stat = statSync(data)
    if (!permits(stat, user, 1)) ownDirectory(data, (stat.mode & 0o7777) | 0o011)
  }
  // Where we make directories ourselves, they are open to that user.
  const blocked = user.drop && linked !== null ? closedDirectory(dirname(linked), user) : null
  if (blocked !== null) {
    throw new EmbeddedError(
      `the database in ${cluster} belongs to user ${user.name}, who may not enter ${blocked}: ` +
        `run "chmod o+x ${blocked}", or move the data directory to where that user can go.`,
    )
  }
  if (home === away) openAway(away)
  return { product, data, home, away, cluster, user, closed }
}

/** The usual directory of the socket. */
export const runDirectory = (layout: Layout) => join(layout.home, 'run')

/**
 * The directory for the socket: closed to everybody but the database user (and root), because whoever can
 * reach the socket is let in without a password. `run/` normally; a fresh private one under the system's
 * temporary directory when the path does not fit a socket address or has characters that PostgreSQL's list
 * of socket directories gives a meaning to. `current` is such a temporary one that is in use already.
 */
export function socketDirectory(layout: Layout, current: string | null): string {
  const { user, product } = layout
  const run = runDirectory(layout)
  if (fitsSocket(run)) {
    ownDirectory(run, 0o700, user)
    return run
  }
  if (current !== null && isPrivate(current, user)) return current
  for (const parent of [tmpdir(), '/tmp']
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path))) {
    if (!fitsSocket(join(parent, `${product.name}-XXXXXX`))) continue
    if (user.drop && closedDirectory(parent, user) !== null) continue
    const directory = mkdtempSync(join(parent, `${product.name}-`))
    if (user.drop) chownSync(directory, user.uid, user.gid)
    return directory
  }
  throw new EmbeddedError(
    `the path ${run} is too long for a socket, and no temporary directory can take it: ` +
      `set ${product.data_dir_option} to a shorter path.`,
  )
}

const fitsSocket = (directory: string) =>
  Buffer.byteLength(join(directory, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_BYTES_MAX && !/[,"\n]/.test(directory)

function isPrivate(directory: string, user: DbUser) {
  const stat = lstatSync(directory, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && stat.uid === user.uid && (stat.mode & 0o077) === 0
}
