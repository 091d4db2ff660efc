import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawByPenalty, drawByRatio, drawProblems, type Head, type RatioMember } from './draw.ts'
import { compareOrdered } from './queue.ts'

const of = (...shares: number[]): RatioMember[] =>
  shares.map((share, i) => ({ member_id: i + 1, share, lag: 0 }))
const plenty = (members: readonly RatioMember[]) =>
  new Map(members.map(({ member_id }) => [member_id, 1_000_000]))
const sumOf = (shares: readonly number[]) => shares.reduce((sum, share) => sum + share, 0)
const times = (picks: readonly number[], id: number) => picks.filter((pick) => pick === id).length

/** Draws the leads a few at a time, each draw from where the one before it stopped. */
function drawn(members: readonly RatioMember[], portions: readonly number[], stock = plenty(members)) {
  let now = [...members]
  const picks: number[] = []
  for (const count of portions) {
    const draw = drawByRatio(now, stock, count)
    picks.push(...draw.picks)
    now = now.map((member) => ({ ...member, lag: draw.lags.get(member.member_id)! }))
  }
  return { picks, members: now }
}

const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })

test('a half and two quarters take turns', () => {
  expect(drawByRatio(of(50, 25, 25), plenty(of(1, 1, 1)), 8).picks).toEqual([1, 2, 1, 3, 1, 2, 1, 3])
  expect(
    drawByRatio(of(2, 1), plenty(of(1, 1)), 6)
      .picks.map(String)
      .join(''),
  ).toMatch(/^(121|112|211){2}$/)
})

test('nobody is ever a whole lead away from its share, and any full round is shared out exactly', () => {
  fc.assert(
    fc.property(shares, fc.nat(40), (shares, from) => {
      const sum = sumOf(shares)
      const { picks } = drawByRatio(of(...shares), plenty(of(...shares)), sum + from)
      for (const [i, share] of shares.entries()) {
        let given = 0
        for (const [n, pick] of picks.entries()) {
          if (pick === i + 1) given++
          expect(Math.abs(((n + 1) * share) / sum - given)).toBeLessThan(1)
        }
        expect(times(picks.slice(from), i + 1)).toBe(share)
      }
    }),
    { numRuns: 60 },
  )
})

test('however many are asked for at once, the order is the same', () => {
  fc.assert(
    fc.property(shares, fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), (shares, portions) => {
      const members = of(...shares)
      expect(drawn(members, portions).picks).toEqual(
        drawByRatio(members, plenty(members), sumOf(portions)).picks,
      )
    }),
  )
})

test('the share of a member that has none falls to the others, whenever that happens; nobody starves', () => {
  const phases = fc.array(
    fc.tuple(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.integer({ min: 1, max: 60 })),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 }),
      phases,
      (shares, phases) => {
        let members = of(...shares)
        for (const [has, count] of phases) {
          const giving = members.filter((_, i) => has[i])
          const sum = sumOf(giving.map(({ share }) => share))
          const draw = drawByRatio(members, plenty(giving), count)
          expect(draw.picks).toHaveLength(giving.length > 0 ? count : 0)
          for (const { member_id, share } of giving) {
            const in_phase = times(draw.picks, member_id)
            // In any stretch in which the same ones give.
            expect(Math.abs(in_phase - (count * share) / sum)).toBeLessThan(3)
          }
          members = members.map((member) => ({ ...member, lag: draw.lags.get(member.member_id)! }))
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a member that comes and goes gets its share while it is there', () => {
  let members = of(1, 1)
  const both: number[] = []
  for (let round = 0; round < 100; round++)
    for (const has of [[1, 2], [1]]) {
      const draw = drawByRatio(members, new Map(has.map((id) => [id, 1])), 1)
      if (has.length === 2) both.push(...draw.picks)
      members = members.map((member) => ({ ...member, lag: draw.lags.get(member.member_id)! }))
    }
  expect(times(both, 2)).toBe(50)
})

test('gives what there is, and no more', () => {
  const draw = drawByRatio(
    of(9, 1),
    new Map([
      [1, 2],
      [2, 3],
    ]),
    10,
  )
  expect([times(draw.picks, 1), times(draw.picks, 2)]).toEqual([2, 3])
  expect(drawByRatio(of(9, 1), new Map(), 10).picks).toEqual([])
})

test('a lead that was drawn and not handed out is given back as if it had not been', () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 0, max: 50 }), (shares, before) => {
      const { members } = drawn(of(...shares), [before])
      const [next] = drawByRatio(members, plenty(members), 1).picks
      const after = drawn(members, [1]).members
      const returned = after.map((member) =>
        member.member_id === next ? { ...member, lag: member.lag + 1 } : member,
      )
      const count = 2 * sumOf(shares)
      expect(drawByRatio(returned, plenty(members), count).picks).toEqual(
        drawByRatio(members, plenty(members), count).picks,
      )
    }),
    { numRuns: 60 },
  )
})

test('by penalty all leads are in one order, and those of one member keep theirs', () => {
  const head = fc.record({
    member_id: fc.integer({ min: 1, max: 4 }),
    priority: fc.integer({ min: 0, max: 100 }),
    due_at: fc.option(fc.constantFrom('2026-11-24T03:00:00.000Z', '2026-11-24T02:00:00.000Z')),
    number: fc.integer({ min: 1, max: 1_000 }),
  })
  const heads = fc.uniqueArray(head, { selector: ({ number }) => number, maxLength: 30 })
  fc.assert(
    fc.property(
      heads,
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
      fc.nat(30),
      (heads, penalties, count) => {
        const of_member = new Map(penalties.map((penalty, i) => [i + 1, penalty]))
        const queues = Map.groupBy(heads.toSorted(compareOrdered), ({ member_id }) => member_id)
        const picked: Head[] = drawByPenalty(of_member, heads, count).map((id) => queues.get(id)!.shift()!)
        expect(picked).toHaveLength(Math.min(count, heads.length))
        const priorities = picked.map(({ member_id, priority }) => priority + of_member.get(member_id)!)
        expect(priorities).toEqual(priorities.toSorted((a, b) => a - b))
        const worst = priorities.at(-1) ?? 0
        for (const [member_id, left] of queues)
          for (const { priority } of left)
            if (picked.length > 0) expect(priority + of_member.get(member_id)!).toBeGreaterThanOrEqual(worst)
      },
    ),
  )
})

test('what is wrong with a draw is said about each member', () => {
  const members = [
    { allocation_id: 1, share: 1 },
    { allocation_id: 1, penalty: 2 },
  ]
  expect(drawProblems({ by: 'ratio', members }).map(({ field }) => field)).toEqual([
    '/draws/members/1/share',
    '/draws/members/1/penalty',
    '/draws/members/1/allocation_id',
  ])
  expect(drawProblems({ by: 'penalty', members: [{ allocation_id: 1, penalty: 0 }] })).toEqual([])
})
