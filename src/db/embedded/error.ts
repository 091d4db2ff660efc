/** Why the embedded PostgreSQL cannot run; the message says what to do. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError'
}

const ADVICE: Record<string, string> = {
  ENOSPC: 'the disk is full: free some space and start again',
  EDQUOT: 'the disk quota is used up: free some space and start again',
  EROFS: 'the file system is read-only: set LEADLINE_DATA_DIR to a writable place',
  EACCES: 'access was denied: run as the user that owns the data directory, or set LEADLINE_DATA_DIR',
  EPERM:
    'the operating system forbids it: run as an ordinary user, or set DATABASE_URL to a PostgreSQL server',
}

/** An error of the operating system becomes an EmbeddedError with advice; a bug stays what it is. */
export function explained(error: unknown): unknown {
  if (error instanceof EmbeddedError) return error
  const code = errorCode(error)
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return error
  const advice = ADVICE[code]
  const message = `the embedded PostgreSQL cannot run: ${error.message}`
  return new EmbeddedError(advice === undefined ? message : `${message} (${advice})`, { cause: error })
}

/** A complaint of a program, with advice where its cause is a common one. */
export const advised = (complaint: string) =>
  complaint.includes('No space left on device') ? `${complaint} (${ADVICE.ENOSPC})` : complaint

/** The code of a system or database error (`ENOENT`, `57P03`), undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
