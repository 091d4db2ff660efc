// The PostgreSQL that comes along: real PostgreSQL from npm, on a data directory, under our supervision.
//
// It runs in a session of its own, so that Ctrl-C in a terminal reaches Leadline alone, which then ends it. When
// Leadline is killed, PostgreSQL goes on; the next start takes it over. Nothing here keeps the event loop alive:
// a process that ends without stop() leaves PostgreSQL running in the same way.

import { existsSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { packagedBinaries, usableBinaries } from './embedded/binaries.ts'
import { ensureCluster } from './embedded/cluster.ts'
import { type DiskSpace, diskSpace } from './embedded/disk.ts'
import { EmbeddedError, explained } from './embedded/error.ts'
import { type Lock, lockDirectory } from './embedded/lock.ts'
import { choosePlace, clusterOf, openAway, openDataDirectory } from './embedded/place.ts'
import { findPostmaster } from './embedded/postmaster.ts'
import { connectionAt, Supervisor } from './embedded/supervisor.ts'

export { type DiskSpace, diskSpace, EmbeddedError }

export interface EmbeddedOptions {
  /** Created when missing. */
  data_dir: string
  /** Gets one sentence about each thing that an administrator should know. */
  say?: (message: string) => void
  /** Called each time the postmaster has gone without being asked, before it is started again. */
  onExit?: (detail: string) => void
}

export interface Embedded {
  /** Where to connect: unix socket dir as host. Stays the same through restarts. */
  connection: { host: string; port: number; user: string; database: string }
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
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const say = options.say ?? (() => {})
  const locks: Lock[] = []
  try {
    if (process.platform === 'win32') {
      throw new EmbeddedError(
        'there is no embedded PostgreSQL on Windows: set DATABASE_URL to a PostgreSQL server.',
      )
    }
    const packaged = packagedBinaries()
    const data = openDataDirectory(options.data_dir)
    locks.push(lockDirectory(data))
    const place = choosePlace(data)
    if (place.closed !== null) {
      say(
        `the database is in ${place.cluster}, because user ${place.user.name}, as whom PostgreSQL runs, ` +
          `may not enter ${place.closed}`,
      )
    }
    const copies = () => {
      if (!place.user.drop) return data
      openAway(place.away)
      return place.away
    }
    const binaries = await usableBinaries(packaged, place.user, copies, say)
    await ensureCluster(place, binaries, say)
    // Two data directories can lead to one cluster, when one is a copy of the other with its link.
    if (dirname(place.cluster) !== data) locks.push(lockDirectory(place.cluster))
    const supervisor = new Supervisor(place, binaries, locks, say, options.onExit ?? (() => {}))
    await supervisor.start()
    return supervisor
  } catch (error) {
    for (const lock of locks) lock.release()
    throw explained(error)
  }
}

/**
 * For tools beside a running server: the connection of a PostgreSQL that already runs on this data dir, or null.
 * Throws EmbeddedError when this user may not look.
 */
export async function findEmbedded(data_dir: string): Promise<Embedded['connection'] | null> {
  try {
    if (!existsSync(data_dir)) return null
    const cluster = clusterOf(realpathSync(data_dir))
    const found = cluster === null ? null : findPostmaster(cluster)
    if (found === null || found.socket === null || found.port === null) return null
    return connectionAt(found.socket, found.port)
  } catch (error) {
    throw explained(error)
  }
}
