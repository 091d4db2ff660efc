// Keeps the memory of a server small. By itself V8 lets the old generation double before it looks through it, and an
// idle process keeps all that its start and its busiest minute took.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** By how much of its live objects the old generation grows before it is collected, per cent. */
const GROWTH_PCT = 40
/** How often it looks for memory to give back. */
const LOOK_MS = 10_000
/** A process is idle whose event loop works for a smaller part of the time. */
const IDLE_MAX = 0.05
/** Giving back stops the process for a tenth of a second: for less than this it does not. */
const WORTH_BYTES = 20 * 2 ** 20

/** From now on the heap grows slowly, and an idle process gives memory back. */
export function keepMemorySmall({ look_ms = LOOK_MS } = {}): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PCT}`)
  setFlagsFromString('--expose-gc')
  const collect: NonNullable<typeof gc> = runInNewContext('gc')
  let needed = 0
  let loop = performance.eventLoopUtilization()
  const look = () => {
    const before = loop
    loop = performance.eventLoopUtilization()
    const is_idle = performance.eventLoopUtilization(loop, before).utilization < IDLE_MAX
    if (!is_idle || process.memoryUsage.rss() < needed + WORTH_BYTES) return
    // Only this kind shrinks the young generation too.
    collect({ type: 'major', flavor: 'last-resort' })
    needed = process.memoryUsage.rss()
  }
  setInterval(look, look_ms).unref()
}
