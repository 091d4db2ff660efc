// Files of numbers for the do-not-call lists.

import { queryOptions } from '@tanstack/react-query'
import type { DncFile, NewDncFile } from '../../../src/client/api.ts'
import { sendDncFile } from '../../../src/client/send-file.ts'
import { client, must, Refused } from './client.ts'
import { bytesOf, type SendingState, untilSent } from './sending.ts'

const SHOWN = 20
/** How often files at work are looked at, milliseconds. */
const LOOK_MS = 1_000

const isOver = ({ finished_at }: DncFile) => finished_at !== null

export const dncFilesQuery = queryOptions({
  queryKey: ['dnc', 'files'],
  queryFn: async () => (await must(client.dncFiles({ limit: SHOWN }))).items,
  // A file that is still being sent is followed by its own page.
  refetchInterval: ({ state }) =>
    state.data?.some((file) => !isOver(file) && file.state !== 'uploading') && LOOK_MS,
})

export const dncFileQuery = (file_id: number) =>
  queryOptions({
    // Not among those of the lists, which are read again when it is over.
    queryKey: ['dnc-file', file_id],
    queryFn: () => must(client.dncFile(file_id)),
    refetchInterval: ({ state }) => (!state.data || !isOver(state.data)) && LOOK_MS,
  })

type Wanted = Omit<NewDncFile, 'name' | 'bytes'>

export interface SendingFile {
  /** So many bytes are there. */
  onSent: (bytes: number) => void
  onState: (state: SendingState) => void
}

/** Sends a file, or what is missing of it; what comes of it is followed by its id. @throws Refused, FileGone */
export async function sendFile(wanted: Wanted, content: File, sending: SendingFile): Promise<DncFile> {
  const begun = await begunBefore(wanted, content)
  if (begun)
    try {
      return await sendParts(begun, content, sending)
    } catch (error) {
      // Another file has the same name and length: it is a new one.
      if (!(error instanceof Refused)) throw error
    }
  const made = await must(client.createDncFile({ ...wanted, name: content.name, bytes: content.size }))
  return sendParts(made, content, sending)
}

/** The same file for the same list, of which parts are missing: a page was reloaded, or its computer went away. */
async function begunBefore(
  { list, mode, campaign_id }: Wanted,
  { name, size }: File,
): Promise<DncFile | undefined> {
  const { items } = await must(client.dncFiles({ limit: SHOWN }))
  return items.find(
    (file) =>
      file.state === 'uploading' &&
      file.name === name &&
      file.bytes === size &&
      file.list === list &&
      file.mode === mode &&
      file.campaign_id === (campaign_id ?? null),
  )
}

/** Sends what is missing of a file. @throws Refused, FileGone */
export const sendParts = (
  begun: DncFile,
  content: File,
  { onSent, onState }: SendingFile,
): Promise<DncFile> =>
  untilSent(async () => {
    const found = await must(client.dncFile(begun.file_id))
    const answer = await sendDncFile(reading, found, content, onSent)
    return answer ? must(Promise.resolve(answer)) : found
  }, onState)

/** Reads a part before it is sent: a file that is gone is no lost connection. */
const reading: Parameters<typeof sendDncFile>[0] = {
  uploadDncPart: async (file_id, part, bytes) =>
    client.uploadDncPart(file_id, part, bytes instanceof Blob ? await bytesOf(bytes) : bytes),
}

export const cancelFile = (file_id: number) => must(client.cancelDncFile(file_id))

/** The rows that were not taken, as CSV. */
export const rejectsOf = (file_id: number) => must(client.dncFileRejects(file_id))
