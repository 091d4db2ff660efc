// B82–B89: callback dates, contact hours, priorities and dispositions. It is 2026-06-01T00:00Z, 10:00 in Melbourne.

import { expect } from 'vitest'
import { mobile } from '../support/leadline.ts'
import {
  BAD_DATE,
  BAD_DISPOSITION,
  BAD_HOURS,
  BAD_PRIORITY,
  type Case,
  inBoth,
  json,
  leadOf,
  OK,
  queryOf,
  type Reply,
  type Row,
  stored,
  type World,
} from './row.ts'

const date = (world: World, text: string, reply: Reply, also?: Case['also']) =>
  inBoth(world, json(text), `"njCallBackDate":${json(text)}`, reply, {
    also,
    ...(reply === OK ? {} : { errors: ['njCallBackDate'] }),
  })

const noDates = (world: World, texts: string[]) => texts.flatMap((text) => date(world, text, BAD_DATE))

const callback = (world: World, text: string, local: string, at: string) =>
  date(world, text, OK, stored(world, { callback: expect.objectContaining({ local, at }) }))

/** Taken, and the queue says from when on the lead may be called. */
const nextTime = (world: World, text: string, next_at: string) =>
  date(world, text, OK, async (answer) => {
    const { id, allocation_id } = await leadOf(world, answer)
    const { body } = await world.leadline.client.get(`/v1/allocations/${allocation_id}/queue`, {
      lead_id: id,
    })
    expect(body.lead).toMatchObject({ eligible: false, next_at })
  })

const disposition = (external_id: string, text: string, reply: Reply, query?: string): Case => ({
  name: json(text.slice(0, 20)),
  call: 'updateLeadFast',
  query,
  and: `&njExternalLeadId=${external_id}`,
  body: json({ FirstPhone: '<NO CHANGE>', njDisposition: text }),
  reply,
})

export const DATES: Row[] = [
  {
    id: 'B82',
    what: 'what is no date of the published form',
    differs: 'the code for dates is 1007.',
    cases: (world) =>
      noDates(world, [
        '2026/02/31 10:00',
        '2027/02/29 10:00',
        '2026/06/31 10:00',
        '2026/13/01 10:00',
        '2026/00/10 10:00',
        '2026/6/3 1:5',
        '2026-07-03T10:00Z',
        '2026-07-03 10:00',
        '03/07/2026 10:00',
        '2026/07/03',
        '2026/07/03 24:00',
        '2026/07/03 23:60',
        '2026/07/03 10:00:00',
        '2026/07/03 10:00 AM',
        '2026/07/03T10:00',
        '２０２６/07/03 10:00',
        '1782000000',
        'tomorrow',
        '2026/07/03 10:00\n; drop',
      ]),
  },
  {
    id: 'B83',
    what: 'times that the clock skips or shows twice',
    differs: 'the published success has no room for a warning: what was stored is on the lead.',
    cases: (world) => [
      ...callback(world, '2026/10/04 02:30', '2026-10-04T02:30:00', '2026-10-03T16:00:00Z'),
      ...callback(world, '2027/04/04 02:30', '2027-04-04T02:30:00', '2027-04-03T15:30:00Z'),
      ...callback(world, ' 2026/07/03 10:00 ', '2026-07-03T10:00:00', '2026-07-03T00:00:00Z'),
    ],
  },
  {
    id: 'B84',
    what: 'dates that are far away',
    differs: 'the bounds are a year ago and five years ahead; the code is 1007.',
    cases: (world) => [
      ...noDates(world, [
        '0000/01/01 10:00',
        '0001/01/01 10:00',
        '1970/01/01 00:00',
        '9999/12/31 23:59',
        '+275760/09/13 00:00',
        '275760/09/13 00:00',
        '2025/06/01 09:59',
        '2031/06/01 10:01',
      ]),
      ...date(world, '2025/06/01 10:00', OK),
      ...date(world, '2031/06/01 10:00', OK),
    ],
  },
  {
    id: 'B85',
    what: 'a callback in the past',
    cases: (world) => callback(world, '2026/05/31 09:00', '2026-05-31T09:00:00', '2026-05-30T23:00:00Z'),
  },
  {
    id: 'B86',
    what: 'a callback when nobody may be called',
    differs: 'the classic answer is the published one; the next time stands in the queue.',
    cases: (world) => [
      ...nextTime(world, '2026/06/07 10:00', '2026-06-08T01:00:00Z'),
      ...nextTime(world, '2026/06/02 20:00', '2026-06-03T01:00:00Z'),
      ...nextTime(world, '2026/12/25 10:00', '2026-12-29T01:00:00Z'),
    ],
  },
  {
    id: 'B87',
    what: 'unknown contact hours',
    cases: (world) => [
      ...[
        'Mars/Base',
        'EST5EDT',
        '../etc',
        'UTC',
        '+10:00',
        'x'.repeat(10_000),
        "' or 1=1",
        'Australia',
      ].flatMap((text) =>
        inBoth(world, json(text.slice(0, 20)), `"njContactHours":${json(text)}`, BAD_HOURS),
      ),
      ...inBoth(world, 'in another case', '"njContactHours":" australia/MELBOURNE "', OK),
    ],
  },
  {
    id: 'B88',
    what: 'what is no priority',
    differs: 'empty means the default, 10; the code is 1008.',
    cases: (world) => [
      ...['-1', '101', '10.5', 'high', '007', '1e1', '+5', '٧', '5 6'].flatMap((text) =>
        inBoth(world, json(text), `"njPriority":${json(text)}`, BAD_PRIORITY, { errors: ['njPriority'] }),
      ),
      ...['-1', '101', '10.5'].flatMap((number) =>
        inBoth(world, number, `"njPriority":${number}`, BAD_PRIORITY, { errors: ['njPriority'] }),
      ),
      ...Object.entries({ '""': 10, '" 7 "': 7, '"0"': 0, '"100"': 100, 0: 0 }).flatMap(([value, priority]) =>
        inBoth(world, value, `"njPriority":${value}`, OK, { also: stored(world, { priority }) }),
      ),
    ],
  },
  {
    id: 'B89',
    what: 'unknown dispositions',
    differs: 'another case is the same disposition.',
    cases: async (world) => {
      const { leadline, known_id, rich } = world
      const njExternalLeadId = `rich-${mobile()}`
      await leadline.client.insertLeadFast(rich, { FirstPhone: mobile(), njExternalLeadId })
      const also: Case['also'] = async (answer) =>
        expect((await leadOf(world, answer)).disposition).toBe('Busy')
      return [
        ...['Sold', 'Busy!', 'Info Pack', 'x'.repeat(10_000), '__proto__', 'Bu\u0000sy', '\ud800'].map(
          (text) => disposition(known_id, text, BAD_DISPOSITION),
        ),
        { ...disposition(known_id, ' bUSY ', OK), also },
        disposition(njExternalLeadId, 'Busy', BAD_DISPOSITION, queryOf(rich)),
        disposition(njExternalLeadId, 'Toilet', BAD_DISPOSITION, queryOf(rich)),
        disposition(njExternalLeadId, 'INFO PACK', OK, queryOf(rich)),
        {
          name: 'in a new lead, insertLead',
          call: 'insertLead',
          body: json({ FirstPhone: mobile(), njDisposition: 'Sold' }),
          reply: BAD_DISPOSITION,
          repeats: true,
        },
      ]
    },
  },
]
