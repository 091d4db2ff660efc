// Which files the short and the long run are made of. CONTRIBUTING.md says what each long one guards.

/** `npm run test:fast`, besides all pure tests. */
export const FAST = [
  'test/style.test.ts',
  'test/docs.test.ts',
  'test/migrations.test.ts',
  'test/results.test.ts',
  'test/contract/*.test.ts',
]

/** `npm run test:long`: in every run each of these does the same with less. */
export const LONG = [
  'test/bad-input/properties.test.ts',
  'test/bad-input/values.test.ts',
  'test/faults.test.ts',
  'test/import-faults.test.ts',
  'test/import-kills.test.ts',
  'test/pull-faults.test.ts',
  'test/races.test.ts',
  'test/simulated-days.test.ts',
  'test/set-up-under-load.test.ts',
  'test/takers.test.ts',
  'test/torture.test.ts',
]

export const LONG_IN_A_BROWSER = ['test/web/two-browsers.test.ts']
