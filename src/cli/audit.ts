// `leadline audit`: the audit log, newest first, from the database directly.

import { LIMITS } from '../core/limits.ts'
import { type AuditRow, listAudit } from '../db/audit.ts'
import type { Pool } from '../db/pool.ts'
import { SEES_ALL } from '../db/sight.ts'
import { type Cli, idOf, timeOf } from './cli.ts'
import { withDatabase } from './database.ts'
import { tell } from './terminal.ts'

interface AuditOptions {
  actor?: string
  action?: string
  subject?: string
  request?: string
  from?: string
  to?: string
  limit: number
}

export function addAuditCommand(cli: Cli): void {
  cli
    .command(
      'audit',
      'show who changed what, newest first; with --json one document a line',
      'audit --action key',
      'audit --subject key:7 --from 2026-11-01',
      'audit --actor operator:3 --limit 1000 --json',
    )
    .option('--actor <actor>', 'who did it: key:7, operator:3, system')
    .option('--action <action>', 'key.rotate, or the noun alone for all its deeds: key')
    .option('--subject <subject>', 'what it is about: key:7, template:3, lead:41-1207')
    .option('--request <id>', 'what the request with this id did')
    .option('--from <time>', 'RFC 3339 time or date: not before', timeOf('--from'))
    .option('--to <time>', 'RFC 3339 time or date: before', timeOf('--to'))
    .option('--limit <entries>', 'so many at most', idOf('--limit'), LIMITS.page_rows_default)
    .action((options: AuditOptions) =>
      withDatabase(cli.config(), async (pool) => {
        for await (const entry of entriesOf(pool, options))
          tell(cli.json ? JSON.stringify(entry) : lineOf(entry))
      }),
    )
}

async function* entriesOf(pool: Pool, { request: request_id, limit, ...filter }: AuditOptions) {
  let after = 0
  for (let left = limit; left > 0; ) {
    const rows_max = Math.min(left, LIMITS.page_rows_max)
    const rows = await listAudit(pool, SEES_ALL, {
      ...filter,
      ...(request_id && { request_id }),
      after,
      rows_max,
    })
    yield* rows
    if (rows.length < rows_max) return
    after = rows.at(-1)!.audit_id
    left -= rows.length
  }
}

const lineOf = ({ at, actor, actor_name, action, subject, details }: AuditRow) =>
  [
    at,
    actor_name === null ? actor : `${actor} "${actor_name}"`,
    action,
    subject,
    JSON.stringify(details),
  ].join('\t')
