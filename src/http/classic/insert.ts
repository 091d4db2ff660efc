// insertLeadFast and the older insertLead.

import { Type } from 'typebox'
import { readInsert } from '../../core/classic.ts'
import { LIMITS } from '../../core/limits.ts'
import type { Rules } from '../../core/rules.ts'
import { inSlices } from '../../intake/slices.ts'
import type { Call } from '../context.ts'
import { orRefuse } from '../errors.ts'
import { post, routes } from '../route.ts'
import { CLASSIC } from '../style.ts'
import { answerOk, answerText, rowAnswer } from './answer.ts'
import {
  allowsDuplicates,
  type ClassicQuery,
  classicQuery,
  readRow,
  readRows,
  requiredId,
} from './request.ts'
import { ALLOW, FlatLead, FlatLeads, IDS, KEY, Taken } from './shapes.ts'

const InsertQuery = Type.Object({ ...IDS, ...ALLOW, ...KEY })

export const inserts = routes('classic', {
  insertLeadFast: post(`${CLASSIC}/insertLeadFast`, {
    scope: 'insert',
    gated: 'insert',
    summary: 'Insert a lead',
    query: InsertQuery,
    body: FlatLead,
    answer: Taken,
    handle: async (call) => {
      const query = classicQuery(call)
      const allow_duplicates = allowsDuplicates(query)
      const row = await readRow(call)
      const { rules, allocation_id } = await targetOf(call, query)
      const now = call.services.now()
      const read = orRefuse(readInsert(row, rules, allocation_id, now))
      const submission = { ...read, warnings: [...read.warnings, ...call.notes.warnings] }
      const arrival = { submission, rules, allow_duplicates, by: call.by, now }
      const inserted = orRefuse(await call.services.intake.insert(arrival, call.deadline))
      return answerOk(call, { ...inserted, warnings: submission.warnings })
    },
  }),

  insertLead: post(`${CLASSIC}/insertLead`, {
    scope: 'insert',
    gated: 'insert',
    many: true,
    summary: 'Insert one or many leads (old text form)',
    query: InsertQuery,
    body: FlatLeads,
    answer: Taken,
    handle: async (call) => {
      const query = classicQuery(call)
      const allow_duplicates = allowsDuplicates(query)
      const { rows, array } = await readRows(call, LIMITS.batch_rows_max)
      const { rules, allocation_id } = await targetOf(call, query)
      const now = call.services.now()
      const results = await Promise.all(
        rows.map((row) =>
          rowAnswer(call, row, async () => {
            const read = await inSlices(() =>
              readInsert(row, rules, allocation_id, now, { disposition: true }),
            )
            const submission = orRefuse(read)
            const arrival = { submission, rules, allow_duplicates, by: call.by, now }
            const inserted = orRefuse(await call.services.intake.insert(arrival, call.deadline))
            return { ...inserted, warnings: submission.warnings }
          }),
        ),
      )
      return answerText(call, 'Imported', results, array)
    },
  }),
})

/** The allocation that an insert names, with the rules of its campaign: all three ids are needed. */
async function targetOf(call: Call, query: ClassicQuery): Promise<{ rules: Rules; allocation_id: number }> {
  const template_id = requiredId(query, 'fTemplateId')
  const campaign_id = requiredId(query, 'fCampaignId')
  const allocation_id = requiredId(query, 'fAllocationId')
  const target = { template_id, campaign_id, allocation_id }
  const rules = orRefuse(await call.services.intake.targets.findOpen(target, call.caller))
  call.notes.campaign_id = campaign_id
  return { rules, allocation_id }
}
