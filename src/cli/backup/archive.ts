// The file of a backup: parts of compressed rows one after the other, then what they are, then a checksum of everything.
//
//   a frame with the name of the format            (skippable)
//   the rows of each part                          (a Zstandard frame each)
//   a frame with the manifest and the checksum     (skippable)
//
// Programs that unpack Zstandard skip the two frames, so `zstd -dc` prints the rows of a file whatever became of Leadline.

import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import {
  BACKUP_FORMAT,
  type BackupManifest,
  type BackupPart,
  readManifest,
} from '../../core/backup-manifest.ts'

/** Why a backup cannot be made or used; the message says what to do. */
export class BackupError extends Error {}

const SKIPPABLE = 0x184d2a50
const FRAME_BYTES = 8
const SUM_BYTES = 32
/** At the end: the length of the manifest, the checksum of all bytes before the checksum. */
const TAIL_BYTES = 4 + SUM_BYTES
const NAME = /^LEADLINE BACKUP (\d{1,9})\n$/
const nameOf = (format: number) => `LEADLINE BACKUP ${format}\n`
/** Enough to read the name. */
const HEAD_BYTES = 48
/** Higher levels take several times as long and save a few per cent. */
const LEVEL = 3

function frame(bytes: number): Buffer {
  const head = Buffer.alloc(FRAME_BYTES)
  head.writeUInt32LE(SKIPPABLE, 0)
  head.writeUInt32LE(bytes, 4)
  return head
}

const partPath = (path: string) => `${path}.part`

/** Writes a file under another name; it gets its own when all of it is on the disk. */
export class ArchiveWriter {
  readonly #path: string
  readonly #file: FileHandle
  readonly #sum: Hash = createHash('sha256')
  #written = 0
  #is_named = false

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** @throws BackupError when there is such a file already. */
  static async create(path: string): Promise<ArchiveWriter> {
    if (await exists(path)) throw new BackupError(`${path} is there already: name another file.`)
    const part = partPath(path)
    const file = await open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST')
        throw new BackupError(
          `${part} is there already: another backup is being written to it, or was cut off. Remove it, or name another file.`,
        )
      throw new BackupError(
        `${path} cannot be written (${error.code}): name a file where there is room for it.`,
      )
    })
    const writer = new ArchiveWriter(path, file)
    const name = Buffer.from(nameOf(BACKUP_FORMAT))
    await writer.#write(Buffer.concat([frame(name.length), name]))
    return writer
  }

  get bytes(): number {
    return this.#written
  }

  /** Adds a part. `onBytes`: so many more bytes of rows have been read. */
  async add(
    rows: Readable,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Omit<BackupPart, 'rows' | 'columns'>> {
    const offset = this.#written
    const measure = new Measure(onBytes)
    const params = {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    }
    await pipeline(
      rows,
      (chunks: AsyncIterable<Buffer>) => measure.pass(chunks),
      createZstdCompress({ params }),
      async (packed: AsyncIterable<Buffer>) => {
        for await (const chunk of packed) await this.#write(chunk)
      },
      { signal },
    )
    return { ...measure.found(), offset, length: this.#written - offset }
  }

  /** Ends the file; from here on it has its name. */
  async finish(manifest: BackupManifest): Promise<void> {
    const text = Buffer.from(JSON.stringify(manifest))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(text.length)
    await this.#write(Buffer.concat([frame(text.length + TAIL_BYTES), text, length]))
    await this.#write(this.#sum.copy().digest())
    await this.#file.sync()
    await this.#file.close()
    await rename(partPath(this.#path), this.#path)
    this.#is_named = true
    const folder = await open(dirname(this.#path), 'r')
    await folder.sync()
    await folder.close()
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#file.close()
    await rm(this.#is_named ? this.#path : partPath(this.#path), { force: true })
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#sum.update(bytes)
    for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten
    this.#written += bytes.length
  }
}

/** Counts and sums the rows that pass. */
export class Measure {
  readonly #sum = createHash('sha256')
  readonly #onBytes: (bytes: number) => void
  #bytes = 0

  constructor(onBytes: (bytes: number) => void = () => {}) {
    this.#onBytes = onBytes
  }

  async *pass(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      this.#sum.update(chunk)
      this.#bytes += chunk.length
      this.#onBytes(chunk.length)
      yield chunk
    }
  }

  found(): Pick<BackupPart, 'bytes' | 'sha256'> {
    return { bytes: this.#bytes, sha256: this.#sum.copy().digest('hex') }
  }
}

export interface Archive {
  manifest: BackupManifest
  bytes: number
  /** The rows of a part. */
  rows: (part: BackupPart) => Readable
}

/** Opens a file after all of it has been read and compared with its checksum. @throws BackupError */
export async function openArchive(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<Archive> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${error.code}).`)
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new BackupError(`${path} is no file.`)
    const { size } = stat
    checkName(path, await bytesAt(file, 0, HEAD_BYTES))
    const damaged = new BackupError(
      `${path} is cut short or was changed: its checksum is wrong. Nothing was touched; use another backup.`,
    )
    if (size < HEAD_BYTES + TAIL_BYTES) throw damaged
    const tail = await bytesAt(file, size - TAIL_BYTES, TAIL_BYTES)
    const length = tail.readUInt32LE(0)
    const sum = tail.subarray(4)
    if (!(await sumOf(path, size - SUM_BYTES, onBytes)).equals(sum)) throw damaged
    const manifest = readManifest((await bytesAt(file, size - TAIL_BYTES - length, length)).toString())
    if (manifest === undefined) throw damaged
    return { manifest, bytes: size, rows: ({ offset, length }) => rowsAt(path, offset, length) }
  } finally {
    await file.close()
  }
}

/** Whether a file begins like a backup. */
export async function isArchive(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  const head = await bytesAt(file, 0, HEAD_BYTES)
  await file.close()
  return formatOf(head) !== undefined
}

function formatOf(head: Buffer): number | undefined {
  if (head.length < FRAME_BYTES || head.readUInt32LE(0) !== SKIPPABLE) return undefined
  const name = head.subarray(FRAME_BYTES, FRAME_BYTES + head.readUInt32LE(4)).toString('latin1')
  const format = NAME.exec(name)?.[1]
  return format === undefined ? undefined : Number(format)
}

function checkName(path: string, head: Buffer): void {
  const format = formatOf(head)
  if (format === undefined)
    throw new BackupError(`${path} is no backup of Leadline, or its beginning is damaged.`)
  if (format !== BACKUP_FORMAT)
    throw new BackupError(
      `${path} has format ${format}, and this Leadline reads format ${BACKUP_FORMAT}: use the version that made it, or a newer one.`,
    )
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, position))
  return buffer.subarray(0, bytesRead)
}

async function sumOf(path: string, bytes: number, onBytes: (bytes: number) => void): Promise<Buffer> {
  const sum = createHash('sha256')
  const stream = createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 })
  stream.on('data', (chunk) => {
    sum.update(chunk)
    onBytes(chunk.length)
  })
  await once(stream, 'end')
  return sum.digest()
}

function rowsAt(path: string, offset: number, length: number): Readable {
  const packed = createReadStream(path, { start: offset, end: offset + length - 1, highWaterMark: 1 << 20 })
  const rows = createZstdDecompress()
  packed.on('error', (error) => rows.destroy(error))
  return packed.pipe(rows)
}

async function exists(path: string): Promise<boolean> {
  try {
    await (await open(path, 'r')).close()
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
