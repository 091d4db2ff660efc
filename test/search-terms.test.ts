// Two halves that must fit: what the index makes of a text (search_terms in the database), and what a word asks of it
// (src/core/search-terms.ts). A text that has the word, where a word of its own begins, has the entries that are asked for.

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, expect, inject, test } from 'vitest'
import { termsOf } from '../src/core/search-terms.ts'
import { cloneDatabase, dropDatabase } from './support/postgres.ts'

const sessions = await Promise.all(
  inject('servers').map(async ({ major, connection }) => {
    const database = await cloneDatabase(connection)
    const client = new pg.Client(database)
    await client.connect()
    return { major, client, database }
  }),
)
afterAll(async () => {
  for (const { client, database } of sessions) {
    await client.end()
    await dropDatabase(database)
  }
})

const entriesOf = async (client: pg.Client, text: string): Promise<string[]> =>
  (await client.query('select tsvector_to_array(search_terms(fold_text($1))) as terms', [text])).rows[0].terms

const PIECES = [
  'smith',
  'o’brien',
  'jane.smith',
  '@',
  'example',
  'crm-0012345',
  'a1b2c3d4e5',
  '2026-11-25',
  '61412345678',
  '0412345',
  '3067',
  '12b',
  'Иванов',
  'ван',
  'علی',
  '王小明',
  '京',
  'ヤマダ',
  'สวัสดี',
  'नमस्ते',
  '😀',
  '한국',
  '_',
  '(',
  ' ',
  ' ',
  '\n',
  '\u0001',
  'x'.repeat(70),
]
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pieces) => pieces.join('').replaceAll('\0', ''))
const asked = fc.tuple(
  text,
  fc.nat(),
  fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 90 })),
)

for (const { major, client } of sessions) {
  test(`PostgreSQL ${major}: a text has the entries that its words ask for`, async () => {
    let with_terms = 0
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 50, maxLength: 50 }), async (cases) => {
        const folded = (
          await client.query('select fold_text(u.text) as text from unnest($1::text[]) u (text)', [
            cases.map(([whole]) => whole),
          ])
        ).rows.map(({ text }) => text as string)
        const words = cases.map(([, at, length], i) => {
          const signs = folded[i]!.match(/[A-M][N-Z]{4}|[\0-\x7f]/g) ?? ['x']
          const from = at % signs.length
          return signs
            .slice(from, from + length)
            .join('')
            .replaceAll('\n', ' ')
            .trim()
        })
        const conditions = words.map(termsOf)
        const { rows } = await client.query(
          `select t.text, t.word, t.terms from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t (text, word, terms, begins)
           where t.terms is not null and strpos(t.text, t.word) > 0 and t.text ~ coalesce(t.begins, '')
             and not search_terms(t.text) @@ t.terms::tsquery`,
          [folded, words, conditions.map(({ terms }) => terms), conditions.map(({ begins }) => begins)],
        )
        with_terms += conditions.filter(({ terms }) => terms !== null).length
        expect(rows).toEqual([])
      }),
      { numRuns: 60 },
    )
    expect(with_terms).toBeGreaterThan(500)
  }, 60_000)

  test(`PostgreSQL ${major}: words of three signs are entries as they stand, numbers by their pieces`, async () => {
    const lead = 'Jane Smith\n12 Langridge Street\nVic\n3067\njane.smith@example.com\n61412345678'
    expect((await entriesOf(client, lead)).join(' ')).toBe(
      '1234 1412 3067 3456 5678 614 com example jane langridge smith street vic',
    )
  })

  test(`PostgreSQL ${major}: texts of any length and with words of any length have entries`, async () => {
    for (const long of ['x'.repeat(300_000), '9'.repeat(20_000), 'Ж'.repeat(20_000), '王'.repeat(20_000)])
      expect((await entriesOf(client, long)).length, long[0]).toBeGreaterThan(0)
    const distinct = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
    expect((await entriesOf(client, distinct)).length).toBeGreaterThan(10_000)
  })
}
