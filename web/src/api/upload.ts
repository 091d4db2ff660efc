// Uploads of files of leads: in the background, whatever screen is open. What is on the server by then is not sent again, so an
// upload goes on after a lost connection, and after a reload once the file is chosen again.

import type { Import } from '../../../src/client/api.ts'
import { createStore } from '../store.ts'
import { client, must, queries } from './client.ts'
import { importQuery, learnImport } from './imports.ts'
import { bytesOf, type SendingState, untilSent } from './sending.ts'

export interface Upload {
  state: SendingState | 'failed'
  error?: unknown
}

/** Those of this page, by the id of their import. */
export const uploads = createStore<ReadonlyMap<number, Upload>>(new Map())

function set(import_id: number, upload: Upload | null): void {
  const all = new Map(uploads.get())
  if (upload) all.set(import_id, upload)
  else all.delete(import_id)
  uploads.set(all)
}

/** Whether a file can be the one that an import was begun with. */
export const isFileOf = ({ file_name, file_bytes }: Import, { name, size }: File) =>
  name === file_name && size === file_bytes

/** Sends the parts that are not there yet. */
export async function upload(begun: Import, file: Blob): Promise<void> {
  const { import_id } = begun
  if (uploads.get().get(import_id)?.state === 'sending') return
  try {
    await untilSent(
      () => sendParts(begun, file),
      (state) => set(import_id, { state }),
    )
    set(import_id, null)
  } catch (error) {
    set(import_id, { state: 'failed', error })
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
