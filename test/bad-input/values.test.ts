// What holds for any values at all: what is stored is what was sent, but for what the rule says and a warning names; and no
// good value is lost to a bad one.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Lead, WarningCode } from '../../src/client/api.ts'
import { readWarnings } from '../../src/client/warnings.ts'
import { checkDatabase } from '../support/check-database.ts'
import { mobile, startLeadline } from '../support/leadline.ts'
import { much } from '../support/much.ts'
import { type Call, json, pathOf, queryOf, utf8 } from './row.ts'
import { makeWorld } from './world.ts'

const documents = much(1_500, 20_000)
/** Sent at once. */
const TOGETHER = 25
const numRuns = Math.ceil(documents / TOGETHER)
const TIMEOUT_MS = 60_000 + documents * 100

const leadline = await startLeadline({ now: () => '2026-06-01T00:00:00Z' })
const { rich } = await makeWorld(leadline, leadline)

const KINDS = {
  Name: 'text',
  Notes: 'long_text',
  Email: 'email',
  Born: 'date',
  Income: 'number',
  Plan: 'choice',
  Agreed: 'check',
} as const
type FieldName = keyof typeof KINDS
const FIELDS = Object.keys(KINDS) as FieldName[]

/** What may be stored of each kind: what is not sent so is another value, or none. */
const GOOD: Record<FieldName, readonly string[]> = {
  Name: ['Ana Silva'],
  Notes: ['one\n\ttwo'],
  Email: ['ana@example.com', 'b@example.org'],
  Born: ['1985-07-04', '2000-02-29'],
  Income: ['3.0', '-12.50', '12345678901234567890'],
  Plan: ['Basic', 'Full'],
  Agreed: ['true', 'false'],
}

const char = fc.constantFrom(
  ...['a', 'Z', '1', '-', '@', '.', ' ', '\n', '\r', '\t', '\u0301', '\u200b', '\u202e', '\ud83d', '😀', 'é'],
)
const text = fc.oneof(
  fc.string({ unit: char, maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(...Object.values(GOOD).flat()),
  fc.constantFrom(
    ...[
      '',
      ' ',
      'N/A',
      '-',
      'none',
      '0000-00-00',
      '1985-07-04T00:00:00Z',
      '1985-07-03T14:00:00Z',
      '2026/02/28',
    ],
  ),
  fc.constantFrom(
    ...[
      'yes',
      'NO',
      'full',
      'ask Jane',
      'ana@',
      ' ana@example.com\r\n',
      '\u200bana\u200b@example.com',
      '2026-02-31',
    ],
  ),
  fc.constantFrom(
    'x'.repeat(1_300),
    `${'y'.repeat(20_000)}z`,
    '😀'.repeat(20_001),
    `a${'\u0316'.repeat(70)}b`,
  ),
)
const scalar = fc.oneof(
  { weight: 6, arbitrary: text.map(json) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '3.0',
      '100.00',
      '-0',
      '1e3',
      '12345678901234567890',
      '1e400',
      'true',
      'false',
      '7',
    ),
  },
)
/** A value as JSON text. */
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(scalar, fc.constant('null')), { maxLength: 3 })
      .map((all) => `[${all.join(',')}]`),
  },
  { weight: 1, arbitrary: fc.constantFrom('null', '{}', '{"a":[1.0,null]}', '[{}]') },
)
/** Keys in any order, each once; some of them are not fields. */
const members = fc.uniqueArray(
  fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), fc.constantFrom('note', 'tags', 'utm source')), value),
  { maxLength: 5, selector: ([key]) => key },
)

async function send(call: Call, and: string, body: string) {
  const response = await fetch(leadline.url + pathOf(leadline, call, and, queryOf(rich)), {
    method: 'POST',
    headers: { Authorization: `Bearer ${leadline.key}` },
    body: utf8(body) as Uint8Array<ArrayBuffer>,
  })
  return {
    body: (await response.json()) as { code: number; message: string; errors?: { field: string }[] },
    warnings: readWarnings(response.headers.get('X-Leadline-Warnings')),
    lead_id: response.headers.get('X-Lead-Id'),
  }
}
type Answer = Awaited<ReturnType<typeof send>>

const view = async (id: string) => (await leadline.client.get<Lead>(`/v1/leads/${id}`)).body
const objectOf = (pairs: readonly (readonly [string, string])[]) =>
  `{${pairs.map(([key, spelling]) => `${json(key)}:${spelling}`).join(',')}}`

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/
// At the end a variation selector belongs to the character in front of it.
const START = /^[\s\p{Default_Ignorable_Code_Point}\u2800]+/u
const END =
  /(?:(?![\u034f\u180b-\u180d\u180f\ufe00-\ufe0f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}])[\s\p{Default_Ignorable_Code_Point}\u2800])+$/u
const bare = (text: string) => text.replace(START, '').replace(END, '')
const isBlank = (text: string) => bare(text) === ''
const isObject = (spelling: string) => /^\[?\{/.test(spelling)

/** The text that a value says, as it was sent; null: it says none. Numbers are their spelling. */
function saidBy(spelling: string): string | null {
  if (spelling === 'null') return null
  if (spelling.startsWith('"')) return JSON.parse(spelling)
  if (!spelling.startsWith('[')) return spelling
  // Spellings of a list are told apart by JSON.parse with the source of each number.
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown[]
  const entries = parse(spelling, (_, value, { source }) => (typeof value === 'number' ? source : value))
  const texts = entries
    .filter((entry) => entry !== null)
    .map(String)
    .filter((entry) => !isBlank(entry))
  return texts.length === 0 ? null : texts.join(', ')
}

const isRefused = (key: string, spelling: string) => {
  if (isObject(spelling)) return key in KINDS
  const said = saidBy(spelling)
  return said !== null && CONTROL.test(bare(said).replace(/[\r\n\t]/g, ' '))
}

/** The deed that each warning names, done again by other means, in the order of the rule. */
const DONE: Partial<Record<WarningCode, (text: string) => string>> = {
  trimmed: bare,
  one_line: (text) => text.replace(/\r\n|[\r\n\t]/g, ' '),
  replaced: (text) => text.toWellFormed(),
  invisible: (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, ''),
}

/** How a good value of a kind may be spelt otherwise, without a word. */
const SILENT: Record<string, (text: string) => string> = {
  email: (text) => text.trim(),
  number: (text) => text.trim(),
  date: (text) => text.trim().replace(/^(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)$/, '$1-$2-$3'),
  choice: (text) => GOOD.Plan.find((choice) => choice.toLowerCase() === text.trim().toLowerCase()) ?? text,
  check: (text) =>
    /^(true|yes|y|1|on)$/i.test(text.trim())
      ? 'true'
      : /^(false|no|n|0|off)$/i.test(text.trim())
        ? 'false'
        : text,
}

function judge(kind: string, said: string, stored: string | undefined, codes: readonly WarningCode[]) {
  const has = (code: WarningCode) => codes.includes(code)
  if (has('left_out') || has('no_value') || has('not_taken')) return
  if (stored === undefined) return expect(isBlank(said)).toBe(true)
  let expected = said
  for (const [code, redo] of Object.entries(DONE)) if (has(code as WarningCode)) expected = redo(expected)
  if (kind === 'email' && has('invisible'))
    expected = expected.replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
  // Blanks at the ends go without a word.
  expected = expected
    .replace(/\r\n?/g, '\n')
    .normalize('NFC')
    .replace(/^ +| +$/g, '')
  if (has('cut')) {
    expect(['text', 'long_text']).toContain(kind)
    const marks = expected.replace(/\p{M}{65,}/gu, (run) => run.slice(0, 64))
    return expect([...stored].join('')).toBe([...marks].slice(0, 20_000).join(''))
  }
  if (has('day_only'))
    return expect(expected.trim()).toMatch(new RegExp(`^${stored.replaceAll('-', '[-/.]?')}[T ]`))
  if (!has('bad_value')) expected = SILENT[kind]?.(expected) ?? expected
  if (has('trimmed')) return expect(bare(stored)).toBe(bare(expected))
  expect(stored).toBe(expected)
}

const codesOf = ({ warnings }: Answer, key: string) =>
  warnings.filter(({ field }) => field === key).map(({ code }) => code)

function judgeAll(
  pairs: readonly (readonly [string, string])[],
  answer: Answer,
  before: Lead | null,
  lead: Lead,
): void {
  const named = new Set(pairs.map(([key]) => key))
  for (const { field } of answer.warnings) expect(named).toContain(field)
  for (const [key, spelling] of pairs) {
    const kind = KINDS[key as FieldName] as string | undefined
    const stored = kind ? lead.fields[key] : lead.unmapped[key]
    const kept = before && (kind ? before.fields[key] : before.unmapped[key])
    const codes = codesOf(answer, key)
    const said = isObject(spelling) ? spelling : saidBy(spelling)
    if (isObject(spelling)) expect([stored, codes]).toEqual([spelling, ['json']])
    else if (said === null) {
      expect(stored ?? null).toBe(kept ?? null)
      expect(codes).toEqual(before ? ['null_value'] : [])
    } else if (before && stored === kept && !codes.includes('bad_value')) {
      // It says the same as before, or nothing, or something worse.
      if (
        !codes.some((code) => ['no_value', 'not_taken', 'left_out'].includes(code)) &&
        !lead.bad_values.includes(key)
      )
        judge(kind ?? 'long_text', said, stored, codes)
    } else judge(kind ?? 'long_text', said, stored, codes)
    if (codes.includes('bad_value')) expect(lead.bad_values).toContain(key)
    if (codes.includes('no_value') || codes.includes('not_taken')) expect(stored ?? null).toBe(kept ?? null)
    if (codes.includes('joined')) expect(spelling).toMatch(/^\[/)
  }
}

const check = <Args extends [unknown, ...unknown[]]>(property: fc.IAsyncProperty<Args>) =>
  fc.assert(property, { numRuns, endOnFailure: true })

test('what is stored of a new lead is what was sent, or the difference is named', {
  timeout: TIMEOUT_MS,
}, async () => {
  let taken = 0
  await check(
    fc.asyncProperty(fc.array(members, { minLength: TOGETHER, maxLength: TOGETHER }), async (rows) => {
      await Promise.all(
        rows.map(async (pairs) => {
          const answer = await send(
            'insertLeadFast',
            '',
            objectOf([['FirstPhone', json(mobile())], ...pairs]),
          )
          if (answer.body.code !== 0) {
            expect(answer.body.code).toBe(1005)
            const wrong = pairs.filter(([key, spelling]) => isRefused(key, spelling)).map(([key]) => key)
            return expect(answer.body.errors?.map(({ field }) => field).sort()).toEqual(wrong.sort())
          }
          taken++
          judgeAll(pairs, answer, null, await view(answer.lead_id!))
        }),
      )
    }),
  )
  expect(taken).toBeGreaterThan(documents / 4)
})

test('no update loses a good value to a bad one', { timeout: TIMEOUT_MS }, async () => {
  const start = members.filter((pairs) => pairs.every(([key, spelling]) => !isRefused(key, spelling)))
  let taken = 0
  let ids = 0
  await check(
    fc.asyncProperty(
      fc.array(fc.tuple(start, members), { minLength: TOGETHER, maxLength: TOGETHER }),
      async (rows) => {
        await Promise.all(
          rows.map(async ([first, second]) => {
            const id = `fuzz-${++ids}`
            const known = [
              ['FirstPhone', json(mobile())],
              ['njExternalLeadId', json(id)],
            ] as const
            const made = await send(
              'insertLead',
              '',
              objectOf([...known, ['njDisposition', '"INFO PACK"'], ...first]),
            )
            expect(made.body.code).toBe(0)
            const before = await view(made.lead_id!)
            const answer = await send(
              'updateLeadFast',
              `&njExternalLeadId=${id}`,
              objectOf([['FirstPhone', '"<NO CHANGE>"'], ...second]),
            )
            const after = await view(made.lead_id!)
            if (answer.body.code !== 0) {
              expect(second.some(([key, spelling]) => isRefused(key, spelling))).toBe(true)
              return expect(after).toEqual(before)
            }
            taken++
            judgeAll(second, answer, before, after)
            for (const [name, good] of Object.entries(before.fields)) {
              if (before.bad_values.includes(name)) continue
              expect(after.bad_values).not.toContain(name)
              const spelling = second.find(([key]) => key === name)?.[1]
              if (spelling === undefined) expect(after.fields[name]).toBe(good)
              else if (after.fields[name] === undefined) expect(isBlank(saidBy(spelling)!)).toBe(true)
            }
          }),
        )
      },
    ),
  )
  expect(taken).toBeGreaterThan(documents / 4)
})

test('none of it left anything half-written', async () => {
  expect(await checkDatabase(leadline.connection)).toEqual([])
})
