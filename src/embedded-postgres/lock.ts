// One process per directory.
//
// The lock is the operating system's record lock (fcntl) on `<product>.lock`, taken through SQLite because Node
// has no call for it. The kernel drops it with the process, kill -9 included, so there is never a stale lock to
// judge or to steal: no race between two starts after a crash, and a reused pid means nothing. It belongs to the
// file, not to its name, so symbolic links and bind mounts of one directory collide as they should, across
// containers of one machine too.
//
// The one trap of fcntl locks: closing any other descriptor of the file in this process drops the lock. So
// nothing else may ever open the lock file (SQLite itself takes care when it is opened twice), and the owner's
// pid, which only words the refusal, has a file of its own.

import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lchownSync,
  lstatSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedError, type Product } from './error.ts'
import { readOrNull, replaceFile } from './files.ts'
import { isRoot } from './user.ts'

const SQLITE_BUSY = 5
// Two starts at the same moment may meet halfway into taking the lock: they retry for this long.
const CONTEST_MS = 400

export interface Lock {
  /**
   * Throws EmbeddedError when the directory has been removed or replaced: the lock is then on a file that
   * nobody else meets.
   */
  check(): void
  release(): void
}

// A lock whose handle were garbage-collected would be released.
const held = new Set<DatabaseSync>()

const lockPath = (directory: string, { name }: Product) => join(directory, `${name}.lock`)

/** Whether anybody ever had the lock of a directory. */
export const hasLock = (directory: string, product: Product) => existsSync(lockPath(directory, product))

/** Takes the lock of a directory; throws EmbeddedError when another process (or this one) holds it. */
export function lockDirectory(directory: string, product: Product): Lock {
  const path = lockPath(directory, product)
  const pidPath = join(directory, `${product.name}.pid`)
  let handle: DatabaseSync | undefined
  try {
    handle = new DatabaseSync(path, { timeout: CONTEST_MS })
    guard(path, directory)
    // A journal on the disk would be one more file to trip over.
    handle.exec('pragma journal_mode = memory')
    handle.exec('begin exclusive')
    replaceFile(pidPath, `${process.pid}\n`, 0o644)
  } catch (error) {
    handle?.close()
    if (sqliteCode(error) === SQLITE_BUSY)
      throw new EmbeddedError(inUse(directory, pidPath, product), { cause: error })
    if (sqliteCode(error) === undefined) throw error
    // SQLite says only "unable to open"; the operating system says why.
    accessSync(directory, constants.W_OK | constants.X_OK)
    throw new EmbeddedError(
      `cannot lock ${path}: ${error instanceof Error ? error.message : error}. ` +
        `Remove the file if it belongs to another user, or set ${product.data_dir_option} to a local disk.`,
      { cause: error },
    )
  }
  const lock = handle
  held.add(lock)
  const { ino } = statSync(path, { bigint: true })
  return {
    check() {
      if (statSync(path, { bigint: true, throwIfNoEntry: false })?.ino === ino) return
      throw new EmbeddedError(
        `${directory} was removed or replaced while ${product.title} was using it: restart ${product.title}.`,
      )
    },
    release() {
      if (!held.delete(lock)) return
      rmSync(pidPath, { force: true })
      lock.close()
    },
  }
}

/**
 * Lets only the directory's owner open the lock: whoever can open it can hold up a start. Opens nothing
 * itself.
 */
function guard(path: string, directory: string) {
  if (!lstatSync(path).isFile())
    throw new EmbeddedError(`${path} must be a real file: remove it, the next start makes a new one.`)
  chmodSync(path, 0o600)
  const { uid, gid } = statSync(directory)
  // A start as root must not leave a lock that the directory's owner cannot take.
  if (isRoot()) lchownSync(path, uid, gid)
}

function inUse(directory: string, pidPath: string, product: Product) {
  const { title, data_dir_option, server_option } = product
  const pid = Number(readOrNull(pidPath))
  return (
    `another ${title}${pid > 0 ? ` (pid ${pid})` : ''} is using ${directory}. Stop it first, or give this one its own ` +
    `${data_dir_option}; several ${title}s on one database need a PostgreSQL server (${server_option}).`
  )
}

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined
}
