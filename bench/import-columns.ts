// The columns of the tables of the scenario `import`.

import type { Column } from './report.ts'

export const STEP_COLUMNS: readonly Column[] = [
  ['seconds', 's', 1],
  ['rows_per_s', 'rows/s', 0],
  ['server_us', 'server µs/row', 0],
  ['postgres_us', 'PostgreSQL µs', 0],
  ['rss_before_mb', 'RSS MB: before', 0],
  ['rss_first_mb', 'first half', 0],
  ['rss_last_mb', 'second half', 0],
  ['index_lag_s', 'index lag s', 1],
  ['steal_pct', 'steal %', 1],
  ['others_cpu_pct', 'others CPU %', 0],
]
export const BESIDE_COLUMNS: readonly Column[] = [
  ['alone_p50_ms', 'alone: p50 ms', 1],
  ['alone_p99_ms', 'p99 ms', 1],
  ['beside_p50_ms', 'beside: p50 ms', 1],
  ['beside_p99_ms', 'p99 ms', 1],
  ['p99_ratio', 'p99 ÷ alone', 2],
  ['beside_rows_per_s', 'rows/s beside', 0],
]
