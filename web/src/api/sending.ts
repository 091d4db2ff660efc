// Files on their way to the server, part by part: after a lost connection, an ended session or a busy server, the sending goes
// on from the part that was not taken.

import { NoAnswer, Refused, sessionEnded } from './client.ts'
import { connected } from './connection.ts'

/** waiting: for the connection, or for the operator to sign in again. */
export type SendingState = 'sending' | 'waiting'

/** The computer does not give the file any more: it was changed, moved or removed. */
export class FileGone extends Error {}

const REST_MS = 1_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether the sending can go on after an error, once that has passed. */
const passes = (error: unknown) =>
  error instanceof NoAnswer ||
  (error instanceof Refused && (error.problem.retryable || error.problem.name === 'UNAUTHORIZED'))

/** `send` asks the server what is missing, and sends that. Throws what no waiting helps against. */
export async function untilSent<Sent>(
  send: () => Promise<Sent>,
  onState: (state: SendingState) => void,
): Promise<Sent> {
  for (;;) {
    onState('sending')
    try {
      return await send()
    } catch (error) {
      if (!passes(error)) throw error
      onState('waiting')
      do await sleep(REST_MS)
      while (!connected.get() || sessionEnded.get())
    }
  }
}

export const bytesOf = async (part: Blob) =>
  new Uint8Array(
    await part.arrayBuffer().catch((cause) => {
      throw new FileGone('the file cannot be read', { cause })
    }),
  )
