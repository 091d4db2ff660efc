// The order in which a classic request that is wrong in several ways is judged.

import { describe, expect, test } from 'vitest'
import { classicOn, NOW, type Query } from '../support/classic.ts'
import { type Leadline, mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'
import { leadAtWork } from '../support/slot.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, reference, shown, inserted, called, blocked } = classicOn(leadline)

describe('the order of checks', async () => {
  // A server whose only slot can be taken, on the same database.
  const narrow = await startLeadline({
    connection: leadline.connection,
    now: () => NOW,
    gate: { slots: 1, queue_max: 0 },
  })

  /** Takes the only slot until the test ends. */
  async function takeSlot() {
    await untilBusy(0)
    await leadAtWork(narrow)
    await untilBusy(1)
  }
  const untilBusy = (slots: number) =>
    expect
      .poll(async () => (await narrow.client.get<string>('/metrics')).body, { interval: 5, timeout: 10_000 })
      .toMatch(new RegExp(`^leadline_gate_busy ${slots}$`, 'm'))

  /** A request that is taken to pieces, so that each fault can spoil its own. */
  interface Draft {
    server: Leadline
    query: Query
    lead: Record<string, string | undefined>
    /** Put after the document. */
    tail: string
  }
  interface Fault {
    title: string
    code: number
    /** Faults of one place exclude each other, unless one of them knows how to go together with the other. */
    place: string
    spoil: (draft: Draft) => Draft
  }

  /** Each two faults of a list, in its order, that one request can have. */
  const pairs = (faults: Fault[]) =>
    faults.flatMap((first, i) =>
      faults
        .slice(i + 1)
        .flatMap((second) => (first.place === second.place ? [] : [[first, second] as const])),
    )

  const asking =
    (query: Query): Fault['spoil'] =>
    (d) => ({ ...d, query: { ...d.query, ...query } })
  /** `undefined`: left out. */
  const values =
    (lead: Draft['lead']): Fault['spoil'] =>
    (d) => ({ ...d, lead: { ...d.lead, ...lead } })
  const early: Fault[] = [
    { title: 'no valid key', code: 1001, place: 'key', spoil: asking({ apiKey: 'wrong' }) },
    {
      title: 'too large',
      code: 1009,
      place: 'size',
      spoil: (d) => ({ ...d, tail: d.tail + ' '.repeat(300_000) }),
    },
    { title: 'no slot', code: 109, place: 'gate', spoil: (d) => ({ ...d, server: narrow }) },
    {
      title: 'no JSON',
      code: 1003,
      place: 'document',
      spoil: (d) => ({ ...d, tail: `}${d.tail}` }),
    },
    {
      title: 'a switch that is neither on nor off',
      code: 1003,
      place: 'document',
      spoil: asking({ allowDuplicates: 'maybe' }),
    },
    {
      title: 'another allocation',
      code: 1004,
      place: 'target',
      spoil: asking({ fAllocationId: '999999' }),
    },
  ]
  const late: Fault[] = [
    { title: 'a bad date', code: 1007, place: 'date', spoil: values({ njCallBackDate: 'soon' }) },
    { title: 'a bad priority', code: 1008, place: 'priority', spoil: values({ njPriority: 'high' }) },
    { title: 'unknown hours', code: 111, place: 'hours', spoil: values({ njContactHours: 'Mars' }) },
  ]
  const bad_field: Fault = {
    title: 'a bad field',
    code: 1005,
    place: 'field',
    spoil: values({ njNothing: 'x' }),
  }

  const dnc = await blocked(mobile())
  const held = mobile()
  await inserted({ FirstPhone: held })
  // On the list and held by a lead: it was taken before it was listed.
  const both = mobile()
  await inserted({ FirstPhone: both })
  await blocked(both)
  const taken = reference()
  await inserted({ njExternalLeadId: taken })

  const send = async (call: string, draft: Draft) => {
    if (draft.server === narrow) await takeSlot()
    return post(call, draft.query, JSON.stringify(draft.lead) + draft.tail, { server: draft.server })
  }

  const insert_faults: Fault[] = [
    ...early,
    { title: 'no change', code: 108, place: 'name', spoil: values({ Name: '<NO CHANGE>' }) },
    bad_field,
    {
      title: 'no number',
      code: 102,
      place: 'phone',
      spoil: values({ FirstPhone: undefined }),
    },
    { title: 'a bad number', code: 1006, place: 'phone', spoil: values({ FirstPhone: 'call me' }) },
    ...late,
    { title: 'a taken id', code: 112, place: 'id', spoil: values({ njExternalLeadId: taken }) },
    { title: 'a blocked number', code: 104, place: 'phone', spoil: values({ FirstPhone: both }) },
    { title: 'a held number', code: 105, place: 'phone', spoil: values({ FirstPhone: held }) },
  ]
  const newLead = (): Draft => ({
    server: leadline,
    query: { ...ids },
    lead: { Name: 'Ana Silva', FirstPhone: mobile() },
    tail: '',
  })

  const called_lead = await called({ City: 'Fitzroy' })
  await called_lead.change({ City: 'Carlton' })
  const never_called = await called({ City: 'Fitzroy' })
  await never_called.change({ City: 'Carlton' })
  // No road of the API takes a disposition back.
  await admin(
    leadline.connection,
    `update leads set disposition = null where external_id = '${never_called.njExternalLeadId}'`,
  )

  const [another_allocation] = early.slice(-1)
  const update_faults: Fault[] = [
    ...early.slice(0, -1),
    { title: 'no version', code: 1003, place: 'document', spoil: values({ njVersion: 'one' }) },
    another_allocation!,
    { title: 'no such lead', code: 101, place: 'lead', spoil: values({ njExternalLeadId: 'nobody' }) },
    { title: 'no phone field', code: 102, place: 'phone', spoil: values({ FirstPhone: undefined }) },
    { title: 'no number left', code: 102, place: 'phone', spoil: values({ FirstPhone: '' }) },
    {
      title: 'no such disposition',
      code: 106,
      place: 'outcome',
      spoil: values({ njDisposition: 'Delighted' }),
    },
    {
      title: 'no disposition at all',
      code: 107,
      // The lead that has none is another one.
      place: 'lead',
      spoil: values({ njExternalLeadId: never_called.njExternalLeadId, njDisposition: '<NO CHANGE>' }),
    },
    bad_field,
    { title: 'a bad number', code: 1006, place: 'phone', spoil: values({ FirstPhone: 'call me' }) },
    ...late,
    { title: 'a clash', code: 110, place: 'base', spoil: values({ City: 'Perth', njVersion: '1' }) },
    { title: 'a blocked number', code: 104, place: 'phone', spoil: values({ FirstPhone: both }) },
    { title: 'a held number', code: 105, place: 'phone', spoil: values({ FirstPhone: held }) },
  ]
  const change = (): Draft => ({
    server: leadline,
    query: { ...ids },
    lead: {
      njExternalLeadId: called_lead.njExternalLeadId,
      FirstPhone: mobile(),
      njDisposition: 'No Answer',
    },
    tail: '',
  })

  describe.each([
    ['insertLeadFast', insert_faults, newLead],
    ['updateLeadFast', update_faults, change],
  ] as const)('of %s', (call, faults, draft) => {
    test.each(faults.map((fault) => [fault.title, fault.code, fault] as const))(
      '%s alone answers %i',
      async (_title, code, fault) => {
        expect((await send(call, fault.spoil(draft()))).body.code).toBe(code)
      },
    )

    test.each(
      pairs(faults).map(([first, second]) => [first.title, second.title, first.code, first, second] as const),
    )('%s comes before %s: %i', async (_first, _second, code, first, second) => {
      // Where both spoil one thing, what the earlier one does to it stays.
      expect((await send(call, first.spoil(second.spoil(draft())))).body.code).toBe(code)
    })
  })

  test('a number that is blocked and held is blocked', async () => {
    expect(await client.insertLeadFast(target, { FirstPhone: both })).toMatchObject({ code: 104 })
    expect(await called_lead.change({ SecondPhone: both })).toMatchObject({ code: 104 })
    expect(await client.insertLeadFast(target, { FirstPhone: dnc })).toMatchObject({ code: 104 })
  })

  test('two faults of the numbers: none at all, then none that is valid', async () => {
    expect(await client.insertLeadFast(target, { FirstPhone: 'x', SecondPhone: '' })).toMatchObject({
      code: 1006,
    })
    expect(await called_lead.change({ FirstPhone: '', SecondPhone: ' ' })).toMatchObject({ code: 102 })
  })

  test('an unknown disposition comes before the lack of one', async () => {
    const update = { njExternalLeadId: never_called.njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    expect(await client.updateLeadFast(target, { ...update, njDisposition: 'Delighted' })).toMatchObject({
      code: 106,
    })
  })

  test('nothing of all this was written', async () => {
    expect(await shown(called_lead.lead_id)).toMatchObject({ version: 2, disposition: 'Busy' })
    expect(await shown(never_called.lead_id)).toMatchObject({ version: 2, disposition: null })
  })
})
