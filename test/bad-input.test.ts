// The bad-input list of insert and update, row by row: what is sent, and what must come back.
// Whatever is sent: never a 5xx, always a JSON answer with a published code (or the line is cut where the row says
// so), nothing of our insides and nothing of the caller's key or numbers in it, and the next lead is taken.

import { afterAll, expect, test } from 'vitest'
import { table } from '../scripts/table.ts'
import { AUTH } from './bad-input/auth.ts'
import { DATES } from './bad-input/dates.ts'
import { FRAMING } from './bad-input/framing.ts'
import { IDENTITY } from './bad-input/identity.ts'
import { PHONES } from './bad-input/phones.ts'
import { expectAlive, type Row, run } from './bad-input/row.ts'
import { STRUCTURE } from './bad-input/structure.ts'
import { TEXT } from './bad-input/text.ts'
import { makeWorld } from './bad-input/world.ts'
import { checkDatabase } from './support/check-database.ts'
import { mobile, mobilesAgain, startLeadline } from './support/leadline.ts'

const NOW = '2026-06-01T00:00:00Z'
const ROWS_IN_LIST = 113

const ROWS: Row[] = [...FRAMING, ...STRUCTURE, ...TEXT, ...PHONES, ...DATES, ...IDENTITY, ...AUTH]

/** Rows that nothing can be sent for yet, and why. */
const LEFT_OUT: Record<string, string> = {
  B34: 'there are no imports of files yet',
  B98: 'a change over /v1 names its version in If-Match alone',
  B104: 'there are no atomic batches yet: /v1/leads/batch',
  B105: 'there is no Idempotency-Key yet',
  B106: 'there is no Idempotency-Key yet',
}

mobilesAgain()
const world = await makeWorld(
  await startLeadline({ now: () => NOW }),
  await startLeadline({ now: () => NOW, request_ms_max: 1_500 }),
)

test('every row of the list runs or is left out with a reason', () => {
  const parts = ROWS.filter((row) => row.without)
  console.log(
    [
      `Bad input: ${ROWS.length} of ${ROWS_IN_LIST} rows run; left out:`,
      ...Object.entries(LEFT_OUT).map(([id, reason]) => `  ${id}: ${reason}`),
      'Of rows that run, left out:',
      ...parts.map(({ id, without }) => `  ${id}: ${without}`),
    ].join('\n'),
  )
  const listed = Array.from({ length: ROWS_IN_LIST }, (_, i) => `B${i + 1}`)
  expect([...ROWS.map(({ id }) => id), ...Object.keys(LEFT_OUT)].sort()).toEqual(listed.sort())
})

let cases_run = 0
/** The result of each case, as docs/generated/bad-input.md lists it. */
const replies: string[][] = []

test.each(ROWS)('$id $what', async (row) => {
  const cases = await row.cases(world)
  expect(cases.length).toBeGreaterThan(0)
  for (const item of cases) {
    try {
      const answer = await run(world, item)
      const warnings = answer?.headers['x-leadline-warnings'] ?? ''
      const reply = answer ? [`${answer.status}`, `${answer.body.code}`] : ['no answer', '']
      replies.push([row.id, row.what, item.call ?? '', item.name, ...reply, warnings])
    } catch (error) {
      if (error instanceof Error) error.message = `${row.id}, ${item.name}: ${error.message}`
      throw error
    }
    cases_run++
  }
  await expectAlive(world, mobile())
})

test('docs/generated/bad-input.md says what each row is answered: npx vitest run test/bad-input.test.ts -u', async () => {
  const page = `# Bad input

Made by \`test/bad-input.test.ts\`; changes here are lost. What the classic API answers to input that people and programs get
wrong, as its test found it: a reply that changes shows here. Without a call it is \`insertLeadFast\`, or what the row says.

${table(['row', 'what', 'call', 'sent', 'HTTP', 'code', 'X-Leadline-Warnings'], replies)}
`
  await expect(page).toMatchFileSnapshot('../docs/generated/bad-input.md')
})

test('none of it left anything half-written', async () => {
  expect(await checkDatabase(world.leadline.connection)).toEqual([])
  expect(await checkDatabase(world.hasty.connection)).toEqual([])
})

afterAll(() => console.log(`Bad input: ${cases_run} cases of ${ROWS.length} rows ran.`))
