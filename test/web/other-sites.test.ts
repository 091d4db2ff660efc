// A page of another site in a real browser: its script is told what became of the lead.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'

const leadline = await startLeadline()
const { target } = leadline
const shop = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<h1>Shop</h1>'))
shop.listen(0, '127.0.0.1')
await once(shop, 'listening')
afterAll(() => shop.close())
const pageAt = browserAt(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`, {
  // What the browser itself writes of the answers 400 and 403.
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
