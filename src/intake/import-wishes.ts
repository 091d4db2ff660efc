// What is asked of an import: where its leads go, what its rows may do, which leads count as the same.

import { type Dedupe, judgeDedupe } from '../core/dedupe.ts'
import type { DuplicateWay, ImportMode } from '../core/import.ts'
import { known, ok, type Result, refuse, refuseField } from '../core/result.ts'
import { changeImport, createImport, type ImportRow, importById, setImportLimit } from '../db/imports.ts'
import { BEFORE_THE_RUN, importStep } from './imports.ts'
import { type Asker, changeSetUp } from './set-up.ts'

export interface ImportAsked {
  campaign_id: number
  allocation_id?: number | null
  mode?: ImportMode
  duplicates?: DuplicateWay
  dedupe?: Partial<Dedupe> | null
  bad_percent_max?: number | null
  file_name: string
  file_bytes: number
}

export async function addImport(asker: Asker, asked: ImportAsked): Promise<Result<ImportRow>> {
  const { mode = 'insert', campaign_id, allocation_id = null, file_name, file_bytes } = asked
  const { duplicates = mode === 'upsert' ? 'update' : 'reject', bad_percent_max = null } = asked
  const wrong = await targetProblem(asker, { campaign_id, allocation_id, mode })
  if (wrong) return wrong
  const dedupe = await dedupeAsked(asker, campaign_id, asked.dedupe)
  if (dedupe.refusal) return dedupe
  const row = {
    campaign_id,
    allocation_id,
    mode,
    duplicates,
    dedupe: dedupe.ok,
    bad_percent_max,
    file_name,
    file_bytes,
  }
  const { actor, request_id } = asker.by
  return changeSetUp(asker, {
    action: 'import.create',
    details: { campaign_id, allocation_id, mode, duplicates, ...(dedupe.ok && { dedupe: dedupe.ok }) },
    work: async (tx) => {
      const import_id = await createImport(tx, row, { actor, request_id })
      return known(await importById(tx, asker.caller, import_id), `import ${import_id}`)
    },
    subject: ({ import_id }) => `import:${import_id}`,
  })
}

/** What new leads are compared with, by the fields of the campaign. */
async function dedupeAsked(
  { services, caller }: Asker,
  campaign_id: number,
  asked: Partial<Dedupe> | null | undefined,
): Promise<Result<Dedupe | null>> {
  if (!asked) return ok(null)
  const rules = await services.intake.targets.find({ campaign_id }, caller)
  return rules.refusal ? rules : judgeDedupe(asked, rules.ok.fields)
}

/** Why leads cannot go there. */
async function targetProblem(
  { services, caller }: Asker,
  { campaign_id, allocation_id, mode }: Pick<ImportRow, 'campaign_id' | 'allocation_id' | 'mode'>,
): Promise<Result<never> | undefined> {
  const { targets } = services.intake
  if (allocation_id === null) {
    if (mode !== 'update')
      return refuseField('/allocation_id', 'must name an allocation for the new leads of the file')
    const found = await targets.find({ campaign_id }, caller)
    return found.refusal && { refusal: { ...found.refusal, field: '/campaign_id' } }
  }
  const found = await targets.openAllocation(allocation_id, caller)
  if (found.refusal) return { refusal: { ...found.refusal, field: '/allocation_id' } }
  if (found.ok.campaign_id === campaign_id) return undefined
  return refuse('UNKNOWN_TARGET', `allocation ${allocation_id} belongs to another campaign`, {
    field: '/allocation_id',
  })
}

export type ImportChange = Partial<
  Pick<ImportRow, 'allocation_id' | 'mode' | 'duplicates' | 'bad_percent_max'>
> & { dedupe?: Partial<Dedupe> | null }

/** Changes what is to be done with the rows; the limit alone also while the run pauses. */
export const changeWishes = async (asker: Asker, import_id: number, asked: ImportChange) => {
  const is_limit = Object.keys(asked).every((key) => key === 'bad_percent_max')
  let change: Partial<ImportRow> = asked as Omit<ImportChange, 'dedupe'>
  if (!is_limit) {
    const row = known(await importById(asker.services.pool, asker.caller, import_id), `import ${import_id}`)
    if (row.refusal) return row
    const dedupe = await dedupeAsked(asker, row.ok.campaign_id, asked.dedupe)
    if (dedupe.refusal) return dedupe
    if (asked.dedupe !== undefined) change = { ...change, dedupe: dedupe.ok }
    const wrong = await targetProblem(asker, { ...row.ok, ...change })
    if (wrong) return wrong
  }
  return importStep(asker, import_id, {
    action: 'import.change',
    details: change,
    from: is_limit ? [...BEFORE_THE_RUN, 'paused'] : BEFORE_THE_RUN,
    work: async (tx, found) => {
      const wished = { ...found, ...change }
      return ok(await (is_limit ? setImportLimit(tx, wished) : changeImport(tx, wished, found.mapping)))
    },
  })
}
