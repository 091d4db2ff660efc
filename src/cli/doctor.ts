// `leadline doctor`: does this installation have what it needs?

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Check } from '../core/checks.ts'
import { diskSpace } from '../db/embedded.ts'
import type { Pool } from '../db/pool.ts'
import { hostsProblem } from '../http/hosts.ts'
import { installationChecks } from './checks.ts'
import { withDatabase } from './database.ts'
import { show } from './terminal.ts'

const EXAMPLES = `Examples:
  leadline doctor
  leadline doctor --json
`

export function addDoctorCommand(program: Command, config: () => Config): void {
  program
    .command('doctor')
    .description('check this installation: Node, database, durability, clocks, disk, server')
    .addHelpText('before', EXAMPLES)
    .action(async (_options, command: Command) => {
      const settings = config()
      const checks: Check[] = [
        { check: 'node', ok: Number(process.versions.node.split('.')[0]) >= 26, detail: process.version },
        checkHosts(settings),
        ...(await checkDatabase(settings)),
        await checkServer(settings.url),
      ]
      show(command.optsWithGlobals().json, checks, () => checks.map(lineOf).join('\n'))
      if (checks.some(isFailure)) process.exitCode = 1
    })
}

function checkHosts(config: Config): Check {
  const check = 'public_hosts'
  const detail = hostsProblem(config)
  if (detail !== undefined) return { check, ok: false, warning: true, detail }
  return { check, ok: true, detail: 'browsers of operators reach the app by a name that counts' }
}

const isFailure = ({ ok, warning }: Check) => !ok && !warning

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
  const check = 'server'
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) })
    if (response.ok) return { check, ok: true, detail: `${url} answers ${response.status}` }
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: string }
    return { check, ok: false, detail: `${url} answers ${response.status}${detail ? `: ${detail}` : ''}` }
  } catch {
    return {
      check,
      ok: false,
      detail: `${url} does not answer; start it with "npm start" or set LEADLINE_URL`,
    }
  }
}
