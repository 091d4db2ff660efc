// Uploads of files of leads: part by part, in the background, whatever screen is open. What is on the server by then is not
// sent again, so an upload goes on after a lost connection, and after a reload once the file is chosen again.

import type { Import } from '../../../src/client/api.ts'
import { createStore } from '../store.ts'
import { client, must, NoAnswer, queries, Refused, sessionEnded } from './client.ts'
import { connected } from './connection.ts'
import { importQuery, learnImport } from './imports.ts'

export interface Upload {
  /** waiting: for the connection, or for the operator to sign in again. */
  state: 'sending' | 'waiting' | 'failed'
  error?: unknown
}

/** Those of this page, by the id of their import. */
export const uploads = createStore<ReadonlyMap<number, Upload>>(new Map())

/** The computer does not give the file any more: it was changed, moved or removed. */
export class FileGone extends Error {}

function set(import_id: number, upload: Upload | null): void {
  const all = new Map(uploads.get())
  if (upload) all.set(import_id, upload)
  else all.delete(import_id)
  uploads.set(all)
}

/** Whether a file can be the one that an import was begun with. */
export const isFileOf = ({ file_name, file_bytes }: Import, { name, size }: File) =>
  name === file_name && size === file_bytes

const REST_MS = 1_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether the upload can go on after an error, once that has passed. */
const passes = (error: unknown) =>
  error instanceof NoAnswer ||
  (error instanceof Refused && (error.problem.retryable || error.problem.name === 'UNAUTHORIZED'))

/** Sends the parts that are not there yet. */
export async function upload(begun: Import, file: Blob): Promise<void> {
  const { import_id } = begun
  if (uploads.get().get(import_id)?.state === 'sending') return
  set(import_id, { state: 'sending' })
  for (;;) {
    try {
      await sendParts(begun, file)
      return set(import_id, null)
    } catch (error) {
      if (!passes(error)) return set(import_id, { state: 'failed', error })
      set(import_id, { state: 'waiting' })
      do await sleep(REST_MS)
      while (!connected.get() || sessionEnded.get())
      set(import_id, { state: 'sending' })
    }
  }
}

async function sendParts({ import_id }: Import, file: Blob): Promise<void> {
  const { parts, part_bytes, parts_all, state } = await must(client.import(import_id))
  if (state !== 'uploading') return
  for (let part = 1; part <= parts_all; part++) {
    if (parts.includes(part)) continue
    const bytes = await bytesOf(file.slice((part - 1) * part_bytes, part * part_bytes))
    const found = await must(client.putImportPart(import_id, part, bytes))
    learnImport(found)
    if (found.state !== 'uploading') return void queries.invalidateQueries(importQuery(import_id))
  }
}

const bytesOf = async (part: Blob) =>
  new Uint8Array(
    await part.arrayBuffer().catch((cause) => {
      throw new FileGone('the file cannot be read', { cause })
    }),
  )
