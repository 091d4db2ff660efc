import { expect, test } from 'vitest'
import { changesOf } from './mutate.ts'
import { match, type Site, sample } from './sites.ts'
import { sqlTokensOf, tokensOf } from './tokens.ts'

const texts = (source: string) => tokensOf(source).tokens.map(({ text }) => text)

/** Each changed source, in short: the operator, and what became of the text. */
const changed = (source: string, has_sql = false) =>
  changesOf(source, has_sql).map(
    ({ operator, start, end, to }) => `${operator} ${source.slice(0, start)}${to}${source.slice(end)}`,
  )

test('comments are no tokens; strings, templates and regular expressions are one each', () => {
  expect(texts("a // b === c\n/* d */ + 'e // f' / g")).toEqual(['a', '+', "'e // f'", '/', 'g'])
  expect(texts('return /[/"]\\/x/u.test(a)')).toEqual(['return', '/[/"]\\/x/u', '.', 'test', '(', 'a', ')'])
  expect(texts('x = `a ${b ? `c ${d}` : {}} e`; f')).toEqual([
    'x',
    '=',
    '`a ${b ? `c ${d}` : {}} e`',
    ';',
    'f',
  ])
})

test('what is in the holes of a template is code', () => {
  expect(changed('`a ${b === c} === ${d}`')).toEqual(['equality `a ${b !== c} === ${d}`'])
})

test('types are not changed', () => {
  expect(changed("const a: 'x' | 1 = f<2>(b as true) // c < 3")).toEqual([])
})

test('a condition is negated, and a guard is dropped', () => {
  expect(changed('if (a || b) throw c')).toEqual([
    'negate if (!(a || b)) throw c',
    'guard if (false) throw c',
    'and-or if (a && b) throw c',
  ])
  expect(changed('if (!a) b()\nelse c()')).toEqual(['not if (a) b()\nelse c()'])
})

test('a branch, a bound, a sum and a constant are changed', () => {
  expect(changed('const a = f(b) ? c : d')).toEqual(['branch const a = !(f(b)) ? c : d'])
  expect(changed('a >= b')).toEqual(['boundary a > b'])
  expect(changed('a + 1_000')).toEqual(['arithmetic a - 1_000', 'constant a + 1001'])
  expect(changed('a.some(b)')).toEqual(['method a.every(b)'])
})

test('SQL is changed as SQL: conjuncts, order, limits, locks', () => {
  expect(
    changed('`select from a where b = $1 and not c order by d limit 5 for update skip locked`', true),
  ).toEqual([
    'conjunct `select from a where (b = $1 or true) and not c order by d limit 5 for update skip locked`',
    'equality `select from a where b <> $1 and not c order by d limit 5 for update skip locked`',
    'and-or `select from a where b = $1 or not c order by d limit 5 for update skip locked`',
    'not `select from a where b = $1 and  c order by d limit 5 for update skip locked`',
    'conjunct `select from a where b = $1 and (not c or true) order by d limit 5 for update skip locked`',
    'order `select from a where b = $1 and not c order by d desc limit 5 for update skip locked`',
    'limit `select from a where b = $1 and not c order by d limit 5 + 1 for update skip locked`',
    'lock `select from a where b = $1 and not c order by d limit 5 `',
    'lock `select from a where b = $1 and not c order by d limit 5 for update `',
  ])
})

test('an assignment is no comparison, and "between" has an "and" of its own', () => {
  expect(
    changed('`update a set b = c, d = case when e = f then g end where h between i and j`', true),
  ).toEqual([
    'equality `update a set b = c, d = case when e <> f then g end where h between i and j`',
    'conjunct `update a set b = c, d = case when e = f then g end where (h between i and j or true)`',
  ])
})

test('parameters are found by number and by name, and casts are none', () => {
  const [template] = tokensOf('`select $1::text, :team_ids::integer[]`').tokens
  const found = sqlTokensOf('`select $1::text, :team_ids::integer[]`', template!)
  expect(found.filter(({ kind }) => kind === 'param').map(({ text }) => text)).toEqual(['$1', ':team_ids'])
})

const sitesIn = (source: string, file = 'src/db/leads.ts'): Site[] =>
  changesOf(source, true).map((change, i) => {
    const id = `${change.operator} ${change.snippet} ${change.context}`
    return { ...change, id, group: 'claims', file, line: i, from: '', nth: 0 }
  })

test('a site is found again when layout, aliases and parameters have changed', () => {
  const before = sitesIn("statement('leads.find', `select from leads l where l.number = $1 and l.open`)")
  const after = sitesIn(
    "statement('leads.find', `\n  select from leads lead\n  where lead.number = :number and lead.open`)",
  )
  expect(match(before, after).map(({ how }) => how)).not.toContain('gone')
  expect(match(before.slice(0, 1), after)[0]!.found?.operator).toBe(before[0]!.operator)
})

test('a site that has moved with other names is found as similar; one that is gone is told, and a person maps it', () => {
  const before = sitesIn('function refuseOld(row) { if (row.version !== base.version) return refuse(row) }')
  const after = sitesIn('function refuseOld(lead) { if (lead.version !== base.version) return refuse(lead) }')
  expect(match(before, after).map(({ how }) => how)).toEqual(['similar', 'similar'])
  expect(match(before, []).map(({ how }) => how)).toEqual(['gone', 'gone'])
  const [first, second] = before
  const mapping = { [first!.id]: after[0]!.id, [second!.id]: null }
  expect(match(before, after, mapping).map(({ how }) => how)).toEqual(['mapped', 'gone'])
})

test('a sample is the same for the same seed', () => {
  const sites = sitesIn(Array.from({ length: 40 }, (_, i) => `const a${i} = b${i} === c`).join('\n'))
  const counts = { core: 0, gate: 0, claims: 5, merge: 0, access: 0, others: 0 }
  expect(sample(sites, 1, counts)).toHaveLength(5)
  expect(sample(sites, 1, counts)).toEqual(sample(sites.toReversed(), 1, counts))
  expect(sample(sites, 1, counts)).not.toEqual(sample(sites, 2, counts))
})
