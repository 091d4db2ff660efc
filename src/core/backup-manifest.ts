// What a backup file says about itself, behind its data: which database it shows, and where each part is.

/** Rises when an older Leadline could not read the file. */
export const BACKUP_FORMAT = 1

/** A part of the file: rows as COPY writes them, compressed. */
export interface BackupPart {
  columns: string[]
  rows: number
  /** Of the rows, uncompressed: their length, and their SHA-256. */
  bytes: number
  sha256: string
  /** The place of the compressed rows in the file. */
  offset: number
  length: number
}

export interface BackedUpTable extends BackupPart {
  table: string
}

export interface BackedUpSequence {
  sequence: string
  /** Null: nothing was taken from it. */
  last: number | null
}

export interface BackupManifest {
  format: number
  /** The version of Leadline that made the file. */
  leadline: string
  /** Of the server: 18.4 */
  postgresql: string
  /** The moment that the backup shows, RFC 3339. */
  snapshot_at: string
  /** The level of the schema. */
  migrations: { version: number; name: string }[]
  /** No transaction of the backup has this number or a higher one, as digits. */
  next_xid: string
  tables: BackedUpTable[]
  sequences: BackedUpSequence[]
  /** The jobs that waited or ran. */
  jobs: BackupPart
  /** Ids of the leads that were forgotten by then. */
  forgotten: BackupPart
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isListOf = (value: unknown, isOne: (one: Record<string, unknown>) => boolean) =>
  Array.isArray(value) && value.every((one) => isObject(one) && isOne(one))

const isPart = (part: Record<string, unknown>) =>
  ['rows', 'bytes', 'offset', 'length'].every((name) => isCount(part[name])) &&
  typeof part.sha256 === 'string' &&
  Array.isArray(part.columns) &&
  part.columns.every((column) => typeof column === 'string')

/** Undefined: it is none. */
export function readManifest(text: string): BackupManifest | undefined {
  const read = parsed(text)
  if (!isObject(read)) return undefined
  const is_right =
    read.format === BACKUP_FORMAT &&
    ['leadline', 'postgresql', 'snapshot_at'].every((name) => typeof read[name] === 'string') &&
    /^\d{1,20}$/.test(String(read.next_xid)) &&
    isListOf(read.migrations, ({ version, name }) => isCount(version) && typeof name === 'string') &&
    isListOf(read.tables, (one) => typeof one.table === 'string' && isPart(one)) &&
    isListOf(read.sequences, (one) => typeof one.sequence === 'string') &&
    isListOf([read.jobs, read.forgotten], isPart)
  return is_right ? (read as unknown as BackupManifest) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
