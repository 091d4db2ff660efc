// Collisions through the real server, with several writers: nobody is asked about what is the same, every value names
// its author, and what a decision gives up is in the history.

import { afterAll, expect, test } from 'vitest'
import type { ConflictDocument, Decisions, LeadPatch } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { groupOf, leadsOf, metBy } from './support/leads.ts'
import { much } from './support/much.ts'
import { placeIn } from './support/regions.ts'

const leadline = await startLeadline({ now: () => '2026-07-01T00:00:00Z' })
const { client, connection } = leadline
const text = (name: string) => ({ name, kind: 'text', merge_group: 'address' })
const target = await placeIn(leadline, 'AU', {
  fields: [
    { name: 'FirstPhone', kind: 'phone' },
    { name: 'Name', kind: 'text' },
    { name: 'Email', kind: 'email' },
    { name: 'Notes', kind: 'long_text' },
    ...['StreetAddress', 'City', 'State', 'PostCode'].map(text),
  ],
})
const { ana, view, changed, historyOf } = leadsOf({ ...leadline, target })
const ann = await leadline.asOperator('agent')
const carla = await leadline.asOperator('lead')

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

const NOTES = 'rang on Monday\nwants a call\nasked about the price'

test('blanks and spellings are not asked about, and blanks at the ends are not stored', async () => {
  const { id } = await ana({ fields: { Email: 'New@Example.com' } })
  expect(await changed(id, 1, { fields: { City: 'Carlton ', Name: '  Ana Silva ' } })).toMatchObject({
    version: 2,
    fields: { City: 'Carlton', Name: 'Ana Silva' },
  })
  expect(
    await client.patchLead(id, 1, { fields: { City: ' Carlton', Email: 'New@example.com' } }, 'merge'),
  ).toMatchObject({ ok: true, body: { fields: { City: 'Carlton' } } })
})

test('edits of different lines of a note go together', async () => {
  const { id } = await ana({ fields: { Notes: NOTES } })
  await changed(id, 1, { fields: { Notes: NOTES.replace('Monday', 'Tuesday') } })
  const mine = { fields: { Notes: NOTES.replace('price', 'warranty') } }
  const preview = await client.previewMerge(id, { base_version: 1, mine })
  const both = NOTES.replace('Monday', 'Tuesday').replace('price', 'warranty')
  expect(preview.ok && groupOf(preview.body, 'fields.Notes')).toMatchObject({
    class: 'merged',
    merged: { 'fields.Notes': both },
  })
  expect(await client.patchLead(id, 1, mine, 'merge')).toMatchObject({ body: { fields: { Notes: both } } })
  // Sent once more it changes nothing.
  expect(await client.patchLead(id, 1, mine, 'merge')).toMatchObject({ body: { version: 3 } })
})

test('each value names its author when several changed the lead, and a fuller value is suggested', async () => {
  const { id, phone } = await ana()
  await changed(id, 1, { fields: { Name: 'Ana M. Silva', Notes: 'theirs' } }, carla)
  await changed(id, 2, { fields: { City: 'Kew' } })
  await client.post('/v1/dnc', { list: 'private', phones: [phone], reason: 'asked us' })
  const mine = { fields: { Name: 'Ana  Silva', Notes: 'mine', City: 'Carlton', FirstPhone: mobile() } }
  const document = metBy(await ann.patchLead(id, 1, mine, 'merge'))
  const theirs = (group: string) => groupOf(document, group)!.by.theirs[0]
  expect(theirs('fields.Notes')).toMatchObject({
    actor_type: 'operator',
    actor_name: carla.operator.name,
    version: 2,
    way: 'screen',
    paths: ['fields.Notes'],
  })
  expect(theirs('address')).toMatchObject({ actor_type: 'key', version: 3, paths: ['fields.City'] })
  expect(groupOf(document, 'address')!.by).toMatchObject({
    base: [{ version: 1 }],
    mine: [{ actor_name: ann.operator.name, version: null, at: null }],
  })
  expect(groupOf(document, 'fields.Name')).toMatchObject({
    class: 'conflict',
    suggestion: { take: 'theirs', reason: 'completes' },
  })
  expect(document.changes.map(({ version, groups }) => [version, groups])).toEqual([
    [3, ['address']],
    [2, expect.arrayContaining(['fields.Name', 'fields.Notes'])],
  ])
  expect(document.numbers[0]!.blocked).toMatchObject({
    list: 'private',
    since_base: true,
    actor: expect.stringMatching(/^key:/),
    at: expect.any(String),
    reason: 'asked us',
  })
  expect(document).toMatchObject({
    may_overrule: false,
    zone_field: null,
    contact_hours: [{ of_template: true }],
  })
})

test('random collisions: nothing vanishes but what was decided, and that is kept', async () => {
  const rounds = much(25, 400)
  let seed = 20_261_127
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const pick = <T>(list: readonly T[]) => list[random(list.length)]!
  const values: Record<string, readonly (string | null)[]> = {
    Name: ['Ana Silva', 'Ana Silva ', 'Ana M. Silva', 'Zoë Costa'],
    Email: [null, 'Ana@example.com', 'Ana@Example.COM', 'b@example.com'],
    Notes: [NOTES, NOTES.replace('Monday', 'Friday'), NOTES.replace('price', 'dog'), 'new'],
    City: ['Abbotsford', 'Carlton', 'Carlton\u00a0', 'Kew'],
    PostCode: [null, '3067', '3053'],
  }
  const change = (): LeadPatch => {
    const names = Object.keys(values).filter(() => random(2) === 0)
    const fields = Object.fromEntries(names.map((name) => [name, pick(values[name]!)]))
    return { fields, ...(random(3) === 0 ? { unmapped: { source_id: pick(['x1', 'x2', 'x3']) } } : {}) }
  }
  const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() || null : value)
  let asked = 0
  for (let round = 0; round < rounds; round++) {
    const { id } = await ana({ fields: { Notes: NOTES } })
    for (const by of [carla, client, carla].slice(random(2))) {
      const { version } = await view(id)
      await changed(id, version, change(), by as LeadlineClient)
    }
    const mine = change()
    const { version } = await view(id)
    const answer = await ann.patchLead(id, 1, mine, 'merge')
    if (answer.ok) continue
    asked++
    const document: ConflictDocument = metBy(answer)
    const open = document.groups.filter(({ class: found }) => found === 'conflict' || found === 'linked')
    const decisions: Decisions = {}
    for (const { group, paths, mine: one, theirs } of open) {
      expect(paths.some((path) => trimmed(one[path]) !== trimmed(theirs[path]))).toBe(true)
      decisions[group] = { take: pick(['mine', 'theirs', 'base'] as const) }
    }
    const merge = { base_version: 1, lead_version: version, mine, decisions }
    expect(await ann.mergeLead(id, merge)).toMatchObject({ ok: true })
    const history = await historyOf(id)
    const kept = history.flatMap((event) => [...(event.merge ? [event.merge] : []), ...event.set_aside])
    expect(kept).toHaveLength(1)
    for (const { group, mine: one, theirs } of open) {
      const decided = kept[0]!.groups!.find((each) => each.group === group)!
      expect(decided).toMatchObject({ mine: one, theirs, taken: decisions[group]!.take })
      expect(decided.result).toEqual(decided[decisions[group]!.take as 'mine'])
    }
    for (const { by } of document.groups)
      for (const author of by.theirs)
        expect(author.actor).toBe(history.find((event) => event.version === author.version)!.actor)
  }
  expect(asked).toBeGreaterThan(rounds / 4)
})
