// A file that a command sends to the server in parts.

import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { LIMITS } from '../core/limits.ts'
import { UsageError } from './terminal.ts'

/** Its content is read as it is sent. */
export async function fileToSend(path: string): Promise<Blob> {
  const found = await stat(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${code})`)
  })
  if (!found.isFile()) throw new UsageError(`${path} is no file`)
  if (found.size === 0) throw new UsageError(`${path} is empty`)
  if (found.size > LIMITS.file_bytes_max) throw new UsageError(`${path} is larger than 1 GiB`)
  return openAsBlob(path)
}
