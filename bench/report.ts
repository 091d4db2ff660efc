// What the bench says: talk on stderr, figures on stdout and in bench/results.

import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

export const say = (line: string): void => void process.stderr.write(`${line}\n`)
export const tell = (line: string): void => void process.stdout.write(`${line}\n`)

export const thousands = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 })
const fixed = (digits: number) => (value: number) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Figures by name; null: not known. */
export type Figures = Readonly<Record<string, number | null | undefined>>

/** The median of what is known; null when nothing is. */
export function medianOf(values: readonly (number | null | undefined)[]): number | null {
  const sorted = values.filter((value) => value !== null && value !== undefined).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return sorted.length === 0 ? null : (sorted[middle - 1]! + sorted[middle]!) / 2
}

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

/** What ran, and when. */
export const running = (postgres: string | null) => ({
  node: process.versions.node,
  postgres,
  platform: `${process.platform}-${process.arch}`,
  cpus: availableParallelism(),
  at: new Date().toISOString(),
})

const RESULTS = new URL('./results/', import.meta.url)

/** Writes bench/results/SCENARIO.json, figures rounded to what they are worth; answers its path and text. */
export function writeResult(scenario: string, result: object): { path: string; json: string } {
  const json = JSON.stringify(
    result,
    (_, value) => (typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value),
    2,
  )
  mkdirSync(RESULTS, { recursive: true })
  const path = fileURLToPath(new URL(`${scenario}.json`, RESULTS))
  writeFileSync(path, `${json}\n`)
  return { path, json }
}
