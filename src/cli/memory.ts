// Keeps the memory of a server small. By itself V8 lets the old generation double before it looks through it, and an
// idle process keeps all that its start and its busiest minute took.

import { setFlagsFromString } from 'node:v8'

/** By how much of its live objects the old generation grows before it is collected, per cent. */
const GROWTH_PCT = 40
/** How often it looks for memory to give back. */
const LOOK_MS = 10_000
/** A process is idle whose event loop works for a smaller part of the time. */
const IDLE_MAX = 0.05
/** The start itself works for less of the first look than this. */
const IDLE_AT_START_MAX = 0.15
/**
 * Compiled code goes with the memory, and the next twenty thousand requests cost half as much again. So a process that
 * has worked gives back only after this many idle looks.
 */
const IDLE_LOOKS = 6
/** Giving back stops the process for a tenth of a second: for less than this it does not. */
const WORTH_BYTES = 20 * 2 ** 20

/**
 * From now on the heap grows slowly, and an idle process gives memory back. This needs `--expose-gc` on the command line:
 * the way to `gc` through a context of its own makes every request half as dear again.
 */
export function keepMemorySmall({ look_ms = LOOK_MS } = {}): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PCT}`)
  const collect = globalThis.gc
  if (!collect) return
  let needed = 0
  let idle_max = IDLE_AT_START_MAX
  // Nothing that a start has compiled will be missed.
  let idle_looks = IDLE_LOOKS - 1
  let loop = performance.eventLoopUtilization()
  const look = () => {
    const before = loop
    loop = performance.eventLoopUtilization()
    const is_idle = performance.eventLoopUtilization(loop, before).utilization < idle_max
    idle_max = IDLE_MAX
    idle_looks = is_idle ? idle_looks + 1 : 0
    if (idle_looks < IDLE_LOOKS || process.memoryUsage.rss() < needed + WORTH_BYTES) return
    // Only this kind shrinks the young generation too.
    collect({ type: 'major', flavor: 'last-resort' })
    needed = process.memoryUsage.rss()
  }
  setInterval(look, look_ms).unref()
}
