// One decision for many conflicts, and rules that settle them.

import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BulkTakes } from '../../src/client/api.ts'
import type { LeadDocument } from '../../src/client/client.ts'
import { checkDatabase } from '../support/check-database.ts'
import { startLeadline } from '../support/leadline.ts'
import { until } from '../support/until.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, connection, target, clientWith } = leadline
const { ana, clash, lead, update, view, conflict } = updatesOn(leadline)
const [carla, dora] = [await leadline.asOperator('lead'), await leadline.asOperator('lead')]
const manager = await leadline.asOperator('manager')

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const body = async <Body>(
  asked: Promise<{ ok: boolean; body: Body | { detail: string } }>,
): Promise<Body> => {
  const answer = await asked
  if (!answer.ok) throw new Error(JSON.stringify(answer.body))
  return answer.body as Body
}

const clashes = async (n: number, field = 'City') => {
  const made = []
  for (let i = 0; i < n; i++) made.push(await clash({ [field]: `lead ${i}` }, { [field]: `wanted ${i}` }))
  return made
}

const kindOf = async (conflict_id: number) => (await conflict(conflict_id)).kind

/** Decides once for all of a kind, and applies it in parts as a screen does. */
async function decideFor(kind: string, decisions: BulkTakes, who = carla) {
  const preview = await body(who.previewBulkDecision({ where: { kind }, decisions }))
  const { bulk_id } = await body(who.makeBulkDecision({ caller: null, groups: null, decisions }))
  return { ...preview, bulk_id }
}

describe('one decision for many', () => {
  test('is shown before, settles all of a kind, and is undone as a whole', async () => {
    const made = await clashes(4)
    const kind = await kindOf(made[0]!.conflict_id)
    const { ready, samples, left, bulk_id } = await decideFor(kind, { address: 'mine' })
    expect([ready.length, left.length]).toEqual([4, 0])
    expect(samples[0]).toMatchObject({
      lead_name: 'Ana Silva',
      changes: { 'fields.City': ['lead 0', 'wanted 0'] },
    })
    const part = await body(carla.settleConflicts(bulk_id, { items: ready }))
    expect(part).toEqual({ settled: made.map(({ conflict_id }) => conflict_id), left: [] })
    // The answer may have been lost.
    expect(await body(carla.settleConflicts(bulk_id, { items: ready }))).toEqual(part)
    for (const [i, { known }] of made.entries()) expect((await view(known)).fields.City).toBe(`wanted ${i}`)
    expect((await body(carla.bulkDecisions())).items[0]).toMatchObject({
      bulk_id,
      settled: 4,
      undone_at: null,
    })

    // One of them has moved on since.
    await client.patchLead(made[2]!.known.lead_id, 3, { fields: { City: 'Kew' } })
    const undone = await body(carla.undoBulkDecision(bulk_id))
    expect(undone).toMatchObject({
      undone: 3,
      left: [{ conflict_id: made[2]!.conflict_id, lead_name: 'Ana Silva', why: 'changed' }],
      next_cursor: null,
    })
    expect((await view(made[0]!.known)).fields.City).toBe('lead 0')
    expect((await view(made[2]!.known)).fields.City).toBe('Kew')
    expect(await conflict(made[0]!.conflict_id)).toMatchObject({ state: 'open', clashes: ['address'] })
    expect((await body(carla.bulkDecisions())).items[0]).toMatchObject({ settled: 1 })
    // Undone again, it does nothing twice.
    expect(await body(carla.undoBulkDecision(bulk_id))).toMatchObject({ undone: 0 })
  })

  test('beside single edits and another settler leaves what has moved on, and counts it', async () => {
    const made = await clashes(8, 'Email')
    const kind = await kindOf(made[0]!.conflict_id)
    const { ready, bulk_id } = await decideFor(kind, { 'fields.Email': 'mine' })
    expect(ready).toHaveLength(8)
    const [edited, settled] = [made[7]!, made[6]!]
    const [{ body: part }] = await Promise.all([
      carla.settleConflicts(bulk_id, { items: ready }),
      client.patchLead(edited.known.lead_id, 2, { fields: { Email: 'x@example.com' } }),
      dora.settleConflict(settled.conflict_id, { dismiss: true, reason: 'old' }),
    ])
    const { settled: done, left } = part as {
      settled: number[]
      left: { conflict_id: number; why: string }[]
    }
    expect(done.length + left.length).toBe(8)
    for (const { known, conflict_id } of made) {
      const now = await conflict(conflict_id)
      if (done.includes(conflict_id)) expect(now).toMatchObject({ state: 'resolved', bulk_id })
      else if (conflict_id === edited.conflict_id) {
        expect(left).toContainEqual(expect.objectContaining({ conflict_id, why: 'moved' }))
        expect((await view(known)).fields.Email).toBe('x@example.com')
      } else expect(left).toContainEqual(expect.objectContaining({ conflict_id, why: 'settled' }))
    }
  })

  test('never overrules a linked rule, never puts a number on a list, never decides what was not asked', async () => {
    const outcomes = []
    for (const [theirs, mine] of [
      ['Sale', 'Callback'],
      ['No Answer', 'Do Not Call'],
      ['No Answer', 'Callback'],
    ]) {
      const known = await lead({ Name: 'Ana Silva' })
      const date: LeadDocument = mine === 'Callback' ? { njCallBackDate: '2028/01/01 10:00' } : {}
      await update(known, { njDisposition: theirs!, njVersion: 1 })
      const refused = await update(known, { njDisposition: mine!, njVersion: 1, ...date })
      if (refused.code === 110) outcomes.push(refused.body.conflict_id!)
    }
    expect(outcomes.length).toBeGreaterThanOrEqual(2)
    const kind = await kindOf(outcomes[0]!)
    const preview = await body(carla.previewBulkDecision({ where: { kind }, decisions: { outcome: 'mine' } }))
    expect(preview.left.map(({ why }) => why)).toEqual(expect.arrayContaining(['linked']))
    for (const { conflict_id } of preview.ready) {
      const { mine } = await conflict(conflict_id)
      expect(mine.disposition).not.toBe('Do Not Call')
    }
    const none = await body(carla.previewBulkDecision({ where: { kind }, decisions: {} }))
    expect(none.ready).toEqual([])
    // A part that names them all the same settles none of them.
    const { bulk_id } = await body(
      carla.makeBulkDecision({ caller: null, groups: null, decisions: { outcome: 'mine' } }),
    )
    const items = preview.left.map(({ conflict_id }) => ({ conflict_id, lead_version: 2 }))
    const part = await body(carla.settleConflicts(bulk_id, { items }))
    expect(part.settled).toEqual([])
    expect(part.left.map(({ why }) => why).sort()).toEqual(preview.left.map(({ why }) => why).sort())
  })
})

describe('a rule', () => {
  const make = (more: object = {}) =>
    manager.createConflictRule({
      template_id: target.template_id,
      caller: sender.caller,
      groups: ['address'],
      side: 'theirs',
      reason: 'the back office keeps addresses',
      ...more,
    })
  let sender: { conflict_id: number; caller: string }
  beforeAll(async () => {
    const { conflict_id } = await clash({ City: 'Fitzroy' }, { City: 'Docklands' })
    sender = { conflict_id, caller: (await conflict(conflict_id)).caller }
  })

  test('is for managers, and never for phones, unknown senders or other teams', async () => {
    expect(await carla.createConflictRule({} as never)).toMatchObject({ status: 403 })
    expect(await make({ groups: ['fields.FirstPhone'] })).toMatchObject({
      status: 422,
      body: { field: '/groups' },
    })
    expect(await make({ caller: 'key:999' })).toMatchObject({ status: 422, body: { field: '/caller' } })
    expect(await make({ until: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { field: '/until' },
    })
    expect(await make({ template_id: 999 })).toMatchObject({ status: 404 })
    const other = await clientWith(['manage'], [999])
    expect((await other.conflictRules()).body).toMatchObject({ items: [] })
  })

  test('settles what its sender sends from then on, keeps what it gives up, and ends when it is revoked', async () => {
    const made = await body(make())
    expect(made).toMatchObject({ in_force: true, settled: 0, caller_name: expect.any(String) })

    const known = await ana()
    await update(known, { City: 'Kew', njVersion: 1 })
    const answer = await update(known, { City: 'Carlton', Name: 'Ana Costa', njVersion: 1 })
    expect(answer).toMatchObject({ code: 0, version: 3 })
    expect((await view(known)).fields).toMatchObject({ City: 'Kew', Name: 'Ana Costa' })
    const { items } = await body(carla.conflicts({ lead_id: known.lead_id, state: 'resolved' }))
    expect(items).toMatchObject([
      { resolved_by: `rule:${made.rule_id}`, mine: { 'fields.City': 'Carlton', 'fields.Name': 'Ana Costa' } },
    ])

    // What a rule does not cover waits for a person.
    const both = await ana()
    await update(both, { City: 'Kew', Name: 'A', njVersion: 1 })
    expect(await update(both, { City: 'Carlton', Name: 'B', njVersion: 1 })).toMatchObject({ code: 110 })

    // Those that are open already, when asked.
    const applied = await body(manager.applyConflictRule(made.rule_id))
    expect(applied).toMatchObject({ settled: expect.any(Number), next_cursor: null })
    expect(await conflict(sender.conflict_id)).toMatchObject({ resolved_by: `rule:${made.rule_id}` })

    // A person takes one back all the same.
    expect(await carla.reopenConflict(sender.conflict_id)).toMatchObject({ status: 200 })

    const { items: rules } = await body(carla.conflictRules())
    expect(rules).toMatchObject([
      { rule_id: made.rule_id, settled: applied.settled, last_settled_at: expect.any(String) },
    ])
    expect(await body(manager.revokeConflictRule(made.rule_id))).toMatchObject({ in_force: false })
    expect(await manager.applyConflictRule(made.rule_id)).toMatchObject({ status: 404 })
    const after = await ana()
    await update(after, { City: 'Kew', njVersion: 1 })
    expect(await update(after, { City: 'Carlton', njVersion: 1 })).toMatchObject({ code: 110 })
  })

  test('never decides an outcome that closes a lead', async () => {
    const first = await lead({ Name: 'Ana Silva' })
    await update(first, { njDisposition: 'No Answer', njVersion: 1 })
    const dated = { njDisposition: 'Callback', njCallBackDate: '2028/01/01 10:00', njVersion: 1 }
    expect(await update(first, dated)).toMatchObject({ code: 110 })
    const { rule_id } = await body(make({ groups: ['outcome'], side: 'mine' }))
    const open = await lead({ Name: 'Ana Silva' })
    await update(open, { njDisposition: 'No Answer', njVersion: 1 })
    expect(await update(open, dated)).toMatchObject({ code: 0 })
    expect((await view(open)).disposition).toBe('Callback')
    const closed = await lead({ Name: 'Ana Silva' })
    await update(closed, { njDisposition: 'Sale', njVersion: 1 })
    expect(await update(closed, dated)).toMatchObject({ code: 110 })
    expect((await view(closed)).disposition).toBe('Sale')
    await body(manager.revokeConflictRule(rule_id))
  })

  test('and many updates at once leave each lead with one of the values, and nothing open', async () => {
    const { rule_id } = await body(make({ groups: ['fields.Name'], side: 'mine' })).catch(async () => {
      await clash({ Name: 'A' }, { Name: 'B' })
      return body(make({ groups: ['fields.Name'], side: 'mine' }))
    })
    const known = await ana()
    const names = Array.from({ length: 12 }, (_, i) => `Ana ${i}`)
    const answers = await Promise.all(names.map((Name) => update(known, { Name, njVersion: 1 })))
    expect(answers.map(({ code }) => code)).not.toContain(103)
    expect(names).toContain((await view(known)).fields.Name)
    const open = await body(carla.conflicts({ lead_id: known.lead_id }))
    const refused = answers.filter(({ code }) => code === 110)
    expect(open.items.length).toBeLessThanOrEqual(refused.length)
    await body(manager.revokeConflictRule(rule_id))
  })
})

test('figures name the sender, what clashes most, what was merged alone and how long people took', async () => {
  const known = await ana()
  await update(known, { City: 'Kew', njVersion: 1 })
  expect(await update(known, { Name: 'Ana Costa', njVersion: 1 })).toMatchObject({ code: 0 })
  await until('merges are counted', async () => {
    const { items } = await body(carla.conflictFigures({ days: 7 }))
    return items.some(({ caller, merged }) => caller.startsWith('key:') && merged > 0)
  })
  const { items } = await body(carla.conflictFigures())
  expect(items[0]).toMatchObject({
    caller_name: expect.any(String),
    held: expect.any(Number),
    top_groups: expect.arrayContaining([
      { template_id: target.template_id, group: 'address', held: expect.any(Number) },
    ]),
  })
})
