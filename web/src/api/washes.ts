// The washes of an allocation.

import { queryOptions } from '@tanstack/react-query'
import type { DncFile, NewWash, NewWashAnswer, Wash } from '../../../src/client/api.ts'
import { client, must, queries } from './client.ts'
import { type SendingFile, sendParts } from './dnc-files.ts'
import { newSetUp } from './set-up.ts'

const SHOWN = 10
/** How often a wash at work is looked at, milliseconds. */
const LOOK_MS = 1_000

export const washesQuery = (allocation_id: number) =>
  queryOptions({
    queryKey: ['washes', allocation_id],
    queryFn: async () => (await must(client.washes({ allocation_id, limit: SHOWN }))).items,
    refetchInterval: ({ state }) => state.data?.some((wash) => wash.state === 'collecting') && LOOK_MS,
  })

export const makeWash = (allocation_id: number, wanted: NewWash): Promise<Wash> =>
  must(client.makeWash(allocation_id, wanted))

export const cancelWash = (wash_id: number): Promise<Wash> => must(client.cancelWash(wash_id))

/** A number in each line, as the register takes it. */
export const numbersOfWash = (wash_id: number): Promise<string> => must(client.washNumbers(wash_id))

/** Sends the answer of a register; what comes of it is followed by its id. @throws Refused, FileGone */
export async function sendAnswer(
  wash_id: number,
  wanted: Omit<NewWashAnswer, 'name' | 'bytes'>,
  content: File,
  sending: SendingFile,
): Promise<DncFile> {
  const made = await must(client.answerWash(wash_id, { ...wanted, name: content.name, bytes: content.size }))
  return sendParts(made, content, sending)
}

/** The allocation may be hidden, washed or started by now. */
export async function washesChanged(): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['washes'] }),
    queries.invalidateQueries({ queryKey: ['next'] }),
    newSetUp(),
  ])
}
