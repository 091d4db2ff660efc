// What opens over a screen, in light and dark: axe-core objects to nothing in menus, dialogs, lists of choices, the
// drawer of the phone and messages.

import { expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { axeFinds } from './axe.ts'
import { screensOf } from './lead-screens.ts'
import { OPENED } from './opened.ts'

const leadline = await startLeadline()
const { client } = leadline
const { jane, view, others } = screensOf(leadline)
const open = browserAt(leadline.url, { expected: /ERR_/ })
const visitors = { lead: await leadline.asOperator('lead'), admin: await leadline.asOperator('admin') }
const id = await jane()
const blocked = await jane()
await client.post('/v1/dnc', {
  list: 'private',
  phones: [(await view(blocked)).phones[0]!.number],
  reason: 'asked us not to call',
})
const world = { lead_id: id, blocked_id: blocked }
const clashing = await jane()
await others(clashing, { fields: { City: 'Carlton' } })
await client.patchLead(clashing, 1, { fields: { City: 'Fitzroy' } }, 'hold')

test.for(OPENED.map((opened) => [opened.name, opened] as const))('%s', async ([, opened]) => {
  const page = await open(await opened.path(world), {
    as: visitors[opened.visitor === 'admin' ? 'admin' : 'lead'],
    ...(opened.narrow && { width: 360, height: 740 }),
  })
  await page.locator('h1').waitFor()
  await opened.ready(page, world)
  expect(await axeFinds(page)).toEqual([])
})
