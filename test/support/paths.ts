// Paths where nothing is yet; what tests make of them goes with the test file.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined
let files = 0

export function newPath(): string {
  folder ??= realpathSync(mkdtempSync(join(tmpdir(), 'leadline-backup-')))
  return join(folder, `${++files}.backup`)
}

/** Test files of one process share this module. */
export function removePaths(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = undefined
}
