// Files and directories, handled so that neither a crash nor a user with fewer rights can do harm.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { EmbeddedError, failureCode } from './error.ts'
import type { DbUser } from './user.ts'

/** Null when there is no such file (or no such process, in /proc). */
export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(failureCode(error) ?? '')) return null
    throw error
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

/**
 * Makes `path` a directory of that mode and, under root, that owner. Refuses a link: somebody who may write beside
 * it must not be able to point root's chown elsewhere.
 */
export function ownDirectory(path: string, mode: number, owner?: DbUser) {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (failureCode(error) !== 'EEXIST') throw error
  }
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (!['ELOOP', 'ENOTDIR'].includes(failureCode(error) ?? '')) throw error
    throw new EmbeddedError(`${path} must be a real directory: remove it, the next start makes a new one.`, {
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

/** Gives a whole tree to the user: links themselves, never what they point to. */
export function giveTree(path: string, user: DbUser) {
  lchownSync(path, user.uid, user.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) giveTree(join(path, name), user)
}

/** The topmost directory on the way to `path` (itself included) that the user may not enter; null: none. */
export function closedDirectory(path: string, user: DbUser): string | null {
  const parent = dirname(path)
  const above = parent === path ? null : closedDirectory(parent, user)
  return above ?? (permits(statSync(path), user, 1) ? null : path)
}

/**
 * Whether the mode bits let the user do `wanted` (4 read, 2 write, 1 enter or run). An owner has the owner's bits
 * only.
 */
export function permits(stat: Stats, user: DbUser, wanted: number) {
  const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0
  return ((stat.mode >> shift) & wanted) === wanted
}
