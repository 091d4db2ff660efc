// The classic API: what each call answers on every version of PostgreSQL, and how a refusal reads.

import { describe, expect, test } from 'vitest'
import type { LeadDocument } from '../../src/client/client.ts'
import { classicOn, idsOf, NOW } from '../support/classic.ts'
import { mobile, serverVersions, startLeadline } from '../support/leadline.ts'
import { e164 } from '../support/leads.ts'

const leadline = await startLeadline({ now: () => NOW })
const { client, target } = leadline
const { ids, post, shown, itemsOf, inserted, blocked, setUp, campaignOf } = classicOn(leadline)

// These must hold on every version of PostgreSQL; the rest is judged before the database is asked, or by the same SQL.
const servers = [leadline]

for (const major of serverVersions().filter((version) => version !== 18))
  servers.push(await startLeadline({ major, now: () => NOW }))

describe.each(servers.map((server, i) => [serverVersions()[i], server] as const))(
  'on PostgreSQL %i',
  (_major, server) => {
    const where = idsOf(server.target)
    const look = (lead_id: string | null) => shown(lead_id, server.client)

    test("the wiki's sample of insertLeadFast is taken, with allowDuplicates again and again", async () => {
      const sample =
        '{"Name":"Jane Smith","StreetAddress":"Suite 8/10 Hoddle St","City":"Abbotsford","State":"Vic",' +
        '"PostCode":"3064","FirstPhone":"0383218199"}'
      const ids_seen: string[] = []
      for (let i = 0; i < 2; i++) {
        const reply = await post('insertLeadFast', { ...where, allowDuplicates: 'true' }, sample, { server })
        expect(reply.status).toBe(200)
        expect(reply.text).toBe('{"code":0,"message":"OK"}')
        expect(reply.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
        expect(reply.headers.get('ETag')).toBe('"v1"')
        expect(reply.headers.get('X-Request-Id')).toMatch(/^[\w-]+$/)
        ids_seen.push(reply.headers.get('X-Lead-Id')!)
      }
      expect(new Set(ids_seen)).toHaveLength(2)
      const [first] = ids_seen
      expect(first).toMatch(new RegExp(`^${where.fCampaignId}-[1-9]\\d*$`))
      expect(await look(first!)).toMatchObject({
        fields: JSON.parse(sample),
        phones: [{ field: 'FirstPhone', number: '+61383218199', state: 'ok' }],
        disposition: null,
        callback: null,
        priority: 10,
        contact_hours: 'Australia/Melbourne',
        closed: false,
      })

      const refused = await post('insertLeadFast', where, sample, { server })
      expect(refused.status).toBe(400)
      expect(refused.text).toMatch(/^\{"code":105,"message":"DUPLICATE","detail":"[^"]+",/)
      expect(refused.body.lead_id).toBe(first)
    })

    test.each(['query', 'body'])(
      "the wiki's sample of updateLeadFast is done, with njExternalLeadId in the %s",
      async (place) => {
        const [njExternalLeadId, second] = [`9856-${place}`, mobile()]
        const before = { Name: 'Jane Smit', City: 'Abbotsford', FirstPhone: mobile(), SecondPhone: second }
        await server.client.insertLeadFast(server.target, { ...before, njExternalLeadId })
        const phone = mobile()
        const sample = {
          Name: 'Jane Smith',
          StreetAddress: 'Suite 8/10 Hoddle St',
          City: 'Abbotsford',
          State: 'Vic',
          PostCode: '3064',
          FirstPhone: phone,
          SecondPhone: '<No Change>',
          njDisposition: 'Sale',
        }
        const in_query = place === 'query'
        const reply = await post(
          'updateLeadFast',
          { ...where, njExternalLeadId: in_query ? njExternalLeadId : undefined },
          JSON.stringify(in_query ? sample : { njExternalLeadId, ...sample }),
          { server },
        )
        expect(reply.status).toBe(200)
        expect(reply.text).toBe('{"code":0,"message":"OK"}')
        expect(reply.headers.get('ETag')).toBe('"v2"')
        const lead_id = reply.headers.get('X-Lead-Id')
        const { njDisposition, ...fields } = sample
        expect(await look(lead_id)).toMatchObject({
          external_id: njExternalLeadId,
          version: 2,
          fields: { ...fields, SecondPhone: second },
          phones: [
            { field: 'FirstPhone', number: e164(phone) },
            { field: 'SecondPhone', number: e164(second) },
          ],
          disposition: njDisposition,
          closed: true,
        })
        expect(await itemsOf(`/v1/leads/${lead_id}/calls`, server.client)).toMatchObject([
          { disposition: 'Sale', way: 'classic' },
        ])
      },
    )

    test("the wiki's answer of insertLead is given", async () => {
      const lead = {
        Name: 'Jane Smith',
        State: 'Vic',
        PostCode: '3064',
        FirstPhone: mobile(),
        City: 'Abbotsford',
        StreetAddress: 'Suite 8/10 Hoddle St',
      }
      const reply = await post('insertLead', where, JSON.stringify(lead), { server })
      expect(reply.status).toBe(200)
      expect(reply.text).toBe(
        JSON.stringify({
          code: 0,
          message:
            'Imported 1 Updated 0 Rejected 0 leads.\n\nErrors (If any):\n Name,State,PostCode,FirstPhone,City,StreetAddress,Error Reason,\n',
        }),
      )
    })

    test('a lead lives: taken, refused twice, called, changed, clashed with, closed, reopened, forgotten', async () => {
      const { client: c, target: t } = server
      const lead = { FirstPhone: mobile(), njExternalLeadId: 'life', njCallBackDate: '2026/10/04 02:30' }
      const { lead_id } = await c.insertLeadFast(t, lead)
      expect((await look(lead_id)).callback).toEqual({
        local: '2026-10-04T02:30:00',
        zone: 'Australia/Melbourne',
        at: '2026-10-03T16:00:00Z',
      })
      expect(await c.insertLeadFast(t, { FirstPhone: lead.FirstPhone })).toMatchObject({ code: 105, lead_id })
      expect(await c.insertLeadFast(t, { FirstPhone: mobile(), njExternalLeadId: 'life' })).toMatchObject({
        code: 112,
        lead_id,
      })
      const change = { njExternalLeadId: 'life', FirstPhone: '<NO CHANGE>' }
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Busy' })).toMatchObject({ version: 2 })
      expect(await c.updateLeadFast(t, { ...change, City: 'Fitzroy' })).toMatchObject({ version: 3 })
      expect(await c.updateLeadFast(t, { ...change, Name: 'Ana Silva', njVersion: 2 })).toMatchObject({
        version: 4,
      })
      expect(await c.updateLeadFast(t, { ...change, City: 'Carlton', njVersion: 2 })).toMatchObject({
        code: 110,
        body: { groups: ['address'], lead_version: 4 },
      })
      const second = mobile()
      expect(await c.updateLeadFast(t, { ...change, SecondPhone: second })).toMatchObject({ version: 5 })
      expect(await c.insertLeadFast(t, { FirstPhone: second })).toMatchObject({ code: 105, lead_id })
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Do Not Call' })).toMatchObject({
        version: 6,
      })
      expect(await look(lead_id)).toMatchObject({
        closed: true,
        phones: [{ blocked_by: 'private' }, { blocked_by: 'private' }],
      })
      expect(await c.updateLeadFast(t, { ...change, njDisposition: 'Busy' })).toMatchObject({ version: 7 })
      expect(await look(lead_id)).toMatchObject({ closed: false, fields: { City: 'Fitzroy' } })
      expect(await c.insertLeadFast(t, { FirstPhone: second }, { allowDuplicates: true })).toMatchObject({
        code: 104,
        body: { list: 'private' },
      })
      expect(await c.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 204 })
      expect(await c.updateLeadFast(t, change)).toMatchObject({ code: 101 })
    })

    test('many leads at once: each is taken or refused for itself', async () => {
      const phone = mobile()
      const rows: LeadDocument[] = [
        { FirstPhone: phone },
        { FirstPhone: 'call me' },
        { FirstPhone: phone },
        { City: 'Perth' },
      ]
      const { status, code, body } = await server.client.insertLead(server.target, rows)
      expect([status, code]).toEqual([200, 0])
      const [counts, , title, ...lines] = body.message.split('\n')
      expect(counts).toBe('Imported 1 Updated 0 Rejected 3 leads.')
      expect(title).toBe('Errors (If any):')
      expect(lines[0]).toBe(' FirstPhone,City,Error Reason,')
      expect(lines.slice(1, 4).map((line) => /,"?(\d+ [A-Z_]+): /.exec(line)?.[1])).toEqual([
        '1006 INVALID_PHONE_NUMBER',
        '105 DUPLICATE',
        '102 NO_PHONE_FIELDS',
      ])
    })
  },
)

describe('a refusal', () => {
  test('has code and message in front, then what helps, and nothing of another person', async () => {
    const FirstPhone = mobile()
    const lead_id = await inserted({ Name: 'Jane Smith', FirstPhone, njExternalLeadId: 'jane' })
    const reply = await post('insertLeadFast', ids, JSON.stringify({ Name: 'Ana Silva', FirstPhone }))
    expect(reply.text).toMatch(/^\{"code":105,"message":"DUPLICATE","detail":"[^"]+"/)
    expect(reply.body).toMatchObject({ lead_id, request_id: reply.headers.get('X-Request-Id') })
    expect(reply.text).not.toMatch(/Jane|jane|Silva/)
    expect(reply.text).not.toContain(FirstPhone.slice(1))
    expect(reply.headers.has('X-Lead-Id')).toBe(false)
    expect(reply.headers.has('ETag')).toBe(false)
  })

  test('names the list that blocks: the private one before the campaign one, a client is called despite the latter', async () => {
    const insert = (FirstPhone: string) => client.insertLeadFast(target, { FirstPhone })
    const list = (name: string, phone: string) =>
      client.post('/v1/dnc', {
        list: name,
        phones: [phone],
        ...(name === 'campaign' ? { campaign_id: target.campaign_id } : {}),
      })
    const phone = mobile()
    await list('campaign', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'campaign' } })
    const other = await campaignOf(target.template_id)
    expect(await client.insertLeadFast(other, { FirstPhone: phone })).toMatchObject({ code: 0 })
    await list('private', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'private' } })
    await list('client', phone)
    expect(await insert(phone)).toMatchObject({ code: 104, body: { list: 'private' } })
    const known = mobile()
    await list('campaign', known)
    await list('client', known)
    expect(await insert(known)).toMatchObject({ code: 0 })
  })

  test('follows the rules of the template', async () => {
    const fields = ['Phone', 'Mobile'].map((name) => ({ name, kind: 'phone' }))
    const [strict, lenient] = [
      await setUp({ fields, dnc_rule: 'any', duplicate_rule: 'any' }),
      await setUp({ fields, dnc_rule: 'all', duplicate_rule: 'all' }),
    ]
    const bad = await blocked(mobile())
    expect(await client.insertLeadFast(strict, { Phone: bad, Mobile: mobile() })).toMatchObject({ code: 104 })
    const half = await client.insertLeadFast(lenient, { Phone: bad, Mobile: mobile() })
    expect((await shown(half.lead_id)).phones).toMatchObject([{ field: 'Mobile' }, { blocked_by: 'private' }])
    for (const [where, code] of [
      [strict, 105],
      [lenient, 0],
    ] as const) {
      const held = mobile()
      await client.insertLeadFast(where, { Phone: held })
      expect(await client.insertLeadFast(where, { Phone: held, Mobile: mobile() })).toMatchObject({ code })
      expect(await client.insertLeadFast(where, { Phone: held })).toMatchObject({ code: 105 })
    }
  })
})
