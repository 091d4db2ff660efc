// Many updates of one lead at once.

import { afterEach, describe, expect, test } from 'vitest'
import { checkDatabase } from '../support/check-database.ts'
import { ClassicConnection } from '../support/connection.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { e164 } from '../support/leads.ts'
import { codesOf, type Known, updatesOn } from '../support/updates.ts'

const leadline = await startLeadline()
const { client, target, connection } = leadline
const { lead, ana, update, view, history, conflictsOf, campaignOf } = updatesOn(leadline)

afterEach(async () => expect(await checkDatabase(connection)).toEqual([]))

describe('64 updates of one lead at once', () => {
  const CLIENTS = 64
  const connect = () =>
    Array.from({ length: CLIENTS }, () => new ClassicConnection(leadline.url, leadline.key, target))

  /** The values that each version wrote, by field, from the history. */
  const written = async (known: Known) =>
    new Map<string, number>(
      (await history(known)).flatMap(({ version, changes }) =>
        Object.entries(changes ?? {}).map(([path, [, value]]) => [`${path}=${value}`, version] as const),
      ),
    )

  test('each is taken or held, versions have no gap, and no value that was taken is lost unseen', async () => {
    const known = await ana()
    const { njExternalLeadId } = known
    const clients = connect()
    const fields = ['Name', 'Email', 'City', 'PostCode', 'source_id']
    const path = (field: string) => (field === 'source_id' ? 'unmapped.source_id' : `fields.${field}`)
    const done: { code: number; token: string; version: number | null; begun: number; ended: number }[] = []
    await Promise.all(
      clients.map(async (connection, i) => {
        for (let round = 0; round < 4; round++) {
          const field = fields[(i + round) % fields.length]!
          const value = `w${i}-${round}@example.com`
          const begun = performance.now()
          const { code, version } = await connection.post('updateLeadFast', {
            njExternalLeadId,
            FirstPhone: '<NO CHANGE>',
            [field]: value,
          })
          done.push({ code, version, token: `${path(field)}=${value}`, begun, ended: performance.now() })
        }
      }),
    )
    for (const connection of clients) connection.close()

    expect([...new Set(done.map(({ code }) => code))].sort()).toEqual([0, 110])
    const taken = done.filter(({ code }) => code === 0)
    const versions = taken.map(({ version }) => version!).sort((a, b) => a - b)
    expect(versions).toEqual(Array.from({ length: taken.length }, (_, i) => i + 2))
    const versionOf = await written(known)
    // A value that was taken is in the history at the version that was answered; a held one is not in it.
    for (const { code, token, version } of done)
      expect(versionOf.get(token), token).toBe(code === 0 ? version : undefined)
    // Whoever began after another was answered comes after it.
    for (const earlier of taken)
      for (const later of taken)
        if (earlier.ended < later.begun) expect(earlier.version!).toBeLessThan(later.version!)
    const held = done.filter(({ code }) => code === 110)
    const kept = [...(await conflictsOf(known)), ...(await conflictsOf(known, 'superseded'))]
    expect(kept).toHaveLength(held.length)
  })

  test('of different groups: all are taken', async () => {
    const { body: template } = await client.post<{ template_id: number }>('/v1/templates', {
      name: 'Wide',
      contact_hours: 'Australia/Melbourne',
      fields: [
        { name: 'Phone', kind: 'phone' },
        ...Array.from({ length: CLIENTS }, (_, i) => ({ name: `Field${i}`, kind: 'text' })),
      ],
    })
    const into = await campaignOf(template.template_id, 'Wide')
    const phone = mobile()
    const known = { ...(await lead({ Phone: phone, FirstPhone: '' }, into)), phone }
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) =>
        client.updateLeadFast(into, {
          njExternalLeadId: known.njExternalLeadId,
          Phone: '<NO CHANGE>',
          [`Field${i}`]: `value ${i}`,
          njVersion: 1,
        }),
      ),
    )
    expect(codesOf(answers)).toEqual(Array(CLIENTS).fill(0))
    const now = await view(known)
    expect(now.version).toBe(CLIENTS + 1)
    for (let i = 0; i < CLIENTS; i++) expect(now.fields[`Field${i}`]).toBe(`value ${i}`)
  })

  test('of keys that are no field: the lead gets no more than fifty of them', async () => {
    const known = await ana()
    const connections = connect()
    const answers = await Promise.all(
      connections.map((connection, i) => {
        const { njExternalLeadId } = known
        return connection.post('updateLeadFast', {
          njExternalLeadId,
          FirstPhone: '<NO CHANGE>',
          [`key ${i}`]: 'x',
        })
      }),
    )
    for (const connection of connections) connection.close()
    expect(codesOf(answers)).toEqual(Array(CLIENTS).fill(0))
    expect(Object.keys((await view(known)).unmapped)).toHaveLength(50)
  })

  test('of one field from one base: one is taken, 63 are held one after the other', async () => {
    const known = await ana()
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) => update(known, { Name: `Ana ${i}`, njVersion: 1 })),
    )
    expect(codesOf(answers)).toEqual([0, ...Array(CLIENTS - 1).fill(110)])
    expect(await conflictsOf(known)).toHaveLength(1)
    expect(await conflictsOf(known, 'superseded')).toHaveLength(CLIENTS - 2)
  })

  test('of its numbers: none is claimed twice or forgotten', async () => {
    const known = await ana()
    const numbers = Array.from({ length: CLIENTS }, mobile)
    const answers = await Promise.all(
      numbers.map((number, i) => update(known, { [i % 2 ? 'FirstPhone' : 'SecondPhone']: number })),
    )
    for (const { code } of answers) expect([0, 110]).toContain(code)
    const held = new Set((await view(known)).phones.map(({ number }) => number))
    // Those that the lead has no more are free, the two that it has are not.
    const inserts = await Promise.all(
      numbers.map((FirstPhone) => client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone })),
    )
    for (const [i, { code }] of inserts.entries()) expect(code).toBe(held.has(e164(numbers[i]!)) ? 105 : 0)
  })
})
