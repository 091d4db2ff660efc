// Sends a file of numbers in its parts. What the server has already is not sent again.

import type { FileBytes, Reply } from './answer.ts'
import type { DncFile } from './api.ts'

interface PartTaker {
  uploadDncPart: (id: number, part: number, bytes: FileBytes) => Promise<Reply<DncFile>>
}

/** Sends the parts that `file` misses. The answer is that to the last part, or the first refusal. */
export async function sendDncFile(
  client: PartTaker,
  file: DncFile,
  content: Blob,
  onSent: (bytes: number) => void = () => undefined,
): Promise<Reply<DncFile> | undefined> {
  const { file_id, part_bytes, bytes } = file
  let answer: Reply<DncFile> | undefined
  for (const part of file.missing_parts) {
    const from = (part - 1) * part_bytes
    const to = Math.min(bytes, from + part_bytes)
    answer = await client.uploadDncPart(file_id, part, content.slice(from, to))
    if (!answer.ok) return answer
    onSent(to)
  }
  return answer
}
