// `leadline migrate`: the schema, without starting the server.

import { explainChanged } from '../core/checks.ts'
import { migrate } from '../db/migrate.ts'
import type { Cli } from './cli.ts'
import { withDatabase } from './database.ts'
import { say } from './terminal.ts'

export function addMigrateCommand(cli: Cli): void {
  cli.command('migrate', 'bring the database schema forward', 'migrate').action(async () => {
    const migrated = await withDatabase(cli.config(), migrate, { migrated: false })
    cli.show(migrated, ({ applied }) =>
      applied.length > 0 ? applied.map((name) => `applied ${name}`) : 'the schema is up to date',
    )
    for (const name of migrated.changed) say(explainChanged(name))
    if (migrated.changed.length > 0) process.exitCode = 1
  })
}
