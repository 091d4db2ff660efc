// The last line of a run, alone on it: `412 passed, 0 failed`.

import type { Reporter, TestModule } from 'vitest/node'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** A file that does not load and an error outside of every test count as one failure each. */
export function count(modules: readonly TestModule[], unhandled_errors: number): Counts {
  const counts = { passed: 0, failed: unhandled_errors, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test that never ran, because the run was broken off, has not passed.
      counts[state === 'pending' ? 'failed' : state]++
    }
  }
  return counts
}

/** A run that ends with an error for any reason never says `0 failed`. */
export function line({ passed, failed, skipped }: Counts, exit_code: number): string {
  const shown = failed === 0 && exit_code !== 0 ? 1 : failed
  return `${passed} passed, ${shown} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Prints when the process ends: after the other reporters, and after what is checked when the servers have stopped. */
export class CountReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 }

  onInit() {
    process.once('exit', (exit_code) => {
      process.stdout.write(`${line(this.#counts, exit_code)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled_errors: readonly unknown[]) {
    this.#counts = count(modules, unhandled_errors.length)
  }
}
