// B90–B103: which lead is meant, which version of it, and many leads in one request.

import { expect } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { mobile } from '../support/leadline.ts'
import {
  type Answer,
  type Case,
  CONFLICT,
  DNC,
  DUPLICATE,
  DUPLICATE_ID,
  INVALID,
  inInsert,
  json,
  leadOf,
  MALFORMED,
  NO_VERSION,
  NOT_FOUND,
  OK,
  patch,
  queryOf,
  type Reply,
  type Row,
  stored,
  TARGET,
  type World,
} from './row.ts'
import { keyOf } from './world.ts'

const withId = (name: string, id: string, reply: Reply, also?: Case['also']): Case =>
  inInsert(name, `"njExternalLeadId":${json(id)}`, reply, { also })

const update = (
  name: string,
  id: string,
  more: LeadDocument,
  reply: Reply,
  rest: Partial<Case> = {},
): Case => ({
  name,
  call: 'updateLeadFast',
  body: json({ njExternalLeadId: id, FirstPhone: '<NO CHANGE>', ...more }),
  reply,
  ...rest,
})

/** A lead with a disposition, for updates; its external id and id. */
async function newLead({ leadline: { client, target } }: World, more: LeadDocument = {}) {
  const id = `lead-${mobile()}`
  await client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId: id, ...more })
  const { lead_id } = await client.updateLeadFast(target, {
    njExternalLeadId: id,
    FirstPhone: '<NO CHANGE>',
    njDisposition: 'Busy',
  })
  return { id, lead_id: lead_id! }
}

/** The whole lead is as it was. */
async function unchanged({ leadline: { client } }: World, lead_id: string): Promise<Case['also']> {
  // The number of waiting held updates is not a value of the lead.
  const values = async () => {
    const { open_conflicts: _, ...lead } = (await client.get(`/v1/leads/${lead_id}`)).body
    return lead
  }
  const before = await values()
  return async () => expect(await values()).toEqual(before)
}

export const IDENTITY: Row[] = [
  {
    id: 'B90',
    what: 'an external id that is taken',
    without: 'the original answer to the same body: there is no Idempotency-Key yet',
    cases: (world) => {
      let first: string | undefined
      const id = `taken-${mobile()}`
      return [
        withId('the first', id, OK, ({ headers }) => (first = headers['x-lead-id'])),
        withId('another lead', id, DUPLICATE_ID, ({ body }) => expect(body.lead_id).toBe(first)),
        { ...withId('with allowDuplicates', id, DUPLICATE_ID), and: '&allowDuplicates=true' },
        { ...withId('in another campaign', id, OK), query: queryOf(world.west.target) },
      ]
    },
  },
  {
    id: 'B91',
    what: 'external ids that differ in case, blanks and spelling',
    cases: (world) => [
      withId('as it is', 'Ref-1 Jos\u00e9', OK),
      withId('in capitals', 'REF-1 JOS\u00c9', OK, stored(world, { external_id: 'REF-1 JOS\u00c9' })),
      withId('between blanks', '  Ref-1 Jos\u00e9\u00a0', DUPLICATE_ID),
      withId('decomposed', 'Ref-1 Jose\u0301', DUPLICATE_ID),
      withId('with two blanks inside', 'Ref-1  Jos\u00e9', OK),
    ],
  },
  {
    id: 'B92',
    what: 'strange external ids',
    cases: (world) => [
      withId('empty', '', OK, stored(world, { external_id: null })),
      withId('empty again', ' ', OK, stored(world, { external_id: null })),
      withId('10 kB', 'x'.repeat(10_000), INVALID),
      withId('201 characters', '\u{1f600}'.repeat(201), INVALID),
      ...['../../x', '0', 'null', '%00', 'a&b=c', '__proto__', '\u{1f600}'.repeat(200)].flatMap((id) => [
        withId(id.slice(0, 20), id, OK, stored(world, { external_id: id })),
        update(`${id.slice(0, 20)}, update`, id, { njDisposition: 'Busy' }, OK),
        {
          ...update(`${id.slice(0, 20)}, update by the query`, id, { njDisposition: 'Busy' }, OK),
          and: `&njExternalLeadId=${encodeURIComponent(id)}`,
          body: json({ FirstPhone: '<NO CHANGE>', njDisposition: 'Busy' }),
        },
      ]),
    ],
  },
  {
    id: 'B93',
    what: 'an update of a lead that nobody has',
    cases: () => [
      update('an unknown id', 'nobody', {}, NOT_FOUND),
      update('no id', '', {}, NOT_FOUND),
      update('<NO CHANGE> as id', '<NO CHANGE>', {}, NOT_FOUND),
      { ...update('no key for it', '', {}, NOT_FOUND), body: '{"FirstPhone":"<NO CHANGE>"}' },
      { ...update('no campaign', 'nobody', {}, NOT_FOUND), query: 'note=1' },
      { ...update('another id in the query', 'one', {}, MALFORMED), and: '&njExternalLeadId=two' },
    ],
  },
  {
    id: 'B94',
    what: "an update of another team's lead, and of a forgotten one",
    differs: 'a campaign that the key may not see is an unknown target (1004).',
    without: 'timing: it is not measured here',
    cases: async (world) => {
      const { leadline, west } = world
      const key = await keyOf(leadline, { scopes: ['read', 'write'], team_ids: [west.team_id] })
      const headers = { Authorization: `Bearer ${key}` }
      const ours = await newLead(world)
      const gone = await newLead(world)
      await leadline.client.delete(`/v1/leads/${gone.lead_id}`)
      const also = await unchanged(world, ours.lead_id)
      return [
        update('in its campaign', ours.id, { City: 'Carlton' }, TARGET, { headers, also }),
        update('without a campaign', ours.id, { City: 'Carlton' }, NOT_FOUND, {
          headers,
          also,
          query: 'note=1',
        }),
        update('in a campaign of its own', ours.id, { City: 'Carlton' }, NOT_FOUND, {
          headers,
          also,
          query: queryOf(west.target),
        }),
        update('a forgotten lead', gone.id, {}, NOT_FOUND),
        withId('its id is free', gone.id, OK),
      ]
    },
  },
  {
    id: 'B95',
    what: 'a change over /v1 that names no version',
    cases: async (world) => {
      const { lead_id } = await newLead(world)
      const also = await unchanged(world, lead_id)
      return [patch(world, 'no If-Match', lead_id, {}, NO_VERSION, { also })]
    },
  },
  {
    id: 'B96',
    what: 'an update from an old version',
    differs: 'the classic API answers 400 with 110; the update is held and nothing is overwritten.',
    cases: async (world) => {
      const { id, lead_id } = await newLead(world)
      const { client, target } = world.leadline
      const moved = { njExternalLeadId: id, FirstPhone: '<NO CHANGE>', City: 'Carlton' }
      const { version } = await client.updateLeadFast(target, moved)
      const also = await unchanged(world, lead_id)
      return [
        update('another value of what has changed', id, { City: 'Fitzroy', njVersion: 1 }, CONFLICT, {
          also: async (answer) => {
            expect(answer.body).toMatchObject({ lead_id, lead_version: version, groups: ['address'] })
            expect(answer.body.conflict_id).toBeGreaterThan(0)
            await also?.(answer)
          },
        }),
        ...['99', '0', '-1', 'abc', '1.5', '99999999999999999999', '1\u0000'].map((njVersion) =>
          update(`version ${json(njVersion)}`, id, { City: 'Fitzroy', njVersion }, MALFORMED, { also }),
        ),
        update('the same value', id, { City: 'Carlton', njVersion: 1 }, OK),
        update('something else', id, { Name: 'Jane Smith', njVersion: 1 }, OK),
      ]
    },
  },
  {
    id: 'B97',
    what: 'an If-Match that is not one version',
    differs:
      '* names no version (428); of a list none is meant; a version that is not there yet is malformed.',
    without: 'a weak tag: it is taken, as proxies that compress make it',
    cases: async (world) => {
      const { lead_id } = await newLead(world)
      const also = await unchanged(world, lead_id)
      const tags = {
        'no quotes': 'v2',
        'a number': '"2"',
        'version 0': '"v0"',
        'a version of text': '"vx"',
        'two tags': '"v1", "v2"',
        '50 tags': Array.from({ length: 50 }, (_, i) => `"v${i + 1}"`).join(', '),
        'a version to come': '"v99"',
        'a version beyond all': '"v99999999999"',
        nothing: '""',
      }
      return [
        patch(world, '*', lead_id, { 'If-Match': '*' }, NO_VERSION, { also }),
        ...Object.entries(tags).map(([name, tag]) =>
          patch(world, name, lead_id, { 'If-Match': tag }, MALFORMED, { also }),
        ),
      ]
    },
  },
  {
    id: 'B99',
    what: "an update that takes another lead's number",
    cases: async (world) => {
      const phone = mobile()
      const holder = await newLead(world, { FirstPhone: phone })
      const other = await newLead(world)
      const also = await unchanged(world, other.lead_id)
      const takes = (name: string, more: LeadDocument) =>
        update(name, other.id, more, DUPLICATE, {
          also: async (answer) => {
            expect(answer.body.lead_id).toBe(holder.lead_id)
            await also?.(answer)
          },
        })
      return [
        takes('as its first', { FirstPhone: phone, City: 'Carlton' }),
        takes('as its second', { SecondPhone: `+61${phone.slice(1)}`, njDisposition: 'Sale' }),
      ]
    },
  },
  {
    id: 'B100',
    what: 'an update that takes a blocked number',
    cases: async (world) => {
      const phone = mobile()
      await world.leadline.client.post('/v1/dnc', { list: 'private', phones: [phone] })
      const { id, lead_id } = await newLead(world)
      const also = await unchanged(world, lead_id)
      return [
        update('as its first', id, { FirstPhone: phone, City: 'Carlton' }, DNC, { also }),
        update('as its second', id, { SecondPhone: phone, njDisposition: 'Sale' }, DNC, { also }),
      ]
    },
  },
  {
    id: 'B101',
    what: 'names of what only we set',
    differs: 'they are keys like any other that is no field: kept with the lead, and nothing else.',
    cases: async (world) => {
      const { id, lead_id } = await newLead(world)
      const wishes = {
        id: '1-1',
        version: '99',
        createdAt: '2000',
        tenantId: '7',
        campaign_id: '2',
        closed: 'true',
      }
      const also = async (answer: Answer) => {
        const found = await leadOf(world, answer)
        expect(found).toMatchObject({ campaign_id: world.leadline.target.campaign_id, closed: false })
        expect(found.unmapped).toEqual(wishes)
        expect(found.version).toBeLessThan(99)
      }
      return [
        { name: 'insert', body: json({ FirstPhone: mobile(), ...wishes }), reply: OK, also },
        update('update', id, wishes, OK, {
          also: async (answer) => {
            expect(answer.headers['x-lead-id']).toBe(lead_id)
            await also(answer)
          },
        }),
      ]
    },
  },
  {
    id: 'B102',
    what: 'one lead twice in a request',
    cases: async (world) => {
      const { id, lead_id } = await newLead(world)
      const fresh = `fresh-${mobile()}`
      const row = (City: string) => ({ njExternalLeadId: id, FirstPhone: '<NO CHANGE>', City })
      return [
        {
          name: 'updates are applied in their order',
          call: 'updateLead',
          body: json([row('Carlton'), row('Fitzroy'), row('Richmond')]),
          reply: OK,
          also: async ({ body }) => {
            expect(body.message).toContain('Imported 0 Updated 3 Rejected 0 leads.')
            const found = await world.leadline.client.get<{
              version: number
              fields: Record<string, string>
            }>(`/v1/leads/${lead_id}`)
            expect(found.body).toMatchObject({ version: 5, fields: { City: 'Richmond' } })
          },
        },
        {
          name: 'of two new leads with one external id the first is taken',
          call: 'insertLead',
          body: json([
            { Name: 'Ana Silva', FirstPhone: mobile(), njExternalLeadId: fresh },
            { Name: 'Jane Smith', FirstPhone: mobile(), njExternalLeadId: fresh },
          ]),
          reply: OK,
          repeats: true,
          also: ({ body }) => {
            expect(body.message).toContain('Imported 1 Updated 0 Rejected 1 leads.')
            expect(body.message).toMatch(/Jane Smith.*112 DUPLICATE_EXTERNAL_ID/)
          },
        },
      ]
    },
  },
  {
    id: 'B103',
    what: 'many leads of which one is bad',
    without: 'atomic batches: there is no /v1/leads/batch yet',
    cases: () => {
      const rows = Array.from({ length: 600 }, () => ({ Name: 'Ana Silva', FirstPhone: mobile() }))
      rows[499] = { Name: 'Jane Smith', FirstPhone: 'call me' }
      return [
        {
          name: 'the 500th of 600',
          call: 'insertLead',
          body: json(rows),
          reply: OK,
          repeats: true,
          also: ({ body }) => {
            expect(body.message).toContain('Imported 599 Updated 0 Rejected 1 leads.')
            expect(body.message).toMatch(/Jane Smith,call me.*1006 INVALID_PHONE_NUMBER/)
          },
        },
      ]
    },
  },
]
