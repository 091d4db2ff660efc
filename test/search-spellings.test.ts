// Search finds every spelling that intake takes: as it was sent, as people type it, as it comes out of a clipboard.

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { TEXT } from '../src/db/lead-texts.ts'
import { LOCKS } from '../src/db/locks.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, startLeadline } from './support/leadline.ts'
import { admin } from './support/postgres.ts'
import { type Place, placeIn } from './support/regions.ts'
import { until } from './support/until.ts'

const leadline = await startLeadline()
const { client, connection } = leadline
afterAll(async () => expect(await checkDatabase(connection)).toEqual([]))

interface Found {
  id: string
  found_in: string[]
}

const insert = async (place: Place, lead: Record<string, string>) => {
  const answer = await client.insertLeadFast(place, { Phone: mobile(), ...lead })
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ code: 0 })
  return answer.lead_id!
}
const find = async ({ campaign_id }: Place, q: string) => {
  const answer = await client.get<{ items: Found[] }>('/v1/leads', { q, campaign_id, limit: 500 })
  expect(answer.status, `${JSON.stringify(q)} ${JSON.stringify(answer.body)}`).toBe(200)
  return answer.body.items
}
const indexed = () =>
  until('everything is indexed and folded anew', async () => {
    const { rows } = await admin(
      connection,
      `select c.refold_campaign_id is not null or exists (select from events e where e.tx >= c.tx) as waiting
       from lead_texts_cursor c`,
    )
    return !rows[0].waiting
  })

describe('typed or pasted', async () => {
  const place = await placeIn(leadline, 'AU')
  const ids: Record<string, string> = {}
  const people: Record<string, Record<string, string>> = {
    jane: { Name: 'Jane Smith', Phone: '0491 570 156' },
    tom: { Name: 'Tom', Phone: '0499 111 222', Second: '0498 333 157' },
    renee: { Name: 'Renée O’Neill–Øresund', njExternalLeadId: 'CRM-0007' },
    kaahumanu: { Name: 'Kaʻahumanu Lālēlō' },
    yamada: { Name: 'ﾔﾏﾀﾞ ﾀﾛｳ' },
    ali: { Name: 'علی کریمی' },
    hidden: { Name: 'Ana\u200b Lu\u200epez' },
    desk: { Name: 'Dee', Second: '8321 81 99' },
  }
  for (const [who, lead] of Object.entries(people)) ids[who] = await insert(place, lead)

  const CASES: [what: string, q: string[], found: string][] = [
    [
      'direction marks around a number',
      ['\u202a+61 491 570 156\u202c', '\u2068+61 491 570 156\u2069', '\u200e0491570156'],
      'jane',
    ],
    [
      'a hyphen that does not break, an en dash, a minus',
      ['0491‑570‑156', '0491–570–156', '0491−570', '0491 – 570 – 156'],
      'jane',
    ],
    [
      'full-width and Arabic digits',
      ['０４９１５７０１５６', '０４９１－５７０', '٠٤٩١٥٧٠١٥٦', '۰۴۹۱ ۵۷۰ ۱۵۶'],
      'jane',
    ],
    [
      'what programs put in front of a number',
      ['tel:+61491570156', 'p:+61491570156', 'tel:0491 570', 'https://wa.me/61491570156'],
      'jane',
    ],
    [
      'words that only announce a number',
      [
        'Tel. 0499 111 222',
        'Ph: 0499 111 222',
        'Mobile 0499 111 222',
        '0499 111 222 (mobile)',
        'Phone no 0499111222',
      ],
      'tom',
    ],
    [
      'a label and a number',
      ['Tel: 0499 111 222', 'tel: 0499111222', 'Tom Tel: 0499 111 222', 'Tel: 0499 111 222 tom'],
      'tom',
    ],
    [
      'a way to call abroad',
      ['0061491570156', '0011+61491570156', '0011 61 491 570 156', '+0061 491 570 156', '0011 61 491 570'],
      'jane',
    ],
    ['a spreadsheet’s signs', ["'0491570156", '="0491570156"', '0491570156,', 'Smith, 0491570156'], 'jane'],
    [
      'the zero of a trunk behind a country code',
      ['+61 (0)491 570 156', '+61 (0) 491 570 156', '+61 (0)491 570'],
      'jane',
    ],
    ['a line feed behind it', ['0491570156\n', '0491570156\r\n', 'Jane Smith\r', 'jane\n'], 'jane'],
    [
      'a name over two lines, cells of a sheet',
      ['Jane\nSmith', 'Jane\r\n  Smith', 'Jane Smith\t0491 570 156\r\n'],
      'jane',
    ],
    [
      'a name with signs that show nothing',
      ['Jane\u200e Smith', 'Jane Sm\u200bith', '\ufeffJane Smith', '\u202bJane\u202c', 'Ja\u00adne'],
      'jane',
    ],
    ['a stored name with signs that show nothing', ['ana lupez', 'Lupez', 'Ana\u200b Lu\u200epez'], 'hidden'],
    [
      'apostrophes of all kinds',
      ["o'neill", 'O’Neill', 'oʼneill', 'oʻneill', 'o´neill', 'o`neill', 'O‘NEILL', 'o＇neill'],
      'renee',
    ],
    [
      'dashes and strokes in a name',
      ['neill-oresund', 'Neill—Øresund', 'NEILL‑ORESUND', 'ｎｅｉｌｌ－ｏｒｅｓｕｎｄ'],
      'renee',
    ],
    ['an external id', ['CRM‑0007', 'ＣＲＭ－０００７', 'crm–0007', 'CRM-0007\u200b'], 'renee'],
    [
      'an ʻokina, macrons or none',
      ['Kaʻahumanu', "ka'ahumanu", 'Ka`ahumanu', 'kaʼahumanu lalelo', 'LĀLĒLŌ'],
      'kaahumanu',
    ],
    ['kana', ['ヤマダ', 'ﾔﾏﾀﾞ', 'やまだ', 'やまだ たろう', 'タロウ', 'ヤマタ゛', 'ﾀﾛｳ'], 'yamada'],
    ['Persian and Arabic letters', ['علی', 'علي', 'كريمي', 'کریمی', 'علىّ'], 'ali'],
    ['the digits of what is no number', ['83218199', '8321 8199', '８３２１－８１９９'], 'desk'],
  ]
  test.each(CASES)('%s, as the lead comes in and once it is indexed', async (_, queries, who) => {
    for (const round of ['as it comes in', 'indexed']) {
      if (round === 'indexed') await indexed()
      for (const q of queries)
        expect(
          (await find(place, q)).map(({ id }) => id),
          `${JSON.stringify(q)} ${round}`,
        ).toEqual([ids[who]])
    }
  })

  test('a lead id is one in any signs', async () => {
    const [campaign_id, number] = ids.jane!.split('-')
    for (const q of [`${campaign_id}‑${number}`, `\u200e${campaign_id}–${number}\n`])
      expect((await find(place, q))[0]?.id, q).toBe(ids.jane)
  })

  test('each lead tells which of its numbers was hit, and its external id', async () => {
    const places = async (q: string) => (await find(place, q)).map(({ found_in }) => found_in)
    expect(await places('0498 333 157')).toEqual([['fields.Second']])
    expect(await places('tom 0499')).toEqual([['fields.Phone']])
    expect(await places('crm-0007')).toEqual([['external_id']])
    expect(await places('８３２１ ８１９９')).toEqual([['fields.Second']])
    expect(await places(ids.jane!)).toEqual([[]])
  })
})

describe('any text', async () => {
  const place = await placeIn(leadline, 'AU')
  /** Letters and signs with those that are theirs as well. */
  const SISTERS = [
    "'’ʻʼ´`‘",
    '-‑–—−－',
    '"“”',
    'oøØóōＯ',
    'aāÁａ',
    'sSŠｓ',
    'يیى',
    'كک',
    'اأآ',
    'カかｶ',
    'ツッっ',
    'Ии',
    '0０٠۰',
    '4４٤۴',
    ' \u3000\u00a0\t',
  ]
  const chars = SISTERS.flatMap((sisters) => [...sisters].map((char) => ({ char, sisters: [...sisters] })))
  const sign = fc.oneof(
    fc.constantFrom(...chars),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).map((char) => ({ char, sisters: [char] })),
  )
  // Each sign with a choice of how it is typed, and whether something that shows nothing comes along.
  const spelled = fc.array(
    fc.tuple(sign, fc.nat(), fc.constantFrom('', '', '', '\u200b', '\u200e', '\ufeff')),
    { minLength: 1, maxLength: 20 },
  )

  test('that intake takes is found as it was sent, and in its other spellings', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(spelled, async (signs) => {
        const sent = signs.map(([{ char }]) => char).join('')
        const answer = await client.insertLeadFast(place, { Phone: mobile(), Name: sent })
        if (answer.code !== 0) return
        taken++
        const typed = signs
          .map(([{ sisters }, choice, unseen]) => sisters[choice % sisters.length]! + unseen)
          .join('')
        for (const q of [sent, typed, `${typed}\r\n`])
          expect(
            (await find(place, q)).map(({ id }) => id),
            JSON.stringify({ sent, q }),
          ).toContain(answer.lead_id)
      }),
      { numRuns: 300 },
    )
    expect(taken).toBeGreaterThan(150)
  }, 120_000)
})

test('while texts are folded anew, leads are found by the old texts as before and by the new ones; then by the new ones', async () => {
  const place = await placeIn(leadline, 'AU')
  const names = ['علی کریمی', 'O`Brien', 'ﾔﾏﾀﾞ', 'Müller', 'Smith']
  const ids = await Promise.all(names.map((Name) => insert(place, { Name })))
  await indexed()
  const { campaign_id } = place
  const session = new pg.Client(connection)
  await session.connect()
  try {
    await session.query('select pg_advisory_lock($1)', [LOCKS.indexer])
    await session.query(
      `update lead_texts t set text = x.text from leads l cross join lateral (${TEXT.replaceAll('fold_text(', 'fold_text_before(')}) x
       where l.campaign_id = $1 and t.campaign_id = $1 and t.lead_number = l.number`,
      [campaign_id],
    )
    await session.query('update lead_texts_cursor set refold_campaign_id = 0, refold_lead_number = 0')
    // One that is folded anew already.
    const fresh = await insert(place, { Name: 'علی کریمی' })
    for (const [i, name] of names.entries())
      expect(
        (await find(place, name)).map(({ id }) => id),
        name,
      ).toEqual([...(i === 0 ? [fresh] : []), ids[i]])
    for (const q of ['muller', 'SMITH']) expect(await find(place, q)).toHaveLength(1)
    await session.query('select pg_advisory_unlock($1)', [LOCKS.indexer])
  } finally {
    await session.end()
  }
  const next = await startLeadline({ connection })
  await indexed()
  await next.stop()
  for (const q of ['علي كريمي', 'علی کریمی']) expect(await find(place, q)).toHaveLength(2)
  for (const q of ["o'brien", 'ヤマダ', 'muller']) expect(await find(place, q)).toHaveLength(1)
  const { rows } = await admin(
    connection,
    `select count(*) filter (where t.text = x.text) as same, count(*) as all from leads l
       join lead_texts t on t.campaign_id = l.campaign_id and t.lead_number = l.number cross join lateral (${TEXT}) x`,
  )
  expect(rows[0].same).toBe(rows[0].all)
})
