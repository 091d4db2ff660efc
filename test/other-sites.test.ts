// Requests as browsers send them for pages of other sites. test/web/other-sites.test.ts has the browser itself.

import { expect, test } from 'vitest'
import { mobile, startLeadline } from './support/leadline.ts'

const leadline = await startLeadline()
const { target, url } = leadline
const PAGE = 'https://shop.example'
const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
const addressOf = (call: string, more = '') => `${url}/servicemanager/rest/CampaignAPI/${call}?${ids}${more}`

const form_key = await leadline.keyWith(['insert'], null, [target.allocation_id])
const write_key = await leadline.keyWith(['write'])

async function post(phone: string, key: string, headers: Record<string, string>, call = 'insertLeadFast') {
  const response = await fetch(addressOf(call, `&apiKey=${key}`), {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain', ...headers },
    body: JSON.stringify({ FirstPhone: phone }),
  })
  const body = (await response.json()) as { code: number; detail?: string }
  return {
    status: response.status,
    ...body,
    allowed: response.headers.get('Access-Control-Allow-Origin'),
    headers: response.headers,
  }
}

test('a key that may only insert: the page reads what became of its lead', async () => {
  const phone = mobile()
  const first = await post(phone, form_key, { Origin: PAGE, 'Sec-Fetch-Site': 'cross-site' })
  expect(first).toMatchObject({ status: 200, code: 0, allowed: '*' })
  expect(first.headers.get('Access-Control-Expose-Headers')).toMatch(/X-Lead-Id.*X-Leadline-Warnings/)
  expect(await post(phone, form_key, { Origin: PAGE })).toMatchObject({
    status: 400,
    code: 105,
    allowed: '*',
  })
  expect(await post(phone, form_key, { Origin: PAGE }, 'updateLeadFast')).toMatchObject({
    status: 403,
    code: 1002,
    allowed: '*',
  })
  expect(await post(phone, 'wrong', { Origin: 'null' })).toMatchObject({ status: 401, allowed: '*' })
  expect(await post(phone, form_key, { Origin: PAGE }, 'insertLeadsFast')).toMatchObject({
    status: 404,
    allowed: '*',
  })
})

test('a key that may do more is refused before anything is written, and says which key to make', async () => {
  for (const [origin, call] of [
    [PAGE, 'insertLeadFast'],
    ['null', 'insertLead'],
    [PAGE, 'updateLeadFast'],
    [PAGE, 'getCampaignTemplateList'],
  ] as const) {
    const phone = mobile()
    const refused = await post(phone, write_key, { Origin: origin }, call)
    expect(refused).toMatchObject({ status: 403, code: 1002, allowed: '*' })
    expect(refused.detail).toMatch(/make one with the scope insert alone/)
    expect(await post(phone, form_key, {})).toMatchObject({ status: 200, code: 0 })
  }
})

test('a request that comes from no page of another site may use any key', async () => {
  for (const headers of [
    {},
    { Origin: url },
    { Origin: 'chrome-extension://abcdef' },
    { Origin: 'capacitor://localhost' },
  ])
    expect(await post(mobile(), write_key, headers as Record<string, string>)).toMatchObject({ status: 200 })
  expect((await post(mobile(), write_key, {})).allowed).toBeNull()
})

const ask = (path: string, headers: Record<string, string>) => fetch(path, { method: 'OPTIONS', headers })

test('the question of a browser beforehand is answered on the classic API alone', async () => {
  const question = { Origin: PAGE, 'Access-Control-Request-Method': 'POST' }
  const answer = await ask(addressOf('insertLeadFast'), question)
  expect([answer.status, await answer.text()]).toEqual([204, ''])
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Authorization, Content-Type, X-API-Key',
  })
  const v1 = await ask(`${url}/v1/leads`, question)
  expect([v1.status, v1.headers.get('Access-Control-Allow-Origin')]).toEqual([405, null])
  expect((await ask(addressOf('nothing'), question)).status).toBe(404)
  expect((await ask(addressOf('insertLeadFast'), {})).status).toBe(405)
})
