// A PostgreSQL that comes along: real PostgreSQL from npm, on a data directory, under our supervision. README.md
// says what this folder promises; this file is its only door.
//
// PostgreSQL runs in a session of its own, so that Ctrl-C in a terminal reaches the embedding program alone, which
// then ends it. When that program is killed, PostgreSQL goes on; the next start takes it over. Nothing here keeps
// the event loop alive: a process that ends without stop() leaves PostgreSQL running in the same way.

import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { packagedBinaries, usableBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { type DiskSpace, diskSpace } from './disk.ts'
import { EmbeddedError, explained, type Product } from './error.ts'
import { awayOf, chooseLayout, clusterOf, openAway, openDataDirectory } from './layout.ts'
import { hasLock, type Lock, lockDirectory } from './lock.ts'
import { findPostmaster } from './postmaster.ts'
import type { Connection } from './ready.ts'
import { Supervisor } from './supervisor.ts'

export { type DiskSpace, diskSpace, EmbeddedError, type Product }

export interface EmbeddedOptions {
  product: Product
  /** Created when missing. */
  data_dir: string
  /** Lines of postgresql.conf. A running PostgreSQL that has other ones is not taken over, but started again. */
  settings: string
  /** Gets one sentence about each thing that an administrator should know. */
  say?: (message: string) => void
  /** Called each time the postmaster has gone without being asked, before it is started again. */
  onExit?: (detail: string) => void
}

export interface Embedded {
  /** Where to connect. Stays the same through restarts. */
  readonly connection: Connection
  /** The postmaster's pid. */
  readonly pid: number
  /** How often the supervisor has started a dead postmaster again. */
  readonly restarts: number
  /** The room left on the disk. */
  disk(): Promise<DiskSpace>
  /** Fast shutdown; resolves when the process is gone. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts (or initialises, or takes over after a kill -9) the PostgreSQL of a data directory and supervises it: a
 * postmaster that dies is started again. Resolves when it answers queries. Throws EmbeddedError with a message
 * that says what to do.
 */
export async function startPostgres(options: EmbeddedOptions): Promise<Embedded> {
  const { product, data_dir, settings, say = () => {}, onExit = () => {} } = options
  const locks: Lock[] = []
  try {
    if (process.platform === 'win32') {
      throw new EmbeddedError(
        `there is no embedded PostgreSQL on Windows: set ${product.server_option} to a PostgreSQL server.`,
      )
    }
    const packaged = packagedBinaries(product)
    const data = openDataDirectory(data_dir, product)
    locks.push(lockDirectory(data, product))
    const layout = chooseLayout(data, product)
    if (layout.closed !== null) {
      say(
        `the database is in ${layout.cluster}, because user ${layout.user.name}, as whom PostgreSQL runs, ` +
          `may not enter ${layout.closed}`,
      )
    }
    const copies = () => {
      if (!layout.user.drop) return data
      openAway(layout.away)
      return layout.away
    }
    const binaries = await usableBinaries(packaged, layout.user, copies, say)
    await ensureCluster(layout, binaries, say)
    // Two data directories can lead to one cluster, when one is a copy of the other with its link.
    if (dirname(layout.cluster) !== data) locks.push(lockDirectory(layout.cluster, product))
    const supervisor = new Supervisor({ layout, binaries, settings, locks, say, onExit })
    await supervisor.start()
    return supervisor
  } catch (error) {
    for (const lock of locks) lock.release()
    throw explained(error, product)
  }
}

/**
 * For tools beside a running server: the connection of a PostgreSQL that already runs on this data directory, or
 * null. Throws EmbeddedError when this user may not look.
 */
export async function findPostgres(data_dir: string, product: Product): Promise<Connection | null> {
  try {
    if (!existsSync(data_dir)) return null
    const cluster = clusterOf(realpathSync(data_dir))
    const found = cluster === null ? null : findPostmaster(cluster)
    if (found === null || found.socket === null || found.port === null) return null
    return { host: found.socket, port: found.port, user: product.name, database: product.name }
  } catch (error) {
    throw explained(error, product)
  }
}

/** Whether there is a cluster in this data directory, running or not. Throws EmbeddedError when this user may not look. */
export function hasPostgres(data_dir: string, product: Product): boolean {
  try {
    return existsSync(data_dir) && clusterOf(realpathSync(data_dir)) !== null
  } catch (error) {
    throw explained(error, product)
  }
}

/** Removes a stopped database: the data directory, and what had to be kept outside of it. */
export function removePostgres(data_dir: string, product: Product): void {
  if (!existsSync(data_dir)) return
  const data = realpathSync(data_dir)
  for (const path of [awayOf(data, product), data])
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
}

/**
 * Removes the database of a process that has died, and ends the PostgreSQL that it left running. False: it is left alone,
 * because somebody uses it, or it is not ours.
 */
export async function removeAbandoned(options: EmbeddedOptions): Promise<boolean> {
  const { data_dir, product } = options
  const found = lstatSync(data_dir, { throwIfNoEntry: false })
  // What somebody else put there must not be started.
  if (!found?.isDirectory() || found.uid !== process.geteuid?.() || !hasLock(data_dir, product)) return false
  try {
    if (await findPostgres(data_dir, product)) await (await startPostgres(options)).stop()
    else lockDirectory(realpathSync(data_dir), product).release()
  } catch (error) {
    // Somebody uses it, or has just removed it.
    if (explained(error, product) instanceof EmbeddedError) return false
    throw error
  }
  removePostgres(data_dir, product)
  return true
}
