// Whoever follows the do-not-call list sees every entry that comes onto it and every one that goes, in whatever order their
// transactions end.

import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addDncEntries, isAhead, rewindDnc } from '../src/db/dnc.ts'
import { mobile, serverVersions, startLeadline } from './support/leadline.ts'
import { until } from './support/until.ts'

interface Entry {
  entry_id: number
  phone: string
  removed_at: string | null
}
interface Page {
  items: Entry[]
  next_cursor: string | null
  follow_cursor: string
}

describe.for(serverVersions())('PostgreSQL %i', async (major) => {
  const { client, pool, connection } = await startLeadline({ major })
  const admin = async () => {
    const session = new pg.Client(connection)
    await session.connect()
    onTestFinished(() => session.end())
    return session
  }
  const get = async (query: Record<string, string | number> = {}) => {
    const answer = await client.get<Page>('/v1/dnc', query)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
    return answer.body
  }
  const add = async (phones: string[]) =>
    (await client.post<{ items: Entry[] }>('/v1/dnc', { list: 'private', phones })).body.items
  const ids = (entries: Entry[]) => entries.map(({ entry_id }) => entry_id)

  /** Everything from a cursor on, a short page at a time; and where to go on later. */
  async function follow(cursor?: string) {
    const seen: Entry[] = []
    for (let next: string | null | undefined = cursor; ; ) {
      const page = await get({ limit: 3, ...(next ? { cursor: next } : {}) })
      seen.push(...page.items)
      if (page.next_cursor === null) return { seen, cursor: page.follow_cursor }
      next = page.next_cursor
    }
  }
  /** Waits until nothing runs any more that began before: tests beside this one use the same server. */
  const settled = async () => {
    const session = await admin()
    const { rows } = await session.query('select pg_current_xact_id()::text as tx')
    await until('what ran before has ended', async () => {
      const { rows: now } = await session.query(
        `select pg_snapshot_xmin(pg_current_snapshot()) > '${rows[0].tx}'::xid8 as over`,
      )
      return now[0].over
    })
  }

  test('an entry that is committed late is not passed over', async () => {
    const session = await admin()
    await session.query('begin')
    const { rows: late } = await session.query(
      `insert into dnc_entries (list, phone, added_by) values ('private', 61411000001, 'key:1') returning entry_id::int`,
    )
    const early = await add([mobile(), mobile(), mobile(), mobile()])
    const first = await follow()
    expect(ids(first.seen)).toEqual(expect.arrayContaining(ids(early)))
    expect(ids(first.seen)).not.toContain(late[0].entry_id)
    await session.query('commit')
    await settled()
    const second = await follow(first.cursor)
    expect(ids(second.seen)).toContain(late[0].entry_id)
    // By now nothing runs that could add to what was seen: it does not come again.
    expect((await follow(second.cursor)).seen).toEqual([])
  })

  test('an entry that goes comes again, as one that is removed', async () => {
    const [entry] = await add([mobile()])
    await settled()
    const { seen, cursor } = await follow()
    expect(seen.find(({ entry_id }) => entry_id === entry!.entry_id)).toMatchObject({ removed_at: null })
    await client.post('/v1/dnc/removals', { list: 'private', phones: [entry!.phone], reason: 'she asked' })
    expect((await follow(cursor)).seen).toMatchObject([
      { entry_id: entry!.entry_id, removed_at: expect.any(String) },
    ])
  })

  test('many writers, their transactions of any length, a reader beside them: it ends with what is there', async () => {
    let writing = true
    const known = new Map<number, boolean>()
    let { cursor } = await follow()
    const writer = async (i: number) => {
      for (let round = 0; round < 12; round++) {
        const numbers = Array.from({ length: 3 }, (_, k) => ({
          phone: 61_412_000_000 + i * 1_000 + round * 10 + k,
          expires_at: null,
        }))
        await pool.transaction(async (tx) => {
          const common = {
            list: 'private',
            campaign_id: null,
            reason: null,
            source: null,
            team_ids: null,
          } as const
          await addDncEntries(tx, { ...common, numbers, actor: 'key:1' })
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
        })
        if (round % 3 === 0)
          await client.post('/v1/dnc/removals', {
            list: 'private',
            phones: numbers.slice(0, 1).map(({ phone }) => `+${phone}`),
            reason: 'a race',
          })
      }
    }
    const reader = (async () => {
      while (writing) {
        const page = await follow(cursor)
        for (const { entry_id, removed_at } of page.seen) known.set(entry_id, removed_at !== null)
        cursor = page.cursor
      }
    })()
    await Promise.all(Array.from({ length: 6 }, (_, i) => writer(i)))
    writing = false
    await reader
    for (const { entry_id, removed_at } of (await follow(cursor)).seen)
      known.set(entry_id, removed_at !== null)
    const session = await admin()
    const { rows } = await session.query(
      `select entry_id::int, removed_at is not null as removed from dnc_entries where phone between 61412000000 and 61412999999`,
    )
    expect(rows.length).toBe(6 * 12 * 3)
    for (const { entry_id, removed } of rows) expect(known.get(entry_id), `entry ${entry_id}`).toBe(removed)
  })

  test('a cursor that was handed out before the list could be followed still counts', async () => {
    const session = await admin()
    const { rows } = await session.query(
      `insert into dnc_entries (list, phone, added_by, changed_tx) select 'private', 61413000000 + i, 'key:1', '0'
       from generate_series(1, 5) as i returning entry_id::int`,
    )
    const old = rows.map(({ entry_id }) => entry_id)
    const [fresh] = await add([mobile()])
    const { seen } = await follow(String(old[2]))
    expect(ids(seen).slice(0, 2)).toEqual(old.slice(3))
    expect(ids(seen)).toContain(fresh!.entry_id)
  })

  test.for(['x', '1.', '18446744073709551615.1', '18446744073709551616.1', '-1'])(
    'the cursor %s is refused',
    async (cursor) => {
      expect(await client.get('/v1/dnc', { cursor })).toMatchObject({
        status: 400,
        code: 1003,
        body: { field: 'cursor' },
      })
    },
  )

  test('after a move to a server that counts its transactions anew, what is there is old, and what comes is new', async () => {
    const session = await admin()
    await session.query(
      `insert into dnc_entries (list, phone, added_by, changed_tx) values ('private', 61414000001, 'key:1', '9000000000000')`,
    )
    expect(await isAhead(pool, { tx: '9000000000000', entry_id: 1 })).toBe(true)
    expect(await rewindDnc(pool)).toBe(true)
    expect(await rewindDnc(pool)).toBe(false)
    const { rows } = await session.query(`select changed_tx::text from dnc_entries where phone = 61414000001`)
    expect(rows).toEqual([{ changed_tx: '0' }])
    await expect(
      session.query(`update dnc_entries set changed_tx = '0', reason = 'x' where phone = 61414000001`),
    ).rejects.toThrow('append-only')
  })
})
