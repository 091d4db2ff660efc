import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kept, MARKERS, type Medians, section, withSection } from './published.ts'
import { keptResults, PAGE } from './table.ts'

const ran = {
  command: 'npm run bench -- insert',
  commit: 'abc1234',
  node: '26.10.0',
  postgres: '18.4',
  platform: 'linux-x64',
  cpus: 2,
  cpu: 'A processor',
  memory_gb: 24,
  at: '2026-11-27T10:00:00.000Z',
}
const inserts: Medians = {
  ...ran,
  scenario: 'insert',
  leads_present: 100_000,
  fdatasync_ms: null,
  medians: [{ clients: 64, leads_per_s: 4_512.4, ratio: 1.5, ratio_to_batched: 0.31, steal_pct: null }],
}
const ratio = { old: 200, new: 250, ratios: [1.25], ratio: 1.25, ratio_min: 1.2, ratio_max: 1.3 }

test('docs/performance.md shows the results that are kept, as the script shows them', () => {
  const page = readFileSync(PAGE, 'utf8')
  expect(page === withSection(page, section(keptResults())), 'run npm run bench -- table').toBe(true)
  expect(keptResults().length).toBeGreaterThan(0)
})

test('a result says by what, when and on what it was measured, and what is not known is a dash', () => {
  const lines = section([inserts]).split('\n')
  expect(lines[0]).toBe(MARKERS.begin)
  expect(lines.at(-1)).toBe(MARKERS.end)
  expect(lines).toContain('### Single inserts')
  expect(lines).toContain(
    '`npm run bench -- insert` on 2026-11-27, revision abc1234, Node 26.10.0, PostgreSQL 18.4; 2 CPUs (A processor), 24 GB, linux-x64.',
  )
  expect(lines.find((line) => line.startsWith('| 64'))).toBe(
    '| 64 | 4,512 | 1.50 | 0.31 | – | – | – | – | – | – |',
  )
})

test('the scenarios have one order, whatever that of the files is', () => {
  const growth = { ...ran, scenario: 'growth', few: 100_000, leads: 3_000_000, kinds: [] }
  const text = section([growth, inserts])
  expect(text.indexOf('### Single inserts')).toBeLessThan(text.indexOf('### Many leads beside few'))
})

test('many leads beside few show their ratios', () => {
  const figures = { cpu_us: ratio, wal_bytes: ratio, per_s: ratio, p99_ms: ratio }
  const growth = {
    ...ran,
    scenario: 'growth',
    few: 100_000,
    leads: 3_000_000,
    kinds: [{ kind: 'insert', figures }],
  }
  expect(section([growth])).toContain('| insert: CPU µs | 200 | 250 | 1.25 | 1.20 | 1.30 |')
})

test('a file of leads shows its steps, COPY of its rows, and inserts beside it', () => {
  const imported = {
    ...ran,
    scenario: 'import',
    steps: { read: { seconds: 2 }, run: { seconds: 12.34, rows_per_s: 8_103.7 } },
    copy_rows_per_s: 16_000.4,
    ratio: 0.506,
    copy_with_texts_rows_per_s: 12_000,
    ratio_with_texts: 0.6,
    beside: { alone_p99_ms: 8.1, beside_p99_ms: 12.2, p99_ratio: 1.51 },
  }
  const text = section([imported])
  expect(text).toContain('| run | 12.3 | 8,104 | – |')
  expect(text).toContain('COPY of the same rows: 16,000 rows/s; the run is 0.51 of it.')
  expect(text).toContain('| – | 8.1 | – | 12.2 | 1.51 | – |')
})

test('the section replaces what is between the markers, and nothing else', () => {
  const page = `before\n${MARKERS.begin}\nold\n${MARKERS.end}\nafter\n`
  expect(withSection(page, section([]))).toBe(`before\n${MARKERS.begin}\n\n${MARKERS.end}\nafter\n`)
  expect(() => withSection('no markers', section([]))).toThrow('its two markers are missing')
})

test('the figures of single rounds, and those that are not shown, are not kept', () => {
  expect(kept({ ...inserts, rounds: [[{ clients: 64 }]] })).toEqual({ ...inserts })
  const figures = { cpu_us: ratio, wal_bytes: ratio, per_s: ratio, p99_ms: ratio, index_lag_s: ratio }
  expect(JSON.stringify(kept({ kinds: [{ kind: 'insert', figures }] }))).not.toContain('index_lag_s')
})
