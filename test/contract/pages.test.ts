// Lists come in pages.

import { describe, expect, test } from 'vitest'
import { contractOn, type Page } from '../support/contract.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { ask, setUp } = contractOn(leadline)

describe('pages', () => {
  /** Every page of a list, as long as it says that there is another. */
  async function walk(path: string, query: Record<string, string | number>) {
    const pages: Record<string, unknown>[][] = []
    for (let cursor: number | null = 0; cursor !== null; ) {
      const { body }: { body: Page } = await ask<Page>('GET', path, { query: { ...query, cursor } })
      pages.push(body.items)
      expect(pages.length, `${path}: pages without end`).toBeLessThan(100)
      cursor = body.next_cursor
    }
    return pages
  }

  test('lists come in pages that have everything once, in order', async () => {
    const { template_id, campaign_id } = await setUp()
    for (const name of ['Two', 'Three', 'Four', 'Five']) {
      await ask('POST', '/v1/campaigns', { body: { template_id, name } })
      await ask('POST', '/v1/allocations', { body: { campaign_id, name } })
    }
    for (const [path, id, query] of [
      ['/v1/campaigns', 'campaign_id', { template_id }],
      ['/v1/allocations', 'allocation_id', { campaign_id }],
    ] as const) {
      const pages = await walk(path, { ...query, limit: 2 })
      expect(pages.map((items) => items.length)).toEqual([2, 2, 1])
      const found = pages.flat().map((item) => item[id] as number)
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
      const exact = await ask<Page>('GET', path, { query: { ...query, limit: 5 } })
      expect(exact.body).toEqual({ items: pages.flat(), next_cursor: null })
    }
  })

  test('templates, keys, DNC entries, history, calls and conflicts too', async () => {
    await setUp()
    await leadline.keyWith(['read'])
    const { njExternalLeadId, phone } = { njExternalLeadId: 'paged', phone: mobile() }
    const { lead_id } = await client.insertLead(target, {
      FirstPhone: phone,
      njExternalLeadId,
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId, FirstPhone: '<NO CHANGE>' }
    for (const njDisposition of ['No Answer', 'Busy'])
      await client.updateLeadFast(target, { ...change, njDisposition })
    for (const Name of ['Jane Smith', 'Ana Silva'])
      await client.updateLeadFast(target, { ...change, Name, [Name]: 'called' })
    for (const more of [{ Name: 'Ana' }, { 'Jane Smith': 'wrote' }] as Record<string, string>[])
      await client.updateLeadFast(target, { ...change, ...more, njVersion: 3 })
    for (const reason of ['asked us', 'asked again']) {
      await client.post('/v1/dnc', { list: 'private', phones: [phone], reason })
      await client.post('/v1/dnc/removals', { list: 'private', phones: [phone], reason: 'an error' })
    }
    for (const [path, id, count, query] of [
      ['/v1/templates', 'template_id', undefined, {}],
      ['/v1/api-keys', 'key_id', undefined, {}],
      ['/v1/dnc', 'entry_id', 2, { phone }],
      [`/v1/leads/${lead_id}/history`, 'version', 5, {}],
      [`/v1/leads/${lead_id}/calls`, 'call_id', 3, {}],
      ['/v1/conflicts', 'conflict_id', 2, { lead_id: lead_id! }],
    ] as const) {
      const whole = (await ask<Page>('GET', path, { query: { ...query, limit: 500 } })).body
      expect(whole.next_cursor, path).toBeNull()
      if (count !== undefined) expect(whole.items, path).toHaveLength(count)
      const pages = await walk(path, { ...query, limit: 1 })
      expect(pages.length, path).toBe(whole.items.length)
      expect(pages.flat().map((item) => item[id])).toEqual(whole.items.map((item) => item[id]))
    }
  })

  test('a page has a hundred at most when nobody says how many', async () => {
    const phones = Array.from({ length: 101 }, mobile)
    await client.post('/v1/dnc', { list: 'client', phones })
    const { body } = await ask<Page>('GET', '/v1/dnc', { query: { list: 'client' } })
    expect(body.items).toHaveLength(100)
    const rest = await ask<Page>('GET', '/v1/dnc', { query: { list: 'client', cursor: body.next_cursor! } })
    expect(rest.body).toMatchObject({ items: [{ list: 'client' }], next_cursor: null })
  })
})
