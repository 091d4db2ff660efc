// Two updates of one lead: the bases that they name, who wins and who is held.

import { afterEach, describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { codesOf, updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { connection } = leadline
const { ana, update, view, history, conflict, conflictsOf, clash } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

describe('two updates from one base', () => {
  test('on the same group: one wins, the other is told 110 and held, and nothing is overwritten', async () => {
    const { known, refused, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza' })
    expect(refused.body).toMatchObject({
      code: 110,
      message: 'LEAD_NOT_UPDATED_DUE_TO_CONFLICT',
      lead_version: 2,
      groups: ['fields.Name'],
    })
    expect(await view(known)).toMatchObject({ version: 2, fields: { Name: 'Ana Costa' } })
    expect(await conflict(conflict_id)).toMatchObject({
      lead_id: known.lead_id,
      state: 'open',
      groups: ['fields.Name'],
      clashes: ['fields.Name'],
      base_version: 1,
      base: { 'fields.Name': 'Ana Silva' },
      mine: { 'fields.Name': 'Ana Souza' },
      theirs: { 'fields.Name': 'Ana Costa' },
      lead_version: 2,
    })
    expect((await conflictsOf(known)).map((held) => held.conflict_id)).toEqual([conflict_id])
  })

  test('at the same moment: exactly one wins, each time', async () => {
    for (let round = 0; round < 30; round++) {
      const known = await ana()
      const names = ['Ana Costa', 'Ana Souza']
      const answers = await Promise.all(names.map((Name) => update(known, { Name, njVersion: 1 })))
      expect(codesOf(answers)).toEqual([0, 110])
      const won = answers.findIndex(({ code }) => code === 0)
      expect(await view(known)).toMatchObject({ version: 2, fields: { Name: names[won] } })
      const [held] = await conflictsOf(known)
      expect(held?.mine).toEqual({ 'fields.Name': names[1 - won] })
    }
  })

  test('on different groups: both are in the lead, also at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      const known = await ana()
      const answers = await Promise.all([
        update(known, { Name: 'Ana Costa', njVersion: 1 }),
        update(known, { Email: 'ana@example.com', njVersion: 1 }),
        update(known, { njPriority: 3, njVersion: 1 }),
        update(known, { SecondPhone: mobile(), njVersion: 1 }),
        update(known, { source_id: 'web-7', njVersion: 1 }),
        update(known, { PostCode: '3068', njVersion: 1 }),
      ])
      expect(codesOf(answers)).toEqual([0, 0, 0, 0, 0, 0])
      expect(answers.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6, 7])
      expect(await view(known)).toMatchObject({
        version: 7,
        fields: { Name: 'Ana Costa', Email: 'ana@example.com', PostCode: '3068', City: 'Abbotsford' },
        unmapped: { source_id: 'web-7' },
        priority: 3,
        phones: [{ field: 'FirstPhone' }, { field: 'SecondPhone' }],
      })
    }
  })

  test('that want the same: the second has nothing left to write', async () => {
    const known = await ana()
    expect(await update(known, { Name: 'Ana Costa', njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { Name: 'Ana Costa', njVersion: 1 })).toMatchObject({ code: 0, version: 2 })
    expect(await view(known)).toMatchObject({ version: 2 })
    expect(await history(known)).toHaveLength(2)
    expect(await conflictsOf(known)).toEqual([])
  })

  test('a group is taken whole: different fields of one address clash', async () => {
    const { known, refused } = await clash(
      { City: 'Carlton', PostCode: '3053' },
      { StreetAddress: '2 Lily St' },
    )
    expect(refused.body.groups).toEqual(['address'])
    expect((await view(known)).fields).toMatchObject({ StreetAddress: '1 Rose St', City: 'Carlton' })
  })

  test('disposition, callback, priority and contact hours are one group', async () => {
    const { known, refused, conflict_id } = await clash(
      { njDisposition: 'No Answer' },
      { njPriority: 1, Name: 'Ana Costa' },
    )
    expect(refused.body.groups).toEqual(['outcome'])
    expect(await view(known)).toMatchObject({ priority: 12, fields: { Name: 'Ana Silva' } })
    expect((await conflict(conflict_id)).mine).toEqual({ priority: 1, 'fields.Name': 'Ana Costa' })
  })

  test('one that starts after the other was answered simply writes', async () => {
    const known = await ana()
    expect(await update(known, { Name: 'Ana Costa' })).toMatchObject({ code: 0, version: 2 })
    expect(await update(known, { Name: 'Ana Souza' })).toMatchObject({ code: 0, version: 3 })
    expect(await view(known)).toMatchObject({ fields: { Name: 'Ana Souza' } })
  })

  test('a phone field that both change clashes; another one does not', async () => {
    const { known, refused } = await clash({ FirstPhone: mobile() }, { FirstPhone: mobile() })
    expect(refused.body.groups).toEqual(['fields.FirstPhone'])
    expect(await update(known, { SecondPhone: mobile(), njVersion: 1 })).toMatchObject({
      code: 0,
      version: 3,
    })
  })
})

describe('the base that an update names', () => {
  test('is rebuilt from any older version', async () => {
    const known = await ana()
    const changes: LeadDocument[] = [
      { City: 'Carlton' },
      { Name: 'Ana Costa' },
      { Email: 'ana@example.com' },
      { Name: 'Ana Souza' },
    ]
    for (const values of changes) expect((await update(known, values)).code).toBe(0)
    // Version 5 now: City changed in 2, Name in 3 and 5, Email in 4.
    expect((await update(known, { City: 'Fitzroy', njVersion: 2 })).version).toBe(6)
    expect((await update(known, { Email: 'silva@example.com', njVersion: 4 })).version).toBe(7)
    const refused = await update(known, { Name: 'Ana Lima', Email: 'lima@example.com', njVersion: 3 })
    expect(refused.body).toMatchObject({
      code: 110,
      groups: ['fields.Email', 'fields.Name'],
      lead_version: 7,
    })
    expect(await conflict(refused.body.conflict_id)).toMatchObject({
      base_version: 3,
      base: { 'fields.Name': 'Ana Costa', 'fields.Email': null },
      theirs: { 'fields.Name': 'Ana Souza', 'fields.Email': 'silva@example.com' },
    })
  })

  test('what changed and changed back since then has not moved', async () => {
    const known = await ana()
    await update(known, { Name: 'Ana Costa' })
    await update(known, { Name: 'Ana Silva' })
    expect(await update(known, { Name: 'Ana Souza', njVersion: 1 })).toMatchObject({ code: 0, version: 4 })
  })

  test('has its numbers in whatever spelling: naming one again is no change', async () => {
    const known = await ana()
    const spelt = (phone: string) => `+61 ${phone.slice(1, 4)} ${phone.slice(4)}`
    const phone = mobile()
    expect(await update(known, { FirstPhone: phone })).toMatchObject({ version: 2 })
    // The caller has not heard of the new number, and changes the city alone.
    expect(
      await update(known, { FirstPhone: spelt(known.phone), City: 'Carlton', njVersion: 1 }),
    ).toMatchObject({ code: 0, version: 3 })
    expect((await view(known)).fields).toMatchObject({ FirstPhone: phone, City: 'Carlton' })
    // Two callers learn of one number.
    expect(await update(known, { FirstPhone: spelt(phone), njVersion: 1 })).toMatchObject({
      code: 0,
      version: 3,
    })
    expect(await update(known, { FirstPhone: spelt(mobile()), njVersion: 1 })).toMatchObject({ code: 110 })
  })

  test('must be a version that the lead had', async () => {
    const known = await ana()
    for (const njVersion of ['2', '0', '-1', 'one', '1.5'])
      expect(await update(known, { Name: 'Ana Costa', njVersion }), njVersion).toMatchObject({ code: 1003 })
    expect(await update(known, { Name: 'Ana Costa', njVersion: '"v1"' })).toMatchObject({
      code: 0,
      version: 2,
    })
  })
})
