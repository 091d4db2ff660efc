// Sends a file in its parts. What the server has already is not sent again.

import type { FileBytes, Reply } from './answer.ts'
import type { DncFile, MasterList } from './api.ts'
import type { LeadlineClient } from './client.ts'
import { putMasterListPart } from './master-lists.ts'

interface Parts {
  bytes: number
  part_bytes: number
  missing_parts: readonly number[]
}

/** Sends the parts that a file misses. The answer is that to the last part, or the first refusal. */
async function sendParts<File extends Parts>(
  { part_bytes, bytes, missing_parts }: Parts,
  content: Blob,
  send: (part: number, bytes: FileBytes) => Promise<Reply<File>>,
  onSent: (bytes: number) => void,
): Promise<Reply<File> | undefined> {
  let answer: Reply<File> | undefined
  for (const part of missing_parts) {
    const from = (part - 1) * part_bytes
    const to = Math.min(bytes, from + part_bytes)
    answer = await send(part, content.slice(from, to))
    if (!answer.ok) return answer
    onSent(to)
  }
  return answer
}

interface DncPartTaker {
  uploadDncPart: (id: number, part: number, bytes: FileBytes) => Promise<Reply<DncFile>>
}

/** Sends what the server misses of a file of numbers. */
export const sendDncFile = (
  client: DncPartTaker,
  file: DncFile,
  content: Blob,
  onSent: (bytes: number) => void = () => undefined,
) => sendParts(file, content, (part, bytes) => client.uploadDncPart(file.file_id, part, bytes), onSent)

/** Sends what the server misses of a master list. */
export const sendMasterList = (
  client: LeadlineClient,
  list: MasterList,
  content: Blob,
  onSent: (bytes: number) => void = () => undefined,
) => sendParts(list, content, (part, bytes) => putMasterListPart(client, list.list_id, part, bytes), onSent)
