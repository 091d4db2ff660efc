// How texts are folded for search: in ASCII, whatever the server and its locale; a part of a text to a part of what the text
// folds to, or a word would not be found in the middle of another.

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, expect, inject, test } from 'vitest'
import { cloneDatabase, dropDatabase } from './support/postgres.ts'

const servers = inject('servers')

const sessions = await Promise.all(
  servers.map(async ({ major, connection }) => {
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

async function fold(client: pg.Client, texts: string[]): Promise<string[]> {
  const { rows } = await client.query(
    'select fold_text(u.text) as text from unnest($1::text[]) with ordinality as u (text, i) order by u.i',
    [texts],
  )
  return rows.map(({ text }) => text)
}

for (const { major, client } of sessions) {
  test(`PostgreSQL ${major}: capitals, accents, letters of their own, typographic signs`, async () => {
    const pairs = [
      ['JANE Smith', 'jane smith'],
      ['Müller', 'muller'],
      ['MÜLLER', 'muller'],
      ['Straße', 'strasse'],
      ['Łódź', 'lodz'],
      ['Ærøskøbing', 'aeroskobing'],
      ['Þórður', 'thordur'],
      ['Đặng', 'dang'],
      ['IŞIK ışık', 'isik isik'],
      ['O’Neill', "o'neill"],
      ['Anne–Marie', 'anne-marie'],
      ['ﬁx ①２', 'fix 12'],
      ['50 % _ \\', '50 % _ \\'],
    ] as const
    expect(
      await fold(
        client,
        pairs.map(([text]) => text),
      ),
    ).toEqual(pairs.map(([, folded]) => folded))
  })

  test(`PostgreSQL ${major}: other scripts, in any case, each letter as nothing but itself`, async () => {
    const [mir, MIR, ellas, ELLAS, wang, han, jamo] = await fold(client, [
      'мир',
      'МИР',
      'Ελλάς',
      'ΕΛΛΆΣ',
      '王',
      '한',
      '하',
    ])
    expect(mir).toBe(MIR)
    expect(ellas).toBe(ELLAS)
    expect(new Set([mir, ellas, wang, han, jamo]).size).toBe(5)
    for (const text of [mir, wang, han]) expect(text).toMatch(/^([A-M][N-Z]{4})+$/)
  })

  test(`PostgreSQL ${major}: a part folds to a part, and everything to ASCII`, async () => {
    const texts = fc.array(
      fc.tuple(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.string({ unit: fc.constantFrom(...'aZé́ßИйё王한ｶﾞŉǼ½ İ-’%'), maxLength: 12 }),
      ),
      { minLength: 100, maxLength: 100 },
    )
    await fc.assert(
      fc.asyncProperty(texts, async (pairs) => {
        const plain = pairs.map(([one, two]) => [one, two].map((text) => text.replaceAll('\0', '')))
        const folded = await fold(
          client,
          plain.flatMap(([one, two]) => [one!, two!, one! + two!]),
        )
        for (let i = 0; i < folded.length; i += 3) {
          expect(folded[i + 2]).toBe(folded[i]! + folded[i + 1]!)
          expect(folded[i + 2]).toMatch(/^[\x01-\x7f]*$/)
        }
      }),
      { numRuns: 20 },
    )
  })
}
