// A refusal of /v1 points at the mistake in the request.

import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/client/client.ts'
import { contractOn, type Page, PHONE_FIELD } from '../support/contract.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { client, target } = leadline
const { ask } = contractOn(leadline)

describe('what is wrong is pointed at', () => {
  const template = { name: 'Wrong', contact_hours: 'Australia/Melbourne', fields: [PHONE_FIELD] }
  const field = (more: object) => ({
    ...template,
    fields: [PHONE_FIELD, { name: 'Two', kind: 'text', ...more }],
  })
  const rows: [title: string, path: string, body: unknown, pointers: string[]][] = [
    ['nothing at all', '/v1/templates', {}, ['/name', '/contact_hours', '/fields']],
    ['no object', '/v1/templates', [], ['/']],
    ['null', '/v1/templates', null, ['/']],
    ['a member that is not known', '/v1/templates', { ...template, colour: 'red' }, ['/colour']],
    ['a name of blanks', '/v1/templates', { ...template, name: '  ' }, ['/name']],
    ['a name with a control character', '/v1/templates', { ...template, name: 'a\u0007' }, ['/name']],
    ['a name that is no text', '/v1/templates', { ...template, name: 7 }, ['/name']],
    ['a name that is taken', '/v1/templates', { ...template, name: 'Sample' }, ['/name']],
    ['no region', '/v1/templates', { ...template, region: 'ZZ' }, ['/region']],
    ['a region of three letters', '/v1/templates', { ...template, region: 'AUS' }, ['/region']],
    ['no such rule', '/v1/templates', { ...template, dnc_rule: 'some' }, ['/dnc_rule']],
    ['no fields', '/v1/templates', { ...template, fields: [] }, ['/fields']],
    [
      'no phone field',
      '/v1/templates',
      { ...template, fields: [{ name: 'Name', kind: 'text' }] },
      ['/fields'],
    ],
    ['no such kind', '/v1/templates', field({ kind: 'colour' }), ['/fields/1/kind']],
    ['a name of a system field', '/v1/templates', field({ name: 'njName' }), ['/fields/1/name']],
    ['a name that no key may have', '/v1/templates', field({ name: 'constructor' }), ['/fields/1']],
    ['a field twice', '/v1/templates', field({ name: 'phone' }), ['/fields/1']],
    ['an alias that is a name', '/v1/templates', field({ aliases: ['PHONE'] }), ['/fields/1']],
    ['a choice without choices', '/v1/templates', field({ kind: 'choice' }), ['/fields/1/choices']],
    ['choices without a choice', '/v1/templates', field({ choices: ['A'] }), ['/fields/1/choices']],
    ['a group with a reserved name', '/v1/templates', field({ merge_group: 'outcome' }), ['/fields/1']],
    ['a campaign without a name', '/v1/campaigns', { template_id: 1 }, ['/name']],
    ['an id that is a text', '/v1/campaigns', { template_id: '1', name: 'A' }, ['/template_id']],
    ['an id that is a fraction', '/v1/campaigns', { template_id: 1.5, name: 'A' }, ['/template_id']],
    ['a campaign that is there', '/v1/campaigns', { template_id: 1, name: 'Sample campaign' }, ['/name']],
    [
      'an allocation that is there',
      '/v1/allocations',
      { campaign_id: 1, name: 'Sample allocation' },
      ['/name'],
    ],
    [
      'a start that is a text',
      '/v1/allocations',
      { campaign_id: 1, name: 'A', started: 'true' },
      ['/started'],
    ],
    ['no time zone', '/v1/contact-hours', { name: 'Mars', zone: 'Mars/Phobos' }, ['/zone']],
    ['an offset', '/v1/contact-hours', { name: 'Fixed', zone: '+10:00' }, ['/zone']],
    ['hours that are there', '/v1/contact-hours', { name: 'Australia/Melbourne', zone: 'UTC' }, ['/name']],
    ['no numbers', '/v1/dnc', { list: 'private', phones: [] }, ['/phones']],
    ['no such list', '/v1/dnc', { list: 'public', phones: ['0412345678'] }, ['/list']],
    [
      'a campaign list of no campaign',
      '/v1/dnc',
      { list: 'campaign', phones: ['0412345678'] },
      ['/campaign_id'],
    ],
    [
      'a private list of a campaign',
      '/v1/dnc',
      { list: 'private', campaign_id: 1, phones: ['0412345678'] },
      ['/campaign_id'],
    ],
    [
      'an entry that is over',
      '/v1/dnc',
      { list: 'private', phones: ['0412345678'], expires_at: '2020-01-01T00:00:00Z' },
      ['/expires_at'],
    ],
    [
      'an expiry that is no time',
      '/v1/dnc',
      { list: 'private', phones: ['0412345678'], expires_at: 'tomorrow' },
      ['/expires_at'],
    ],
    [
      'a removal without a reason',
      '/v1/dnc/removals',
      { list: 'private', phones: ['0412345678'] },
      ['/reason'],
    ],
  ]

  test.each(rows)('%s: 1005', async (_title, path, body, pointers) => {
    const answer = await client.post<Problem>(path, body)
    expect(answer).toMatchObject({ status: 422, code: 1005 })
    // The refusal itself names a single problem; it lists several.
    const found = answer.body.errors?.map(({ field }) => field) ?? [answer.body.field]
    expect(found.toSorted()).toEqual(pointers.toSorted())
    for (const { detail } of answer.body.errors ?? [answer.body]) expect(detail).toMatch(/\w/)
  })

  test('numbers that are none are all pointed at, and none is listed', async () => {
    const phones = ['call me', mobile(), '12']
    const answer = await client.post<Problem>('/v1/dnc', { list: 'private', phones, skip_invalid: false })
    expect(answer).toMatchObject({ status: 422, code: 1006 })
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(['/phones/0', '/phones/2'])
    expect((await ask<Page>('GET', '/v1/dnc', { query: { phone: phones[1]! } })).body.items).toEqual([])
  })

  test('a start of nothing', async () => {
    const path = `/v1/allocations/${target.allocation_id}`
    expect(await client.patch<Problem>(path, {})).toMatchObject({ status: 422, code: 1005 })
    expect(await client.patch<Problem>(path, { started: true, title: 'New' })).toMatchObject({
      code: 1005,
      body: { errors: [{ field: '/title' }] },
    })
  })

  test.each([
    ['a template of unknown contact hours', '/v1/templates', { ...template, contact_hours: 'Mars' }],
    ['a template of an unknown team', '/v1/templates', { ...template, team: 'Mars' }],
    ['a template of an unknown set', '/v1/templates', { ...template, disposition_set: 'Mars' }],
    ['a campaign of an unknown template', '/v1/campaigns', { template_id: 999_999, name: 'A' }],
    ['an allocation of an unknown campaign', '/v1/allocations', { campaign_id: 999_999, name: 'A' }],
    [
      'an entry of an unknown campaign',
      '/v1/dnc',
      { list: 'campaign', campaign_id: 999_999, phones: ['0412345678'] },
    ],
    ['a check in an unknown campaign', '/v1/dnc/check', { campaign_id: 999_999, phones: ['0412345678'] }],
  ])('%s: 1004', async (_title, path, body) => {
    expect(await client.post(path, body)).toMatchObject({ status: 404, code: 1004 })
  })

  test('a resolution that says nothing, both or too little', async () => {
    await client.insertLead(target, {
      FirstPhone: mobile(),
      njExternalLeadId: 'unresolved',
      njDisposition: 'Busy',
    })
    const change = { njExternalLeadId: 'unresolved', FirstPhone: '<NO CHANGE>' }
    await client.updateLeadFast(target, { ...change, City: 'Fitzroy' })
    const { body } = await client.updateLeadFast(target, { ...change, City: 'Carlton', njVersion: 1 })
    const settle = (resolution: object) =>
      client.put<Problem>(`/v1/conflicts/${body.conflict_id}/resolution`, resolution)
    const decisions = { address: { take: 'mine' } }
    const wrong: [resolution: object, pointer: string][] = [
      [{}, '/decisions'],
      [{ decisions }, '/decisions'],
      [{ dismiss: true }, '/reason'],
      [{ dismiss: true, reason: 'old', decisions, lead_version: 2 }, '/dismiss'],
      [{ lead_version: 2, decisions: {} }, '/decisions/address'],
      [{ lead_version: 2, decisions: { ...decisions, Name: { take: 'mine' } } }, '/decisions/Name'],
      [{ lead_version: 2, decisions: { address: { take: 'ours' } } }, '/decisions/address/take'],
    ]
    for (const [resolution, pointer] of wrong)
      expect(await settle(resolution), pointer).toMatchObject({
        status: 422,
        code: 1005,
        body: { field: pointer },
      })
    expect(await settle({ dismiss: true, reason: 'old' })).toMatchObject({ status: 200 })
    expect(await settle({ dismiss: true, reason: 'old' })).toMatchObject({ status: 404, code: 1004 })
  })

  test.each([
    '/v1/templates?limit=0',
    '/v1/templates?limit=501',
    '/v1/templates?limit=ten',
    '/v1/templates?cursor=-1',
    '/v1/templates?cursor=first',
    '/v1/campaigns?template_id=0',
    '/v1/templates/first',
    '/v1/conflicts?state=lost',
    '/v1/dnc?list=public',
  ])('%s: 1003', async (path) => {
    expect(await client.get(path)).toMatchObject({ status: 400, code: 1003 })
  })
})
