// Markup and scripts in a lead, or in the name of a thing, are text on every screen: they are shown and do nothing.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { LeadPatch } from '../../src/client/api.ts'
import { browserAt } from '../support/browser.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { screensOf } from './lead-screens.ts'

const leadline = await startLeadline()
const { client } = leadline
const { others, senderNamed } = screensOf(leadline)
const open = browserAt(leadline.url)
const lead = await leadline.asOperator('lead')
const admin = await leadline.asOperator('admin')

/** Each would say in `window.fired` that it ran. */
const image = (at: string) => `<img src=x onerror="window.fired='${at}'">`
const script = (at: string) => `</script><script>window.fired='${at}'</script>`
const vector = (at: string) => `"'><svg/onload=window.fired='${at}'>`
const PAYLOADS = [image, script, vector]

interface Field {
  name: string
  label: string
  kind: string
  choices?: string[]
}
const NAMED: Field[] = PAYLOADS.map((payload, i) => ({
  name: `Text${i}`,
  label: payload(`label ${i}`),
  kind: i === 1 ? 'long_text' : 'text',
}))
const FIELDS: Field[] = [
  ...NAMED,
  { name: 'Pick', label: image('pick'), kind: 'choice', choices: [image('choice'), vector('choice')] },
  { name: 'Mobile', label: script('mobile'), kind: 'phone' },
]

async function made<T>(path: string, body: object): Promise<T> {
  const answer = await client.post<T>(path, body)
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Once for the file: names are taken once. */
async function setUp() {
  const { template_id } = await made<{ template_id: number }>('/v1/templates', {
    name: image('template'),
    contact_hours: 'Australia/Melbourne',
    fields: FIELDS,
  })
  const { campaign_id } = await made<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name: vector('campaign'),
  })
  return made<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name: image('allocation'),
    started: true,
  })
}

const { allocation_id } = await setUp()

const texts = (at: string) =>
  Object.fromEntries(NAMED.map(({ name }, i) => [name, PAYLOADS[(i + 1) % 3]!(`${at} ${name}`)]))

/** Values for every place of a lead that can hold a text. */
async function poisoned(external_id: string): Promise<string> {
  const created = await client.createLead({
    allocation_id,
    external_id,
    fields: { ...texts('value'), Pick: image('choice'), Mobile: mobile() },
    unmapped: { [vector('key')]: script('unmapped') },
    source: image('source'),
  })
  if (!created.ok) throw new Error(JSON.stringify(created.body))
  return created.body.id
}

/** Nothing ran, nothing became an element; `shown`: texts that stand there as they were written. */
async function isHarmless(page: Page, ...shown: string[]): Promise<void> {
  for (const text of shown) {
    const value = page.locator(`input, textarea`).and(page.locator(':visible'))
    await expect
      .poll(async () => {
        const inputs = await value.evaluateAll((each) => each.map((one) => (one as HTMLInputElement).value))
        return inputs.includes(text) || (await page.locator('body').innerText()).includes(text)
      }, `${page.url()} shows ${text}`)
      .toBe(true)
  }
  expect(await page.evaluate(() => (window as { fired?: string }).fired)).toBeUndefined()
  expect(await page.locator('img[src="x"], svg[onload], body script').count()).toBe(0)
}

test('payloads in every field, label and name stay text on the lead, its history, the list and the merge screen', async () => {
  const id = await poisoned(image('external'))
  const patch: LeadPatch = { fields: texts('by the key'), disposition: 'Busy' }
  await others(id, patch)

  const page = await open(`/leads/${id}`, { as: lead })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await isHarmless(
    page,
    texts('by the key').Text0!,
    image('pick'),
    vector('key'),
    script('unmapped'),
    image('external'),
  )

  await page.goto(`/leads/${id}/history?from=1`)
  await page.getByText('2 versions').waitFor()
  await isHarmless(page, texts('value').Text1!.slice(0, 20), image('label 0'))

  await page.goto(`/leads?q=${encodeURIComponent(texts('by the key').Text0!)}`)
  await page.getByRole('row').filter({ hasText: id }).waitFor()
  await isHarmless(page, texts('by the key').Text0!)

  await page.goto(`/leads/${id}`)
  await page.getByLabel(image('label 0')).fill(vector('mine'))
  await others(id, { fields: { Text0: image('theirs') } })
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/merge')
  await page.getByRole('radio').first().waitFor()
  await isHarmless(page, vector('mine'), image('theirs'), image('label 0'))
  await page.keyboard.press('1')
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(`**/leads/${id}`)
  await isHarmless(page, vector('mine'))
})

test('in an update that waits, with the names of who sent it and of who looks on', async () => {
  const id = await poisoned(script('another'))
  const sender = await senderNamed(image('key'))
  await others(id, { fields: { Text0: image('theirs') } })
  const held = await sender.patchLead(id, 1, { fields: { Text0: vector('held') } }, 'hold')
  expect(held.status).toBe(202)
  const name = vector('operator')
  expect((await admin.patch(`/v1/operators/${lead.operator.operator_id}`, { name })).status).toBe(200)
  const page = await open('/conflicts', { as: lead })
  await page.getByRole('row').filter({ hasText: id }).waitFor()
  await isHarmless(page, vector('held'), image('key'), name)
  await page.getByRole('row').filter({ hasText: id }).getByRole('link').first().click()
  await page.getByRole('radio').first().waitFor()
  await isHarmless(page, vector('held'), image('theirs'))
  await page.getByRole('button', { name: 'Dismiss…' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill(script('reason'))
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click()
  await page.waitForURL(/\/conflicts(\?|$)/)
  await page.getByLabel('State').selectOption('Dismissed')
  await page.getByRole('row').filter({ hasText: id }).getByRole('link').first().click()
  await page.getByText(script('reason')).waitFor()
  await isHarmless(page)
})

test('what is typed into the list and into a new lead, and refused, is shown as it is', async () => {
  const page = await open(`/leads?q=${encodeURIComponent(script('search'))}`, { as: lead })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await isHarmless(page, script('search'))
  await page.goto('/leads/new')
  await page.getByRole('combobox', { name: 'Allocation' }).click()
  await page.getByRole('option').filter({ hasText: 'Sample' }).first().click()
  await page.getByLabel('First phone').fill(image('phone'))
  await page.getByRole('button', { name: 'Create the lead' }).click()
  await page.getByText('1 thing to fix').waitFor()
  await isHarmless(page, image('phone'))
})
