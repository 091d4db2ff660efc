// Folders for the databases of a run, in memory where there is room: no test waits for a disk.

import { accessSync, constants, mkdtempSync, realpathSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = '/dev/shm'
/** A run needs about one of them. */
const BYTES_MIN = 4 * 2 ** 30

function hasRoom(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return Math.min(bavail * bsize, freemem()) > BYTES_MIN
  } catch {
    return false
  }
}

/** A new folder; its maker removes it. */
export const scratch = (name: string): string =>
  realpathSync(mkdtempSync(join(hasRoom() ? IN_MEMORY : tmpdir(), `leadline-${name}-`)))
