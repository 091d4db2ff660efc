// The attempt rules of the installation, and what a change of any attempt rules does to leads that wait.

import { isDeepStrictEqual } from 'node:util'
import { type AttemptRules, attemptRulesOf, type GivenAttemptRules } from '../core/attempts.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { type InstallationRules, installationRules, writeInstallationRules } from '../db/attempt-rules.ts'
import { hasCallIndex } from '../db/call-index.ts'
import { lockParking, unpark } from '../db/parking.ts'
import type { Db } from '../db/pool.ts'
import { campaignsOfTemplate } from '../db/templates.ts'
import { type Asker, type ChangeAsked, changeVersioned, type Touched } from './set-up.ts'

/** Counting without the index would read every call at each hand-out. Undefined: calls can be counted. */
export async function refuseUncounted(
  db: Db,
  rules: AttemptRules | null,
): Promise<Result<never> | undefined> {
  if (rules === null || (await hasCallIndex(db))) return undefined
  return refuse(
    'UNAVAILABLE',
    'calls are still being indexed by their number since the upgrade: attempt rules can be set in some minutes; nothing was written',
  )
}

/** Leads that wait are judged anew, by the rules that are there now. The caller has called `lockParking`. */
export async function unparkTemplate(tx: Db, template_id: number): Promise<void> {
  for (const campaign_id of await campaignsOfTemplate(tx, template_id)) await unpark(tx, null, campaign_id)
}

/** Changes the rules of the installation. They limit every team, so they are changed by callers who are bound to none. */
export async function patchAttemptRules(
  asker: Asker,
  given: GivenAttemptRules,
  asked: ChangeAsked,
): Promise<Result<InstallationRules & { touches?: Touched }>> {
  if (asker.caller.team_ids !== null)
    return refuse(
      'FORBIDDEN',
      'the attempt rules of the installation need the scope manage and a caller who is bound to no team',
    )
  const next = (before: InstallationRules) => attemptRulesOf({ ...before, ...given })
  return changeVersioned(asker, {
    action: 'attempt_rules.change',
    details: { ...given },
    subject: () => 'attempt_rules',
    what: 'the attempt rules of the installation',
    asked,
    lock: async (tx) => {
      await lockParking(tx)
      return ok(await installationRules(tx))
    },
    done: (before) => isDeepStrictEqual(next(before), attemptRulesOf(before)),
    write: async (tx, before) => {
      const rules = next(before)
      const uncounted = await refuseUncounted(tx, rules)
      if (uncounted) return uncounted
      await writeInstallationRules(tx, rules)
      if (!asked.dry_run) await unpark(tx, null, null)
      return ok(await installationRules(tx))
    },
    reach: async () => 0,
  })
}
