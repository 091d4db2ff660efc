import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { CountReporter } from './test/support/count.ts'

// Pure tests stand beside their file and need nothing; the others share PostgreSQL servers started once, and those of
// the app a browser.
export default defineConfig({
  test: {
    // Tests wait for disks and browsers a third of their time: one file more than there are cores.
    maxWorkers: availableParallelism() + 1,
    reporters: ['default', new CountReporter()],
    projects: [
      {
        test: {
          name: 'core',
          include: ['src/core/**/*.test.ts', 'web/src/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 60_000,
          // Pure code leaves nothing behind for the next file.
          isolate: false,
        },
      },
      {
        test: {
          name: 'server',
          include: ['src/{db,intake,jobs,http,client,cli}/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/web/**'],
          globalSetup: 'test/support/global.ts',
          setupFiles: 'test/support/each-file.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'web',
          include: ['test/web/**/*.test.ts'],
          globalSetup: 'test/support/global-web.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A browser on a machine that is busy may miss a key; what is broken fails twice.
          retry: 1,
        },
      },
    ],
  },
})
