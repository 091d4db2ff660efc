// A page of another site in a real browser: its script is told what became of the lead.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { target } = leadline
let pasted = ''
const shop = createServer((_, answer) =>
  answer.setHeader('Content-Type', 'text/html; charset=utf-8').end(`<h1>Shop</h1>${pasted}`),
)
shop.listen(0, '127.0.0.1')
await once(shop, 'listening')
afterAll(() => shop.close())
const pageAt = browserAt(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`, {
  // The browser itself reports the answers 400 and 403.
  expected: /status of 40[03]/,
})

const ids = `fTemplateId=${target.template_id}&fCampaignId=${target.campaign_id}&fAllocationId=${target.allocation_id}`
const address = `${leadline.url}/servicemanager/rest/CampaignAPI/insertLeadFast?${ids}`

test('its fetch reads the answer, however it sends the lead', async () => {
  const page = await pageAt('/')
  const key = await leadline.keyWith(['insert'], null, [target.allocation_id])
  const broad = await leadline.keyWith(['write'])
  const told = (how: 'json' | 'text' | 'form', as: string, phone: string) =>
    page.evaluate(
      async ([how, address, key, phone]) => {
        const form = new FormData()
        form.set('FirstPhone', phone!)
        const json = JSON.stringify({ FirstPhone: phone })
        const headers = { 'Content-Type': 'application/json', 'X-API-Key': key! }
        const response =
          how === 'json'
            ? await fetch(address!, { method: 'POST', headers, body: json })
            : await fetch(`${address}&apiKey=${key}`, { method: 'POST', body: how === 'form' ? form : json })
        const { code } = (await response.json()) as { code: number }
        return [response.status, code, response.headers.has('X-Lead-Id')]
      },
      [how, address, as, phone],
    )
  for (const how of ['json', 'text', 'form'] as const) {
    const phone = mobile()
    expect(await told(how, broad, phone), how).toEqual([403, 1002, false])
    expect(await told(how, key, phone), how).toEqual([200, 0, true])
    expect(await told(how, key, phone), how).toEqual([400, 105, false])
  }
})

test('the form that the documentation gives to paste works, and says what became of it', async () => {
  const documentation = readFileSync(new URL('../../docs/integrate/html-form.md', import.meta.url), 'utf8')
  const [, published = ''] = /```html\n([\s\S]*?)```/.exec(documentation) ?? []
  const key = await leadline.keyWith(['insert'], null, [target.allocation_id])
  pasted = published.replace('https://leads.example.com', leadline.url).replace('apiKey=KEY', `apiKey=${key}`)
  const page = await pageAt('/form')
  const phone = mobile()
  const says = async (number: string) => {
    await page.getByLabel('Name').fill('Renée Smith')
    await page.getByLabel('Phone').fill(number)
    await page.getByRole('button', { name: 'Call me' }).click()
    return page.getByRole('status')
  }
  for (const _ of ['new', 'there already'])
    await (await says(phone)).getByText('Thank you, we call you.').waitFor()
  await (await says('12')).getByText('We cannot read this phone number.').waitFor()
  const found = await leadline.client.get<{ items: { fields: object }[] }>(`/v1/leads?q=${phone}`)
  expect(found.body.items).toMatchObject([{ fields: { Name: 'Renée Smith', FirstPhone: phone } }])
})
