// The commands of docs/pulls.md, against a real server that answers the rows of the page.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCommand } from './support/command.ts'
import { startLeadline } from './support/leadline.ts'
import { ShellPage, sectionsOf } from './support/shell-document.ts'
import { ROOT } from './support/statements.ts'
import { httpTarget } from './support/targets.ts'
import { until } from './support/until.ts'

const source = await httpTarget()
afterAll(() => source.stop())
const leadline = await startLeadline({ actions: { private_hosts: [source.host] } })
const { client } = leadline
const page = readFileSync(join(ROOT, 'docs/pulls.md'), 'utf8')
const sections = sectionsOf(page.replaceAll('https://crm.example', source.url))
const rows = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(page)![1]!)
source.answer = ({ url }) => ({
  status: 200,
  body: JSON.stringify(url.endsWith('after=') ? rows : { data: { leads: [] } }),
})

test('the page does what it says', async () => {
  const shell = new ShellPage(leadline.url, { LEADLINE_API_KEY: leadline.key })
  for (const name of ['', 'Set one up', 'Try it', 'Run it']) await shell.run(sections.get(name)!)
  await until('the run ends', async () => {
    const runs = await client.pullRuns(1)
    return runs.ok && runs.body.items[0]?.finished_at != null
  })
  expect(await shell.run(sections.get('Look at its runs')!)).toBe(2)
  expect(source.received[0]!.headers).toMatchObject({ authorization: 'Bearer s3cret' })
  expect(await shell.run(sections.get('Change it, and delete it')!)).toBe(5)
  const [lead] = (await client.get<{ items: object[] }>('/v1/leads', { q: 'Ana' })).body.items
  expect(lead).toMatchObject({ external_id: 'A-17', disposition: 'Busy', fields: { City: 'Fitzroy' } })
})

test('the command line does the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-pull-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'pull.json')
  const [, body] = /-d '(\{[\s\S]*?\})'/.exec(sections.get('Set one up')!)!
  writeFileSync(file, JSON.stringify({ ...JSON.parse(body!), name: 'By hand' }))
  const environment = { LEADLINE_URL: leadline.url, LEADLINE_API_KEY: leadline.key }
  const pulls = (...words: string[]) => runCommand(['pulls', ...words], environment)
  expect(await pulls('create', file)).toMatchObject({ code: 0, out: '2\toff\tevery 10 min\tBy hand\n' })
  expect(await pulls('try', '2')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^0\t1 rows\n112\t1 rows/),
  })
  expect(await pulls('run', '2')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/done\t3 rows\n0\t1 rows\n112\t1 rows\n1006\t1 rows\nrow 1\t112/),
  })
  expect(await pulls('change', '2', '--on', '--every', '15', '--dry-run')).toMatchObject({
    out: '2\ton\tevery 15 min\tBy hand\ndry run: 0 leads, nothing is changed\n',
  })
  source.answer = () => ({ status: 500 })
  expect(await pulls('run', '2')).toMatchObject({ code: 1, err: 'HTTP 500\n' })
  expect((await pulls('list')).out).toContain('2\tfailing 1\tevery 10 min\tBy hand\n')
  expect((await pulls('runs', '2')).out.split('\n')[0]).toMatch(/failed\t0 rows\tHTTP 500$/)
  expect(await pulls('change', '2', '--from-start')).toMatchObject({ code: 0 })
  expect(await client.pull(2)).toMatchObject({ body: { last_id: null, failures: 0 } })
  writeFileSync(file, 'name: none')
  expect(await pulls('create', file)).toMatchObject({ code: 2, err: expect.stringContaining('no JSON') })
  expect(await pulls('delete', '2')).toMatchObject({ code: 0, out: 'pull 2 is deleted\n' })
  expect(await pulls('try', '2')).toMatchObject({ code: 1, err: expect.stringContaining('not known') })
})
