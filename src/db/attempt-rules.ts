// The attempt rules of the installation, which count beside those of each template.

import type { AttemptRules } from '../core/attempts.ts'
import type { Db } from './pool.ts'
import { type None, statement } from './statement.ts'

export interface InstallationRules extends AttemptRules {
  version: number
}

const FIND = statement<None, { rules: AttemptRules | null; version: number }>(
  'attemptRules.find',
  'select rules, version from attempt_rules',
)

export async function installationRules(db: Db): Promise<InstallationRules> {
  const { rules, version } = (await db.query(FIND))[0]!
  return { number: rules?.number ?? null, lead: rules?.lead ?? null, version }
}

const WRITE = statement<{ rules: string | null }>(
  'attemptRules.write',
  'update attempt_rules set rules = :rules::jsonb, version = version + 1',
)

/** Null: no limit. */
export const writeInstallationRules = (tx: Db, rules: AttemptRules | null) =>
  tx.query(WRITE, { rules: rules === null ? null : JSON.stringify(rules) })
