// `leadline doctor`: does this installation have what it needs?

import type { Config } from '../config.ts'
import type { Check } from '../core/checks.ts'
import { diskSpace } from '../db/embedded.ts'
import type { Pool } from '../db/pool.ts'
import { hostsProblem } from '../http/door/hosts.ts'
import { installationChecks } from './checks.ts'
import type { Cli } from './cli.ts'
import { withDatabase } from './database.ts'

export function addDoctorCommand(cli: Cli): void {
  const description = 'check this installation: Node, database, durability, clocks, disk, server'
  cli.command('doctor', description, 'doctor', 'doctor --json').action(async () => {
    const config = cli.config()
    const checks: Check[] = [
      { check: 'node', ok: Number(process.versions.node.split('.')[0]) >= 26, detail: process.version },
      checkHosts(config),
      ...(await checkDatabase(config)),
      await checkServer(config.url),
    ]
    cli.show(checks, () => checks.map(lineOf))
    if (checks.some(({ ok, warning }) => !ok && !warning)) process.exitCode = 1
  })
}

function checkHosts(config: Config): Check {
  const check = 'public_hosts'
  const detail = hostsProblem(config)
  if (detail !== undefined) return { check, ok: false, warning: true, detail }
  return { check, ok: true, detail: 'browsers of operators reach the app by a name that counts' }
}

const lineOf = (check: Check) =>
  `${check.ok ? 'ok  ' : check.warning ? 'warn' : 'FAIL'}  ${check.check}: ${check.detail}`

/** A person waits for the answer: a slow statement is given up early, and so is a stalled write. */
const STATEMENT_MS_MAX = 2_000

async function checkDatabase(config: Config): Promise<Check[]> {
  const examine = async (pool: Pool) => {
    const disk = config.database_url === null ? await diskSpace(config.data_dir) : undefined
    return installationChecks(pool, disk)
  }
  try {
    return await withDatabase(config, examine, { migrated: false, statement_ms_max: STATEMENT_MS_MAX })
  } catch (error) {
    return [
      { check: 'database', ok: false, detail: error instanceof Error ? error.message : 'cannot be reached' },
    ]
  }
}

async function checkServer(url: string): Promise<Check> {
  const answer = (ok: boolean, detail: string) => ({ check: 'server', ok, detail })
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) })
    if (response.ok) return answer(true, `${url} answers ${response.status}`)
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: string }
    return answer(false, `${url} answers ${response.status}${detail ? `: ${detail}` : ''}`)
  } catch {
    return answer(false, `${url} does not answer; start it with "npm start" or set LEADLINE_URL`)
  }
}
