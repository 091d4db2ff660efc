import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'

const HOUR_S = 3_600

// Callers and operators plan with what the documents say.
test.each<[keyof typeof LIMITS, number, string]>([
  ['body_bytes_max', 256 * 1024, 'classic-api.md'],
  ['batch_body_bytes_max', 8 * 1024 * 1024, 'classic-api.md'],
  ['json_keys_max', 1_000, 'classic-api.md'],
  ['external_id_points_max', 200, 'classic-api.md'],
  ['text_points_max', 20_000, 'classic-api.md'],
  ['unmapped_keys_max', 50, 'classic-api.md'],
  ['unmapped_bytes_max', 32 * 1024, 'classic-api.md'],
  ['leases_max', 500, 'connect-a-dialler.md'],
  ['lease_s_default', 180, 'connect-a-dialler.md'],
  ['lease_s_max', HOUR_S, 'connect-a-dialler.md'],
  ['callback_grace_s', HOUR_S / 4, 'connect-a-dialler.md'],
  ['dnc_numbers_max', 10_000, 'v1-api.md'],
  ['dnc_numbers_bounded_max', 100, 'v1-api.md'],
  ['dnc_numbers_day_max', 1_000, 'v1-api.md'],
  ['search_points_max', 200, 'v1-api.md'],
  ['session_s_max', 12 * HOUR_S, 'v1-api.md'],
  ['session_idle_s_max', HOUR_S, 'v1-api.md'],
  ['device_s_max', 90 * 24 * HOUR_S, 'v1-api.md'],
])('%s is %d, as docs/%s says', (limit, value) => {
  expect(LIMITS[limit]).toBe(value)
})
