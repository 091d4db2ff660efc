// The slots, turns and bytes that a request holds while it is at work. All of them go back when its answer is made. A
// client that hangs up gives nothing back before the work ends; otherwise it could put any amount of work behind the gate.

import type { IncomingMessage } from 'node:http'
import type { Admission, Gate } from '../intake/gate.ts'

interface Holding {
  release: () => void
}

export class Holdings {
  readonly #held: Holding[] = []
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  /** A holding that is added after the end goes back at once. */
  add(holding: Holding): void {
    if (this.#ended) holding.release()
    else this.#held.push(holding)
  }

  end(): void {
    this.#ended = true
    for (const holding of this.#held.splice(0)) holding.release()
  }
}

/** Waits for a slot of a gate until the client hangs up; whoever ends the holdings gives it back. */
export async function takeSlot(
  gate: Gate,
  key: string,
  { socket }: IncomingMessage,
  holdings: Holdings,
): Promise<Admission> {
  const gone = new AbortController()
  const onClose = () => gone.abort()
  // The end of the socket, not of the answer: the answer of a pipelined request has no socket yet.
  socket.once('close', onClose)
  const admission = await gate.enter({ key, signal: gone.signal })
  socket.off('close', onClose)
  if (admission === 'admitted') holdings.add({ release: () => gate.leave(key) })
  return admission
}
