// Set-up that is changed by two at once, or beside the leads that rest on it: nothing that was answered is lost.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const second = await startLeadline({ connection })
const clients = [client, second.client] as const

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Disposition {
  code: string
  kind: string
  priority: number
  delay_s: number | null
  redials_max: number | null
  enabled: boolean
}
const SET = '/v1/disposition-sets/1'
const dispositions = async () => (await client.get<{ dispositions: Disposition[] }>(SET)).body.dispositions
const dispositionNamed = async (code: string) => (await dispositions()).find((found) => found.code === code)
let names = 0
async function disposition(more: Partial<Disposition> = {}) {
  const code = `Outcome ${++names}`
  const body = { code, kind: 'retry', ...more }
  expect(await client.post(`${SET}/dispositions`, body)).toMatchObject({ status: 201 })
  return code
}
const ROUNDS = 10

test('two patches of one disposition: what each of them changes is there', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const code = await disposition()
    const path = `${SET}/dispositions/${code}`
    const patches = [{ enabled: false }, { priority: 5 }, { delay_s: 60 }, { redials_max: 3 }]
    const answers = await Promise.all(patches.map((patch, i) => clients[i % 2]!.patch(path, patch)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200 })
    expect(await dispositionNamed(code)).toMatchObject(Object.assign({}, ...patches))
  }
})

test('two patches of contact hours: what each of them changes is there, and both together are judged', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const name = `Hours ${++names}`
    const made = await client.post<{ contact_hours_id: number }>('/v1/contact-hours', { name, zone: 'UTC' })
    const path = `/v1/contact-hours/${made.body.contact_hours_id}`
    const exceptions = [{ date: '2026-12-24', name: 'Eve', windows: [] }]
    const patches = [{ exceptions }, { valid_to: '2027-01-01' }, { zone: 'Australia/Perth' }]
    const answers = await Promise.all(patches.map((patch, i) => clients[i % 2]!.patch(path, patch)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200 })
    expect((await client.get(path)).body).toMatchObject(Object.assign({}, ...patches))
    const [from, to] = await Promise.all([
      client.patch(path, { valid_from: '2026-06-01' }),
      second.client.patch(path, { valid_to: '2026-05-01' }),
    ])
    expect([from.status, to.status].sort()).toEqual([200, 422])
  }
})

test('two that change one action, one of them its secret: the new secret stays', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const config = (value: string) => ({
      method: 'POST',
      url: 'https://example.com/hook',
      headers: { 'X-Api-Key': value },
    })
    const name = `Action ${++names}`
    const made = await client.post<{ action_id: number }>('/v1/actions', {
      name,
      kind: 'url',
      config: config('first'),
    })
    const { action_id } = made.body
    const path = `/v1/actions/${action_id}`
    await Promise.all([
      client.put(path, { name, kind: 'url', config: config('second') }),
      // As a screen would: what it was shown, with another name.
      second.client.put(path, { name: `${name} x`, kind: 'url', config: config('***') }),
    ])
    const { rows } = await admin(connection, `select config from actions where action_id = ${action_id}`)
    expect(rows[0].config.headers).toEqual({ 'X-Api-Key': 'second' })
  }
})

test('two patches of one operator: what each of them changes is there', async () => {
  const made = await client.post<{ operator_id: number }>('/v1/operators', {
    login: 'robin',
    name: 'Robin',
    role: 'agent',
    password: 'a long enough sentence',
  })
  const path = `/v1/operators/${made.body.operator_id}`
  const patches = [{ name: 'Robin Reed' }, { role: 'lead' }, { disabled: true }, { teams: ['Global'] }]
  const answers = await Promise.all(patches.map((patch, i) => clients[i % 2]!.patch(path, patch)))
  for (const answer of answers) expect(answer).toMatchObject({ status: 200 })
  const { body } = await client.get<{ items: { operator_id: number }[] }>('/v1/operators')
  expect(body.items.find(({ operator_id }) => operator_id === made.body.operator_id)).toMatchObject(
    Object.assign({}, ...patches),
  )
})

describe('a disposition that is deleted, or gets another kind, while it is given', () => {
  /** Gives it in many ways at once, by servers that know it; answers how many times it was taken. */
  async function give(code: string) {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        clients[i % 2]!.insertLead(target, { FirstPhone: mobile(), njDisposition: code }),
      ),
    )
    for (const { code: answer } of answers) expect([0, 106]).toContain(answer)
    return answers.filter(({ code: answer }) => answer === 0).length
  }
  const leadsWith = async (code: string) =>
    Number(
      (await admin(connection, `select count(*) from leads where disposition = '${code}'`)).rows[0].count,
    )

  test('either it is used and stays, or it is gone and nobody has it', async () => {
    const ends = { kept: 0, gone: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const code = await disposition()
      // Both servers have read the rules with it.
      await sleep(510)
      for (const by of clients) await by.insertLeadFast(target, { FirstPhone: mobile() })
      const [deleted, taken] = await Promise.all([
        sleep(round % 5).then(() => client.delete(`${SET}/dispositions/${code}`)),
        give(code),
      ])
      expect([204, 422]).toContain(deleted.status)
      const gone = deleted.status === 204
      ends[gone ? 'gone' : 'kept']++
      expect(await leadsWith(code)).toBe(gone ? 0 : taken)
      if (gone) expect(taken).toBe(0)
      expect((await dispositionNamed(code)) === undefined).toBe(gone)
    }
    expect(ends.gone + ends.kept).toBe(ROUNDS)
  })

  test('an update by a server that has not heard of it yet is refused, and the lead is as it was', async () => {
    const code = await disposition()
    const give = (njExternalLeadId: string, by = second.client) =>
      by.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', njDisposition: code })
    await sleep(510)
    await second.client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId: code })
    expect(await client.delete(`${SET}/dispositions/${code}`)).toMatchObject({ status: 204 })
    expect(await give(code)).toMatchObject({ code: 106 })
    expect(await leadsWith(code)).toBe(0)
  })

  test('a lead that was given it follows the kind that it has', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const code = await disposition()
      await sleep(510)
      for (const by of clients) await by.insertLeadFast(target, { FirstPhone: mobile() })
      const [patched] = await Promise.all([
        client.patch(`${SET}/dispositions/${code}`, { kind: 'final' }),
        give(code),
      ])
      expect([200, 422]).toContain(patched.status)
    }
    // Whether closed leads have a disposition that closes is a rule of the checker.
  })

  test('one that waits with a held update is not deleted', async () => {
    const code = await disposition()
    const njExternalLeadId = `held ${code}`
    const update = (more: object) =>
      client.updateLeadFast(target, { njExternalLeadId, FirstPhone: '<NO CHANGE>', ...more })
    await client.insertLeadFast(target, { FirstPhone: mobile(), njExternalLeadId })
    expect(await update({ njDisposition: 'Busy' })).toMatchObject({ code: 0 })
    expect(await update({ njDisposition: code, njVersion: 1 })).toMatchObject({ code: 110 })
    expect(await client.delete(`${SET}/dispositions/${code}`)).toMatchObject({ status: 422, code: 1005 })
  })

  test('its actions are chosen, or it is gone: neither is an error of ours', async () => {
    const made = await client.post<{ action_id: number }>('/v1/actions', {
      name: `Linked ${++names}`,
      kind: 'dnc',
      config: { list: 'private' },
    })
    for (let round = 0; round < ROUNDS; round++) {
      const code = await disposition()
      const path = `${SET}/dispositions/${code}`
      const [linked, deleted] = await Promise.all([
        second.client.put(`${path}/actions`, { action_ids: [made.body.action_id] }),
        client.delete(path),
      ])
      expect([200, 404]).toContain(linked.status)
      expect(deleted.status).toBe(204)
    }
  })
})
