// Merging a change with what others did, undoing a change, and a lead as it was.

import { afterEach, describe, expect, test } from 'vitest'
import type { ConflictDocument, Decisions, LeadPatch } from '../src/client/api.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { addressIn, groupOf, leadsOf, metBy } from './support/leads.ts'
import { admin } from './support/postgres.ts'

const NOW = '2026-07-01T00:00:00Z'
const leadline = await startLeadline({ now: () => NOW })
const { client, connection } = leadline
const { ana, view, changed, callsOf, historyOf } = leadsOf(leadline)
const robin = await leadline.asOperator('agent')
const boss = await leadline.asOperator('lead')

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

/** A lead in version 2 since `theirs`, and a merge of `mine` made from version 1. */
async function met(theirs: LeadPatch, mine: LeadPatch, lead: Parameters<typeof ana>[0] = {}) {
  const { id, phone } = await ana(lead)
  await changed(id, 1, theirs)
  const merge = (decisions: Decisions, lead_version = 2, by = client) =>
    by.mergeLead(id, { base_version: 1, lead_version, mine, decisions })
  const preview = async () => {
    const found = await client.previewMerge(id, { base_version: 1, mine })
    if (!found.ok) throw new Error(found.body.detail)
    return found.body
  }
  return { id, phone, merge, preview }
}

const open = ({ groups }: ConflictDocument) =>
  groups.filter(({ class: found }) => found === 'conflict' || found === 'linked').map(({ group }) => group)
const pointers = (answer: { body: unknown }) =>
  (answer.body as { errors?: { field: string }[] }).errors?.map(({ field }) => field).toSorted()
const auditOf = async (id: string, action: string) =>
  (
    await admin(
      connection,
      `select actor, details from audit_log where action = '${action}' and subject = 'lead:${id}' order by audit_id`,
    )
  ).rows

describe('a merge', () => {
  test('is previewed as a refused change shows it, and the preview writes nothing', async () => {
    const mine = { fields: { City: 'Carlton', Name: 'Ana Costa' } }
    const { id, preview } = await met({ fields: { City: 'Fitzroy', Email: 'ana@example.com' } }, mine)
    const document = await preview()
    expect(open(document)).toEqual(['address'])
    expect(groupOf(document, 'fields.Name')?.class).toBe('only_mine')
    expect(groupOf(document, 'fields.Email')?.class).toBe('only_theirs')
    expect(groupOf(document, 'fields.FirstPhone')?.class).toBe('unchanged')
    expect(metBy(await client.patchLead(id, 1, mine, 'merge'))).toEqual(document)
    expect(await view(id)).toMatchObject({ version: 2 })
  })

  test('saves what was decided as one version, and the decisions beside it', async () => {
    const { id, merge } = await met(
      { fields: { City: 'Fitzroy', Email: 'ana@example.com' } },
      { fields: { City: 'Carlton', Name: 'Ana Costa', Email: 'costa@example.com' } },
    )
    const merged = await merge(
      {
        address: { take: 'mine', reason: 'She said so' },
        'fields.Email': { take: 'value', value: { 'fields.Email': 'ana.costa@example.com' } },
      },
      2,
      robin,
    )
    expect(merged).toMatchObject({
      status: 200,
      body: {
        version: 3,
        fields: { City: 'Carlton', PostCode: '3067', Name: 'Ana Costa', Email: 'ana.costa@example.com' },
      },
    })
    expect((await historyOf(id))[2]).toMatchObject({
      actor_name: robin.operator.name,
      way: 'screen',
      changes: { 'fields.City': ['Fitzroy', 'Carlton'], 'fields.Name': ['Ana Silva', 'Ana Costa'] },
      merge: {
        base_version: 1,
        lead_version: 2,
        classes: { address: 'conflict', 'fields.Name': 'only_mine', 'fields.Email': 'conflict' },
        decisions: { address: { take: 'mine', reason: 'She said so' }, 'fields.Email': { take: 'value' } },
      },
    })
    expect((await historyOf(id)).slice(0, 2)).toMatchObject([{ merge: null }, { merge: null }])
    const [entry, ...more] = await auditOf(id, 'lead.merge')
    expect(more).toEqual([])
    expect(entry).toMatchObject({
      actor: `operator:${robin.operator.operator_id}`,
      details: {
        base_version: 1,
        lead_version: 2,
        version: 3,
        classes: { address: 'conflict', 'fields.Name': 'only_mine', 'fields.Email': 'conflict' },
        decisions: {
          address: { take: 'mine', reason: 'She said so' },
          'fields.Email': { take: 'value', reason: null },
        },
      },
    })
    // Values stand in the history alone, where forgetting finds them.
    expect(JSON.stringify(entry)).not.toMatch(/Carlton|Costa|example/)
  })

  test('names the values that it keeps otherwise than they were given, to its caller and in the history', async () => {
    const { id, merge } = await met({ fields: { Name: 'Ana Costa' } }, { fields: { Name: 'Ana Souza' } })
    const value = { 'fields.Name': 'Ana\nLima' }
    const merged = await merge({ 'fields.Name': { take: 'value', value } })
    const warnings = [{ code: 'one_line', field: 'Name' }]
    expect(merged).toMatchObject({ status: 200, body: { fields: { Name: 'Ana Lima' } }, warnings })
    expect((await historyOf(id))[2]).toMatchObject({ warnings })
  })

  test.each<[string, Decisions, string[]]>([
    ['an open group that nobody decided', {}, ['/decisions/address']],
    [
      'a group that the lead does not have',
      { address: { take: 'mine' }, 'fields.Shoe': { take: 'mine' } },
      ['/decisions/fields.Shoe'],
    ],
    [
      'a value of another group',
      { address: { take: 'value', value: { 'fields.Name': 'Ana' } } },
      ['/decisions/address/value/fields.Name'],
    ],
    [
      'values that their fields refuse',
      {
        address: {
          take: 'value',
          value: { 'fields.City': '<NO CHANGE>', 'fields.State': 'x'.repeat(20_001) },
        },
      },
      ['/decisions/address/value/fields.City', '/decisions/address/value/fields.State'],
    ],
    [
      'an outcome that is none',
      {
        address: { take: 'mine' },
        outcome: {
          take: 'value',
          value: { disposition: 'Delighted', callback: 'tomorrow', priority: 'high', closed: 'true' },
        },
      },
      [
        '/decisions/outcome/value/callback',
        '/decisions/outcome/value/closed',
        '/decisions/outcome/value/disposition',
        '/decisions/outcome/value/priority',
      ],
    ],
  ])('is refused with %s', async (_, decisions, fields) => {
    const { id, merge } = await met({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Carlton' } })
    const refused = await merge(decisions)
    expect(refused).toMatchObject({ status: 422 })
    const [first] = fields
    expect(pointers(refused) ?? [first]).toEqual(fields)
    expect(await view(id)).toMatchObject({ version: 2, fields: { City: 'Fitzroy' } })
    expect(await auditOf(id, 'lead.merge')).toEqual([])
  })

  test('points at what is wrong in the change itself', async () => {
    const { id } = await met({ fields: { City: 'Fitzroy' } }, {})
    const mine = { fields: { Email: 'nobody' }, priority: 101 }
    const refused = await client.mergeLead(id, { base_version: 1, lead_version: 2, mine, decisions: {} })
    expect(pointers(refused)).toEqual(['/mine/fields/Email', '/mine/priority'])
  })

  test.each<[Decisions[string], object]>([
    [{ take: 'mine' }, addressIn('Carlton')],
    [{ take: 'theirs' }, addressIn('Fitzroy')],
    [{ take: 'base' }, addressIn('Abbotsford')],
    [
      { take: 'value', value: { 'fields.City': 'Kew', 'fields.State': null } },
      { 'fields.City': 'Kew', 'fields.State': null, 'fields.PostCode': '3067' },
    ],
  ])('takes a group whole: %j', async (decision, values) => {
    const { id, merge } = await met({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Carlton' } })
    expect(await merge({ address: decision })).toMatchObject({ ok: true })
    const after = await client.previewMerge(id, { base_version: 1, mine: {} })
    expect((after.body as ConflictDocument).current).toMatchObject(values)
  })

  test('may turn round what would be merged by itself, and keeps unmapped keys', async () => {
    const { merge } = await met(
      { fields: { Name: 'Ana Costa' }, unmapped: { crm: 'B' } },
      { fields: { City: 'Carlton' }, unmapped: { crm: 'C', form: 'spring' } },
      { unmapped: { crm: 'A' } },
    )
    const merged = await merge({
      'fields.Name': { take: 'base' },
      address: { take: 'theirs' },
      'unmapped.crm': { take: 'value', value: { 'unmapped.crm': 'D' } },
    })
    expect(merged).toMatchObject({
      body: { fields: { Name: 'Ana Silva', City: 'Abbotsford' }, unmapped: { crm: 'D', form: 'spring' } },
    })
  })

  test('is decided again when a third change comes in between', async () => {
    const { id, merge } = await met({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Carlton' } })
    await changed(id, 2, { fields: { City: 'Kew', Name: 'Ana Costa' } })
    const late = metBy(await merge({ address: { take: 'mine' } }))
    expect(late).toMatchObject({
      base_version: 1,
      lead_version: 3,
      theirs: { version: 3, versions_between: 2 },
    })
    expect(groupOf(late, 'address')).toMatchObject({ theirs: { 'fields.City': 'Kew' } })
    expect(await view(id)).toMatchObject({ version: 3, fields: { City: 'Kew' } })
    expect(await merge({ address: { take: 'mine' } }, 3)).toMatchObject({
      body: { version: 4, fields: { City: 'Carlton', Name: 'Ana Costa' } },
    })
  })

  test('that is sent twice is saved once', async () => {
    const { id, merge } = await met(
      { fields: { City: 'Fitzroy' } },
      { fields: { City: 'Carlton' }, disposition: 'Busy' },
    )
    const decided = { address: { take: 'mine' as const } }
    const answers = await Promise.all([merge(decided), merge(decided), merge(decided)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412])
    expect(metBy(await merge(decided))).toMatchObject({ lead_version: 3 })
    expect(await view(id)).toMatchObject({ version: 3 })
    expect(await callsOf(id)).toEqual(['Busy'])
    expect(await auditOf(id, 'lead.merge')).toHaveLength(1)
  })

  test('that only gives an outcome is a version, so that sent twice it is one outcome', async () => {
    const { id, merge } = await met({ disposition: 'Sale' }, { disposition: 'Sale' })
    expect(await merge({})).toMatchObject({ status: 200, body: { version: 3, closed: true } })
    expect(metBy(await merge({}))).toMatchObject({ lead_version: 3 })
    expect(await callsOf(id)).toEqual(['Sale', 'Sale'])
  })

  test('that leaves everything as it is writes nothing', async () => {
    const { id, merge } = await met({ fields: { City: 'Fitzroy' } }, { fields: { City: 'Carlton' } })
    expect(await merge({ address: { take: 'theirs' } })).toMatchObject({ status: 200, body: { version: 2 } })
    expect(await historyOf(id)).toHaveLength(2)
  })

  test('checks the numbers that it brings', async () => {
    const held = await ana()
    const mine = { fields: { FirstPhone: held.phone } }
    const { id, merge } = await met({ fields: { FirstPhone: mobile() } }, mine)
    const decisions = { 'fields.FirstPhone': { take: 'mine' as const } }
    expect(await merge(decisions)).toMatchObject({ status: 409, code: 105, body: { lead_id: held.id } })
    const beside = await client.mergeLead(id, {
      base_version: 1,
      lead_version: 2,
      mine: { ...mine, allow_duplicates: true },
      decisions,
    })
    expect(beside).toMatchObject({ status: 200, body: { fields: { FirstPhone: held.phone } } })
  })

  test('refuses decisions that leave no number, and says where', async () => {
    const { merge } = await met({ fields: { FirstPhone: mobile() } }, { fields: { FirstPhone: mobile() } })
    const none = { 'fields.FirstPhone': { take: 'value' as const, value: { 'fields.FirstPhone': null } } }
    expect(await merge(none)).toMatchObject({ status: 422, code: 102 })
  })
})

describe('outcomes in a merge', () => {
  const agreed = { disposition: 'Callback', callback: { local: '2026-11-26T10:00' } }

  test('mine: written with its record, as it was worked out for its giver', async () => {
    const { id, merge } = await met({ priority: 3 }, agreed)
    expect(await merge({ outcome: { take: 'mine' } })).toMatchObject({
      body: { disposition: 'Callback', priority: 6, callback: { local: '2026-11-26T10:00:00' } },
    })
    expect(await callsOf(id)).toEqual(['Callback'])
  })

  test.each(['theirs', 'base'] as const)('%s: not given after all', async (take) => {
    const { id, merge } = await met({ priority: 3 }, agreed)
    expect(await merge({ outcome: { take } })).toMatchObject({
      body: { disposition: null, priority: take === 'theirs' ? 3 : 10, callback: null },
    })
    expect(await callsOf(id)).toEqual([])
  })

  test('count from when they are taken: with the re-dials used up the lead closes', async () => {
    const busy = { disposition: 'Busy' }
    const { id } = await ana()
    for (let call = 1; call <= 5; call++) await changed(id, call, { ...busy, priority: 20 + call })
    await changed(id, 6, { priority: 3 })
    const held = await client.patchLead(id, 1, busy, 'hold')
    const { conflict_id } = held.body as { conflict_id: number }
    const closed = { disposition: 'Busy', closed: true, callback: null }
    const preview = await client.previewMerge(id, { base_version: 1, mine: busy })
    expect(preview.body).toMatchObject({ mine: closed })
    expect((await client.conflict(conflict_id)).body).toMatchObject({ conflict: { mine: closed } })
    const resolution = { lead_version: 7, decisions: { outcome: { take: 'mine' as const } } }
    expect(await client.settleConflict(conflict_id, resolution)).toMatchObject({ status: 200 })
    expect(await view(id)).toMatchObject(closed)
    expect(await callsOf(id)).toHaveLength(6)
  })

  test('another one: given instead, with its own rule', async () => {
    const { id, merge } = await met({ priority: 3 }, agreed)
    const value = { disposition: 'no answer', callback_agent: 'kim' }
    expect(await merge({ outcome: { take: 'value', value } })).toMatchObject({
      body: {
        disposition: 'No Answer',
        priority: 12,
        callback: { local: '2026-07-02T00:00:00' },
        callback_agent: 'kim',
      },
    })
    expect(await callsOf(id)).toEqual(['No Answer'])
  })

  test('one side closed the lead: the other side needs a reason', async () => {
    const { id, merge, preview } = await met({ disposition: 'Do Not Call' }, agreed)
    expect(groupOf(await preview(), 'outcome')).toMatchObject({
      class: 'linked',
      reason: 'closed_and_outcome',
      recommended: 'theirs',
      needs_reason: ['mine'],
    })
    expect(await client.patchLead(id, 1, agreed, 'merge')).toMatchObject({ status: 412 })
    const refused = await merge({ outcome: { take: 'mine', reason: ' ' } })
    expect(refused).toMatchObject({ status: 422, code: 1005 })
    expect(pointers(refused)).toEqual(['/decisions/outcome/reason'])
    expect(pointers(await merge({ outcome: { take: 'base' } }))).toEqual(['/decisions/outcome/reason'])
    const reason = 'She meant the other company'
    const overruled = await merge({ outcome: { take: 'mine', reason } }, 2, robin)
    expect(overruled).toMatchObject({ status: 403, code: 1002 })
    expect(pointers(overruled)).toEqual(['/decisions/outcome'])
    expect(await preview()).toMatchObject({ may_overrule: true })
    expect(groupOf(await preview(), 'outcome')).toMatchObject({ needs_role: 'lead', because_of: ['outcome'] })
    expect(await merge({ outcome: { take: 'mine', reason } })).toMatchObject({
      body: { disposition: 'Callback', closed: false, phones: [{ blocked_by: 'private' }] },
    })
    expect(await auditOf(id, 'lead.merge')).toMatchObject([
      { details: { decisions: { outcome: { take: 'mine', reason } } } },
    ])
    // Typed values are forgotten with the lead; the fact that changes were merged remains.
    await client.delete(`/v1/leads/${id}`)
    expect(JSON.stringify(await auditOf(id, 'lead.merge'))).not.toContain(reason)
    expect(await auditOf(id, 'lead.merge')).toMatchObject([{ details: { classes: { outcome: 'linked' } } }])
  })

  test('a number that came onto a list since is not replaced unseen', async () => {
    const { id, phone } = await ana()
    await client.post('/v1/dnc', { list: 'private', phones: [phone] })
    const mine = { fields: { FirstPhone: mobile() } }
    const document = metBy(await client.patchLead(id, 1, mine, 'merge'))
    expect(document).toMatchObject({ base_version: 1, lead_version: 1, theirs: null, changes: [] })
    expect(document.numbers).toMatchObject([
      { path: 'fields.FirstPhone', text: phone, blocked: { list: 'private', since_base: true } },
      { path: 'fields.FirstPhone', blocked: null },
    ])
    expect(groupOf(document, 'fields.FirstPhone')).toMatchObject({
      class: 'linked',
      reason: 'number_blocked',
      needs_reason: ['mine'],
    })
    expect(groupOf(document, 'fields.FirstPhone')).not.toHaveProperty('recommended')
    const merge = (reason?: string) =>
      client.mergeLead(id, {
        base_version: 1,
        lead_version: 1,
        mine,
        decisions: { 'fields.FirstPhone': { take: 'mine', reason } },
      })
    expect(await merge()).toMatchObject({ status: 422 })
    expect(await merge('Her new number')).toMatchObject({ status: 200, body: { version: 2 } })
    // A person who knew of the list when the edit began may go on.
    await client.post('/v1/dnc', { list: 'private', phones: [phone] })
    expect(await client.patchLead(id, 2, { fields: { FirstPhone: mobile() } }, 'merge')).toMatchObject({
      ok: true,
    })
  })

  test('the same rules count when a held update is settled', async () => {
    const { id } = await ana()
    await changed(id, 1, { disposition: 'Do Not Call' })
    const held = await client.patchLead(id, 1, agreed, 'hold')
    const { conflict_id } = held.body as { conflict_id: number }
    const found = await client.conflict(conflict_id)
    expect(found.body).toMatchObject({ clashes: ['outcome'] })
    const settle = (reason?: string) =>
      client.settleConflict(conflict_id, {
        lead_version: 2,
        decisions: { outcome: { take: 'mine', reason } },
      })
    expect(pointers(await settle())).toEqual(['/decisions/outcome/reason'])
    expect(await settle('She meant the other company')).toMatchObject({ status: 200 })
    expect(await callsOf(id)).toEqual(['Do Not Call', 'Callback'])
  })
})

describe('what the customer asked for', () => {
  const asked = { disposition: 'Client Approved Callback', callback: { local: '2026-11-26T10:00' } }

  test('is put off by nobody without the right', async () => {
    const { id } = await ana()
    expect(await changed(id, 1, asked)).toMatchObject({ client_approved: true, priority: 2 })
    expect(await changed(id, 2, { priority: 50 })).toMatchObject({ version: 2, priority: 2 })
    expect(await changed(id, 2, { priority: null }, robin)).toMatchObject({ version: 2, priority: 2 })
    expect(await changed(id, 2, { priority: 1 })).toMatchObject({ version: 3, priority: 1 })
    // The rule of a disposition is nobody's decision; a priority given by somebody with the right is.
    expect(await changed(id, 3, { disposition: 'No Answer' }, boss)).toMatchObject({
      version: 4,
      priority: 1,
    })
    expect(await changed(id, 4, { priority: 50 }, boss)).toMatchObject({ version: 5, priority: 50 })
  })

  test('nor by a merge', async () => {
    const decided = { outcome: { take: 'mine' as const, reason: 'He is on holiday' } }
    const first = await met(asked, { priority: 50 })
    expect(groupOf(await first.preview(), 'outcome')).toMatchObject({ reason: 'client_approved' })
    expect(await first.merge(decided, 2, robin)).toMatchObject({
      body: { priority: 2, client_approved: true },
    })
    const second = await met(asked, { priority: 50 })
    expect(await second.merge(decided, 2, boss)).toMatchObject({ body: { priority: 50 } })
  })

  test('nor by undoing it', async () => {
    const { id } = await ana()
    await changed(id, 1, asked)
    const revert = { version: 2, lead_version: 2 }
    expect(await robin.revertLead(id, revert)).toMatchObject({ status: 403, code: 1002 })
    expect(await boss.revertLead(id, revert)).toMatchObject({
      body: { version: 3, client_approved: false, priority: 10, disposition: null, callback: null },
    })
  })

  test('but its author takes an own slip back, within ten minutes', async () => {
    const { id } = await ana()
    const revert = { version: 2, lead_version: 2 }
    await changed(id, 1, asked, robin)
    expect(await robin.revertLead(id, revert)).toMatchObject({
      body: { version: 3, client_approved: false, priority: 10, callback: null },
    })
    const late = await ana()
    await changed(late.id, 1, asked, robin)
    const [campaign_id, number] = late.id.split('-')
    await admin(
      connection,
      `update events set at = timestamptz '${NOW}' - interval '11 minutes'
       where campaign_id = ${campaign_id} and lead_number = ${number} and version = 2`,
    )
    expect(await robin.revertLead(late.id, revert)).toMatchObject({ status: 403, code: 1002 })
  })
})

describe('undoing a change', () => {
  test('brings back what it replaced, and nothing else', async () => {
    const { id, phone } = await ana({ unmapped: { crm: 'A' } })
    const other = mobile()
    await changed(id, 1, {
      fields: { City: 'Fitzroy', FirstPhone: other, Email: 'ana@example.com' },
      unmapped: { crm: 'B' },
      priority: 3,
    })
    await changed(id, 2, { fields: { Name: 'Ana Costa' } })
    const undone = await client.revertLead(id, { version: 2, lead_version: 3 })
    expect(undone).toMatchObject({
      status: 200,
      body: {
        version: 4,
        fields: { City: 'Abbotsford', FirstPhone: phone, Name: 'Ana Costa' },
        unmapped: { crm: 'A' },
        priority: 10,
      },
    })
    expect((undone.body as { fields: object }).fields).not.toHaveProperty('Email')
    expect(await auditOf(id, 'lead.revert')).toMatchObject([{ details: { reverted: 2, version: 4 } }])
    expect((await historyOf(id)).map(({ reverts }) => reverts)).toEqual([null, null, null, 2])
    // The number that it gave back is free again, and undoing it again changes nothing.
    expect(await ana({ fields: { FirstPhone: other } })).toMatchObject({ id: expect.any(String) })
    expect(await client.revertLead(id, { version: 2, lead_version: 4 })).toMatchObject({
      body: { version: 4 },
    })
  })

  test('takes back what an outcome made of the lead; that it was called stays', async () => {
    const { id } = await ana()
    await changed(id, 1, { disposition: 'Busy' })
    await changed(id, 2, { disposition: 'Sale' })
    expect(await client.revertLead(id, { version: 3, lead_version: 3 })).toMatchObject({
      body: { disposition: 'Busy', closed: false, callback: { local: '2026-07-01T10:15:00' } },
    })
    expect(await callsOf(id)).toEqual(['Busy', 'Sale'])
  })

  test('is refused when it was changed again since, or the lead has moved on', async () => {
    const { id } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' } })
    await changed(id, 2, { fields: { City: 'Carlton' } })
    const later = metBy(await client.revertLead(id, { version: 2, lead_version: 3 }))
    expect(later).toMatchObject({ base_version: 2, lead_version: 3, mine: { 'fields.City': 'Abbotsford' } })
    expect(open(later)).toEqual(['address'])
    metBy(await client.revertLead(id, { version: 3, lead_version: 2 }))
    expect(await view(id)).toMatchObject({ version: 3, fields: { City: 'Carlton' } })
    // A value that was changed back leaves nothing to undo.
    await changed(id, 3, { fields: { City: 'Fitzroy' } })
    expect(await client.revertLead(id, { version: 2, lead_version: 4 })).toMatchObject({
      body: { version: 5, fields: { City: 'Abbotsford' } },
    })
  })

  test('cannot be done to the insert, to a move or to what never was', async () => {
    const { id } = await ana()
    const [campaign_id] = id.split('-').map(Number)
    const made = await client.post<{ allocation_id: number }>('/v1/allocations', {
      campaign_id,
      name: 'Second',
    })
    const move = { to_allocation_id: made.body.allocation_id, lead_ids: [id] }
    expect(await client.post(`/v1/allocations/${leadline.target.allocation_id}/moves`, move)).toMatchObject({
      code: 0,
    })
    for (const version of [1, 2, 3])
      expect(await client.revertLead(id, { version, lead_version: 2 })).toMatchObject({
        status: 422,
        code: 1005,
        body: { field: '/version' },
      })
  })

  test('is refused when its number belongs to another lead by now', async () => {
    const { id, phone } = await ana()
    await changed(id, 1, { fields: { FirstPhone: mobile() } })
    const other = await ana({ fields: { FirstPhone: phone } })
    expect(await client.revertLead(id, { version: 2, lead_version: 2 })).toMatchObject({
      status: 409,
      body: { lead_id: other.id },
    })
  })
})

describe('a lead as it was', () => {
  test('is there in every version, with who made it', async () => {
    const { id, phone } = await ana({ unmapped: { crm: 'A' } })
    await changed(id, 1, { fields: { City: 'Fitzroy', Email: 'ana@example.com' } }, robin)
    await changed(id, 2, { fields: { Email: null }, unmapped: { crm: null } })
    const version = async (v: number) => (await client.leadVersion(id, v)).body
    expect(await version(1)).toMatchObject({
      lead_id: id,
      version: 1,
      actor_name: 'bootstrap',
      fields: { Name: 'Ana Silva', City: 'Abbotsford', FirstPhone: phone },
      unmapped: { crm: 'A' },
      values: { ...addressIn('Abbotsford'), priority: 10, disposition: null, 'unmapped.crm': 'A' },
    })
    expect(await version(2)).toMatchObject({
      actor_name: robin.operator.name,
      way: 'screen',
      fields: { City: 'Fitzroy', Email: 'ana@example.com' },
    })
    expect((await version(3)) as object).toMatchObject({ version: 3, unmapped: {} })
    expect(await client.leadVersion(id, 4)).toMatchObject({ status: 404, code: 1004 })
    expect(await client.get(`/v1/leads/${id}/versions/first`)).toMatchObject({ status: 400, code: 1003 })
  })
})
