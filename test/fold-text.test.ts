// How texts are folded for search: in ASCII, whatever the server and its locale; sister letters and signs as one; a part of a
// text to a part of what the text folds to, or a word would not be found in the middle of another.

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

/** All characters that a pattern finds. */
const every = (pattern: RegExp) =>
  Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((char) => pattern.test(char))

/** Spellings of one text. */
const SISTERS: Record<string, string[]> = {
  'the apostrophes of a name': [
    "o'neill",
    ...[...'’‘‛`´ʼʻʽʹˈ′＇ʿꞌ'].map((sign) => `O${sign}Neill`),
    'O\u2032Neill',
  ],
  'an ʻokina and macrons': [
    "ka'ahumanu lalelo",
    'Kaʻahumanu Lālēlō',
    'KA’AHUMANU LĀLĒLŌ',
    'Ka`ahumanu Lalelo',
  ],
  quotes: ['"kit" carson', '“Kit” Carson', '„Kit‟ Carson', '«Kit» Carson', '＂Kit＂ Carson'],
  'dashes of all kinds': [
    'anne-marie',
    ...every(/[\p{Pd}\u2212\uff0d]/u)
      .filter((char) => !'〜〰'.includes(char))
      .map((char) => `Anne${char}Marie`),
  ],
  'what shows nothing': [
    'jane smith',
    ...every(/\p{Default_Ignorable_Code_Point}/u).map((char) => `Jane${char} Smith`),
  ],
  blanks: [
    'jane smith',
    ...every(/[\p{Zs}\t\u2028\u2029]/u).map((char) => `Jane${char}Smith`),
    'Jane  \u3000 Smith',
  ],
  strokes: [
    'lodz oresund dang hamrun isik',
    'Łódź Øresund Đặng Ħamrun ışık',
    'ŁÓDŹ ØRESUND ĐẶNG ĦAMRUN IŞIK',
  ],
  'ligatures and letters of two': ['strasse aeoethij', 'Straße ÆŒÞĲ', 'STRAẞE ǼœþĲ', 'straße æŒÞĳ'],
  'full-width and mathematical letters': ['jane 12', 'Ｊａｎｅ　１２', '𝐉𝐚𝐧𝐞 𝟏𝟐', 'ⓙⓐⓝⓔ ①②'],
  'Persian, Urdu and Arabic letters': [
    'علي كريمه',
    'علی کریمة',
    'عَلِيّ كريمه',
    'علـى کریمہ',
    'ﻋﻠﻲ ﻛﺮﻳﻤﺔ',
    'علي کريمۀ',
  ],
  'an alef however it is written': ['احمد ال', 'أحمد ال', 'إحمد آل', 'ٱحمد ﺍﻝ'],
  'words that a sign joins or parts': ['میخواهم', 'می\u200cخواهم'],
  'Hebrew with its points': ["שלום ג'ון", 'שָׁלוֹם ג׳ון'],
  'kana of all widths': ['ガギパヴーッョ', 'がぎぱゔーっょ', 'ｶﾞｷﾞﾊﾟｳﾞｰｯｮ', 'カ゛ギハ゜ウ゛ーツヨ', 'ｶ゛ｷﾞﾊﾟｳﾞｰﾂﾖ'],
  'a long vowel and a dash': ['メニュー', 'メニュ－', 'ﾒﾆｭｰ', 'メニュ—'],
  'a wave dash': ['10~20', '10〜20', '10～20', '１０～２０'],
  'small and capital letters of other scripts': [
    'ελλας мир հայ საქართველო',
    'ΕΛΛΆΣ МИР ՀԱՅ ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ',
    'ελλάς Мир Հայ საქართველო',
  ],
  Vietnamese: ['nguyen duc', 'Nguyễn Đức', 'NGUYỄN ĐỨC', 'Nguyễn Đức'.normalize('NFD')],
}

for (const { major, client } of sessions) {
  test.each(Object.entries(SISTERS))(`PostgreSQL ${major}: %s are one spelling`, async (_, texts) => {
    const [one, ...others] = await fold(client, texts)
    others.forEach((other, i) => {
      expect(other, `${JSON.stringify(texts[i + 1])} like ${JSON.stringify(texts[0])}`).toBe(one)
    })
  })

  test(`PostgreSQL ${major}: digits of every script are digits`, async () => {
    const digits = every(/\p{Nd}/u)
    expect(digits.length).toBeGreaterThan(700)
    expect((await fold(client, digits)).filter((folded, i) => folded !== String(i % 10))).toEqual([])
  })

  test(`PostgreSQL ${major}: capitals of every script that names are written in are small letters`, async () => {
    const capitals = every(
      /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\u1c90-\u1cbf]/u,
    ).filter((char) => char < '\ua720' && char.toLowerCase() !== char)
    const small = await fold(
      client,
      capitals.map((char) => char.toLowerCase()),
    )
    const folded = await fold(client, capitals)
    expect(capitals.filter((_, i) => folded[i] !== small[i])).toEqual([])
  })

  test(`PostgreSQL ${major}: what is folded stays as it is when it is folded again`, async () => {
    /** The letters that five capitals stand for. */
    const unspelled = (text: string) =>
      text.replace(/[A-M][N-Z]{4}/g, (five) =>
        String.fromCodePoint(
          [...five].reduce((code, char, i) => code * 13 + char.charCodeAt(0) - (i ? 78 : 65), 0),
        ),
      )
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom(...Object.values(SISTERS).flat()),
      ),
      {
        minLength: 200,
        maxLength: 200,
      },
    )
    await fc.assert(
      fc.asyncProperty(texts, async (texts) => {
        const once = await fold(
          client,
          texts.map((text) => text.replaceAll('\0', '')),
        )
        expect(await fold(client, once.map(unspelled))).toEqual(once)
      }),
      { numRuns: 20 },
    )
  })

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
        fc.string({ unit: fc.constantFrom(...'aZé́ßИйё王한ｶﾞŉǼ½ İ-’%`´ی\u200b'), maxLength: 12 }),
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
          expect(folded[i + 2]).toBe((folded[i]! + folded[i + 1]!).replace(/ {2,}/g, ' '))
          expect(folded[i + 2]).toMatch(/^[\x01-\x7f]*$/)
        }
      }),
      { numRuns: 20 },
    )
  })
}
