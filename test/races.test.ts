// Many at once on one thing: PostgreSQL decides, so one wins, whichever server each of them speaks to.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { checkDatabase } from './support/check-database.ts'
import { ClassicConnection, type ConnectionAnswer } from './support/connection.ts'
import { type Leadline, mobile, startLeadline } from './support/leadline.ts'
import { much } from './support/much.ts'
import { admin } from './support/postgres.ts'

const CLIENTS = 64
const ROUNDS = much(500, 1_000)
/** Of a race of several numbers, deeds or servers. */
const WIDE_ROUNDS = much(100, 1_000)

const leadline = await startLeadline()
const second = await startLeadline({ connection: leadline.connection })
const { client, connection } = leadline

/** The connections of so many clients, spread over the servers. */
const connect = (count: number, target = leadline.target, servers: Leadline[] = [leadline, second]) =>
  Array.from(
    { length: count },
    (_, i) => new ClassicConnection(servers[i % servers.length]!.url, leadline.key, target),
  )

const codesOf = (answers: { code: number }[]) => answers.map(({ code }) => code).sort((a, b) => a - b)

async function leadCount() {
  const { rows } = await admin(connection, 'select count(*)::integer as leads from leads')
  return rows[0].leads as number
}

/** One number as people spell it. */
const spellings = (number: string) => [
  number,
  `+61${number.slice(1)}`,
  `${number.slice(0, 4)} ${number.slice(4, 7)} ${number.slice(7)}`,
  `0011 61 ${number.slice(1)}`,
]

/** Every round one success; everybody else is told that the winner has it. */
async function expectOneWinner(
  rounds: number,
  servers: Leadline[],
  code: number,
  lead: (client: number, round: number) => Record<string, string>,
) {
  const before = await leadCount()
  const clients = connect(CLIENTS, leadline.target, servers)
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(
      clients.map((connection, i) => connection.post('insertLeadFast', lead(i, round))),
    )
    expect(codesOf(answers), `round ${round}`).toEqual([0, ...Array(CLIENTS - 1).fill(code)])
    const winner = answers.find((answer) => answer.code === 0)!
    expect(new Set(answers.map(({ lead_id }) => lead_id))).toEqual(new Set([winner.lead_id]))
  }
  for (const connection of clients) connection.close()
  expect(await leadCount()).toBe(before + rounds)
  expect(await checkDatabase(connection)).toEqual([])
}

const sameNumber = (rounds: number) => {
  const numbers = Array.from({ length: rounds }, () => spellings(mobile()))
  return (client: number, round: number) => ({
    Name: 'Ana Silva',
    [client % 2 === 0 ? 'FirstPhone' : 'SecondPhone']: numbers[round]![client % 4]!,
  })
}

const sameExternalId = (from: string) => (_: number, round: number) => ({
  Name: 'Jane Smith',
  FirstPhone: mobile(),
  njExternalLeadId: `${from}-${round}`,
})

test('a chain: A has 1 and 2, B has 2 and 3, 1 is taken, so A is refused and B is taken, in every order', async () => {
  const [a, b] = connect(2) as [ClassicConnection, ClassicConnection]
  for (let round = 0; round < WIDE_ROUNDS; round++) {
    const [one, two, three] = [mobile(), mobile(), mobile()]
    const holder = await a.post('insertLeadFast', { Name: 'Jane Smith', FirstPhone: one })
    const [first, last] = round % 2 === 0 ? [a, b] : [b, a]
    const answers = await Promise.all([
      first.post('insertLeadFast', { Name: 'Ana Silva', FirstPhone: one, SecondPhone: two }),
      last.post('insertLeadFast', { Name: 'Rui Costa', FirstPhone: two, SecondPhone: three }),
    ])
    expect(answers.map(({ code }) => code)).toEqual([105, 0])
    expect(answers[0].lead_id).toBe(holder.lead_id)
  }
  for (const connection of [a, b]) connection.close()
})

/** A template of its own with four phone fields, and a campaign in it. */
async function makeCampaign(name: string, duplicate_rule: 'any' | 'all') {
  const { body: template } = await client.post<{ template_id: number }>('/v1/templates', {
    name,
    contact_hours: 'Australia/Melbourne',
    duplicate_rule,
    fields: [
      { name: 'Name', kind: 'text' },
      ...[1, 2, 3, 4].map((n) => ({ name: `Phone${n}`, kind: 'phone' })),
    ],
  })
  const { template_id } = template
  const { body: campaign } = await client.post<{ campaign_id: number }>('/v1/campaigns', {
    template_id,
    name,
  })
  const { campaign_id } = campaign
  const { body: allocation } = await client.post<{ allocation_id: number }>('/v1/allocations', {
    campaign_id,
    name,
    started: true,
  })
  return { template_id, campaign_id, allocation_id: allocation.allocation_id }
}

interface Offer {
  numbers: string[]
  external_id: string | null
}

const SUBMISSIONS = 20

/** Submissions that overlap in numbers and in external ids; a round can be told from its seed. */
function offersOf(random: () => number): Offer[] {
  const pool = Array.from({ length: 6 + Math.floor(random() * 20) }, mobile)
  const ids = Array.from({ length: 6 }, () => `id-${mobile()}`)
  const pick = <T>(from: T[]) => from[Math.floor(random() * from.length)]!
  return Array.from({ length: SUBMISSIONS }, () => ({
    numbers: [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(pool)))],
    external_id: random() < 0.3 ? pick(ids) : null,
  }))
}

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const submit = (connection: ClassicConnection, { numbers, external_id }: Offer) =>
  connection.post('insertLeadFast', {
    Name: 'Ana Silva',
    ...Object.fromEntries(numbers.map((number, i) => [`Phone${i + 1}`, number])),
    ...(external_id === null ? {} : { njExternalLeadId: external_id }),
  })

/** The offers sorted so that each comes after those in `after`; undefined when that is a ring. */
function sorted(after: Map<number, Set<number>>): number[] | undefined {
  const order: number[] = []
  const left = new Set(Array.from({ length: SUBMISSIONS }, (_, i) => i))
  while (left.size > 0) {
    const next = [...left].find((i) => [...(after.get(i) ?? [])].every((before) => !left.has(before)))
    if (next === undefined) return undefined
    left.delete(next)
    order.push(next)
  }
  return order
}

/** Which offer holds each number, by the tables. */
async function holdersOf(answers: ConnectionAnswer[], campaign_id: number) {
  const offer_of = new Map(answers.flatMap(({ code, lead_id }, i) => (code === 0 ? [[lead_id!, i]] : [])))
  const { rows } = await admin(
    connection,
    `select '0' || right(phone::text, 9) as number, campaign_id || '-' || lead_number as lead_id
     from claims where campaign_id = ${campaign_id}`,
  )
  const holders = rows.flatMap(({ number, lead_id }) => {
    const offer = offer_of.get(lead_id)
    return offer === undefined ? [] : [[number as string, offer] as const]
  })
  return { offer_of, holders: new Map(holders) }
}

/** The answers of one-by-one intake to the offers in this order. */
function replay(offers: Offer[], order: number[], rule: 'any' | 'all') {
  const taken = new Set<string>()
  const ids = new Set<string>()
  const codes: number[] = []
  for (const i of order) {
    const { numbers, external_id } = offers[i]!
    const held = numbers.filter((number) => taken.has(number)).length
    if (external_id !== null && ids.has(external_id)) codes[i] = 112
    else if (rule === 'any' ? held > 0 : held === numbers.length) codes[i] = 105
    else {
      codes[i] = 0
      for (const number of numbers) taken.add(number)
      if (external_id !== null) ids.add(external_id)
    }
  }
  return codes
}

test.each(['any', 'all'] as const)(
  `${SUBMISSIONS} submissions that overlap at random end as in some one-by-one order (duplicate_rule %s)`,
  async (rule) => {
    const target = await makeCampaign(`Overlaps ${rule}`, rule)
    const clients = connect(SUBMISSIONS, target)
    const seen = new Set<number>()
    for (let seed = 1; seed <= WIDE_ROUNDS; seed++) {
      const offers = offersOf(seeded(seed))
      const answers = await Promise.all(offers.map((offer, i) => submit(clients[i]!, offer)))
      const { offer_of, holders } = await holdersOf(answers, target.campaign_id)
      const after = new Map<number, Set<number>>(offers.map((_, i) => [i, new Set<number>()]))
      offers.forEach(({ numbers, external_id }, i) => {
        const { code, lead_id } = answers[i]!
        seen.add(code)
        // The lead that a refusal names was there first.
        if (code !== 0) after.get(i)!.add(offer_of.get(lead_id!) ?? Number.NaN)
        // And whoever holds one of a taken lead's numbers, in its place, was there first too.
        if (code === 0 || rule === 'all')
          for (const number of numbers) {
            const holder = holders.get(number)
            if (code !== 112 && holder !== undefined && holder !== i) after.get(i)!.add(holder)
          }
        // Had the lead with its external id been there, it would have been refused for that.
        if (code === 105)
          offers.forEach((other, j) => {
            if (answers[j]!.code === 0 && external_id !== null && other.external_id === external_id)
              after.get(j)!.add(i)
          })
      })
      const order = sorted(after)
      expect(order, `seed ${seed}: a ring`).toBeDefined()
      expect(replay(offers, order!, rule), `seed ${seed}`).toEqual(answers.map(({ code }) => code))
    }
    for (const connection of clients) connection.close()
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 105, 112])
    expect(await checkDatabase(connection)).toEqual([])
  },
)

test('a number that an update adds and an insert wants goes to one of them', async () => {
  const clients = connect(12)
  for (let round = 0; round < WIDE_ROUNDS; round++) {
    const contested = mobile()
    const updated = [`update-${mobile()}`, `update-${mobile()}`]
    const known = await Promise.all(
      updated.map((njExternalLeadId, i) =>
        clients[i]!.post('insertLeadFast', { Name: 'Ana Silva', FirstPhone: mobile(), njExternalLeadId }),
      ),
    )
    const answers = await Promise.all(
      clients.map((connection, i) =>
        i < updated.length
          ? connection.post('updateLeadFast', {
              njExternalLeadId: updated[i]!,
              SecondPhone: contested,
              njDisposition: 'Busy',
            })
          : connection.post('insertLeadFast', { Name: 'Jane Smith', FirstPhone: contested }),
      ),
    )
    expect(codesOf(answers), `round ${round}`).toEqual([0, ...Array(clients.length - 1).fill(105)])
    const winner = answers.findIndex(({ code }) => code === 0)
    const holder = winner < updated.length ? known[winner]!.lead_id : answers[winner]!.lead_id
    expect(new Set(answers.map(({ lead_id }) => lead_id))).toEqual(new Set([holder]))
  }
  for (const connection of clients) connection.close()
  expect(await checkDatabase(connection)).toEqual([])
})

test('numbers taken beside others, changed and forgotten at once: afterwards every claim is where it belongs', async () => {
  const target = await makeCampaign('Claims pass', 'any')
  const numbers = Array.from({ length: 6 }, mobile)
  const external_ids = Array.from({ length: 30 }, (_, i) => `passing-${i}`)
  const leads = new Map<string, string>()
  const clients = connect(16, target)
  const codes = new Map<string, Set<number>>()
  const note = (deed: string, code: number) => codes.set(deed, (codes.get(deed) ?? new Set()).add(code))

  const work = async (connection: ClassicConnection, random: () => number) => {
    const pick = <T>(from: T[]) => from[Math.floor(random() * from.length)]!
    for (let deed = 0; deed < 8; deed++) {
      const njExternalLeadId = pick(external_ids)
      const allowDuplicates = random() < 0.7
      const chance = random()
      if (chance < 0.4) {
        const phones = { Phone1: pick(numbers), Phone2: pick(numbers) }
        const answer = await connection.post(
          'insertLeadFast',
          { Name: 'Ana Silva', ...phones, njExternalLeadId },
          { allowDuplicates },
        )
        if (answer.code === 0) leads.set(njExternalLeadId, answer.lead_id!)
        note('insert', answer.code)
      } else if (chance < 0.85) {
        const field = pick(['Phone1', 'Phone2', 'Phone3'])
        const answer = await connection.post(
          'updateLeadFast',
          { njExternalLeadId, [field]: random() < 0.3 ? '' : pick(numbers), njDisposition: 'Busy' },
          { allowDuplicates },
        )
        note('update', answer.code)
      } else {
        const lead_id = leads.get(njExternalLeadId)
        if (lead_id) note('forget', (await client.delete(`/v1/leads/${lead_id}`)).status)
      }
    }
  }
  const randoms = clients.map((_, i) => seeded(i + 1))
  for (let phase = 0; phase < much(12, 50); phase++) {
    await Promise.all(clients.map((connection, i) => work(connection, randoms[i]!)))
    // Later deeds would heal a claim that was lost: every quiet moment is looked at.
    expect(await checkDatabase(connection), `phase ${phase}`).toEqual([])
  }
  for (const connection of clients) connection.close()

  expect([...codes.get('insert')!].filter((code) => ![0, 105, 112].includes(code))).toEqual([])
  expect([...codes.get('update')!].filter((code) => ![0, 101, 102, 105, 110].includes(code))).toEqual([])
  expect([...codes.get('forget')!].filter((status) => ![204, 404].includes(status))).toEqual([])

  // The answer to a submission agrees with the claims.
  for (const number of numbers) {
    const { rows } = await admin(
      connection,
      `select distinct campaign_id || '-' || lead_number as lead_id from lead_phones
       where campaign_id = ${target.campaign_id} and phone = 61${number.slice(1)}`,
    )
    const { code, lead_id } = await client.insertLeadFast(target, { Name: 'Jane Smith', Phone1: number })
    expect(code).toBe(rows.length > 0 ? 105 : 0)
    if (code === 105) expect(rows.map((row) => row.lead_id)).toContain(lead_id)
  }
})

test('a lead taken beside another while that one goes has the number afterwards', async () => {
  const { target } = leadline
  const [beside, leaving] = connect(2) as [ClassicConnection, ClassicConnection]
  for (let round = 0; round < much(150, 1_000); round++) {
    const [number, njExternalLeadId] = [mobile(), `leaving-${round}`]
    const holder = await beside.post('insertLeadFast', {
      Name: 'Jane Smith',
      FirstPhone: number,
      njExternalLeadId,
    })
    const go = async () => {
      if (round % 2 === 0) return (await client.delete(`/v1/leads/${holder.lead_id}`)).status
      const change = { njExternalLeadId, FirstPhone: mobile(), njDisposition: 'Busy' }
      return (await leaving.post('updateLeadFast', change)).status
    }
    // Both go through several statements; which of them meet depends on who is a little later.
    const [taken, gone] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, round % 5)).then(() =>
        beside.post('insertLeadFast', { Name: 'Ana Silva', FirstPhone: number }, { allowDuplicates: true }),
      ),
      go(),
    ])
    expect([taken.code, gone]).toEqual([0, round % 2 === 0 ? 204 : 200])
    const again = await client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: number })
    expect(again, `round ${round}`).toMatchObject({ code: 105, lead_id: taken.lead_id })
  }
  for (const connection of [beside, leaving]) connection.close()
  expect(await checkDatabase(connection)).toEqual([])
})

test('a lead taken with allowDuplicates keeps the number blocked after its twin is forgotten', async () => {
  const { target } = leadline
  const number = mobile()
  const twin = await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone: number })
  const beside = () =>
    client.insertLeadFast(target, { Name: 'Jane Smith', FirstPhone: number }, { allowDuplicates: true })
  const [jane, rui] = [await beside(), await beside()]
  expect([jane.code, rui.code]).toEqual([0, 0])
  const again = () => client.insertLeadFast(target, { Name: 'Rui Costa', FirstPhone: number })
  expect(await again()).toMatchObject({ code: 105, lead_id: twin.lead_id })

  expect((await client.delete(`/v1/leads/${twin.lead_id}`)).status).toBe(204)
  // It passes to the oldest that is left.
  expect(await again()).toMatchObject({ code: 105, lead_id: jane.lead_id })
  expect((await client.delete(`/v1/leads/${jane.lead_id}`)).status).toBe(204)
  expect(await again()).toMatchObject({ code: 105, lead_id: rui.lead_id })
  expect((await client.delete(`/v1/leads/${rui.lead_id}`)).status).toBe(204)
  expect(await again()).toMatchObject({ code: 0 })
})

test('once a number stands on the list no insert and no update of it is taken, and once it is off again they are', async () => {
  const { target } = leadline
  const clients = connect(16)
  for (let round = 0; round < 15; round++) {
    const number = mobile()
    const njExternalLeadId = `dnc-race-${round}`
    await client.insertLeadFast(target, { Name: 'Ana Silva', FirstPhone: mobile(), njExternalLeadId })
    let listed = Number.POSITIVE_INFINITY
    const taken_before: number[] = []
    const first = Promise.withResolvers<void>()
    const adding = first.promise.then(async () => {
      await sleep(round)
      const { status } = await client.post('/v1/dnc', {
        list: 'private',
        phones: [number],
        reason: 'asked us',
      })
      listed = performance.now()
      expect(status).toBe(201)
    })
    await Promise.all(
      clients.map(async (connection, i) => {
        for (let after = 0; after < 3; ) {
          const begun = performance.now()
          const { code } =
            i === 0
              ? await connection.post(
                  'updateLeadFast',
                  { njExternalLeadId, SecondPhone: number, njDisposition: 'Busy' },
                  { allowDuplicates: true },
                )
              : await connection.post(
                  'insertLeadFast',
                  { Name: 'Jane Smith', FirstPhone: number },
                  { allowDuplicates: true },
                )
          // An update of a lead that got the number in time names no new number: outcomes must get in.
          const had_it = i === 0 && taken_before.includes(0)
          if (code === 0 && !had_it) {
            taken_before.push(i)
            first.resolve()
          }
          if (begun > listed) {
            after++
            if (!had_it) expect(code).toBe(104)
          } else expect([0, 104]).toContain(code)
        }
      }),
    )
    await adding
    expect(taken_before.length, `round ${round}: nothing was under way`).toBeGreaterThan(0)

    await client.post('/v1/dnc/removals', { list: 'private', phones: [number], reason: 'asked us back' })
    const answers = await Promise.all(
      clients.map((connection) =>
        connection.post(
          'insertLeadFast',
          { Name: 'Rui Costa', FirstPhone: number },
          { allowDuplicates: true },
        ),
      ),
    )
    expect(codesOf(answers)).toEqual(Array(clients.length).fill(0))
  }
  for (const connection of clients) connection.close()
})

test(`one number, ${CLIENTS} clients, ${ROUNDS} rounds: one success, the rest 105`, async () => {
  await expectOneWinner(ROUNDS, [leadline], 105, sameNumber(ROUNDS))
}, 300_000)

test(`one external id, ${CLIENTS} clients, ${ROUNDS} rounds: one success, the rest 112`, async () => {
  await expectOneWinner(ROUNDS, [leadline], 112, sameExternalId('one-server'))
}, 300_000)

test(`two servers, one number, ${WIDE_ROUNDS} rounds: the same`, async () => {
  await expectOneWinner(WIDE_ROUNDS, [leadline, second], 105, sameNumber(WIDE_ROUNDS))
}, 300_000)

test(`two servers, one external id, ${WIDE_ROUNDS} rounds: the same`, async () => {
  await expectOneWinner(WIDE_ROUNDS, [leadline, second], 112, sameExternalId('two-servers'))
}, 300_000)
