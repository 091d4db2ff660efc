import { expect, test } from 'vitest'
import { LIMITS } from '../core/limits.ts'
import { readPage } from './read-page.ts'

const read = (format: 'json' | 'ndjson' | 'csv', text: string) =>
  readPage(Buffer.from(text), undefined, { format, rows_at: '' })

const { json_entries_max: ROWS, json_values_max: VALUES, json_keys_max: KEYS } = LIMITS

test('a page has as many rows as it may, and no more', async () => {
  expect((await read('ndjson', '{}\n'.repeat(ROWS))).rows).toHaveLength(ROWS)
  expect((await read('csv', `id\n${'1\n'.repeat(ROWS)}`)).rows).toHaveLength(ROWS)
  for (const many of [
    await read('ndjson', '1\n'.repeat(ROWS + 1)),
    await read('csv', `id\n${'1\n'.repeat(ROWS + 1)}`),
  ])
    expect(many).toEqual({ problem: `the answer has more than ${ROWS} rows: let it hold fewer rows` })
  expect((await read('json', `[${'1,'.repeat(ROWS)}1]`)).problem).toMatch(`${ROWS} entries`)
})

test('a page has as many values as it may, and no more', async () => {
  const words = { problem: `the answer has more than ${VALUES} values: let it hold fewer rows` }
  expect(await read('ndjson', `{"a":[${'[{}],'.repeat(99)}0]}\n`.repeat(VALUES / 200 + 1))).toEqual(words)
  const cells = Array.from({ length: 300 }, (_, i) => `c${i}`).join(',')
  expect(await read('csv', `${cells}\n`.repeat(VALUES / 300 + 1))).toEqual(words)
})

test('the heading of a CSV has as many names as an object may have, each once', async () => {
  const heading = (names: number) => Array.from({ length: names }, (_, i) => `c${i}`).join(',')
  expect((await read('csv', heading(KEYS))).rows).toEqual([])
  expect((await read('csv', heading(KEYS + 1))).problem).toMatch(`more than ${KEYS} names`)
  expect((await read('csv', 'id,id\n1,2')).problem).toMatch('a name twice')
  expect((await read('csv', 'id\n"1')).problem).toMatch('a quote is not closed')
  expect((await read('csv', '')).rows).toEqual([])
})

test('lines are read whatever they end with, and a last one without an end', async () => {
  const { rows } = await read('ndjson', '{"id":"1"}\r\n\n  \n{"id"\n[]\n{"id":"2"}')
  expect(rows).toEqual([new Map([['id', '1']]), undefined, undefined, new Map([['id', '2']])])
})

test('a page of short lines never keeps others from their turn for long', async () => {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  await read('ndjson', '\n'.repeat(8_000_000))
  await read('ndjson', '1\n'.repeat(1_000_000))
  clearInterval(timer)
  expect(longest).toBeLessThan(1_000)
})
