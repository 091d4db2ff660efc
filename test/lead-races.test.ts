// Changes of one lead over /v1 at the same moment: each is made from a version, and none replaces what it never saw.

import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Decisions, HeldChange, LeadPatch, OnConflict } from '../src/client/api.ts'
import type { LeadlineClient } from '../src/client/client.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { leadsOf, metBy } from './support/leads.ts'
import { replacedUnseen, type Written } from './support/overwrites.ts'

// The clock is stopped: an outcome counts its callback from now, so a second later it is not the one that was looked at.
const now = new Date().toISOString()
const leadline = await startLeadline({ now: () => now })
const { client, target, connection } = leadline
const { allocation_id } = target
const { ana, view, changed, callsOf, historyOf } = leadsOf(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

/** Chances that are the same in every run, as far as the writers themselves go. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const ROUNDS = 100

test(`two operators and an API writer, ${ROUNDS} rounds each: nothing saved is replaced by a write that did not know it, unless somebody decided so`, async () => {
  const { id } = await ana({ external_id: 'contended' })
  const written = new Map<string, Written>()
  const counts = { saved: 0, merged: 0, decided: 0, held: 0, refused: 0 }

  const patchOf = (roll: ReturnType<typeof dice>, by: string, round: number): LeadPatch => {
    const text = `${by} ${round}`
    const patches: LeadPatch[] = [
      { fields: { City: text } },
      // Of nobody else: who wants what the base has wants no change.
      { fields: { PostCode: text, Name: text } },
      { fields: { Name: text } },
      { unmapped: { note: text } },
      { priority: roll(100) },
      { disposition: ['Busy', 'No Answer', 'Callback', 'Sale'][roll(4)]! },
      { fields: { SecondPhone: mobile() } },
    ]
    return patches[roll(patches.length)]!
  }

  /** An operator who decides what clashes, also when it moves on while they do. */
  async function decides(
    who: LeadlineClient,
    roll: ReturnType<typeof dice>,
    base_version: number,
    mine: LeadPatch,
  ) {
    let found = await who.previewMerge(id, { base_version, mine })
    // Each try that is lost is a change of another one, and these are fewer.
    for (let tries = 0; tries < 3 * ROUNDS && found.ok; tries++) {
      const { groups, lead_version } = found.body
      const open = groups.filter(({ class: is }) => is === 'conflict' || is === 'linked')
      const decisions: Decisions = Object.fromEntries(
        open.map(({ group, needs_role, recommended }) => {
          const take = (['mine', 'theirs', 'base'] as const)[roll(3)]!
          // An agent cannot decide against the side that closed the lead.
          return [group, { take: (needs_role && recommended) || take, reason: 'a race' }]
        }),
      )
      const merged = await who.mergeLead(id, { base_version, lead_version, mine, decisions })
      if (merged.ok) {
        written.set(merged.request_id!, { base_version, mine, decided: new Set(Object.keys(decisions)) })
        counts.decided++
        return
      }
      expect(merged.code, merged.body.detail).toBe(110)
      found = { ...merged, ok: true, body: metBy(merged) }
    }
    throw new Error('never got round to deciding')
  }

  async function operator(who: LeadlineClient, name: string, seed: number) {
    const roll = dice(seed)
    let seen = await view(id)
    for (let round = 0; round < ROUNDS; round++) {
      // Sometimes the screen is old.
      if (roll(3) > 0) seen = await view(id)
      const patch = patchOf(roll, name, round)
      const answer = await who.patchLead(id, seen.version, patch, 'merge')
      if (answer.ok) {
        written.set(answer.request_id!, { base_version: seen.version, mine: patch, decided: new Set() })
        counts[answer.body.merged ? 'merged' : 'saved']++
      } else {
        expect(answer.code, answer.body.detail).toBe(110)
        await decides(who, roll, seen.version, patch)
      }
    }
  }

  async function writer(seed: number) {
    const roll = dice(seed)
    for (let round = 0; round < ROUNDS; round++) {
      const { version } = await view(id)
      const patch = patchOf(roll, 'crm', round)
      const on_conflict = (['fail', 'merge', 'hold'] as const)[roll(3)]!
      const answer = await client.patchLead<OnConflict>(id, version, patch, on_conflict)
      if (answer.status === 200) {
        written.set(answer.request_id!, { base_version: version, mine: patch, decided: new Set() })
        counts.saved++
      } else if (answer.status === 202) counts.held++
      else {
        expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 412, code: 110 })
        counts.refused++
      }
    }
  }

  const [robin, kim] = [await leadline.asOperator('agent'), await leadline.asOperator('lead')]
  await Promise.all([operator(robin, 'robin', 1), operator(kim, 'kim', 2), writer(3)])
  // Whatever the machine does, they met often enough to prove something.
  expect(counts.decided + counts.merged, JSON.stringify(counts)).toBeGreaterThan(20)

  expect(await replacedUnseen(client, id, written)).toEqual([])
}, 120_000)

describe('of two that were decided for one version, one is saved', () => {
  const TIMES = 15

  /** A lead in version 2 with a change from version 1 that clashes. */
  async function met() {
    const { id } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' } })
    const merge = () =>
      client.mergeLead(id, {
        base_version: 1,
        lead_version: 2,
        mine: { fields: { City: 'Carlton' } },
        decisions: { address: { take: 'mine' } },
      })
    return { id, merge }
  }

  test('a merge and a third change', async () => {
    for (let i = 0; i < TIMES; i++) {
      const { id, merge } = await met()
      const third = () => client.patchLead(id, 2, { fields: { City: 'Kew' } })
      const answers = await Promise.all(i % 2 === 0 ? [merge(), third()] : [third(), merge()])
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
      const winner = answers.find(({ ok }) => ok)!
      expect(await view(id)).toMatchObject({ version: 3, fields: (winner.body as { fields: object }).fields })
      const loser = metBy(answers.find(({ ok }) => !ok)!)
      expect(loser.lead_version).toBe(3)
    }
  })

  test('the same merge, many times', async () => {
    const { id, merge } = await met()
    const answers = await Promise.all(Array.from({ length: 12 }, merge))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    for (const answer of answers.filter(({ ok }) => !ok)) metBy(answer)
    expect(await historyOf(id)).toHaveLength(3)
  })

  test('undoing and a later change, of one group and of two', async () => {
    for (let i = 0; i < TIMES; i++) {
      const { id } = await met()
      const revert = () => client.revertLead(id, { version: 2, lead_version: 2 })
      const later = () =>
        client.patchLead(id, 2, { fields: i % 3 === 0 ? { Name: 'Ana Costa' } : { City: 'Kew' } }, 'merge')
      const [undone, saved] = await Promise.all([revert(), later()])
      if (undone.ok) {
        // The later change was made from what was undone: of another group it is merged, else it is refused.
        expect(saved.status).toBe(i % 3 === 0 ? 200 : 412)
        expect(await view(id)).toMatchObject({ fields: { City: 'Abbotsford' } })
      } else {
        metBy(undone)
        expect(saved.status).toBe(200)
      }
    }
  })

  test('the resolutions of a held update', async () => {
    for (let i = 0; i < TIMES; i++) {
      const { id } = await met()
      const held = await client.patchLead(id, 1, { fields: { City: 'Carlton' }, disposition: 'Busy' }, 'hold')
      const { conflict_id } = held.body as HeldChange
      const settle = () =>
        client.settleConflict(conflict_id, { lead_version: 2, decisions: { address: { take: 'mine' } } })
      const dismiss = () => client.settleConflict(conflict_id, { dismiss: true, reason: 'no longer' })
      const answers = await Promise.all([settle(), dismiss(), settle()])
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
      const settled = answers[0]!.ok || answers[2]!.ok
      expect(await callsOf(id)).toHaveLength(settled ? 1 : 0)
      expect((await view(id)).fields.City).toBe(settled ? 'Carlton' : 'Fitzroy')
    }
  })
})

test('a change meets the forgetting of its lead: it is in time, or finds nothing, and leaves nothing behind', async () => {
  const seen = new Set<number>()
  for (let i = 0; i < 30; i++) {
    const { id, phone } = await ana()
    await changed(id, 1, { fields: { City: 'Fitzroy' } })
    const on_conflict = (['fail', 'merge', 'hold'] as const)[i % 3]!
    const change = () =>
      client.patchLead<OnConflict>(
        id,
        i % 3 === 0 ? 2 : 1,
        { fields: { City: 'Carlton', SecondPhone: mobile() } },
        on_conflict,
      )
    const merge = () =>
      client.mergeLead(id, {
        base_version: 1,
        lead_version: 2,
        mine: { fields: { City: 'Kew' } },
        decisions: { address: { take: 'mine' } },
      })
    const [first, second] = await Promise.all([change(), merge(), client.delete(`/v1/leads/${id}`)])
    for (const { status, body } of [first, second]) {
      expect([200, 202, 404, 412], JSON.stringify(body)).toContain(status)
      seen.add(status)
    }
    expect(await client.lead(id)).toMatchObject({ status: 404 })
    expect((await client.createLead({ allocation_id, fields: { FirstPhone: phone } })).status).toBe(201)
  }
  expect(seen.has(404)).toBe(true)
})

test('a number that a change adds and a new lead wants goes to one of them', async () => {
  const winners = { change: 0, lead: 0 }
  for (let i = 0; i < 25; i++) {
    const { id } = await ana()
    const number = mobile()
    const change = () => client.patchLead(id, 1, { fields: { SecondPhone: number } })
    const insert = () => client.createLead({ allocation_id, fields: { FirstPhone: number } })
    const [patched, made] =
      i % 2 === 0
        ? await Promise.all([change(), insert()])
        : (await Promise.all([insert(), change()])).reverse()
    const codes = [patched!.code, made!.code]
    expect(codes.toSorted((a, b) => a - b)).toEqual([0, 105])
    winners[codes[0] === 0 ? 'change' : 'lead']++
  }
  expect(winners.change + winners.lead).toBe(25)
})

test('once a number is listed no change adds it, and what added it before shows it as blocked', async () => {
  for (let i = 0; i < 15; i++) {
    const { id } = await ana()
    const number = mobile()
    const change = () => client.patchLead(id, 1, { fields: { SecondPhone: number } })
    const [patched, listed] = await Promise.all([
      change(),
      client.post('/v1/dnc', { list: 'private', phones: [number] }),
    ])
    expect(listed.status).toBe(201)
    expect([0, 104]).toContain(patched.code)
    if (patched.ok)
      expect((await view(id)).phones.find(({ field }) => field === 'SecondPhone')).toMatchObject({
        blocked_by: 'private',
      })
    else expect(await change()).toMatchObject({ status: 422, code: 104 })
  }
})

test('updates that all clash on one locked lead wait in turn: other leads come in meanwhile', async () => {
  const { id } = await ana({ external_id: 'much disputed' })
  await changed(id, 1, { fields: { City: 'Carlton' } })
  const other = new pg.Client(connection)
  await other.connect()
  onTestFinished(() => other.end())
  await other.query('begin')
  await other.query(`select from leads where external_id = 'much disputed' for update`)
  const clashing = Array.from({ length: 100 }, (_, i) =>
    client.updateLeadFast(target, {
      njExternalLeadId: 'much disputed',
      njVersion: 1,
      FirstPhone: '<NO CHANGE>',
      City: `City ${i}`,
      njDisposition: 'Busy',
    }),
  )
  let answered = 0
  for (const update of clashing) void update.then(() => answered++)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await client.insertLeadFast(target, { FirstPhone: mobile() })).toMatchObject({ code: 0 })
  // The insert came in while all of them waited, and not because the first were given up.
  expect(answered).toBe(0)
  await other.query('commit')
  for (const { code } of await Promise.all(clashing)) expect(code).toBe(110)
})
