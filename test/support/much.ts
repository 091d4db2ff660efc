// How much a test does: a little in every run, much in `npm run test:long`.

import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    long: boolean
  }
}

/** The amount for this run: rounds, leads, seconds. */
export const much = (in_every_run: number, in_the_long_run: number): number =>
  inject('long') ? in_the_long_run : in_every_run
