import { createReadStream, mkdirSync, readdirSync, rmdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { Folder } from '../../test/support/read-files.ts'
import { dropOldFolders, readTableApart } from './read-apart.ts'
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

test('what a process has left that died is removed after an hour', async () => {
  const place = (name: string, hours: number) => {
    const path = join(folder.path, name)
    mkdirSync(path)
    const at = Date.now() / 1_000 - hours * 3_600
    utimesSync(path, at, at)
  }
  place('leadline-file-old', 1.1)
  place('leadline-file-young', 0.9)
  place('another-old', 1.1)
  await dropOldFolders(folder.path)
  const left = readdirSync(folder.path)
  expect(leftovers()).toEqual(['leadline-file-young'])
  expect(left).toContain('another-old')
  rmdirSync(join(folder.path, 'leadline-file-young'))
})

test('the work is done beside the event loop', async () => {
  const [before, before_here] = [process.cpuUsage(), process.threadCpuUsage()]
  await using table = await readTableApart(long, {}, { folder: folder.path })
  for await (const _ of table.batches);
  const [all, here] = [process.cpuUsage(before), process.threadCpuUsage(before_here)]
  // What is left is taking the rows over.
  expect(here.user).toBeLessThan(all.user / 2)
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
  let { value } = await batches.next()
  let rows = value.length
  const start = process.cpuUsage()
  await wait(1_000)
  const waiting = process.cpuUsage(start).user
  for (;;) {
    const next = await batches.next()
    if (next.done) break
    value = next.value
    rows += value.length
  }
  expect(rows).toBe(LINES)
  // A thread that runs ahead has read all by now, and the rest costs nothing.
  expect(waiting * 2).toBeLessThan(process.cpuUsage(start).user)
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

test('a thread that says nothing for too long is ended; a slow reader may take its time', async () => {
  await expect(readTableApart(long, {}, { folder: folder.path, silence_ms: 0 })).rejects.toMatchObject({
    problem: 'crashed',
    message: expect.stringContaining('too long'),
  })
  expect(leftovers()).toEqual([])
  const SILENCE_MS = 5_000
  await using table = await readTableApart(long, {}, { folder: folder.path, silence_ms: SILENCE_MS })
  const batches = table.batches[Symbol.asyncIterator]()
  await batches.next()
  await wait(SILENCE_MS + 500)
  for (let i = 0; i < 10; i++) expect((await batches.next()).done).toBe(false)
})
