// Behind a proxy that shows the app below a path, and takes the path away on its way to the server.

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { browserAt } from '../support/browser.ts'
import { startLeadline } from '../support/leadline.ts'
import { PASSWORD } from '../support/operator.ts'
import { insertPeople, person } from '../support/people.ts'

const PATH = '/tools/leadline'
const leadline = await startLeadline()
await insertPeople(leadline.client, leadline.target, 3)
const { operator } = await leadline.asOperator('lead')

const outside: string[] = []
const { hostname, port } = new URL(leadline.url)
const proxy = createServer((asked, answer) => {
  const { url = '/', method, headers } = asked
  if (!url.startsWith(`${PATH}/`)) {
    outside.push(url)
    answer.writeHead(404).end()
    return
  }
  const path = url.slice(PATH.length)
  const forwarded = request({
    hostname,
    port,
    path,
    method,
    headers: { ...headers, 'x-forwarded-prefix': PATH },
  })
  forwarded.on('response', (got) => {
    answer.writeHead(got.statusCode!, got.headers)
    got.pipe(answer)
  })
  forwarded.on('error', () => answer.destroy())
  answer.on('close', () => forwarded.destroy())
  asked.pipe(forwarded)
})
proxy.listen(0, '127.0.0.1')
await once(proxy, 'listening')
afterAll(() => {
  proxy.close()
  proxy.closeAllConnections()
})
const open = browserAt(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)

test('signing in, the list and a lead work below a path, and nothing is asked for outside of it', async () => {
  const page = await open(`${PATH}/leads?q=citizen`)
  await page.waitForURL(`**${PATH}/login?*`)
  await page.getByLabel('Login').fill(operator.login)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${PATH}/leads?q=citizen`)
  await page.getByRole('link', { name: person(0).Name }).click()
  await page.waitForURL(new RegExp(`${PATH}/leads/\\d+-\\d+$`))
  await page.reload()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Leads' }).click()
  await page.getByRole('link', { name: person(2).Name }).waitFor()
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
  await page.waitForURL(`**${PATH}/login`)
  expect(outside).toEqual([])
})
