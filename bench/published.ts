// The section of docs/performance.md that shows results: made from the result files that are kept in the repository.

import { table } from '../scripts/table.ts'
import { BESIDE_COLUMNS, STEP_COLUMNS } from './import-columns.ts'
import type { Compared } from './judge.ts'
import type { Raced } from './peers/races.ts'
import { type Column, type Figures, fixed, type running, thousands } from './report.ts'

/** What every result says about its run. */
export type Ran = ReturnType<typeof running> & { scenario: string }

export interface Medians extends Ran {
  medians: Figures[]
  leads_present: number
  fdatasync_ms: number | null
}
export interface Growth extends Ran {
  few: number
  leads: number
  kinds: { kind: string; figures: Record<string, Compared> }[]
}
export interface Peers extends Ran {
  clients: number
  rows: { peer: string; insert: Figures; update: Figures; race: Raced }[]
}

export interface Imported extends Ran {
  steps: Record<string, Figures>
  beside: Figures
  copy_rows_per_s: number
  ratio: number
  copy_with_texts_rows_per_s: number
  ratio_with_texts: number
}

export const MARKERS = {
  begin: '<!-- Made by `npm run bench -- table`; changes here are lost. -->',
  end: '<!-- End of what is made. -->',
}

const LOAD: readonly Column[] = [
  ['p50_ms', 'p50 ms', 1],
  ['p99_ms', 'p99 ms', 1],
]
const INSERT: readonly Column[] = [
  ['clients', 'clients', 0],
  ['leads_per_s', 'inserts/s', 0],
  ['ratio', '÷ ceiling', 2],
  ['ratio_to_batched', '÷ batched ceiling', 2],
  ...LOAD,
  ['cpu_us', 'CPU µs/lead', 0],
  ['wal_bytes', 'WAL bytes/lead', 0],
  ['steal_pct', 'steal %', 1],
  ['others_cpu_pct', 'others CPU %', 0],
]
const UPDATE: readonly Column[] = [
  ['clients', 'clients', 0],
  ['updates_per_s', 'updates/s', 0],
  ['ratio', '÷ ceiling', 2],
  ['cpu_to_inserts', 'CPU ÷ insert', 2],
  ...LOAD,
  ['cpu_us', 'CPU µs/update', 0],
  ['wal_bytes', 'WAL bytes/update', 0],
  ['steal_pct', 'steal %', 1],
  ['others_cpu_pct', 'others CPU %', 0],
]
const GROWN: readonly Column[] = [
  ['cpu_us', 'CPU µs', 0],
  ['wal_bytes', 'WAL bytes', 0],
  ['per_s', 'per second', 0],
  ['p99_ms', 'p99 ms', 1],
]
const DRIVEN: readonly Column[] = [
  ['per_s', 'per second', 0],
  ...LOAD,
  ['refused', 'refused', 0],
  ['errors', 'errors', 0],
]

const cell = (value: number | null | undefined, digits: number) =>
  value === null || value === undefined ? '–' : fixed(digits)(value)
const cells = (columns: readonly Column[], row: Figures) =>
  columns.map(([key, , digits]) => cell(row[key], digits))
const headings = (columns: readonly Column[]) => columns.map(([, heading]) => heading)

/** By scenario: the heading, and the table of a result. */
const PARTS: Record<string, { title: string; rows: (result: never) => string }> = {
  insert: {
    title: 'Single inserts',
    rows: ({ medians }: Medians) =>
      table(
        headings(INSERT),
        medians.map((row) => cells(INSERT, row)),
      ),
  },
  update: {
    title: 'Updates by external id',
    rows: ({ medians }: Medians) =>
      table(
        headings(UPDATE),
        medians.map((row) => cells(UPDATE, row)),
      ),
  },
  growth: {
    title: 'Many leads beside few',
    rows: ({ few, leads, kinds }: Growth) =>
      table(
        ['', `among ${thousands(few)}`, `among ${thousands(leads)}`, '÷', 'lowest', 'highest'],
        kinds.flatMap(({ kind, figures }) =>
          GROWN.map(([key, heading, digits]) => {
            const { old, new: grown, ratio, ratio_min, ratio_max } = figures[key]!
            const ratios = [ratio, ratio_min, ratio_max].map((value) => cell(value, 2))
            return [`${kind}: ${heading}`, cell(old, digits), cell(grown, digits), ...ratios]
          }),
        ),
      ),
  },
  import: {
    title: 'A file of leads',
    rows: ({ steps, beside, ...result }: Imported) =>
      [
        table(
          ['', ...headings(STEP_COLUMNS)],
          Object.entries(steps).map(([step, row]) => [step, ...cells(STEP_COLUMNS, row)]),
        ),
        `COPY of the same rows: ${thousands(result.copy_rows_per_s)} rows/s; the run is ${cell(result.ratio, 2)} of it. ` +
          `With the texts of search: ${thousands(result.copy_with_texts_rows_per_s)} rows/s and ${cell(result.ratio_with_texts, 2)}.`,
        'Single inserts alone and beside a file that is taken:',
        table(headings(BESIDE_COLUMNS), [cells(BESIDE_COLUMNS, beside)]),
      ].join('\n\n'),
  },
  peers: {
    title: 'Side by side with other systems',
    rows: ({ rows, clients }: Peers) =>
      [
        table(
          ['', ...headings(DRIVEN)],
          rows.flatMap(({ peer, insert, update }) => [
            [`insert, ${peer}`, ...cells(DRIVEN, insert)],
            [`update, ${peer}`, ...cells(DRIVEN, update)],
          ]),
        ),
        `${clients} inserts of one number at once:`,
        table(
          ['', 'races', 'leads that got in', 'several got in', 'none got in'],
          rows.map(({ peer, race }) => [
            peer,
            ...[race.races, race.got_in, race.several, race.none].map((count) => cell(count, 0)),
          ]),
        ),
      ].join('\n\n'),
  },
}

/** The scenarios that the section shows, in its order. */
export const PUBLISHABLE = Object.keys(PARTS)

/** The section, markers included. */
export function section(results: readonly Ran[]): string {
  const parts = PUBLISHABLE.flatMap((scenario) =>
    results
      .filter((result) => result.scenario === scenario)
      .map((result) => {
        const { title, rows } = PARTS[scenario]!
        return [`### ${title}`, origin(result), rows(result as never)].join('\n\n')
      }),
  )
  return [MARKERS.begin, ...parts, MARKERS.end].join('\n\n')
}

const origin = ({ command, commit, at, cpus, cpu, memory_gb, platform, node, postgres }: Ran) =>
  `\`${command}\` on ${at.slice(0, 10)}, revision ${commit ?? 'unknown'}, Node ${node}, PostgreSQL ${postgres ?? 'unknown'}; ` +
  `${cpus} CPUs (${cpu ?? 'unknown'}), ${memory_gb} GB, ${platform}.`

/** The page with this section in place of the one it has. */
export function withSection(page: string, text: string): string {
  const [from, to] = [page.indexOf(MARKERS.begin), page.indexOf(MARKERS.end)]
  if (from < 0 || to < from)
    throw new Error('the page has no section of results: its two markers are missing')
  return page.slice(0, from) + text + page.slice(to + MARKERS.end.length)
}

/** What is kept of a result: all but the figures of each round. */
export function kept({ rounds: _, ...result }: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(result.kinds)) return result
  const kinds = (result as unknown as Growth).kinds.map(({ kind, figures }) => ({
    kind,
    figures: Object.fromEntries(GROWN.map(([key]) => [key, figures[key]])),
  }))
  return { ...result, kinds }
}
