// Divides the CPU of PostgreSQL's processes between the kinds of work that they do.

export const KINDS = [
  'backends',
  'indexer',
  'wal_writer',
  'checkpointer',
  'postgres_other',
  'autovacuum',
] as const
export type Kind = (typeof KINDS)[number]

/** A row of pg_stat_activity. */
export interface Backend {
  pid: number
  /** Null: the database user may not see it. */
  backend_type: string | null
  /** It runs a statement of the search indexer. */
  indexing: boolean
}

export function kindOf({ backend_type, indexing }: Omit<Backend, 'pid'>): Kind {
  switch (backend_type) {
    case 'client backend':
    case 'parallel worker':
      return indexing ? 'indexer' : 'backends'
    case 'walwriter':
      return 'wal_writer'
    case 'checkpointer':
      return 'checkpointer'
    case 'autovacuum launcher':
    case 'autovacuum worker':
      return 'autovacuum'
    default:
      return 'postgres_other'
  }
}

interface Sample {
  pid: number
  kind: Kind
  /** So far. */
  cpu_ms: number
}

/**
 * Divides what each process uses between two samples, half for its kind in the one and half for its kind in the other:
 * the indexer has no backend of its own, the pool gives it any.
 */
export class CpuShares {
  readonly #ms: Record<Kind, number> = {
    backends: 0,
    indexer: 0,
    wal_writer: 0,
    checkpointer: 0,
    postgres_other: 0,
    autovacuum: 0,
  }
  #before: Map<number, Sample> | null = null

  add(samples: readonly Sample[]): void {
    for (const now of this.#before === null ? [] : samples) {
      const before = this.#before!.get(now.pid)
      // The process is new if it was not there before or had used more: count all of its CPU time.
      if (before === undefined || before.cpu_ms > now.cpu_ms) this.#ms[now.kind] += now.cpu_ms
      else for (const { kind } of [before, now]) this.#ms[kind] += (now.cpu_ms - before.cpu_ms) / 2
    }
    this.#before = new Map(samples.map((sample) => [sample.pid, sample]))
  }

  /**
   * Milliseconds of each kind; together the `total` of the postmaster and all its processes. Samples miss the end of a
   * process, and a short one altogether: only workers of autovacuum come and go during a measurement.
   */
  outOf(total: number): Record<Kind, number> {
    const told = KINDS.reduce((sum, kind) => sum + this.#ms[kind], 0)
    return { ...this.#ms, autovacuum: this.#ms.autovacuum + Math.max(0, total - told) }
  }
}
