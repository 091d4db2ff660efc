// Prints: talk on stderr, figures on stdout and in bench/results.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export const say = (line: string): void => void process.stderr.write(`${line}\n`)
export const tell = (line: string): void => void process.stdout.write(`${line}\n`)

export const thousands = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 })
export const fixed = (digits: number) => (value: number) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Figures by name; null: not known. */
export type Figures = Readonly<Record<string, number | null | undefined>>

/** The median of the known values; null when none is known. */
export function medianOf(values: readonly (number | null | undefined)[]): number | null {
  const sorted = values.filter((value) => value !== null && value !== undefined).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return sorted.length === 0 ? null : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Of times: what half, 95 and 99 in a hundred, and all of them do not exceed. */
export function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const share = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { p50_ms: share(0.5), p95_ms: share(0.95), p99_ms: share(0.99), max_ms: share(1) }
}

/** The highest of the known values; null when none is known. */
export function highest(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined)
  return known.length === 0 ? null : Math.max(...known)
}

/** Of each figure its mean over the rows; null where it is not known in each. */
export const means = (rows: readonly Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(rows[0] ?? {}).map((name) => {
      const values = rows.map((row) => row[name] ?? null)
      const known = values.filter((value) => value !== null)
      const sum = known.reduce((all, value) => all + value, 0)
      return [name, known.length === values.length ? sum / values.length : null]
    }),
  )

/** Of each figure its median over the rows. */
export const medians = (rows: readonly Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(Object.assign({}, ...rows)).map((name) => [name, medianOf(rows.map((row) => row[name]))]),
  )

/** A column: the key of its values, its heading, how many decimals. */
export type Column = readonly [key: string, heading: string, digits: number]

/** Prints rows under headings as they come. */
export class Table {
  readonly #columns: readonly Column[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
  }

  /** `width`: of the names of the rows. */
  head(width = 8): string {
    return this.#line('', width, (_, heading) => heading)
  }

  row(name: string, row: Figures, width = 8): string {
    return this.#line(name, width, (key, _, digits) => {
      const value = row[key]
      return value === null || value === undefined ? '-' : fixed(digits)(value)
    })
  }

  #line(name: string, width: number, cell: (...column: Column) => string): string {
    const cells = this.#columns.map((column) => cell(...column).padStart(Math.max(column[1].length, 7)))
    return [name.padEnd(width), ...cells].join('  ')
  }
}

/** What ran, on what, and when. */
export const running = (postgres: string | null) => ({
  command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  commit: commit(),
  node: process.versions.node,
  postgres,
  platform: `${process.platform}-${process.arch}`,
  cpus: availableParallelism(),
  cpu: cpus()[0]?.model ?? null,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  at: new Date().toISOString(),
})

/** Of this checkout; null: it is no clone. */
function commit(): string | null {
  const words = ['describe', '--always', '--dirty', '--exclude=*']
  const { status, stdout } = spawnSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

const RESULTS = new URL('./results/', import.meta.url)

/** Writes the result to stdout or to bench/results/NAME.json, its figures rounded to their precision. */
export function handOver(name: string, result: object, on_stdout: boolean): void {
  const json = JSON.stringify(
    result,
    (_, value) => (typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value),
    2,
  )
  if (on_stdout) {
    tell(json)
    return
  }
  mkdirSync(RESULTS, { recursive: true })
  const path = fileURLToPath(new URL(`${name}.json`, RESULTS))
  writeFileSync(path, `${json}\n`)
  say(`Written to ${path}`)
}
