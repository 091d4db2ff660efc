// Leads with every number blocked are set aside, and come back when an entry goes away: the two functions against
// queue rows made by hand, their race on real connections, and the whole way through the API.

import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../src/core/limits.ts'
import { addDncEntries, removeDncEntries } from '../src/db/dnc.ts'
import { lockParking, lockParkingShared, park, unpark } from '../src/db/parking.ts'
import type { Db } from '../src/db/pool.ts'
import { checkDatabase } from './support/check-database.ts'
import type { Leases } from './support/dialler.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'

const until = async (condition: () => Promise<boolean>) => {
  const gives_up = performance.now() + 30_000
  while (!(await condition())) {
    if (performance.now() > gives_up) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** In `seconds` from now, by a clock that is years ahead of the one that the server is given. */
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
const e164 = (phone: string) => Number(`61${phone.slice(1)}`)

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  // A Tuesday, 14:00 in Melbourne: hours are open.
  const TUESDAY = '2020-03-03T03:00:00.000Z'
  let now = TUESDAY
  const { client, pool, target, connection } = await startLeadline({ major, now: () => now })
  const { campaign_id } = target
  const admin = new pg.Client(connection)
  await admin.connect()
  afterAll(async () => {
    await admin.end()
    expect(await checkDatabase(connection)).toEqual([])
  })

  let names = 0
  async function allocation(of = campaign_id) {
    const body = { campaign_id: of, name: `parking ${++names}`, started: true }
    return (await client.post<{ allocation_id: number }>('/v1/allocations', body)).body.allocation_id
  }
  const at = await allocation()

  /** A lead with these numbers, in the hands of somebody to whom it was not shown yet. */
  async function leased(phones: string[], more: { due_at?: string; agent?: string } = {}) {
    const [FirstPhone, SecondPhone] = phones
    const { code, lead_id } = await client.insertLeadFast(
      { ...target, allocation_id: at },
      { FirstPhone: FirstPhone!, ...(SecondPhone ? { SecondPhone } : {}) },
      { allowDuplicates: true },
    )
    expect(code).toBe(0)
    const lead_number = Number(lead_id!.split('-')[1])
    const { rows } = await admin.query(`select nextval('lease_numbers')::int as lease_number`)
    const { lease_number } = rows[0]
    const { due_at = null, agent = null } = more
    await admin.query(
      `update leads set callback_at = $3, callback_local = $3::timestamptz at time zone 'UTC', callback_agent = $4
       where campaign_id = $1 and number = $2`,
      [campaign_id, lead_number, due_at, agent],
    )
    await admin.query(
      `update queue set state = 'leased', lease_number = $3, wake_at = now() + interval '3 minutes', due_at = $4, agent = $5
       where campaign_id = $1 and lead_number = $2`,
      [campaign_id, lead_number, lease_number, due_at, agent],
    )
    await admin.query(
      `insert into leases (campaign_id, lease_number, lead_number, allocation_id, lead_version, lead_calls, taker, leased_at, expires_at)
       values ($1, $2, $3, $4, 1, 0, 'test', now(), now() + interval '3 minutes')`,
      [campaign_id, lease_number, lead_number, at],
    )
    return { lead_number, lease_number }
  }

  /** Written past the API, which takes no expiry that its own clock has behind it. */
  const block = async (
    phone: string,
    {
      list = 'private',
      expires_at = null,
    }: { list?: 'private' | 'client' | 'campaign'; expires_at?: string | null } = {},
  ) => {
    await addDncEntries(pool, {
      list,
      campaign_id: list === 'campaign' ? campaign_id : null,
      numbers: [{ phone: e164(phone), expires_at }],
      reason: null,
      source: null,
      actor: 'test',
      team_ids: null,
    })
  }

  interface Row {
    state: string
    wake_at: string | null
    lease_number: number | null
    leases: number
  }
  async function placeOf({ lead_number }: { lead_number: number }): Promise<Row> {
    const { rows } = await admin.query(
      `select q.state, q.wake_at, q.lease_number::int, (
         select count(*)::int from leases s where s.campaign_id = q.campaign_id and s.lead_number = q.lead_number) as leases
       from queue q where q.campaign_id = $1 and q.lead_number = $2`,
      [campaign_id, lead_number],
    )
    return { ...rows[0], wake_at: rows[0].wake_at?.toISOString() ?? null }
  }
  const PARKED: Row = { state: 'parked', wake_at: null, lease_number: null, leases: 0 }
  const READY: Row = { ...PARKED, state: 'ready' }

  const parkNow = (rows: { lead_number: number; lease_number: number }[], clock: string | null = null) =>
    pool.transaction(async (tx) => {
      await lockParkingShared(tx)
      return park(tx, campaign_id, rows, clock)
    })
  const removal = (phone: string) => async (tx: Db) => {
    await lockParking(tx)
    const removed = await removeDncEntries(tx, {
      list: 'private',
      campaign_id: null,
      phones: [e164(phone)],
      actor: 'test',
      reason: 'asked us back',
    })
    expect(removed).toHaveLength(1)
    return unpark(tx, [e164(phone)], null)
  }

  test('a lead is parked when every number is blocked, and its lease was none', async () => {
    const [a, b] = [mobile(), mobile()]
    const row = await leased([a, b])
    await block(a)
    await block(b, { list: 'campaign' })
    expect(await parkNow([row])).toBe(1)
    expect(await placeOf(row)).toEqual(PARKED)
  })

  test('one number that may be called: back to its place, without a lease', async () => {
    const [a, b, c] = [mobile(), mobile(), mobile()]
    const [half, client_s, stays] = [await leased([a, b]), await leased([b]), await leased([c])]
    await block(a)
    await block(b, { list: 'campaign' })
    await block(b, { list: 'client' })
    await block(c)
    expect(await parkNow([half, client_s, stays])).toBe(1)
    expect(await placeOf(half)).toEqual(READY)
    expect(await placeOf(client_s)).toEqual(READY)
    expect(await placeOf(stays)).toEqual(PARKED)
  })

  test('a number that is wrong is no number to call', async () => {
    const [a, b] = [mobile(), mobile()]
    const row = await leased([a, b])
    await block(a)
    await admin.query(
      `update lead_phones set state = 'wrong' where campaign_id = $1 and lead_number = $2 and phone = $3`,
      [campaign_id, row.lead_number, e164(b)],
    )
    expect(await parkNow([row])).toBe(1)
  })

  test('what is not blocked waits for its callback, or for its agent', async () => {
    const [soon, ago] = ['2020-03-03T03:05:00.000Z', '2020-03-03T02:59:00.000Z']
    const waiting = await leased([mobile()], { due_at: soon })
    const bound = await leased([mobile()], { due_at: ago, agent: 'ana' })
    const due = await leased([mobile()], { due_at: ago })
    expect(await parkNow([waiting, bound, due], now)).toBe(0)
    expect(await placeOf(waiting)).toEqual({ ...READY, state: 'waiting', wake_at: soon })
    const grace_ends = new Date(Date.parse(ago) + LIMITS.callback_grace_s * 1_000).toISOString()
    expect(await placeOf(bound)).toEqual({ ...READY, state: 'bound', wake_at: grace_ends })
    expect(await placeOf(due)).toEqual(READY)
    // Without a clock that is given, by that of the database.
    const far = await leased([mobile()], { due_at: '2200-01-01T00:00:00.000Z' })
    expect(await parkNow([far])).toBe(0)
    expect(await placeOf(far)).toMatchObject({ state: 'waiting' })
  })

  test('a lead that somebody else has by now is left alone', async () => {
    const phone = mobile()
    const row = await leased([phone])
    await block(phone)
    const before = await placeOf(row)
    const other = { ...row, lease_number: row.lease_number - 1 }
    expect(await parkNow([other])).toBe(0)
    expect(await placeOf(row)).toEqual(before)
    expect(before).toMatchObject({ state: 'leased', lease_number: row.lease_number, leases: 1 })
    const free = await leased([mobile()])
    expect(await parkNow([{ ...free, lease_number: free.lease_number + 1_000 }])).toBe(0)
    expect(await placeOf(free)).toMatchObject({ state: 'leased', lease_number: free.lease_number })
    expect(await parkNow([row])).toBe(1)
    expect(await parkNow([row])).toBe(0)
  })

  describe('the row wakes when the first number could be free by itself', () => {
    const [first, second, third] = [inSeconds(3_600), inSeconds(7_200), inSeconds(10_800)]
    type Blocked = [list: 'private' | 'client' | 'campaign', expires_at: string | null][]
    test.for<[what: string, numbers: Blocked[], wake_at: string | null]>([
      ['never', [[['private', null]]], null],
      ['at its expiry', [[['private', first]]], first],
      [
        'when the last entry of a number is gone',
        [
          [
            ['private', first],
            ['campaign', second],
          ],
        ],
        second,
      ],
      [
        'never, when one stays',
        [
          [
            ['private', first],
            ['campaign', null],
          ],
        ],
        null,
      ],
      ['when the first of two numbers is free', [[['private', second]], [['campaign', first]]], first],
      ['when one of two is free and the other never', [[['private', null]], [['private', second]]], second],
      [
        'a client is free of the campaign list',
        [
          [
            ['private', first],
            ['campaign', null],
            ['client', null],
          ],
        ],
        first,
      ],
      [
        'not if it is a client no more by then',
        [
          [
            ['private', second],
            ['campaign', third],
            ['client', first],
          ],
        ],
        third,
      ],
      [
        'for a client that lasts just long enough',
        [
          [
            ['private', first],
            ['campaign', null],
            ['client', second],
          ],
        ],
        first,
      ],
    ])('%s', async ([, numbers, wake_at]) => {
      const phones = numbers.map(() => mobile())
      const row = await leased(phones)
      for (const [i, entries] of numbers.entries())
        for (const [list, expires_at] of entries) await block(phones[i]!, { list, expires_at })
      expect(await parkNow([row])).toBe(1)
      expect(await placeOf(row)).toEqual({ ...PARKED, wake_at })
    })
  })

  test('a removal puts the leads that have the number back, and no others', async () => {
    const [a, b] = [mobile(), mobile()]
    const rows = [await leased([a]), await leased([mobile(), b]), await leased([b])]
    const [mine, , other] = rows
    for (const phone of [a, b]) await block(phone)
    await parkNow([mine!, other!])
    expect(await placeOf(mine!)).toEqual(PARKED)
    expect(await pool.transaction(removal(a))).toEqual([{ allocation_id: at, leads: 1 }])
    expect(await placeOf(mine!)).toEqual(READY)
    expect(await placeOf(other!)).toEqual(PARKED)
    expect(await placeOf(rows[1]!)).toMatchObject({ state: 'leased' })
  })

  test('back in its place means waiting, when the callback is ahead', async () => {
    const phone = mobile()
    const due_at = '2200-01-01T00:00:00.000Z'
    const row = await leased([phone], { due_at })
    await block(phone)
    await parkNow([row])
    await pool.transaction(removal(phone))
    expect(await placeOf(row)).toEqual({ ...READY, state: 'waiting', wake_at: due_at })
  })

  test('of one campaign, or all that is parked', async () => {
    const phone = mobile()
    const row = await leased([phone])
    await block(phone)
    await parkNow([row])
    await pool.transaction((tx) => unpark(tx, [e164(phone)], campaign_id + 1))
    expect(await placeOf(row)).toEqual(PARKED)
    await pool.transaction((tx) => unpark(tx, null, campaign_id + 1))
    expect(await placeOf(row)).toEqual(PARKED)
    await pool.transaction((tx) => unpark(tx, null, campaign_id))
    expect(await placeOf(row)).toEqual(READY)
  })

  describe('parked just after the entry went away, a lead would stay parked for ever', () => {
    /** A transaction that stops where it is told to, until it is let go. */
    function held<T>(work: (tx: Db, pause: () => Promise<void>) => Promise<T>) {
      const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const done = pool.transaction((tx) =>
        work(tx, () => {
          reached.resolve()
          return go.promise
        }),
      )
      return { reached: reached.promise, go: go.resolve, done }
    }
    const somebodyWaits = () =>
      until(async () => {
        const { rows } = await admin.query(
          `select from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())`,
        )
        return rows.length > 0
      })

    test('parked, not committed: the removal waits, and finds it', async () => {
      const phone = mobile()
      const row = await leased([phone])
      await block(phone)
      const parking = held(async (tx, pause) => {
        await lockParkingShared(tx)
        expect(await park(tx, campaign_id, [row], null)).toBe(1)
        await pause()
      })
      await parking.reached
      const removing = pool.transaction(removal(phone))
      await somebodyWaits()
      parking.go()
      await parking.done
      expect(await removing).toEqual([{ allocation_id: at, leads: 1 }])
      expect(await placeOf(row)).toEqual(READY)
    })

    test('removed, not committed: who parks waits, and sees it', async () => {
      const phone = mobile()
      const row = await leased([phone])
      await block(phone)
      const removing = held(async (tx, pause) => {
        expect(await removal(phone)(tx)).toEqual([])
        await pause()
      })
      await removing.reached
      const parking = parkNow([row])
      await somebodyWaits()
      removing.go()
      await removing.done
      expect(await parking).toBe(0)
      expect(await placeOf(row)).toEqual(READY)
    })

    test('two that park do not wait for each other', async () => {
      const [a, b] = [mobile(), mobile()]
      const rows = [await leased([a]), await leased([b])]
      for (const phone of [a, b]) await block(phone)
      const parking = held(async (tx, pause) => {
        await lockParkingShared(tx)
        await park(tx, campaign_id, [rows[0]!], null)
        await pause()
      })
      await parking.reached
      expect(await parkNow([rows[1]!])).toBe(1)
      parking.go()
      await parking.done
    })

    test('a removal that is rolled back has freed nobody', async () => {
      const phone = mobile()
      const row = await leased([phone])
      await block(phone)
      await parkNow([row])
      const undone = new Error('undone')
      const removing = pool.transaction(async (tx) => {
        await removal(phone)(tx)
        throw undone
      })
      await expect(removing).rejects.toBe(undone)
      expect(await placeOf(row)).toEqual(PARKED)
    })

    test('a lead that gets another number while it is being parked is not parked', async () => {
      const [phone, free] = [mobile(), mobile()]
      const row = await leased([phone])
      await block(phone)
      // As an update of its numbers does, in one transaction: the number, then the row of the queue.
      const updating = new pg.Client(connection)
      await updating.connect()
      await updating.query('begin')
      await updating.query(
        `insert into lead_phones (campaign_id, lead_number, field, phone, state) values ($1, $2, 'SecondPhone', $3, 'ok')`,
        [campaign_id, row.lead_number, e164(free)],
      )
      await updating.query('update queue set priority = 5 where campaign_id = $1 and lead_number = $2', [
        campaign_id,
        row.lead_number,
      ])
      const parking = parkNow([row])
      await until(async () => {
        const { rows } = await admin.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length > 0
      })
      await updating.query('commit')
      await updating.end()
      expect(await parking).toBe(0)
      expect(await placeOf(row)).toEqual(READY)
      await admin.query(`delete from lead_phones where campaign_id = $1 and phone = $2`, [
        campaign_id,
        e164(free),
      ])
      await admin.query('update queue set priority = 10 where campaign_id = $1 and lead_number = $2', [
        campaign_id,
        row.lead_number,
      ])
    })
  })

  describe('through the API', () => {
    const leases = async (allocation_id: number, body: object = {}) =>
      (await client.post<Leases>(`/v1/allocations/${allocation_id}/leases`, body)).body.items
    const place = async (lead_id: string) => placeOf({ lead_number: Number(lead_id.split('-')[1]) })
    async function lead(phone: string) {
      const allocation_id = await allocation()
      const { lead_id } = await client.insertLeadFast({ ...target, allocation_id }, { FirstPhone: phone })
      return { allocation_id, lead_id: lead_id! }
    }
    const post = async (path: string, body: object) => {
      const answer = await client.post(path, body)
      expect(answer.status).toBeLessThan(300)
    }

    test('blocked and parked at hand-out, back when the entry is removed', async () => {
      for (const list of [{ list: 'private' }, { list: 'campaign', campaign_id }]) {
        const phone = mobile()
        const { allocation_id, lead_id } = await lead(phone)
        await post('/v1/dnc', { ...list, phones: [phone] })
        expect(await leases(allocation_id)).toEqual([])
        expect(await place(lead_id)).toEqual(PARKED)
        // Somebody else's removal frees nobody.
        await post('/v1/dnc/removals', { ...list, phones: [mobile()], reason: 'none' })
        expect(await place(lead_id)).toEqual(PARKED)
        await post('/v1/dnc/removals', { ...list, phones: [phone], reason: 'asked us back' })
        expect(await leases(allocation_id)).toMatchObject([{ lead: { id: lead_id } }])
      }
    })

    test('back when the number becomes a client, unless it is on the private list as well', async () => {
      const [of_campaign, of_both] = [mobile(), mobile()]
      const [free, stays] = [await lead(of_campaign), await lead(of_both)]
      await post('/v1/dnc', { list: 'campaign', campaign_id, phones: [of_campaign, of_both] })
      await post('/v1/dnc', { list: 'private', phones: [of_both] })
      for (const { allocation_id } of [free, stays]) expect(await leases(allocation_id)).toEqual([])
      await post('/v1/dnc', { list: 'client', phones: [of_campaign, of_both] })
      expect(await leases(free.allocation_id)).toMatchObject([{ lead: { id: free.lead_id } }])
      expect(await leases(stays.allocation_id)).toEqual([])
      expect(await place(stays.lead_id)).toEqual(PARKED)
    })

    describe('while a long removal from the lists goes on', () => {
      /** Whatever is to be parked has to wait for it. */
      async function removing<T>(work: () => Promise<T>): Promise<T> {
        const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const removal = pool.transaction(async (tx) => {
          await lockParking(tx)
          begun.resolve()
          await over.promise
        })
        await begun.promise
        try {
          return await work()
        } finally {
          over.resolve()
          await removal
        }
      }

      test('a taker gets what may be called; what is blocked is parked afterwards', async () => {
        const phone = mobile()
        const { allocation_id, lead_id } = await lead(phone)
        const free = await client.insertLeadFast({ ...target, allocation_id }, { FirstPhone: mobile() })
        await post('/v1/dnc', { list: 'private', phones: [phone] })
        const items = await removing(() => leases(allocation_id, { count: 2 }))
        expect(items).toMatchObject([{ lead: { id: free.lead_id } }])
        await until(async () => (await place(lead_id)).state === 'parked')
        expect(await place(lead_id)).toEqual(PARKED)
      })

      test('takers of another allocation do not wait for the one that has to', async () => {
        const phone = mobile()
        const [blocked, other] = [await lead(phone), await lead(mobile())]
        await post('/v1/dnc', { list: 'private', phones: [phone] })
        const answered: string[] = []
        await removing(async () => {
          const slow = leases(blocked.allocation_id).then(() => answered.push('blocked'))
          await until(async () => (await place(blocked.lead_id)).state === 'leased')
          const quick = leases(other.allocation_id).then(() => answered.push('other'))
          await Promise.all([slow, quick])
        })
        expect(answered).toEqual(['other', 'blocked'])
      })
    })

    test('a taker that waits gets the lead as soon as it is free', async () => {
      const phone = mobile()
      const { allocation_id, lead_id } = await lead(phone)
      await post('/v1/dnc', { list: 'private', phones: [phone] })
      expect(await leases(allocation_id)).toEqual([])
      const waiting = leases(allocation_id, { wait_s: 30 })
      await post('/v1/dnc/removals', { list: 'private', phones: [phone], reason: 'asked us back' })
      expect(await waiting).toMatchObject([{ lead: { id: lead_id } }])
    })

    test('back by itself when the entry lapses', async () => {
      const phone = mobile()
      const { allocation_id, lead_id } = await lead(phone)
      const expires_at = '2020-03-03T03:05:00.000Z'
      await post('/v1/dnc', { list: 'private', entries: [{ phone, expires_at }] })
      expect(await leases(allocation_id)).toEqual([])
      expect(await place(lead_id)).toEqual({ ...PARKED, wake_at: expires_at })
      try {
        now = '2020-03-03T03:04:59.000Z'
        expect(await leases(allocation_id)).toEqual([])
        now = expires_at
        expect(await leases(allocation_id)).toMatchObject([{ lead: { id: lead_id } }])
      } finally {
        now = TUESDAY
      }
    })

    test('an update with another number takes the lead out of parking', async () => {
      const phone = mobile()
      const njExternalLeadId = `parked-${phone}`
      const allocation_id = await allocation()
      const { lead_id } = await client.insertLeadFast(
        { ...target, allocation_id },
        { FirstPhone: phone, njExternalLeadId },
      )
      await post('/v1/dnc', { list: 'private', phones: [phone] })
      expect(await leases(allocation_id)).toEqual([])
      const SecondPhone = mobile()
      const change = {
        njExternalLeadId,
        SecondPhone,
        njDisposition: 'Busy',
        njCallBackDate: '2020/03/03 13:00',
      }
      expect(await client.updateLeadFast({ ...target, allocation_id }, change)).toMatchObject({ code: 0 })
      expect(await leases(allocation_id)).toMatchObject([
        { lead: { id: lead_id }, numbers: [{ number: `+61${SecondPhone.slice(1)}` }] },
      ])
    })
  })
})
