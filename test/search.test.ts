// Searching leads: the one box, the filters, pages, who sees what; and that an acknowledged lead is found at once, whatever
// the indexer is doing.

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import type { FoundLead, Lead } from '../src/client/api.ts'
import type { LeadlineClient, Target } from '../src/client/client.ts'
import { readSearch } from '../src/core/search.ts'
import { termsOf } from '../src/core/search-terms.ts'
import { LOCKS } from '../src/db/locks.ts'
import { collectSearch } from '../src/db/search.ts'
import type { Filter } from '../src/db/search-parts.ts'
import { UNINDEXED_MAX } from '../src/db/search-parts.ts'
import { ensureTeam } from '../src/db/teams.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection, clientWith } = leadline
/** Another process on the same database. */
const second = await startLeadline({ connection })

afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Page {
  items: FoundLead[]
  next_cursor: string | null
  total?: { count: number; exact: boolean }
}
type Asked = Record<string, string | number | boolean | undefined>

const FIELDS = [
  { name: 'Name', kind: 'text' },
  { name: 'City', kind: 'text' },
  { name: 'Email', kind: 'email' },
  { name: 'Notes', kind: 'long_text' },
  { name: 'Phone', kind: 'phone' },
  { name: 'Second', kind: 'phone' },
]

let names = 0
/** A campaign of its own, so that tests find their own leads only. */
async function campaignOf(team = 'Global', region = 'AU') {
  const post = async <T>(path: string, body: object) => (await client.post<T>(path, body)).body
  const name = `Search ${++names}`
  const template = { name, region, team, contact_hours: 'Australia/Melbourne', fields: FIELDS }
  const { template_id } = await post<{ template_id: number }>('/v1/templates', template)
  const { campaign_id } = await post<{ campaign_id: number }>('/v1/campaigns', { template_id, name })
  const { allocation_id } = await post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name })
  return { template_id, campaign_id, allocation_id }
}

async function insert(target: Target, lead: Record<string, string>): Promise<string> {
  const answer = await client.insertLead(target, { Phone: mobile(), ...lead })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ code: 0 })
  return answer.lead_id!
}

const ask = (asked: Asked, as: LeadlineClient = client) => as.get<Page>('/v1/leads', asked)

/** The ids of every page, in order. */
async function find(asked: Asked, as: LeadlineClient = client): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { status, body } = await ask({ ...asked, cursor }, as)
    expect(status, JSON.stringify(body)).toBe(200)
    ids.push(...body.items.map(({ id }) => id))
    if (body.next_cursor === null) return ids
    cursor = body.next_cursor
  }
}

describe('one box', async () => {
  const target = await campaignOf()
  const { campaign_id } = target
  const people: Record<string, Record<string, string>> = {
    jane: { Name: 'Jane Smith', City: 'Abbotsford', Email: 'jane.smith@example.com', Phone: '0491 570 156' },
    ana: { Name: 'Ana Müller-Łódź', City: 'São Paulo', Phone: '+61 491 570 157', njExternalLeadId: 'CRM-77' },
    boris: { Name: 'Борис Иванов', City: 'Москва', Phone: '0491570158', njExternalLeadId: '40-1' },
    wei: { Name: '王小明', City: '北京', Phone: '0491570159' },
    percy: { Name: '100% Percy_X', City: 'C:\\Temp', Notes: 'wants\nthe red one', Phone: '0491570110' },
    kim: { Name: 'Kim', Second: 'ask at the desk', Phone: '(03) 8321 8199', njExternalLeadId: '0012' },
    yu: { Name: 'Yu', Email: 'yu+solar@example.com', Notes: 'born 1990-04-01', Phone: '0491570111' },
  }
  const ids: Record<string, string> = {}
  for (const [who, lead] of Object.entries(people)) ids[who] = await insert(target, lead)
  const who = (id: string) => Object.keys(ids).find((name) => ids[name] === id)!

  const QUERIES: [q: string, found: string[]][] = [
    // A number in any spelling, or any part of three digits.
    ['0491570156', ['jane']],
    ['0491 570 156', ['jane']],
    ['+61 491 570 156', ['jane']],
    ['+61491570156', ['jane']],
    ['61491570156', ['jane']],
    ['(0491) 570-156', ['jane']],
    ['0491 5701', ['yu', 'percy', 'wei', 'boris', 'ana', 'jane']],
    ['570 15', ['wei', 'boris', 'ana', 'jane']],
    ['157', ['yu', 'percy', 'wei', 'boris', 'ana', 'jane']],
    ['03 8321', ['kim']],
    ['8199', ['kim']],
    ['0491 570 199', []],
    // Words of any field, in any case, with accents or without, in any script.
    ['jane', ['jane']],
    ['JANE SMITH', ['jane']],
    ['smith jane', ['jane']],
    ['jane muller', []],
    ['muller', ['ana']],
    ['Müller', ['ana']],
    ['MULLER lodz', ['ana']],
    ['sao', ['ana']],
    ['иванов', ['boris']],
    ['БОРИС москва', ['boris']],
    ['ванов', ['boris']],
    ['王小', ['wei']],
    ['京', ['wei']],
    ['red', ['percy']],
    ['example.com', ['yu', 'jane']],
    ['jane.smith@', ['jane']],
    ['yu+solar', ['yu']],
    ['an abb', ['jane']],
    ['yu', ['yu']],
    ['ask at the desk', ['kim']],
    // A date is not a phone number.
    ['1990-04-01', ['yu']],
    ['1990-04', ['yu']],
    // Signs of patterns are signs.
    ['%', ['percy']],
    ['100%', ['percy']],
    ['0% p', ['percy']],
    ['_', ['percy']],
    ['y_x', ['percy']],
    ['y%x', []],
    ['\\', ['percy']],
    ['c:\\t', ['percy']],
    // External ids.
    ['CRM-77', ['ana']],
    ['crm-7', ['ana']],
    ['0012', ['kim']],
    ['"; drop table leads; --', []],
  ]
  const check = async (as: LeadlineClient) => {
    for (const [q, found] of QUERIES) expect((await find({ q, campaign_id }, as)).map(who), q).toEqual(found)
  }

  test('finds them as they come in', () => check(client))

  test('finds them by their indexed texts, in another process too', async () => {
    await indexed()
    await check(second.client)
  })

  test('finds a lead by its id, and what has exactly this external id before what contains it', async () => {
    for (const q of [ids.jane!, ` ${ids.jane} `]) expect(await find({ q })).toEqual([ids.jane])
    const exact = await insert(target, { Name: 'Exact', njExternalLeadId: 'crm-7' })
    const later = await insert(target, { Name: 'Later', njExternalLeadId: 'crm-78' })
    expect(await find({ q: 'crm-7', campaign_id })).toEqual([exact, later, ids.ana])
    expect(await find({ q: 'crm-7', campaign_id, limit: 1 })).toEqual([exact, later, ids.ana])
    expect(await find({ q: 'crm-7', campaign_id, limit: 2 })).toEqual([exact, later, ids.ana])
    // Somebody's external id may look like the id of a lead.
    expect((await find({ q: '40-1', campaign_id })).map(who)).toEqual(['boris'])
  })

  test('looks nowhere but in the campaign that is named', async () => {
    const other = await campaignOf()
    expect(await find({ q: ids.jane, campaign_id: other.campaign_id })).toEqual([])
    expect(await find({ q: 'CRM-77', campaign_id: other.campaign_id })).toEqual([])
    expect(await find({ q: 'jane', campaign_id: other.campaign_id })).toEqual([])
  })

  test('is empty when nothing shows in it', async () => {
    for (const q of ['', '  ', '\u200b'])
      expect(await find({ q, campaign_id })).toEqual(await find({ campaign_id }))
  })

  test('answers the lead as its own page does', async () => {
    const { body } = await ask({ q: 'jane smith', campaign_id })
    const lead = (await client.get<Lead>(`/v1/leads/${ids.jane}`)).body
    expect(body.items).toEqual([{ ...lead, found_in: [] }])
    expect((await ask({ campaign_id, limit: 1 })).body.items[0]).not.toHaveProperty('found_in')
    expect(body.items[0]).toMatchObject({ open_conflicts: 0 })
    expect(body).toMatchObject({ next_cursor: null, total: { count: 1, exact: true } })
  })
})

/** Until the texts know every event. */
const indexed = () =>
  until('everything is indexed', async () => {
    const { rows } = await admin(
      connection,
      'select exists (select from events e, lead_texts_cursor c where e.tx >= c.tx) as waiting',
    )
    return !rows[0].waiting
  })

describe('what cannot be asked', () => {
  test.each<[string, Asked, number, number]>([
    ['a longer text', { q: 'x'.repeat(201) }, 422, 1005],
    ['a NUL', { q: 'a\u0000b' }, 400, 1003],
    ['a control character', { q: 'a\u0007b' }, 422, 1005],
    ['half a character', { q: '\ud800' }, 200, 0],
    ['no instant', { callback_from: '2026/11/01' }, 422, 1005],
    ['an instant without its zone', { callback_to: '2026-11-01T10:00:00' }, 422, 1005],
    ['no actor', { changed_by: 'Ann' }, 400, 1003],
    ['no boolean', { closed: 'maybe' }, 400, 1003],
    ['no campaign', { campaign_id: 0 }, 400, 1003],
    ['too many at once', { limit: 501 }, 400, 1003],
    ['a filter that there is not', { colour: 'red' }, 400, 1003],
    ['a cursor that nobody gave', { cursor: 'abc' }, 400, 1003],
    ['an empty cursor', { cursor: '' }, 400, 1003],
    ['a cursor of another list', { cursor: '17' }, 400, 1003],
    ['a cursor beyond everything', { cursor: btoa('99999999999999999999.0') }, 400, 1003],
    ['a cursor with something behind it', { cursor: `${btoa('17.0').replaceAll('=', '')}!` }, 400, 1003],
  ])('%s', async (_, asked, status, code) => {
    expect(await ask(asked)).toMatchObject({ status, code })
  })

  test('200 characters can be asked, however many bytes they are', async () => {
    expect(await ask({ q: '😀'.repeat(200) })).toMatchObject({ status: 200, body: { items: [] } })
  })
})

describe('filters', async () => {
  const target = await campaignOf()
  const { campaign_id, allocation_id } = target
  const elsewhere = (
    await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'elsewhere' })
  ).body.allocation_id
  const key = (await clientWith(['read', 'write'])) as LeadlineClient
  const plain = await insert(target, { Name: 'Plain Jane' })
  const busy = await insert(target, { Name: 'Busy Jane', njExternalLeadId: 'busy' })
  const sold = await insert(target, { Name: 'Sold Sam', njExternalLeadId: 'sold' })
  const moved = await insert({ ...target, allocation_id: elsewhere }, { Name: 'Moved Mia' })
  const called = await insert(target, { Name: 'Called Kim', njCallBackDate: '2027/03/01 10:00' })
  const clash = await insert(target, { Name: 'Clash Cleo', njExternalLeadId: 'clash' })
  await client.patchLead(called, 1, { callback_agent: 'Ann' })
  const outcome = { Phone: '<NO CHANGE>' }
  await key.updateLeadFast(target, { ...outcome, njExternalLeadId: 'busy', njDisposition: 'Busy' })
  await client.updateLeadFast(target, { ...outcome, njExternalLeadId: 'sold', njDisposition: 'Sale' })
  const change = { ...outcome, njExternalLeadId: 'clash', njDisposition: 'No Answer' }
  await client.updateLeadFast(target, { ...change, City: 'Perth' })
  expect(await client.updateLeadFast(target, { ...change, City: 'Cairns', njVersion: '1' })).toMatchObject({
    code: 110,
  })
  const { items } = (
    await client.get<{ items: { actor: string; version: number }[] }>(`/v1/leads/${busy}/history`)
  ).body
  const changed_by = items.at(-1)!.actor

  const CASES: [Asked, string[]][] = [
    [{}, [clash, called, moved, sold, busy, plain]],
    [{ allocation_id }, [clash, called, sold, busy, plain]],
    [{ allocation_id: elsewhere }, [moved]],
    [{ disposition: 'Busy' }, [busy]],
    [{ disposition: ' busy ' }, [busy]],
    [{ disposition: 'No such thing' }, []],
    [{ closed: true }, [sold]],
    [{ closed: false }, [clash, called, moved, busy, plain]],
    [{ has_conflict: true }, [clash]],
    [{ has_conflict: false }, [called, moved, sold, busy, plain]],
    [{ has_conflict: true, q: 'cleo' }, [clash]],
    [{ has_conflict: true, q: 'jane' }, []],
    [{ changed_by }, [busy]],
    [{ changed_by: 'system' }, []],
    [{ changed_by, q: 'jane' }, [busy]],
    [{ changed_by, q: 'sam' }, []],
    // 10:00 in Melbourne is 23:00 UTC of the day before.
    [{ callback_from: '2027-02-28T23:00:00Z', callback_to: '2027-02-28T23:00:01Z' }, [called]],
    [{ callback_from: '2027-03-01T10:00:00+11:00' }, [called]],
    [{ callback_from: '2027-02-28T23:00:01Z' }, []],
    [{ callback_from: '2027-01-01T00:00:00Z', callback_to: '2027-02-28T23:00:00Z' }, []],
    [{ callback_from: '2027-01-01T00:00:00Z', q: 'kim' }, [called]],
    [{ callback_from: '2027-01-01T00:00:00Z', q: 'jane' }, []],
    [{ callback_agent: 'Ann' }, [called]],
    [{ callback_agent: 'Ann', q: 'kim' }, [called]],
    [{ callback_agent: 'Ann', q: 'jane' }, []],
    [{ callback_agent: 'Ann', sort: 'callback' }, [called]],
    [{ callback_agent: 'ann' }, []],
    [{ q: 'jane' }, [busy, plain]],
    [{ q: 'jane', disposition: 'Busy' }, [busy]],
    [{ q: 'jane', closed: false }, [busy, plain]],
    [{ q: 'jane', allocation_id: elsewhere }, []],
    [{ q: 'mia', allocation_id: elsewhere }, [moved]],
  ]
  const check = async (as: LeadlineClient) => {
    for (const [asked, found] of CASES)
      expect(await find({ campaign_id, ...asked }, as), JSON.stringify(asked)).toEqual(found)
  }

  test('each alone and beside others, as the leads come in', () => check(client))

  test('the same once they are indexed', async () => {
    await indexed()
    await check(second.client)
  })

  test('a held update that was settled is no conflict any more', async () => {
    const { body } = await client.get<{ items: { conflict_id: number }[] }>('/v1/conflicts', {
      lead_id: clash,
    })
    expect((await ask({ q: clash })).body.items).toMatchObject([{ open_conflicts: 1 }])
    const path = `/v1/conflicts/${body.items[0]!.conflict_id}/resolution`
    expect(await client.put(path, { dismiss: true, reason: 'settled by phone' })).toMatchObject({
      status: 200,
    })
    expect(await find({ campaign_id, has_conflict: true })).toEqual([])
    expect((await ask({ q: clash })).body.items).toMatchObject([{ open_conflicts: 0 }])
  })

  test('what a campaign does not have, or nobody has, is nothing', async () => {
    const other = await campaignOf()
    for (const asked of [{ allocation_id }, { campaign_id: 2_000_000_000 }, { allocation_id: 2_000_000_000 }])
      expect(await find({ campaign_id: other.campaign_id, ...asked })).toEqual([])
  })
})

describe('pages', async () => {
  const target = await campaignOf()
  const { campaign_id, allocation_id } = target
  const leads: string[] = []
  for (let i = 0; i < 23; i++)
    leads.unshift(await insert(target, { Name: `Page ${i}`, njDisposition: 'Busy' }))

  test.each<[string, Asked]>([
    ['a list', { campaign_id }],
    ['an allocation', { allocation_id }],
    ['a disposition', { campaign_id, disposition: 'Busy' }],
    ['a query', { campaign_id, q: 'page' }],
    ['a short query', { campaign_id, q: 'pa' }],
  ])('%s has every lead once, in order, while others come in', async (_, asked) => {
    const seen: string[] = []
    let pages = 0
    for (let cursor: string | undefined; ; pages++) {
      const as = pages % 2 === 0 ? client : second.client
      const { body } = await ask({ ...asked, limit: 4, cursor }, as)
      expect(body.items.length).toBeLessThanOrEqual(4)
      expect(body.total !== undefined, 'a total with the first page').toBe(pages === 0)
      seen.push(...body.items.map(({ id }) => id))
      await insert(target, { Name: 'Page of somebody who comes in', njDisposition: 'Busy' })
      if (body.next_cursor === null) break
      cursor = body.next_cursor
    }
    const numbers = seen.map((id) => Number(id.split('-')[1]))
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a))
    expect(seen.slice(-leads.length)).toEqual(leads)
  })

  test('a total counts, and says when it counts no further', async () => {
    const { campaign_id, ...rest } = await campaignOf()
    for (let i = 0; i < 3; i++) await insert({ campaign_id, ...rest }, { Name: `Total ${i}` })
    expect((await ask({ campaign_id })).body.total).toEqual({ count: 3, exact: true })
    expect((await ask({ campaign_id, q: 'total', limit: 3 })).body.total).toEqual({ count: 3, exact: true })
    // A short page may have looked no further, or at all of them: either way there are three.
    expect((await ask({ campaign_id, q: 'total', limit: 1 })).body.total).toMatchObject({ count: 3 })
    expect((await ask({ q: 'nobody is called this' })).body.total).toEqual({ count: 0, exact: true })
  })

  test('callbacks are found by themselves where few leads have one', async () => {
    const lead_id = await insert(target, { Name: 'Cora Callback', njCallBackDate: '2028/01/01 10:00' })
    const filter = {
      team_ids: null,
      campaign_id: null,
      allocation_id: null,
      dispositions: null,
      callback_from: '2027-12-31T00:00:00Z',
      callback_to: null,
      callback_agent: null,
      changed_by: null,
      import_id: null,
      has_conflict: null,
      closed: null,
    } satisfies Filter
    const reach = { filter, ways: [], below: Number.MAX_SAFE_INTEGER, rows_max: 10 }
    const { leads } = await collectSearch(leadline.pool, 'callbacks', reach)
    expect(leads.map(({ campaign_id, number }) => `${campaign_id}-${number}`)).toContain(lead_id)
  })

  test('a page has fifty leads when nobody says how many', async () => {
    for (let i = (await find({ campaign_id })).length; i < 51; i++)
      await insert(target, { Name: `Page ${i}` })
    const { body } = await ask({ campaign_id })
    expect(body.items).toHaveLength(50)
    expect(body.next_cursor).not.toBeNull()
  })
})

describe('who sees what', async () => {
  const [east, west] = [await ensureTeam(leadline.pool, 'East'), await ensureTeam(leadline.pool, 'West')]
  const [own, foreign] = [await campaignOf('East'), await campaignOf('West')]
  const mine = await insert(own, { Name: 'Quentin East', njExternalLeadId: 'Q-1', njDisposition: 'Busy' })
  const theirs = await insert(foreign, {
    Name: 'Quentin West',
    njExternalLeadId: 'Q-1',
    njDisposition: 'Busy',
  })
  const as_east = await clientWith(['read'], [east])

  test('a team finds its own leads, by whatever it asks', async () => {
    const asks: Asked[] = [
      {},
      { q: 'quentin' },
      { q: 'Q-1' },
      { q: mine },
      { q: 'qu' },
      { disposition: 'Busy' },
      { closed: false },
      { allocation_id: own.allocation_id },
    ]
    for (const asked of asks) expect(await find(asked, as_east), JSON.stringify(asked)).toEqual([mine])
    for (const asked of [
      { q: theirs },
      { campaign_id: foreign.campaign_id },
      { allocation_id: foreign.allocation_id },
    ])
      expect(await find(asked, as_east)).toEqual([])
    expect((await ask({ q: 'quentin' }, as_east)).body.total).toEqual({ count: 1, exact: true })
  })

  test('two teams find the leads of both, and a global key those of all', async () => {
    expect(await find({ q: 'quentin' }, await clientWith(['read'], [east, west]))).toEqual([theirs, mine])
    expect(await find({ q: 'Q-1' })).toEqual([theirs, mine])
  })

  test('a key that may not read finds nothing out', async () => {
    expect(await ask({}, await clientWith(['write']))).toMatchObject({ status: 403, code: 1002 })
  })
})

describe('at once', async () => {
  const target = await campaignOf()
  const { campaign_id } = target

  test('an acknowledged lead is found by the other process, an acknowledged change too: hundreds of times', async () => {
    const rounds = Array.from({ length: 240 }, (_, i) => i)
    const round = async (i: number) => {
      const [one, other] = i % 2 === 0 ? [client, second.client] : [second.client, client]
      const [first, next] = [mobile(), mobile()]
      const njExternalLeadId = `round ${i}.`
      const { lead_id } = await one.insertLeadFast(target, {
        Name: `Arrival ${i}x`,
        Phone: first,
        njExternalLeadId,
      })
      expect(await find({ q: first, campaign_id }, other)).toEqual([lead_id])
      const change = { njExternalLeadId, Name: `Departure ${i}x`, Phone: next, njDisposition: 'Busy' }
      expect(await other.updateLeadFast(target, change)).toMatchObject({ code: 0 })
      expect(await find({ q: next, campaign_id }, one)).toEqual([lead_id])
      expect(await find({ q: first, campaign_id }, one)).toEqual([])
      expect(await find({ q: `departure ${i}x`, campaign_id }, one)).toEqual([lead_id])
      expect(await find({ q: `arrival ${i}x`, campaign_id }, one)).toEqual([])
    }
    for (let from = 0; from < rounds.length; from += 8)
      await Promise.all(rounds.slice(from, from + 8).map(round))
  }, 120_000)

  test('a lead that is forgotten is found no more, and nothing of it is left in the texts', async () => {
    const rounds = Array.from({ length: 60 }, async (_, i) => {
      const phone = mobile()
      const lead_id = await insert(target, { Name: `Forgotten Fay${i}z`, Phone: phone })
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 600))
      expect(await second.client.delete(`/v1/leads/${lead_id}`)).toMatchObject({ status: 204 })
      for (const q of [phone, `fay${i}z`, lead_id]) expect(await find({ q, campaign_id })).toEqual([])
      return lead_id
    })
    const ids = await Promise.all(rounds)
    const left = async () =>
      (await admin(connection, `select lead_number from lead_texts where text like '%forgotten fay%'`)).rows
    expect(await left()).toEqual([])
    await indexed()
    expect(await left()).toEqual([])
    expect((await find({ campaign_id })).filter((id) => ids.includes(id))).toEqual([])
  }, 60_000)

  test('leads are found while the indexer is held up, and a transaction that runs on hides nothing', async () => {
    const session = new pg.Client(connection)
    await session.connect()
    try {
      // As long as this one runs, the cursor cannot pass it.
      await session.query('begin; select pg_current_xact_id()')
      const lead_id = await insert(target, { Name: 'Horatio Held' })
      for (let i = 0; i < 3; i++) {
        expect(await find({ q: 'horatio held', campaign_id })).toEqual([lead_id])
        await new Promise((resolve) => setTimeout(resolve, 400))
      }
      expect((await textOf(lead_id)) ?? null).toBeNull()
      await session.query('commit')
      await until('it is indexed', async () => (await textOf(lead_id)) !== undefined)
      expect(await find({ q: 'horatio held', campaign_id }, second.client)).toEqual([lead_id])
    } finally {
      await session.end()
    }
  })

  test('an indexer that is killed in the middle, again and again, loses nothing', async () => {
    let killed = 0
    let killing = true
    const killer = (async () => {
      const session = new pg.Client(connection)
      await session.connect()
      while (killing) {
        const { rowCount } = await session.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and state = 'active' and query like '/* leadTexts.index%'`,
        )
        killed += rowCount ?? 0
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await session.end()
    })()
    const ids: string[] = []
    await until('it was killed a few times', async () => {
      const some = Array.from({ length: 20 }, (_, i) => insert(target, { Name: `Victim ${i}` }))
      ids.push(...(await Promise.all(some)))
      return killed >= 5
    })
    killing = false
    await killer
    expect((await find({ q: 'victim', campaign_id })).sort()).toEqual(ids.toSorted())
    await indexed()
    expect((await find({ q: 'victim', campaign_id })).sort()).toEqual(ids.toSorted())
  }, 120_000)
})

/** The text of a lead as it is indexed; undefined: none yet. */
async function textOf(lead_id: string): Promise<string | undefined> {
  const [campaign_id, number] = lead_id.split('-')
  const { rows } = await admin(
    connection,
    `select text from lead_texts where campaign_id = ${campaign_id} and lead_number = ${number}`,
  )
  return rows[0]?.text
}

/** Leads as intake would have left them, with names that are their places: far more than anybody could send here. */
const fill = (target: Target, leads: number, name: string) =>
  admin(
    connection,
    `with r as materialized (
       select i, nextval('lead_numbers') as number, 61480000000 + nextval('fill_phones') as phone from generate_series(1, ${leads}) i),
     l as (
       insert into leads (campaign_id, number, allocation_id, fields, created_way, created_by)
       select ${target.campaign_id}, number, ${target.allocation_id},
         jsonb_build_object('Name', '${name} ' || i, 'Phone', '+' || phone), 'import', 'system' from r),
     p as (
       insert into lead_phones (campaign_id, lead_number, field, phone, state)
       select ${target.campaign_id}, number, 'Phone', phone, 'ok' from r),
     c as (insert into claims (campaign_id, phone, lead_number) select ${target.campaign_id}, phone, number from r),
     q as (
       insert into queue (campaign_id, lead_number, allocation_id, contact_hours_id, priority, state)
       select ${target.campaign_id}, number, ${target.allocation_id}, 0, 10, 'ready' from r)
     insert into events (campaign_id, lead_number, version, actor, way, request_id)
     select ${target.campaign_id}, number, 1, 'system', 'import', 'fill' from r`,
  )
await admin(connection, 'create sequence fill_phones')

describe('far back', async () => {
  const target = await campaignOf()
  const { campaign_id, allocation_id } = target
  const old: string[] = []
  for (const Name of ['Rare Rosa', 'Old Otto'])
    old.unshift(await insert(target, { Name, njCallBackDate: '2027/05/01 10:00', njExternalLeadId: Name }))
  const [otto, rosa] = old as [string, string]
  const change = { njExternalLeadId: 'Old Otto', Phone: '<NO CHANGE>', njDisposition: 'Busy' }
  await client.updateLeadFast(target, { ...change, City: 'Perth' })
  await client.updateLeadFast(target, { ...change, City: 'Cairns', njVersion: '1' })
  // As if a hundred million others had come in since.
  await admin(connection, `select setval('lead_numbers', 100000000)`)
  const news = await insert(target, { Name: 'New Nora' })

  const check = async () => {
    for (const [asked, found] of [
      [{}, [news, otto, rosa]],
      [{ q: 'rosa' }, [rosa]],
      [{ q: 'old otto' }, [otto]],
      [{ q: 'o' }, [news, otto, rosa]],
      [{ q: '%o' }, []],
      [{ q: 'rosa', allocation_id }, [rosa]],
      [{ allocation_id }, [news, otto, rosa]],
      [{ disposition: 'Busy' }, [otto]],
      [{ has_conflict: true }, [otto]],
      [{ callback_from: '2027-04-30T00:00:00Z', callback_to: '2027-05-02T00:00:00Z' }, [rosa]],
      [{ callback_to: '2027-05-02T00:00:00Z' }, [otto, rosa]],
      [{ callback_to: '2027-05-02T00:00:00Z', q: 'otto' }, [otto]],
      [{ callback_to: '2027-05-02T00:00:00Z', closed: true }, []],
    ] as const)
      for (const limit of [1, 2, 50])
        expect(await find({ campaign_id, limit, ...asked }), JSON.stringify(asked)).toEqual(found)
  }

  test('what is rare is found behind any number of others', check)

  test('by the index as well', async () => {
    await indexed()
    await check()
    // Their phone numbers differ, so a lead that is found in two readings of a query is found once.
    const { phones } = (await ask({ q: rosa })).body.items[0]!
    const number = phones[0]!.number!.slice(1)
    expect(await find({ q: `${number.slice(0, 5)} ${number.slice(5)}`, campaign_id })).toEqual([rosa])
  })

  test('more leads than a search may read by itself are waited for, and found', async () => {
    const session = new pg.Client(connection)
    await session.connect()
    try {
      // Nobody indexes while somebody else holds the turn.
      await session.query('select pg_advisory_lock($1)', [LOCKS.indexer])
      await fill(target, UNINDEXED_MAX + 50, 'Flood')
      expect(await ask({ q: 'flood 77', campaign_id })).toMatchObject({ status: 503, code: 1013 })
      // Without a text nothing waits for the indexer.
      expect(await ask({ campaign_id, limit: 1 })).toMatchObject({ status: 200 })
      await session.query('select pg_advisory_unlock($1)', [LOCKS.indexer])
    } finally {
      await session.end()
    }
    await until('it is found', async () => {
      const { status, body } = await ask({ q: 'flood 10049', campaign_id })
      return status === 200 && body.items.length === 1
    })
    const { total, items } = (await ask({ q: 'flood', campaign_id })).body
    expect(items).toHaveLength(50)
    expect(total).toEqual({ count: 1_000, exact: false })
  }, 60_000)

  test('a database that cannot answer in time is told, and is no error of ours', async () => {
    const session = new pg.Client(connection)
    await session.connect()
    try {
      await session.query('begin; lock table lead_texts in access exclusive mode')
      const { status, code, retry_after_s } = await ask({ q: 'rosa', campaign_id })
      expect({ status, code }).toEqual({ status: 503, code: 1013 })
      expect(retry_after_s).toBeGreaterThan(0)
      await session.query('commit')
    } finally {
      await session.end()
    }
    expect(await find({ q: 'rosa', campaign_id })).toEqual([rosa])
  })
})

test('a database that was moved by its rows, with transactions counted anew, goes on being indexed', async () => {
  const target = await campaignOf()
  const lead_id = await insert(target, { Name: 'Moved Mona' })
  await indexed()
  // As a dump of a database with many more transactions would have left it: its last change was not indexed yet.
  const [campaign_id, number] = lead_id.split('-')
  await admin(
    connection,
    `update lead_texts_cursor set tx = '999999999';
     update lead_texts set text = 'stale', version = 0 where campaign_id = ${campaign_id} and lead_number = ${number};
     update events set tx = '999999999' where campaign_id = ${campaign_id} and lead_number = ${number}`,
  )
  const third = await startLeadline({ connection })
  await until(
    'the text is made again',
    async () => (await textOf(lead_id))?.startsWith('moved mona') ?? false,
  )
  const next = await insert(target, { Name: 'Next Nils' })
  await until('others follow', async () => (await textOf(next)) !== undefined)
  expect(await find({ q: 'next nils' }, third.client)).toEqual([next])
  await third.stop()
})

describe('what a plain look at every lead finds', async () => {
  const target = await campaignOf()
  const { campaign_id } = target
  const other = (
    await client.post<{ allocation_id: number }>('/v1/allocations', { campaign_id, name: 'other' })
  ).body.allocation_id
  const pick = <T>(values: readonly T[], i: number) => values[i % values.length]!
  const WORDS = [
    'Anna',
    'ANNABEL',
    'Bäcker',
    'Baker',
    'O’Neill',
    'van der Berg',
    'Ёлка',
    '小明',
    'a_b',
    '50%',
  ]
  const leads: Lead[] = []
  for (let i = 0; i < 60; i++) {
    if (i === 20 || i === 40)
      await admin(connection, `select setval('lead_numbers', nextval('lead_numbers') + 30000000)`)
    const lead_id = await insert(
      { ...target, allocation_id: i % 3 === 0 ? other : target.allocation_id },
      {
        Name: `${pick(WORDS, i)} ${pick(WORDS, i * 7 + 3)}`,
        City: pick(['Perth', 'Berth', 'Erth 12', ''], i),
        ...(i % 4 === 0 ? { njExternalLeadId: `ext-${i}` } : {}),
        ...(i % 5 === 0 ? { njCallBackDate: `2027/0${1 + (i % 9)}/10 10:00` } : {}),
      },
    )
    if (i % 4 === 0) {
      const njDisposition = pick(['Busy', 'Sale', 'No Answer'], i / 4)
      const change = { njExternalLeadId: `ext-${i}`, Phone: '<NO CHANGE>', njDisposition }
      expect(await client.updateLeadFast(target, change)).toMatchObject({ code: 0 })
    }
    leads.unshift((await client.get<Lead>(`/v1/leads/${lead_id}`)).body)
  }

  const fold = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replaceAll('’', "'")
      // As fold_text spells letters of other scripts.
      .replace(/[^\0-\x7f]/gu, (letter) => {
        const code = letter.codePointAt(0)!
        return [28561, 2197, 169, 13, 1]
          .map((unit, i) => String.fromCharCode((i === 0 ? 65 : 78) + (Math.floor(code / unit) % 13)))
          .join('')
      })
  const plain = (lead: Lead) =>
    fold(
      [
        ...Object.entries(lead.fields).flatMap(([name, value]) => (name === 'Phone' ? [] : [value])),
        lead.external_id ?? '',
        ...lead.phones.map(({ number }) => number!.slice(1)),
      ].join('\n'),
    )
  const wordsOf = (q: string) => readSearch(q, 'AU').ways.map((words) => words.map(fold))
  const fitsIn = (lead: Lead, q: string, where: 'at the beginning' | 'anywhere') =>
    wordsOf(q).some((words) =>
      words.every((word) => {
        const { begins } = where === 'anywhere' ? { begins: null } : termsOf(word)
        return plain(lead).includes(word) && new RegExp(begins ?? '').test(plain(lead))
      }),
    )
  const fits = (lead: Lead, asked: Asked) =>
    (asked.allocation_id === undefined || lead.allocation_id === asked.allocation_id) &&
    (asked.disposition === undefined || lead.disposition === asked.disposition) &&
    (asked.closed === undefined || lead.closed === asked.closed) &&
    (asked.callback_from === undefined ||
      (lead.callback !== null && lead.callback.at >= String(asked.callback_from)))

  /** Words begin where the words of a lead do, if the index knows of any and some lead has them. */
  function expectedOf(asked: Asked): Lead[] {
    const all = leads.filter((lead) => fits(lead, asked))
    if (asked.q === undefined) return all
    const q = String(asked.q)
    const inside = all.filter((lead) => fitsIn(lead, q, 'anywhere'))
    if (!wordsOf(q).every((words) => words.some((word) => termsOf(word).terms !== null))) return inside
    const beginning = all.filter((lead) => fitsIn(lead, q, 'at the beginning'))
    return beginning.length > 0 || !/\p{L}/u.test(q) ? beginning : inside
  }

  const texts = leads.map(plain)
  const part = fc
    .tuple(fc.nat(texts.length - 1), fc.nat(), fc.integer({ min: 1, max: 7 }))
    .map(([i, at, length]) => {
      const signs = [...texts[i]!.replace(/\n/g, ' ')]
      return signs.slice(at % signs.length, (at % signs.length) + length).join('')
    })
  const q = fc
    .array(fc.oneof({ weight: 4, arbitrary: part }, { weight: 1, arbitrary: fc.constantFrom(...WORDS) }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(' '))
    .filter((text) => text.trim() !== '' && !leads.some(({ external_id }) => external_id === text.trim()))
  const asked = fc.record(
    {
      q,
      allocation_id: fc.constantFrom(other, target.allocation_id),
      disposition: fc.constantFrom('Busy', 'Sale', 'No Answer'),
      closed: fc.boolean(),
      callback_from: fc.constantFrom('2027-01-01T00:00:00Z', '2027-05-01T00:00:00Z'),
      limit: fc.constantFrom(1, 3, 50),
    },
    { requiredKeys: [] },
  )

  test('is what a search finds, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (asked) => {
        const expected = expectedOf(asked).map(({ id }) => id)
        expect(await find({ campaign_id, limit: 7, ...asked })).toEqual(expected)
      }),
      { numRuns: 250 },
    )
  }, 120_000)
})
