// A transaction whose work may refuse.

import type { Refusal, Result } from '../core/result.ts'
import type { Retry } from '../db/again.ts'
import type { Db, Pool } from '../db/pool.ts'

/** Leaves a transaction so that it is rolled back. */
class RolledBack extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.detail)
    this.refusal = refusal
  }
}

/** Runs `work` in one transaction; a refusal rolls it back. `options`: as of Pool.transaction. */
export async function transact<T>(
  pool: Pool,
  work: (tx: Db) => Promise<Result<T>>,
  options?: Retry,
): Promise<Result<T>> {
  try {
    return await pool.transaction(async (tx) => {
      const result = await work(tx)
      if (result.refusal) throw new RolledBack(result.refusal)
      return result
    }, options)
  } catch (error) {
    if (error instanceof RolledBack) return { refusal: error.refusal }
    throw error
  }
}
