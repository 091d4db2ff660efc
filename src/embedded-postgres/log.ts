// PostgreSQL's log file. It is opened by us and handed over, so it may lie where PostgreSQL's user cannot go.

import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isRoot } from './user.ts'

const ROTATE_BYTES = 10 * 1024 * 1024
const TAIL_BYTES = 8 * 1024
// Our own attempts to connect leave these lines in the log of a healthy start.
const KNOCKING = /the database system is (starting up|shutting down|not )|database "[^"]*" does not exist/

/** Opens the log for appending, after moving one of more than 10 MB to `<path>.1`. The caller closes it. */
export function openLog(path: string): { descriptor: number; bytes: number } {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat !== undefined && stat.size > ROTATE_BYTES) renameSync(path, `${path}.1`)
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
  const descriptor = openSync(path, flags, 0o600)
  // A start as root must not leave a file that the owner of the directory cannot append to.
  const { uid, gid } = statSync(dirname(path))
  if (isRoot()) fchownSync(descriptor, uid, gid)
  return { descriptor, bytes: fstatSync(descriptor).size }
}

/** The fatal lines of the log from that byte on, else its last lines; without times. */
export function complaints(path: string, fromByte: number): string {
  if (!existsSync(path)) return ''
  const descriptor = openSync(path, 'r')
  let text: string
  try {
    const start = Math.max(fromByte, fstatSync(descriptor).size - TAIL_BYTES)
    const buffer = Buffer.alloc(TAIL_BYTES)
    text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, TAIL_BYTES, start))
  } finally {
    closeSync(descriptor)
  }
  const lines = text.split('\n').flatMap((line) => line.replace(/^\S+ \S+ \S+ \[\d+\] /, '').trim() || [])
  const fatal = lines.filter((line) => /^(FATAL|PANIC):/.test(line) && !KNOCKING.test(line))
  return (fatal.length > 0 ? fatal : lines).slice(-5).join('\n')
}
