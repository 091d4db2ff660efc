// Pulls are set up, changed, deleted, and started by hand.

import { secretsAstray, withSecretsOf } from '../core/action-secrets.ts'
import { type PullSetUp, pullProblems } from '../core/pull.ts'
import { known, ok, type Result, refuse, refuseProblems } from '../core/result.ts'
import type { Db } from '../db/pool.ts'
import { type PullRun, pullRunById, startPullRun } from '../db/pull-runs.ts'
import {
  createPull,
  lockPull,
  type PullGiven,
  type PullRow,
  pullById,
  removePull,
  replacePull,
} from '../db/pulls.ts'
import type { Sight } from '../db/sight.ts'
import { type Asker, type ChangeAsked, changeSetUp, deleteSetUp, hasAlready, patchSetUp } from './set-up.ts'
import { transact } from './transact.ts'

const DEFAULTS = {
  rows_at: '',
  keys: {},
  allow_duplicates: false,
  every_minutes: 5,
  enabled: true,
  last_id: null,
}
type Defaults = keyof typeof DEFAULTS

export type NewPull = Omit<PullGiven, Defaults> & Partial<Pick<PullGiven, Defaults>>

export const findPull = async (db: Db, sight: Sight, pull_id: number) =>
  known(await pullById(db, sight, pull_id), `pull ${pull_id}`)

export async function addPull(asker: Asker, given: NewPull): Promise<Result<PullRow>> {
  const pull = { ...DEFAULTS, ...given }
  const wrong = await refuseSetUp(asker, pull)
  return (
    wrong ??
    changeSetUp(asker, {
      action: 'pull.create',
      details: { allocation_id: pull.allocation_id },
      work: async (tx) => findPull(tx, asker.caller, await createPull(tx, pull)),
      subject: ({ pull_id }) => `pull:${pull_id}`,
    })
  )
}

export async function changePull(
  asker: Asker,
  pull_id: number,
  change: Partial<PullGiven>,
  asked: ChangeAsked,
) {
  const stored = await findPull(asker.services.pool, asker.caller, pull_id)
  if (stored.refusal) return stored
  const next = changedPull(stored.ok, change)
  if (next.refusal) return next
  const wrong = await refuseSetUp(asker, next.ok)
  if (wrong) return wrong
  return patchSetUp(asker, {
    noun: 'pull',
    id: pull_id,
    asked,
    details: { changed: Object.keys(change).sort() },
    lock: lockPull,
    done: (row) => hasAlready(row, changedPull(row, change).ok ?? {}),
    write: async (tx, row) => {
      // Locked by now: the kept secrets are those of the change before this one.
      const after = changedPull(row, change)
      if (after.refusal) return after
      await replacePull(tx, pull_id, after.ok)
      return findPull(tx, asker.caller, pull_id)
    },
    reach: async () => 0,
  })
}

export async function deletePull(asker: Asker, pull_id: number, asked: ChangeAsked) {
  const stored = await findPull(asker.services.pool, asker.caller, pull_id)
  if (stored.refusal) return stored
  return deleteSetUp(asker, {
    noun: 'pull',
    id: pull_id,
    asked,
    lock: lockPull,
    objection: async () => undefined,
    remove: removePull,
  })
}

/** The pull as it would be, with the stored secrets where the change has the masks that are shown instead of them. */
function changedPull(row: PullRow, change: Partial<PullGiven>): Result<PullGiven> {
  const next = givenOf({ ...row, ...change })
  const [astray] = secretsAstray(next.request, row.request)
  if (astray !== undefined)
    return refuse('INVALID_FIELD', 'is a secret for another server: give its value anew', {
      field: `/request/${astray}`,
    })
  const { method } = next.request
  return ok({ ...next, request: { ...withSecretsOf(next.request, row.request), method } })
}

const givenOf = (pull: PullGiven): PullGiven => ({
  allocation_id: pull.allocation_id,
  name: pull.name,
  request: pull.request,
  format: pull.format,
  rows_at: pull.rows_at,
  id_key: pull.id_key,
  keys: pull.keys,
  allow_duplicates: pull.allow_duplicates,
  every_minutes: pull.every_minutes,
  enabled: pull.enabled,
  last_id: pull.last_id,
})

/** Its allocation must take leads and belong to the caller; its request and keys must make sense. */
async function refuseSetUp({ services, caller }: Asker, pull: PullSetUp) {
  const rules = await services.intake.targets.openAllocation(pull.allocation_id, caller)
  if (rules.refusal) return { refusal: { ...rules.refusal, field: '/allocation_id' } }
  return refuseProblems(pullProblems(pull, rules.ok))
}

/** Starts a run now, or answers the one that has not ended. */
export const startPull = ({ services, caller }: Asker, pull_id: number): Promise<Result<PullRun>> =>
  transact(
    services.pool,
    async (tx) => {
      const pull = known(await lockPull(tx, caller, pull_id), `pull ${pull_id}`)
      if (pull.refusal) return pull
      const run_id = await startPullRun(tx, pull_id)
      return known(await pullRunById(tx, caller, pull_id, run_id), `run ${run_id}`)
    },
    { retry: 'clash' },
  )
