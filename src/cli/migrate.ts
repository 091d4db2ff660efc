// `leadline migrate`: the schema, without starting the server.

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { explainChanged } from '../core/checks.ts'
import { migrate } from '../db/migrate.ts'
import { withDatabase } from './database.ts'
import { say, show } from './terminal.ts'

const EXAMPLES = `Examples:
  leadline migrate
`

export function addMigrateCommand(program: Command, config: () => Config): void {
  program
    .command('migrate')
    .description('bring the database schema forward')
    .addHelpText('before', EXAMPLES)
    .action(async (_options, command: Command) => {
      const migrated = await withDatabase(config(), migrate, { migrated: false })
      const { applied, changed } = migrated
      show(command.optsWithGlobals().json, migrated, () =>
        applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'the schema is up to date',
      )
      for (const name of changed) say(explainChanged(name))
      if (changed.length > 0) process.exitCode = 1
    })
}
