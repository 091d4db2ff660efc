// Warns the reader of the figures.

import type { LoadResult } from './load.ts'
import { type Figures, say, thousands } from './report.ts'

/** Figures are doubtful once the hypervisor or other processes take more of this machine's CPUs. */
const STEAL_PCT_MAX = 5
const OTHERS_PCT_MAX = 10

/** `rows`: the figures of each round or run; `loads`: of each load. */
export function warn(rows: readonly Figures[], loads: readonly LoadResult[]): void {
  const over = (name: string, max: number) => rows.filter((row) => (row[name] ?? 0) > max).length
  const stolen = over('steal_pct', STEAL_PCT_MAX)
  if (stolen > 0)
    say(`Doubtful: ${stolen} of ${rows.length} times the hypervisor gave over ${STEAL_PCT_MAX} % to others.`)
  const shared = over('others_cpu_pct', OTHERS_PCT_MAX)
  if (shared > 0)
    say(`Doubtful: ${shared} of ${rows.length} times other processes used over ${OTHERS_PCT_MAX} % of a CPU.`)
  const backlog = loads.reduce((all, load) => all + load.backlog, 0)
  const taken = loads.reduce((all, load) => all + load.taken, 0)
  // A pause in the last moments leaves a few.
  if (backlog > taken / 100)
    say(`The rate was not sustained: ${thousands(backlog)} requests were due and could not be sent.`)
  const refused = new Map<string, number>()
  for (const load of loads)
    for (const [code, n] of Object.entries(load.refused)) refused.set(code, (refused.get(code) ?? 0) + n)
  const codes = [...refused].map(([code, n]) => `${thousands(n)} with ${code}`)
  if (codes.length > 0) say(`Refused, and not counted: ${codes.join(', ')}.`)
}
