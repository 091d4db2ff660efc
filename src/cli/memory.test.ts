import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const MEMORY = new URL('memory.ts', import.meta.url).href

/** What a process that needed 200 MB does with them within some seconds. */
async function after(then: 'rest' | 'work'): Promise<{ given_back: boolean; resident_mb: number }> {
  const program = `
    import { constants, PerformanceObserver } from 'node:perf_hooks'
    import { keepMemorySmall } from '${MEMORY}'
    let given_back = false
    new PerformanceObserver((list) => {
      const flag = constants.NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE
      given_back ||= list.getEntries().some(({ detail }) => (detail.flags & flag) !== 0)
    }).observe({ entryTypes: ['gc'] })
    keepMemorySmall({ look_ms: 200 })
    let needed = Array.from({ length: 25_000 }, () => new Array(1_000).fill(0.5))
    needed = undefined
    const end = performance.now() + 3_000
    const go_on = () => {
      const pause = performance.now() + 30
      while ('${then}' === 'work' && performance.now() < pause);
      if (performance.now() < end && !given_back) return setTimeout(go_on, 10)
      console.log(JSON.stringify({ given_back, resident_mb: process.memoryUsage.rss() / 2 ** 20 }))
    }
    go_on()`
  const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program])
  return JSON.parse(stdout)
}

test('a process gives back what it needed once it is idle; while it works nothing stops it', async () => {
  expect(await after('work')).toMatchObject({ given_back: false })
  const { given_back, resident_mb } = await after('rest')
  expect(given_back).toBe(true)
  expect(resident_mb).toBeLessThan(150)
})
