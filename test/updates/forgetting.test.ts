// Forgetting a lead.

import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { admin } from '../support/postgres.ts'
import { updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { ana, update, conflict, settle } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

describe('forgetting', () => {
  test('leaves a tombstone: values, history, claims and external id are gone', async () => {
    const known = await ana({ SecondPhone: mobile(), source_id: 'web-7' })
    await update(known, { Name: 'Ana Costa', njDisposition: 'Do Not Call' })
    const held = await update(known, { Name: 'Ana Souza', njVersion: 1 })
    expect(held.code).toBe(110)
    expect(await client.delete(`/v1/leads/${known.lead_id}`)).toMatchObject({ status: 204, body: '' })

    for (const path of ['', '/history', '/calls'])
      expect(await client.get(`/v1/leads/${known.lead_id}${path}`)).toMatchObject({ status: 404, code: 101 })
    expect(await client.delete(`/v1/leads/${known.lead_id}`)).toMatchObject({ status: 404, code: 101 })
    expect(await update(known, { Name: 'Ana Lima' })).toMatchObject({ code: 101 })
    expect(await conflict(held.body.conflict_id)).toMatchObject({ state: 'forgotten', base: {}, mine: {} })
    expect(await settle(held.body.conflict_id, { dismiss: true, reason: 'a test' })).toMatchObject({
      code: 1004,
    })

    const { rows } = await admin(
      connection,
      `select to_jsonb(l) || jsonb_build_object('events', (select jsonb_agg(e) from events e
         where e.campaign_id = l.campaign_id and e.lead_number = l.number)) as row
       from leads l where l.campaign_id || '-' || l.number = '${known.lead_id}'`,
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(
      new RegExp(`Ana|Rose|web-7|${known.njExternalLeadId}"|${known.phone.slice(1)}`),
    )
    // The audit log says so, in the same transaction: now() is its time.
    const { rows: noted } = await admin(
      connection,
      `select a.at = l.forgotten_at as together from audit_log a join leads l
         on a.subject = 'lead:' || l.campaign_id || '-' || l.number
       where a.action = 'lead.forget' and a.subject = 'lead:${known.lead_id}'`,
    )
    expect(noted).toEqual([{ together: true }])
    // The entries of the do-not-call list stay: the next import must not bring the person back.
    expect(await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone: known.phone })).toMatchObject(
      {
        code: 104,
      },
    )
  })

  test('frees the numbers and the external id', async () => {
    const known = await ana()
    await client.delete(`/v1/leads/${known.lead_id}`)
    const { njExternalLeadId, phone } = known
    const again = await client.insertLeadFast(target, {
      Name: 'Ana Silva',
      FirstPhone: phone,
      njExternalLeadId,
    })
    expect(again.code).toBe(0)
    expect(again.lead_id).not.toBe(known.lead_id)
  })

  test('meets updates and clashes of the same moment: they are in time, or find nothing', async () => {
    for (let round = 0; round < 40; round++) {
      const known = await ana()
      await update(known, { Name: 'Ana Costa' })
      const [forgotten, ...answers] = await Promise.all([
        client.delete(`/v1/leads/${known.lead_id}`),
        update(known, { Name: 'Ana Souza', njVersion: 1 }),
        update(known, { City: 'Carlton' }),
        update(known, { SecondPhone: mobile() }),
        update(known, { njDisposition: 'Busy' }),
      ])
      expect(forgotten.status).toBe(204)
      for (const { code } of answers) expect([0, 101, 110]).toContain(code)
    }
  })
})
