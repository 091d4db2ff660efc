// Compiled code for the processes of a run: dozens of them load the same sources, and compiling is half of their start.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** From now on every process that is started keeps and finds compiled code in one folder. Returns what removes it. */
export function shareCompiledCode(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-compiled-'))
  process.env.NODE_COMPILE_CACHE = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
