// The command line: its commands in one table, its mistakes answered in one place.

import { Command, CommanderError } from 'commander'
import { NoAnswer } from '../client/client.ts'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { isRegion } from '../core/phone.ts'
import { EmbeddedError } from '../db/embedded.ts'
import { MigrationError } from '../db/migrate.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { addAllocationsCommand } from './allocations.ts'
import { addDemoCommand } from './demo/demo.ts'
import { addDncCommand } from './dnc.ts'
import { addDoctorCommand } from './doctor.ts'
import { addKeysCommand } from './keys.ts'
import { addLeadCommands } from './leads.ts'
import { addMigrateCommand } from './migrate.ts'
import { addOperatorsCommand } from './operators.ts'
import { say, UsageError } from './terminal.ts'

const EXIT = { ok: 0, failed: 1, usage: 2, unavailable: 3 }

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused: the answer says why, with its code
  2  the command was not understood, or an option is wrong
  3  the server or the database cannot be reached`

const SERVE_EXAMPLES = `Examples:
  leadline serve
`

export function program(config: () => Config): Command {
  const command = new Command('leadline')
    .description('Lead intake and lead-list management for outbound contact centres.')
    .option('--json', 'data as JSON on stdout')
    .showHelpAfterError('Try --help.')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride()
    .addHelpText(
      'before',
      `Examples:
  leadline serve
  leadline keys create --name "web form" --scope write
  leadline insert --template 1 --campaign 1 --allocation 1 Name="Jane Smith" FirstPhone=0383218199
  leadline dnc check 0412345678
`,
    )
    .addHelpText('afterAll', EXIT_CODES)
  command
    .command('serve')
    .description('run the server; with an embedded PostgreSQL unless DATABASE_URL is set')
    .option(
      '--build-web',
      "build the operators' app in the background when its sources are newer than its bundle",
    )
    .addHelpText('before', SERVE_EXAMPLES)
    .action(async ({ buildWeb = false }: { buildWeb?: boolean }) => {
      const { serve } = await import('./serve.ts')
      await serve(config(), { build_web: buildWeb })
    })
  addMigrateCommand(command, config)
  addKeysCommand(command, config)
  addOperatorsCommand(command, config)
  addLeadCommands(command, config)
  addAllocationsCommand(command, config)
  addDncCommand(command, config)
  addDoctorCommand(command, config)
  addDemoCommand(command, config)
  return command
}

export async function run(args: string[]): Promise<void> {
  // A reader that has seen enough ("| head"), or has gone, is no error: a server goes on, and stops in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    await program(() => readConfig(process.env, isRegion)).parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCode(error)
  }
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof UsageError || error instanceof ConfigError) {
    say(`leadline: ${error.message}`)
    return EXIT.usage
  }
  if (error instanceof NoAnswer) {
    say(`leadline: ${error.message}. Check LEADLINE_URL, and that the server runs.`)
    return EXIT.unavailable
  }
  if (error instanceof DatabaseUnavailable) {
    say('leadline: the database cannot be reached. Check DATABASE_URL, or run "leadline doctor".')
    return EXIT.unavailable
  }
  if (error instanceof EmbeddedError || error instanceof MigrationError) {
    say(`leadline: ${error.message}`)
    return EXIT.unavailable
  }
  if (isAddressInUse(error)) {
    say('leadline: the address is in use. Stop the other server, or set LEADLINE_PORT.')
    return EXIT.unavailable
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.failed
}

const isAddressInUse = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
