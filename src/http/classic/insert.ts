// insertLeadFast and the older insertLead.

import { readInsert } from '../../core/classic.ts'
import { LIMITS } from '../../core/limits.ts'
import { ok } from '../../core/result.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { answerOk, answerText, rowOutcome } from './answer.ts'
import { insertTarget, readAllowDuplicates, readQuery, readRow, readRows } from './request.ts'

export async function insertLeadFast(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const row = orRefuse(await readRow(call))
  const { rules, allocation_id } = orRefuse(await insertTarget(call, query))
  const now = call.services.now()
  const read = orRefuse(readInsert(row, rules, allocation_id, now))
  const submission = { ...read, warnings: [...read.warnings, ...call.request.raw.leadline!.warnings] }
  const inserted = await call.services.intake.insert(
    { submission, rules, allow_duplicates, by: call.by, now },
    call.deadline,
  )
  return answerOk(call, { ...orRefuse(inserted), warnings: submission.warnings })
}

export async function insertLead(call: Call) {
  const query = orRefuse(readQuery(call))
  const allow_duplicates = orRefuse(readAllowDuplicates(query))
  const { rows, array } = orRefuse(await readRows(call, LIMITS.batch_rows_max))
  const { rules, allocation_id } = orRefuse(await insertTarget(call, query))
  const now = call.services.now()
  const outcomes = await Promise.all(
    rows.map((row) =>
      rowOutcome(call, row, async () => {
        const submission = await inSlices(() =>
          readInsert(row, rules, allocation_id, now, { disposition: true }),
        )
        if (submission.refusal) return submission
        const arrival = {
          submission: submission.ok,
          rules,
          allow_duplicates,
          by: call.by,
          now,
        }
        const inserted = await call.services.intake.insert(arrival, call.deadline)
        return inserted.refusal ? inserted : ok({ ...inserted.ok, warnings: submission.ok.warnings })
      }),
    ),
  )
  return answerText(call, 'Imported', outcomes, array)
}
