// A place to look at for every route of the app, and the world that it needs: for accessibility tests and pictures.

import type { Page } from 'playwright-core'
import type { Reply } from '../../src/client/answer.ts'
import type { Import, ImportChange } from '../../src/client/api.ts'
import type { LeadlineClient } from '../../src/client/client.ts'

/** The things on the screens. */
export interface World {
  /** An action that calls a URL. */
  action_id: number
  /** A lead with a past, changed by several. */
  lead_id: string
  /** A held update of a lead that waits for a person. */
  conflict_id: number
  /** An allocation with leads. */
  allocation_id: number
  /** A bulk change that has ended. */
  bulk_change_id: number
  /** Imports, each at a step: a part of the file is missing, its columns are to be mapped, its rows were checked, … */
  imports: Record<'uploading' | 'unreadable' | 'read' | 'checked' | 'updating' | 'paused' | 'done', number>
  /** Somebody else changes the lead's name, place and e-mail. */
  change: () => Promise<void>
}

export function changeBy(client: LeadlineClient, lead_id: string): World['change'] {
  return async () => {
    const lead = await client.lead(lead_id)
    if (!lead.ok) throw new Error(lead.body.detail)
    const { version } = lead.body
    const [Name, City, Email] =
      version % 2 === 0
        ? ['Jane M. Citizen', 'Ballarat', 'jm@example.com']
        : ['Jane Citizen-Hall', 'Bendigo', 'hall@example.com']
    const answer = await client.patchLead(lead_id, version, { fields: { Name, City, Email } })
    if (!answer.ok) throw new Error(answer.body.detail)
  }
}

const bodyOf = async <Body>(reply: Promise<Reply<Body>>): Promise<Body> => {
  const answer = await reply
  if (!answer.ok) throw new Error(answer.body.detail)
  return answer.body
}

const ASK_MS = 50

/** A bulk change of all leads of an allocation's campaign that are still open, which leaves some of them. */
export async function bulkChangeIn(
  client: LeadlineClient,
  { campaign_id, allocation_id }: { campaign_id: number; allocation_id: number },
): Promise<number> {
  const asked = { search: { campaign_id, closed: false }, to_allocation_id: allocation_id }
  const { bulk_change_id } = await bodyOf(client.createBulkChange(asked))
  for (;;) {
    const { state } = await bodyOf(client.bulkChange(bulk_change_id))
    if (state !== 'running') return bulk_change_id
    await new Promise((resolve) => setTimeout(resolve, ASK_MS))
  }
}

/** Rows of which some are refused. */
const rowsOfFile = (n: number, city = 'Perth') =>
  Array.from({ length: n }, (_, i) =>
    [
      `Person ${i}`,
      i % 3 === 0 ? '0412' : `04${20_000_000 + i}`,
      city,
      `${1 + (i % 12)}/05/2026`,
      'red',
    ].join(','),
  )

/** Imports into an allocation, each at a step. `phone`: the field of the numbers. */
export async function importsAt(
  client: LeadlineClient,
  { campaign_id, allocation_id }: { campaign_id: number; allocation_id: number },
  phone: string,
): Promise<World['imports']> {
  const inState = async (import_id: number, states: Import['state'][]): Promise<number> => {
    for (;;) {
      const { state } = await bodyOf(client.import(import_id))
      if (states.includes(state)) return import_id
      await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    }
  }
  const begun = (file_name: string, file_bytes: number, wishes: ImportChange = {}) =>
    bodyOf(client.createImport({ campaign_id, allocation_id, file_name, file_bytes, ...wishes }))
  const sent = async (file_name: string, content: string, wishes?: ImportChange) => {
    const bytes = new TextEncoder().encode(content)
    const { import_id } = await begun(file_name, bytes.length, wishes)
    await bodyOf(client.putImportPart(import_id, 1, bytes))
    return inState(import_id, ['read', 'unreadable'])
  }
  const read = (file_name: string, rows: number, wishes?: ImportChange, city?: string) =>
    sent(file_name, ['Name,Mobile number,City,Callback,Colour', ...rowsOfFile(rows, city)].join('\n'), wishes)
  const mapped = async (...file: Parameters<typeof read>) => {
    const import_id = await read(...file)
    const columns = [
      { column: 'Name', target: { to: 'field' as const, field: 'Name' } },
      { column: 'Mobile number', target: { to: 'field' as const, field: phone } },
      { column: 'City', target: { to: 'field' as const, field: 'City' } },
    ]
    await bodyOf(client.mapImport(import_id, { columns, constants: [] }))
    return import_id
  }
  const started = async (...file: Parameters<typeof read>) => {
    const import_id = await mapped(...file)
    await bodyOf(client.startImport(import_id))
    return inState(import_id, ['done', 'paused'])
  }
  const first = await read('Leads of March.csv', 24)
  const checkedAt = async (...file: Parameters<typeof read>) => {
    const import_id = await mapped(...file)
    await bodyOf(client.checkImport(import_id))
    return inState(import_id, ['read'])
  }
  const checked = await checkedAt('Leads of April.csv', 30)
  const done = await started('Leads of May.csv', 36)
  const { import_id: uploading, part_bytes } = await begun('Leads of July.csv', 12_000_000)
  await bodyOf(client.putImportPart(uploading, 1, new Uint8Array(part_bytes).fill(65)))
  const unreadable = await sent('Leads of August.xlsx', 'PK\u0003\u0004 no archive')
  return {
    uploading,
    unreadable,
    read: first,
    checked,
    updating: await checkedAt('Leads of September.csv', 36, { mode: 'upsert' }, 'Albany'),
    paused: await started('Leads of June.csv', 1_500, { bad_percent_max: 10 }),
    done,
  }
}

/** A screen in one of its states. */
export interface Scene<Of> {
  name: string
  path: (world: Of) => string | Promise<string>
  /** The person at the screen: nobody, before there is anybody; nobody; somebody with this role; a team lead whose team has nothing yet. */
  visitor: 'first' | 'nobody' | 'agent' | 'lead' | 'admin' | 'newcomer'
  /** Brings the screen into its state, and waits until it is complete. */
  ready: (page: Page, world: Of) => Promise<unknown>
  /** Only on a phone. */
  narrow?: true
}

export interface Screen extends Omit<Scene<World>, 'name' | 'visitor'> {
  visitor: Exclude<Scene<World>['visitor'], 'newcomer'>
  /** As the router has it. */
  route: string
  /** Of a picture; else made of the route. */
  name?: string
}

const heading = (page: Page) => page.locator('h1').first().waitFor()
const counted = (page: Page) =>
  page
    .getByText(/^\d+ new$/)
    .first()
    .waitFor()
const rows = (page: Page) => page.locator('table[data-settled]').waitFor()

export const SCREENS: readonly Screen[] = [
  {
    route: '/setup',
    path: () => '/setup',
    visitor: 'first',
    ready: (page) => page.getByLabel('Your name').waitFor(),
  },
  {
    route: '/setup',
    name: 'setup-done',
    path: () => '/setup',
    visitor: 'admin',
    ready: (page) => page.locator('pre').waitFor(),
  },
  {
    route: '/login',
    path: () => '/login',
    visitor: 'nobody',
    ready: (page) => page.getByLabel('Login').waitFor(),
  },
  { route: '/', path: () => '/', visitor: 'agent', name: 'home', ready: rows },
  {
    route: '/',
    name: 'getting-started',
    path: () => '/',
    visitor: 'admin',
    ready: (page) => page.getByText('Done').first().waitFor({ state: 'attached' }),
  },
  {
    route: '/dashboard',
    path: () => '/dashboard',
    visitor: 'lead',
    ready: (page) =>
      page
        .getByText(/^counted /)
        .first()
        .waitFor(),
  },
  {
    route: '/board',
    path: () => '/board',
    visitor: 'lead',
    ready: (page) => page.getByRole('table', { name: 'Campaigns' }).waitFor(),
  },
  { route: '/leads', path: () => '/leads', visitor: 'lead', ready: rows },
  {
    route: '/leads',
    name: 'leads-filtered',
    path: () => '/leads?q=nobody.at.all&closed=no&callback_from=2026-11-20&has_conflict=true',
    visitor: 'lead',
    ready: (page) => page.getByRole('heading', { name: 'No leads match' }).waitFor(),
  },
  {
    route: '/work',
    path: () => '/work',
    visitor: 'agent',
    ready: (page) => page.getByRole('button', { name: 'Take the next lead' }).waitFor(),
  },
  {
    route: '/callbacks',
    path: () => '/callbacks',
    visitor: 'agent',
    ready: (page) => page.getByRole('complementary', { name: 'By day' }).waitFor(),
  },
  {
    route: '/leads/new',
    path: () => '/leads/new',
    visitor: 'agent',
    ready: (page) => page.getByRole('button', { name: 'Create the lead' }).waitFor(),
  },
  {
    route: '/leads/new',
    name: 'leads-new-refused',
    path: () => '/leads/new',
    visitor: 'agent',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Create the lead' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { route: '/leads/$id', path: ({ lead_id }) => `/leads/${lead_id}`, visitor: 'lead', ready: heading },
  {
    route: '/leads/$id/merge',
    path: ({ lead_id }) => `/leads/${lead_id}/merge`,
    visitor: 'lead',
    ready: heading,
  },
  {
    route: '/leads/$id/merge',
    name: 'leads-id-merge-to-decide',
    path: ({ lead_id }) => `/leads/${lead_id}`,
    visitor: 'agent',
    ready: async (page, { change }) => {
      await page.getByLabel('Name', { exact: true }).fill('Joan Citizen')
      await page.getByLabel('City').fill('Geelong')
      await page.getByLabel(/^E-?mail$/).fill('joan@example.com')
      await change()
      await page.keyboard.press('Control+s')
      await page.waitForURL('**/merge')
      await page
        .getByText(/^3 to decide/)
        .first()
        .waitFor()
    },
  },
  {
    route: '/leads/$id/history',
    path: ({ lead_id }) => `/leads/${lead_id}/history`,
    visitor: 'lead',
    ready: heading,
  },
  { route: '/conflicts', path: () => '/conflicts', visitor: 'lead', ready: heading },
  {
    route: '/conflicts/$id',
    path: ({ conflict_id }) => `/conflicts/${conflict_id}`,
    visitor: 'lead',
    ready: heading,
  },
  {
    route: '/conflicts/handed-over',
    path: () => '/conflicts/handed-over',
    visitor: 'agent',
    ready: heading,
  },
  { route: '/conflicts/rules', path: () => '/conflicts/rules', visitor: 'lead', ready: heading },
  { route: '/dnc', path: () => '/dnc', visitor: 'lead', ready: rows },
  {
    route: '/dnc',
    name: 'dnc-checked',
    path: () => '/dnc?number=0412%20345%20063&entries=all',
    visitor: 'lead',
    ready: async (page) => {
      await page.getByText(/^Do not call 0412/).waitFor()
      await page.locator('table[data-settled]').nth(1).waitFor()
    },
  },
  {
    route: '/people',
    path: () => '/people',
    visitor: 'admin',
    ready: (page) => page.locator('table[data-settled]').nth(1).waitFor(),
  },
  { route: '/keys', path: () => '/keys', visitor: 'admin', ready: rows },
  { route: '/audit', path: () => '/audit', visitor: 'admin', ready: rows },
  { route: '/actions', path: () => '/actions', visitor: 'admin', ready: rows },
  {
    route: '/actions/new',
    path: () => '/actions/new',
    visitor: 'admin',
    ready: (page) => page.getByRole('combobox', { name: 'Insert a placeholder' }).waitFor(),
  },
  {
    route: '/actions/$id',
    path: ({ action_id }) => `/actions/${action_id}`,
    visitor: 'admin',
    ready: (page) => page.getByRole('button', { name: 'Show it' }).waitFor(),
  },
  {
    route: '/conflicts',
    name: 'forbidden',
    path: () => '/conflicts',
    visitor: 'agent',
    ready: (page) => page.getByRole('heading', { name: 'You don’t have access' }).waitFor(),
  },
  { route: '/campaigns', path: () => '/campaigns', visitor: 'admin', ready: counted },
  { route: '/campaigns', name: 'campaigns-lead', path: () => '/campaigns', visitor: 'lead', ready: counted },
  {
    route: '/allocations/$id',
    path: ({ allocation_id }) => `/allocations/${allocation_id}`,
    visitor: 'admin',
    ready: counted,
  },
  {
    route: '/bulk-changes/{-$id}',
    path: () => '/bulk-changes',
    visitor: 'lead',
    ready: rows,
  },
  {
    route: '/bulk-changes/{-$id}',
    name: 'bulk-change',
    path: ({ bulk_change_id }) => `/bulk-changes/${bulk_change_id}`,
    visitor: 'lead',
    ready: (page) => page.getByText(/^Done[.:] /).waitFor(),
  },
  { route: '/imports', path: () => '/imports', visitor: 'lead', ready: rows },
  {
    route: '/imports/new',
    path: () => '/imports/new',
    visitor: 'lead',
    ready: (page) => page.getByRole('button', { name: 'Choose a file…' }).waitFor(),
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-file',
    path: ({ imports }) => `/imports/${imports.read}`,
    visitor: 'lead',
    ready: rows,
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-target',
    path: ({ imports }) => `/imports/${imports.read}/target`,
    visitor: 'lead',
    ready: heading,
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-columns',
    path: ({ imports }) => `/imports/${imports.read}/columns`,
    visitor: 'lead',
    ready: async (page) => {
      await rows(page)
      await page.getByRole('button', { name: 'Add a value' }).click()
    },
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-check',
    path: ({ imports }) => `/imports/${imports.checked}/check?code=1006`,
    visitor: 'lead',
    ready: async (page) => {
      await rows(page)
      await page
        .getByRole('button', { name: /^Edit row/ })
        .first()
        .click()
    },
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-check-updates',
    path: ({ imports }) => `/imports/${imports.updating}/check?fate=updated`,
    visitor: 'lead',
    ready: async (page) => {
      await rows(page)
      await page.getByText('Perth → Albany').first().waitFor()
    },
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-run',
    path: ({ imports }) => `/imports/${imports.paused}/run`,
    visitor: 'lead',
    ready: rows,
  },
  {
    route: '/imports/$id/{-$step}',
    name: 'imports-id-report',
    path: ({ imports }) => `/imports/${imports.done}/report`,
    visitor: 'lead',
    ready: rows,
  },
  { route: '/templates/$id', path: () => '/templates/1', visitor: 'admin', ready: heading },
  { route: '/outcomes', path: () => '/outcomes', visitor: 'admin', ready: heading },
  {
    route: '/outcomes/$set',
    path: () => '/outcomes/1',
    visitor: 'admin',
    ready: async (page) => {
      for (const outcome of ['No Answer', 'Client Approved Callback', 'Sale'])
        await page.getByRole('button', { name: outcome, exact: true }).click()
      await page.getByText('closed', { exact: true }).waitFor()
      // The clicks have scrolled, and some button would be half below the bar at the top.
      await page.locator('h1').evaluate((heading) => heading.scrollIntoView({ block: 'end' }))
    },
  },
  { route: '/contact-hours', path: () => '/contact-hours', visitor: 'admin', ready: heading },
  {
    route: '/contact-hours/$id',
    path: () => '/contact-hours/1',
    visitor: 'admin',
    ready: async (page) => {
      await page.getByText(/^(Open|Closed)$/).waitFor()
      await page
        .getByText(/the law of Australia/)
        .first()
        .waitFor()
    },
  },
  { route: '$', name: 'not-found', path: () => '/no/such/page', visitor: 'agent', ready: heading },
]

export const nameOf = ({ name, route }: Pick<Screen, 'name' | 'route'>) =>
  name ?? route.replace(/^\//, '').replaceAll('/', '-').replaceAll('$', '')

/** For half a second nothing more has been loaded. The stream of events stays open, so the network is never idle. */
export async function allLoaded(page: Page): Promise<void> {
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').length)
  let before = -1
  for (let now = await loaded(); now !== before; now = await loaded()) {
    before = now
    await page.waitForTimeout(500)
  }
}
