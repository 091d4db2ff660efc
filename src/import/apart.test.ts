import { createReadStream, readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import { readTableApart } from './read-apart.ts'
import { UnreadableFile } from './unreadable.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const LINES = 200_000
const long = folder.put(
  `Phone,Name\n${Array.from({ length: LINES }, (_, i) => `0491${String(i).padStart(6, '0')},Ann ${i}`).join('\n')}\n`,
)
const leftovers = () => readdirSync(folder.path).filter((name) => name.startsWith('leadline-file-'))

test('a thread reads the same, from a path or from bytes, and leaves no file behind', async () => {
  for (const source of [long, createReadStream(long)]) {
    let count = 0
    {
      await using table = await readTableApart(source, {}, { folder: folder.path })
      expect(table.shape.columns).toEqual(['Phone', 'Name'])
      expect(leftovers()).toHaveLength(1)
      for await (const rows of table.batches) for (const { row } of rows) expect(row).toBe(++count + 1)
      expect(table.remarks()).toEqual([])
    }
    expect(count).toBe(LINES)
    expect(leftovers()).toEqual([])
  }
})

test('the event loop goes on while a file is read', async () => {
  await using table = await readTableApart(long, {}, { folder: folder.path })
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  let batches = 0
  for await (const _ of table.batches) {
    batches++
    last = performance.now()
    await wait(1)
  }
  clearInterval(timer)
  expect(batches).toBeGreaterThan(5)
  // Taking a batch over takes some milliseconds; reading the file takes hundreds.
  expect(longest).toBeLessThan(150)
})

test('a reader that stops, or stops early, ends the thread and its files', async () => {
  const stop = new AbortController()
  const table = await readTableApart(long, {}, { folder: folder.path, signal: stop.signal })
  const reading = (async () => {
    for await (const _ of table.batches) stop.abort()
  })()
  await expect(reading).rejects.toMatchObject({ problem: 'cancelled' })
  await table[Symbol.asyncDispose]()
  expect(leftovers()).toEqual([])
  {
    await using unread = await readTableApart(long, {}, { folder: folder.path })
    for await (const _ of unread.batches) break
  }
  expect(leftovers()).toEqual([])
  await expect(
    readTableApart(long, {}, { folder: folder.path, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ problem: 'cancelled' })
  expect(leftovers()).toEqual([])
})

test('a thread waits for its reader', async () => {
  await using table = await readTableApart(long, {}, { folder: folder.path })
  const batches = table.batches[Symbol.asyncIterator]()
  await batches.next()
  const before = process.memoryUsage.rss()
  await wait(300)
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  let rows = 0
  for await (const batch of { [Symbol.asyncIterator]: () => batches }) rows += batch.length
  expect(rows).toBeGreaterThan(LINES / 2)
})

test('refusals come through the thread with their words; what it has no memory for is refused', async () => {
  const pdf = folder.put('%PDF-1.7')
  await expect(readTableApart(pdf, {}, { folder: folder.path })).rejects.toSatisfy(
    (error) =>
      error instanceof UnreadableFile &&
      error.problem === 'unknown_format' &&
      /Save it as CSV/.test(error.message),
  )
  const endless = folder.put(`Phone,Name\n"${'x'.repeat(3_000_000)}`)
  await expect(readTableApart(endless, { quote: '"' }, { folder: folder.path })).rejects.toMatchObject({
    problem: 'row_too_long',
  })
  await expect(readTableApart(long, {}, { folder: folder.path, memory_mb: 8 })).rejects.toMatchObject({
    problem: 'memory',
  })
  await expect(readTableApart('/nowhere/leads.csv', {}, { folder: folder.path })).rejects.toMatchObject({
    problem: 'crashed',
  })
  expect(leftovers()).toEqual([])
})
