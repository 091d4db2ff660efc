// `leadline doctor`: does this installation have what it needs?

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { type Pool, statement } from '../db/pool.ts'
import { withDatabase } from './database.ts'
import { show } from './terminal.ts'

const SETTINGS = statement(
  'doctor.settings',
  `select current_setting('server_version') as version, current_setting('fsync') as fsync,
     current_setting('full_page_writes') as full_page_writes,
     current_setting('server_encoding') as encoding, current_setting('log_error_verbosity') as log_error_verbosity,
     current_setting('log_parameter_max_length_on_error') as log_parameters, pg_is_in_recovery() as read_only`,
)

const EXAMPLES = `Examples:
  leadline doctor
  leadline doctor --json
`

interface Check {
  check: string
  ok: boolean
  detail: string
}

export function addDoctorCommand(program: Command, config: () => Config): void {
  program
    .command('doctor')
    .description('check this installation: Node, database, durability, server')
    .addHelpText('before', EXAMPLES)
    .action(async (_options, command: Command) => {
      const settings = config()
      const checks: Check[] = [
        { check: 'node', ok: Number(process.versions.node.split('.')[0]) >= 26, detail: process.version },
        ...(await checkDatabase(settings)),
        await checkServer(settings.url),
      ]
      show(command.optsWithGlobals().json, checks, () =>
        checks.map(({ check, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${check}: ${detail}`).join('\n'),
      )
      if (checks.some(({ ok }) => !ok)) process.exitCode = 1
    })
}

async function checkDatabase(config: Config): Promise<Check[]> {
  try {
    return await withDatabase(config, durability)
  } catch (error) {
    return [
      { check: 'database', ok: false, detail: error instanceof Error ? error.message : 'cannot be reached' },
    ]
  }
}

async function durability(pool: Pool): Promise<Check[]> {
  const [row] = await pool.query<Record<string, string | boolean>>(SETTINGS)
  const is = (name: string, wanted: (value: unknown) => boolean, why: string): Check => ({
    check: name,
    ok: wanted(row![name]),
    detail: wanted(row![name]) ? String(row![name]) : `${row![name]}: ${why}`,
  })
  return [
    { check: 'database', ok: true, detail: `PostgreSQL ${row!.version}` },
    is('fsync', (value) => value === 'on', 'an acknowledged lead can be lost; set fsync = on'),
    is('full_page_writes', (value) => value === 'on', 'a crash can tear pages; set full_page_writes = on'),
    is('encoding', (value) => value === 'UTF8', 'names would be lost; create the database with UTF8'),
    is('read_only', (value) => value === false, 'this is a standby; point DATABASE_URL to the primary'),
    is(
      'log_error_verbosity',
      (value) => value === 'terse',
      'the server logs phone numbers of refused leads; set terse',
    ),
    is(
      'log_parameters',
      (value) => value === '0',
      'the server may log values; set log_parameter_max_length_on_error = 0',
    ),
  ]
}

async function checkServer(url: string): Promise<Check> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) })
    return { check: 'server', ok: response.ok, detail: `${url} answers ${response.status}` }
  } catch {
    return {
      check: 'server',
      ok: false,
      detail: `${url} does not answer; start it with "npm start" or set LEADLINE_URL`,
    }
  }
}
