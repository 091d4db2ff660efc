// Files of numbers for the do-not-call lists.

import { queryOptions } from '@tanstack/react-query'
import type { DncFile, NewDncFile } from '../../../src/client/api.ts'
import { sendDncFile } from '../../../src/client/send-file.ts'
import { client, must } from './client.ts'

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

/** Sends a file; what comes of it is followed by its id. @throws Refused, NoAnswer */
export async function sendFile(
  wanted: Omit<NewDncFile, 'name' | 'bytes'>,
  content: File,
  onSent: (bytes: number) => void,
): Promise<DncFile> {
  const made = await must(client.createDncFile({ ...wanted, name: content.name, bytes: content.size }))
  const answer = await sendDncFile(client, made, content, onSent)
  return answer ? must(Promise.resolve(answer)) : made
}

export const cancelFile = (file_id: number) => must(client.cancelDncFile(file_id))

/** The rows that were not taken, as CSV. */
export const rejectsOf = (file_id: number) => must(client.dncFileRejects(file_id))
