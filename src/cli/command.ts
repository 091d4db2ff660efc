// The command line: its commands in one table, its mistakes answered in one place.

import { type Command, CommanderError } from 'commander'
import { NoAnswer } from '../client/client.ts'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { EmbeddedError } from '../db/embedded.ts'
import { MigrationError } from '../db/migrate.ts'
import { DatabaseUnavailable } from '../db/pool.ts'
import { addAllocationsCommand } from './allocations.ts'
import { addAttemptRulesCommand } from './attempt-rules.ts'
import { addAuditCommand } from './audit.ts'
import { BackupError } from './backup/archive.ts'
import { addBackupCommands, addRestoreCommand } from './backup/backup.ts'
import { addCampaignsCommand } from './campaigns.ts'
import { Cli, EXIT } from './cli.ts'
import { addContactHoursCommand } from './contact-hours.ts'
import { addDemoCommand } from './demo/demo.ts'
import { addDispositionsCommand } from './dispositions.ts'
import { addDncCommand } from './dnc.ts'
import { addDoctorCommand } from './doctor.ts'
import { addExportCommand, ExportError } from './export.ts'
import { addImportCommand } from './imports.ts'
import { addKeysCommand } from './keys.ts'
import { addLeadCommands } from './leads.ts'
import { addMasterListCommands } from './master-lists.ts'
import { addMigrateCommand } from './migrate.ts'
import { addOperatorsCommand } from './operators.ts'
import { addPullsCommand } from './pulls.ts'
import { addTeamsCommand } from './teams.ts'
import { addTemplatesCommand } from './templates.ts'
import { say, UsageError } from './terminal.ts'

export function program(config: () => Config): Command {
  const cli = new Cli(config, 'Lead intake and lead-list management for outbound contact centres.', [
    'serve',
    'keys create --name "web form" --scope insert --allocation 1',
    'insert --template 1 --campaign 1 --allocation 1 Name="Jane Smith" FirstPhone=0383218199',
    'dnc check 0412345678',
  ])
  cli
    .command('serve', 'run the server; with an embedded PostgreSQL unless DATABASE_URL is set', 'serve')
    .option('--no-build-web', "leave the operators' app as it is, also when its bundle is missing or old")
    .action(async ({ buildWeb }: { buildWeb: boolean }) => {
      const { serve } = await import('./serve.ts')
      await serve(config(), { build_web: buildWeb })
    })
  addMigrateCommand(cli)
  addKeysCommand(cli)
  addOperatorsCommand(cli)
  addLeadCommands(cli)
  addExportCommand(cli)
  addTeamsCommand(cli)
  addCampaignsCommand(cli)
  addTemplatesCommand(cli)
  addAttemptRulesCommand(cli)
  addAllocationsCommand(cli)
  addContactHoursCommand(cli)
  addDispositionsCommand(cli)
  addImportCommand(cli)
  addPullsCommand(cli)
  addMasterListCommands(cli)
  addDncCommand(cli)
  addAuditCommand(cli)
  addBackupCommands(cli)
  addRestoreCommand(cli)
  addDoctorCommand(cli)
  addDemoCommand(cli)
  return cli.program
}

export async function run(args: string[]): Promise<void> {
  // A reader may stop reading ("| head"): that is not an error, and a server carries on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    await program(() => readConfig(process.env)).parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCode(error)
  }
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const ended = endOf(error)
  if (ended === undefined) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EXIT.failed
  }
  const [code, message] = ended
  say(`leadline: ${message}`)
  return code
}

/** Exit code and message of an error that a person can do something about; undefined: it is a bug. */
function endOf(error: unknown): [code: number, message: string] | undefined {
  if (!(error instanceof Error)) return undefined
  const { message } = error
  if (error instanceof UsageError || error instanceof ConfigError) return [EXIT.usage, message]
  if (error instanceof BackupError || error instanceof ExportError) return [EXIT.failed, message]
  if (error instanceof NoAnswer)
    return [EXIT.unavailable, `${message}. Check LEADLINE_URL, and that the server runs.`]
  if (error instanceof DatabaseUnavailable)
    return [EXIT.unavailable, 'the database cannot be reached. Check DATABASE_URL, or run "leadline doctor".']
  if (error instanceof EmbeddedError || error instanceof MigrationError) return [EXIT.unavailable, message]
  if ('code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES'))
    return [EXIT.unavailable, 'the address is in use. Stop the other server, or set LEADLINE_PORT.']
  return undefined
}
