// The inbox of conflicts: rows with names, kinds, filters and neighbours, whose task each is, and changes handed over.

import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from '../support/check-database.ts'
import { startLeadline } from '../support/leadline.ts'
import { addressIn } from '../support/leads.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, connection, clientWith } = leadline
const { ana, clash, view, conflict } = updatesOn(leadline)
const agent = await leadline.asOperator('agent')
const [carla, dora] = [await leadline.asOperator('lead'), await leadline.asOperator('lead')]

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

const body = async <Body>(
  asked: Promise<{ ok: boolean; body: Body | { detail: string } }>,
): Promise<Body> => {
  const answer = await asked
  if (!answer.ok) throw new Error(JSON.stringify(answer.body))
  return answer.body as Body
}

/** An agent's change that met another one and was handed over. */
async function handedOver(note?: string) {
  const known = await ana()
  await client.patchLead(known.lead_id, 1, { fields: { Name: 'Ana Costa' } })
  const held = await agent.patchLead(known.lead_id, 1, { fields: { Name: 'Ana Souza' } }, 'hold')
  const { conflict_id } = held.body as { conflict_id: number }
  if (note) await body(agent.noteConflict(conflict_id, { note }))
  return { ...known, conflict_id }
}

describe('a row of the inbox', () => {
  test('has the name of the lead and of the sender, the three values, and who is on the lead', async () => {
    const { known, conflict_id } = await clash({ City: 'Fitzroy' }, { City: 'Docklands' })
    await carla.sayPresent(known.lead_id, { editing: true })
    const { items } = await body(carla.conflicts({ limit: 500 }))
    expect(items.find((one) => one.conflict_id === conflict_id)).toMatchObject({
      lead_name: 'Ana Silva',
      caller_name: expect.any(String),
      base: { 'fields.City': 'Abbotsford' },
      mine: { 'fields.City': 'Docklands' },
      theirs: { 'fields.City': 'Fitzroy' },
      assigned_to: null,
      present: [{ operator_id: carla.operator.operator_id, editing: true }],
    })
  })

  test('that is settled says what the lead had and what it got', async () => {
    const { known, conflict_id } = await clash({ Name: 'Ana Costa' }, { Name: 'Ana Souza', City: 'Carlton' })
    const decisions = { 'fields.Name': { take: 'theirs' as const } }
    await body(carla.settleConflict(conflict_id!, { lead_version: 2, decisions }))
    await client.patchLead(known.lead_id, 3, { fields: { Name: 'Ana Lima', City: 'Kew' } })
    expect(await conflict(conflict_id)).toMatchObject({
      state: 'resolved',
      settled_version: 3,
      decided: {
        groups: expect.arrayContaining([
          expect.objectContaining({
            group: 'fields.Name',
            theirs: { 'fields.Name': 'Ana Costa' },
            result: { 'fields.Name': 'Ana Costa' },
          }),
          expect.objectContaining({
            group: 'address',
            theirs: addressIn('Abbotsford'),
            result: addressIn('Carlton'),
          }),
        ]),
      },
    })
  })
})

test('kinds are counted, filters narrow the list, and neighbours follow its order', async () => {
  const of_name = []
  for (let i = 0; i < 3; i++) of_name.push((await clash({ Name: 'A' }, { Name: 'B' })).conflict_id!)
  const in_city = (await clash({ Email: 'a@example.com' }, { Email: 'b@example.com' })).conflict_id!
  const { items: kinds } = await body(carla.conflictKinds({ group: 'fields.Name' }))
  const own = kinds.find(({ caller }) => caller.startsWith('key:'))!
  expect(own).toMatchObject({ groups: ['fields.Name'], open: 3 })
  const { items } = await body(carla.conflicts({ kind: own.kind }))
  expect(items.map(({ conflict_id }) => conflict_id)).toEqual(of_name)
  expect((await body(carla.conflicts({ group: 'fields.Email' }))).items).toMatchObject([
    { conflict_id: in_city },
  ])
  expect((await body(carla.conflicts({ caller: 'key:999' }))).items).toEqual([])
  expect((await body(carla.conflicts({ campaign_id: 999 }))).items).toEqual([])
  const [first, second, third] = of_name as [number, number, number]
  expect(await body(carla.conflictNeighbours(second, { kind: own.kind }))).toEqual({
    previous: first,
    next: third,
    before: 1,
    open: 3,
  })
  expect(await body(carla.conflictNeighbours(third, { kind: own.kind }))).toMatchObject({ next: null })

  // One of them clashes no more.
  await client.patchLead(items[0]!.lead_id, 2, { fields: { Name: 'Ana Silva' } })
  const free = await body(carla.conflicts({ kind: own.kind, clashing: false }))
  expect(free).toMatchObject({ items: [{ conflict_id: first, clashes: [] }], next_cursor: null })
  const clashing = await body(carla.conflicts({ kind: own.kind, clashing: true, limit: 1 }))
  expect(clashing).toMatchObject({ items: [{ conflict_id: second }], next_cursor: second })
  const rest = await body(
    carla.conflicts({ kind: own.kind, clashing: true, limit: 1, cursor: clashing.next_cursor! }),
  )
  expect(rest.items).toMatchObject([{ conflict_id: third }])
})

describe('whose task it is', () => {
  test('of two who take it at once one gets it, and the other is told the name', async () => {
    const { conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const take = (who: typeof carla) =>
      who.assignConflict(conflict_id!, { operator_id: who.operator.operator_id, was: null })
    const answers = await Promise.all([take(carla), take(dora)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
    const { assigned_to, assigned_to_name } = await conflict(conflict_id)
    expect([carla, dora].map(({ operator }) => operator.operator_id)).toContain(assigned_to)
    const slower = answers.find(({ ok }) => !ok)!
    expect(slower.body).toMatchObject({
      field: '/was',
      detail: `${assigned_to_name} takes care of it by now`,
    })
    const mine = assigned_to === carla.operator.operator_id ? carla : dora
    expect((await body(mine.conflicts({ assigned: 'me', limit: 500 }))).items).toMatchObject([
      { conflict_id },
    ])
    const nobodys = await body(mine.conflicts({ assigned: 'nobody', limit: 500 }))
    expect(nobodys.items.map((one) => one.conflict_id)).not.toContain(conflict_id)
    expect(
      await body(mine.assignConflict(conflict_id!, { operator_id: null, was: assigned_to })),
    ).toMatchObject({
      assigned_to: null,
    })
    expect(await client.get('/v1/conflicts?assigned=me')).toMatchObject({ status: 422 })
  })

  test('is given to those who work on the lead, while it is open; the list has those who may settle any', async () => {
    const { conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const { items } = await body(carla.conflictAssignees())
    const ids = items.map(({ operator_id }) => operator_id)
    expect(ids).toContain(dora.operator.operator_id)
    expect(ids).not.toContain(agent.operator.operator_id)
    const give = ({ operator }: typeof carla) =>
      carla.assignConflict(conflict_id!, { operator_id: operator.operator_id, was: null })
    expect(await give(await leadline.asOperator('agent', ['Elsewhere']))).toMatchObject({ status: 422 })
    expect(await give(dora)).toMatchObject({ status: 200 })
    await leadline.client.settleConflict(conflict_id!, { dismiss: true, reason: 'old' })
    expect(await give(carla)).toMatchObject({ status: 404 })
  })
})

describe('a conflict that is given to an agent', () => {
  test('is found, settled and opened again by that agent alone', async () => {
    const ben = await leadline.asOperator('agent')
    const { known, conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const decisions = { 'fields.Name': { take: 'mine' as const } }
    const settle = (who: typeof ben) => who.settleConflict(conflict_id!, { lead_version: 2, decisions })
    expect(await settle(ben)).toMatchObject({ status: 403 })
    const { operator_id } = ben.operator
    await body(carla.assignConflict(conflict_id!, { operator_id, was: null, note: 'which one is right?' }))
    const found = await body(ben.conflicts({ assigned: 'me', lead_id: known.lead_id }))
    expect(found.items).toMatchObject([
      { conflict_id, note: `${carla.operator.name}: which one is right?`, assigned_to: operator_id },
    ])
    expect((await body(ben.conflicts({ assigned: 'nobody', lead_id: known.lead_id }))).items).toEqual([])
    expect(await settle(agent)).toMatchObject({ status: 403 })
    await body(settle(ben))
    expect((await view(known)).fields.Name).toBe('B')
    expect(await agent.reopenConflict(conflict_id!)).toMatchObject({ status: 403 })
    expect(await body(ben.reopenConflict(conflict_id!))).toMatchObject({ state: 'open' })
    // Whoever cannot tell gives it to a team lead.
    const given_back = { operator_id: null, was: operator_id, note: 'I cannot tell' }
    expect(await agent.assignConflict(conflict_id!, given_back)).toMatchObject({ status: 403 })
    expect(await body(ben.assignConflict(conflict_id!, given_back))).toMatchObject({ assigned_to: null })
    expect((await conflict(conflict_id)).note).toBe(
      `${carla.operator.name}: which one is right?\n\n${ben.operator.name}: I cannot tell`,
    )
    expect(await settle(ben)).toMatchObject({ status: 403 })
  })

  test('cannot be decided against a wish not to be called', async () => {
    const { conflict_id } = await clash({ njDisposition: 'Do Not Call' }, { njDisposition: 'Callback' })
    const { operator_id } = agent.operator
    await body(carla.assignConflict(conflict_id!, { operator_id, was: null }))
    const decisions = { outcome: { take: 'mine' as const, reason: 'they asked me' } }
    expect(await agent.settleConflict(conflict_id!, { lead_version: 2, decisions })).toMatchObject({
      status: 403,
    })
  })
})

describe('a change that an agent hands over', () => {
  test('is followed by the agent, with the note', async () => {
    const { conflict_id } = await handedOver('she spelled it for me')
    const { items } = await body(agent.handedOver())
    expect(items[0]).toMatchObject({ conflict_id, note: 'she spelled it for me', state: 'open' })
    expect((await body(dora.handedOver())).items).toEqual([])
    expect(await (await clientWith(['write'])).noteConflict(conflict_id, { note: 'mine' })).toMatchObject({
      status: 403,
    })
  })

  test('is given to somebody by the agent, with the note; the same sent again adds nothing', async () => {
    const ben = await leadline.asOperator('agent')
    const { conflict_id } = await handedOver()
    const to_ben = { operator_id: ben.operator.operator_id, was: null, note: 'you had her on the phone' }
    for (let i = 0; i < 2; i++)
      expect(await body(agent.assignConflict(conflict_id, to_ben))).toMatchObject({
        assigned_to_name: ben.operator.name,
      })
    expect((await body(agent.handedOver())).items[0]).toMatchObject({
      note: 'you had her on the phone',
      assigned_to_name: ben.operator.name,
    })
    expect(await agent.takeBackConflict(conflict_id)).toMatchObject({ status: 204 })
  })

  test('is taken back by the agent alone, while it is open', async () => {
    const { conflict_id, ...known } = await handedOver()
    expect(await carla.takeBackConflict(conflict_id)).toMatchObject({ status: 403 })
    expect(await agent.takeBackConflict(conflict_id)).toMatchObject({ status: 204 })
    expect(await conflict(conflict_id)).toMatchObject({
      state: 'dismissed',
      resolution: { taken_back: true },
      mine: { 'fields.Name': 'Ana Souza' },
    })
    // The answer may have been lost.
    expect(await agent.takeBackConflict(conflict_id)).toMatchObject({ status: 204 })
    expect((await view(known)).fields.Name).toBe('Ana Costa')
    const late = await carla.settleConflict(conflict_id, { dismiss: true, reason: 'too late' })
    expect(late).toMatchObject({ status: 404 })
    expect(await carla.reopenConflict(conflict_id)).toMatchObject({ status: 404 })
  })

  test('loses its note when the lead is forgotten', async () => {
    const { conflict_id, lead_id } = await handedOver('call 0412 345 678')
    expect((await client.delete(`/v1/leads/${lead_id}`)).ok).toBe(true)
    expect(await conflict(conflict_id)).toMatchObject({ state: 'forgotten', note: null, lead_name: null })
  })
})

describe('settling', () => {
  test('of two who settle at once one does, and the other is told who and how', async () => {
    const { conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const settle = (who: typeof carla, take: 'mine' | 'theirs') =>
      who.settleConflict(conflict_id!, { lead_version: 2, decisions: { 'fields.Name': { take } } })
    const [one, other] = await Promise.all([settle(carla, 'theirs'), settle(dora, 'theirs')])
    const [winner, slower] = one.ok ? [carla, other] : [dora, one]
    expect([one.ok, other.ok].sort()).toEqual([false, true])
    expect(slower).toMatchObject({
      status: 404,
      body: {
        detail: `this conflict is not open any more: ${winner.operator.name} has settled it (fields.Name: theirs)`,
      },
    })
  })

  test('is taken back: the lead is as it was, and the conflict is open again', async () => {
    const { known, conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const decisions = { 'fields.Name': { take: 'mine' as const } }
    await body(carla.settleConflict(conflict_id!, { lead_version: 2, decisions }))
    expect(await body(carla.reopenConflict(conflict_id!))).toMatchObject({ version: 4, state: 'open' })
    expect((await view(known)).fields.Name).toBe('A')
    expect(await conflict(conflict_id)).toMatchObject({
      state: 'open',
      resolution: null,
      clashes: ['fields.Name'],
    })
    expect(await carla.reopenConflict(conflict_id!)).toMatchObject({ status: 404 })
  })

  test('is not taken back once somebody has changed the same again', async () => {
    const { known, conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    const decisions = { 'fields.Name': { take: 'mine' as const } }
    await body(carla.settleConflict(conflict_id!, { lead_version: 2, decisions }))
    await client.patchLead(known.lead_id, 3, { fields: { Name: 'C' } })
    expect(await carla.reopenConflict(conflict_id!)).toMatchObject({ status: 412, code: 110 })
    expect(await conflict(conflict_id)).toMatchObject({ state: 'resolved' })
  })

  test('of a dismissed one, whose sender has repeated it since, leaves the newer one open', async () => {
    const { known, conflict_id } = await clash({ Name: 'A' }, { Name: 'B' })
    await body(carla.settleConflict(conflict_id!, { dismiss: true, reason: 'old' }))
    const again = await client.patchLead(known.lead_id, 1, { fields: { Name: 'B2' } }, 'hold')
    expect(again.status).toBe(202)
    expect(await body(carla.reopenConflict(conflict_id!))).toMatchObject({ state: 'superseded' })
  })
})
