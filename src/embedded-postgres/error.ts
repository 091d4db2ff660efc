/** The program that embeds PostgreSQL, as file names and messages call it. */
export interface Product {
  /** In lower-case letters: names the database, its superuser, `<name>.lock`, `/var/lib/<name>`. */
  name: string
  /** The program's name for people. */
  title: string
  /** Its option that names the data directory. */
  data_dir_option: string
  /** Its option that names a PostgreSQL server to use instead. */
  server_option: string
}

/** Why the embedded PostgreSQL cannot run; the message says what to do. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError'
}

const DISK_FULL = 'the disk is full: free some space and start again'

const adviceFor = (code: string, { data_dir_option, server_option }: Product): string | undefined =>
  ({
    ENOSPC: DISK_FULL,
    EDQUOT: 'the disk quota is used up: free some space and start again',
    EROFS: `the file system is read-only: set ${data_dir_option} to a writable place`,
    EACCES: `access was denied: run as the user that owns the data directory, or set ${data_dir_option}`,
    EPERM: `the operating system forbids it: run as an ordinary user, or set ${server_option} to a PostgreSQL server`,
  })[code]

/** An error of the operating system becomes an EmbeddedError with advice; a bug stays what it is. */
export function explained(error: unknown, product: Product): unknown {
  if (error instanceof EmbeddedError) return error
  const code = failureCode(error)
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return error
  const advice = adviceFor(code, product)
  const message = `the embedded PostgreSQL cannot run: ${error.message}`
  return new EmbeddedError(advice === undefined ? message : `${message} (${advice})`, { cause: error })
}

/** A complaint of a program, with advice where its cause is a common one. */
export const advised = (complaint: string) =>
  complaint.includes('No space left on device') ? `${complaint} (${DISK_FULL})` : complaint

/** The code of a system or database error (`ENOENT`, `57P03`), undefined for anything else. */
export function failureCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
