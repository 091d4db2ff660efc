// A transaction whose work may refuse, or is only tried.

import type { Result } from '../core/result.ts'
import type { Retry } from '../db/again.ts'
import type { Db, Transactions } from '../db/pool.ts'

/** Leaves a transaction so that it is rolled back. */
class RolledBack<T> extends Error {
  readonly result: Result<T>
  constructor(result: Result<T>) {
    super('rolled back')
    this.result = result
  }
}

/** Runs `work` in one transaction. A refusal rolls it back, and so does `rehearse`. `retry`: as of Pool.transaction. */
export async function transact<T>(
  pool: Transactions,
  work: (tx: Db) => Promise<Result<T>>,
  retry?: Retry,
  { rehearse = false } = {},
): Promise<Result<T>> {
  try {
    return await pool.transaction(async (tx) => {
      const result = await work(tx)
      if (result.refusal || rehearse) throw new RolledBack(result)
      return result
    }, retry)
  } catch (error) {
    if (error instanceof RolledBack) return error.result
    throw error
  }
}
