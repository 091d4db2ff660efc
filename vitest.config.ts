import { availableParallelism } from 'node:os'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { CountReporter } from './test/support/count.ts'
import { FAST, LONG, LONG_IN_A_BROWSER } from './test/support/runs.ts'

/** Pure tests are beside their file and need nothing. */
const core: TestProjectInlineConfiguration = {
  test: {
    name: 'core',
    include: ['{src,web/src,bench,scripts}/**/*.test.ts'],
    testTimeout: 60_000,
    // Pure code leaves nothing behind for the next file.
    isolate: false,
  },
}

/** Tests that share PostgreSQL servers, which a run starts once. */
const onServers = (
  name: string,
  include: readonly string[],
  long = false,
): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [...include],
    exclude: ['test/web/**'],
    globalSetup: 'test/support/global.ts',
    setupFiles: 'test/support/each-file.ts',
    provide: { long },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each file has a server and a database of its own.
    isolate: false,
  },
})

/** Tests of the app, which also share a browser. */
const inBrowser = (
  name: string,
  include: readonly string[],
  long = false,
): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [...include],
    globalSetup: 'test/support/global-web.ts',
    provide: { long },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // As long as the browser waits for anything else.
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
})

const SERVER_TESTS = ['test/**/*.test.ts']

/** The projects of `vitest --mode …`; without a mode, the whole suite. */
const RUNS: Record<string, TestProjectInlineConfiguration[]> = {
  test: [core, onServers('server', SERVER_TESTS), inBrowser('web', ['test/web/**/*.test.ts'])],
  fast: [core, onServers('fast', FAST)],
  long: [onServers('long', LONG, true), inBrowser('long-web', LONG_IN_A_BROWSER, true)],
}

export default defineConfig(({ mode }) => ({
  test: {
    // Tests wait for disks, clocks and browsers half of their time: two files more than there are cores.
    maxWorkers: mode === 'long' ? 1 : availableParallelism() + 2,
    reporters: ['default', new CountReporter()],
    projects: RUNS[mode],
  },
}))
