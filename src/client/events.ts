// Follows events over fetch, so that keys and cookies go the same way as elsewhere.

import type { Stats } from './api.ts'

export type Followed =
  | {
      event: 'lead.updated'
      lead_id: string
      version: number
      at: string
      actor: string
      actor_name: string | null
      way: string
      /** The changed paths; null: the lead was created or forgotten. */
      paths: string[] | null
    }
  | { event: 'presence'; lead_id: string; operators: Present[] }
  /** The id of the newest note about a lead; null: there is none. */
  | { event: 'notes'; lead_id: string; newest: number | null }
  /** The held updates of a lead that wait; `assigned_to`: the operators who take care of them, one for each that has one. */
  | { event: 'held'; lead_id: string; open: number; assigned_to: number[] }
  /** `revision`: another text whenever the inbox looks otherwise. */
  | { event: 'conflicts'; open: number; revision: string }
  /** The number of the newest lead; null: there is none. */
  | { event: 'leads'; newest: number | null }
  /** The parts of the figures that are newer than those told before; the first has all. */
  | ({ event: 'stats'; at: string } & Partial<Stats>)

export interface Present {
  operator_id: number
  name: string
  /** Something is typed and not saved yet. */
  editing: boolean
  since: string
}

export interface FollowOptions {
  /** lead:41-1207, lead:41-1207@7, conflicts, leads, stats */
  topics: readonly string[]
  signal: AbortSignal
  on: (followed: Followed) => void
  /** false: the stream broke and is tried again. true: it is open. */
  onLive?: (live: boolean) => void
}

const RETRY_MS = 2_000

/**
 * Follows until the signal is aborted; comes back by itself after a break, from where it was.
 * `open`: makes the request. Resolves with the status when the server refuses (401: nobody is signed in any more).
 */
export async function follow(
  open: (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Response>,
  { topics, signal, on, onLive }: FollowOptions,
): Promise<number | undefined> {
  const path = `/v1/events?topics=${encodeURIComponent(topics.join(','))}`
  let last_id: string | undefined
  while (!signal.aborted) {
    try {
      const headers = {
        Accept: 'text/event-stream',
        ...(last_id === undefined ? {} : { 'Last-Event-ID': last_id }),
      }
      const response = await open(path, headers, signal)
      if (response.status >= 400 && response.status < 500) return response.status
      if (response.ok && response.body) {
        onLive?.(true)
        for await (const { id, event, data } of readEvents(response.body)) {
          if (id !== undefined) last_id = id
          on({ event, ...JSON.parse(data) } as Followed)
        }
      }
    } catch {
      // Broken off: by the network, by a server that stops, or by the signal.
    }
    if (signal.aborted) break
    onLive?.(false)
    await sleep(RETRY_MS, signal)
  }
  return undefined
}

interface RawEvent {
  id: string | undefined
  event: string
  data: string
}

/** The events of a stream as they are complete. Comments, and lines of other kinds, are passed over. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<RawEvent> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  let waiting = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      waiting += value
      for (let end = waiting.indexOf('\n\n'); end >= 0; end = waiting.indexOf('\n\n')) {
        const lines = waiting.slice(0, end).split('\n')
        waiting = waiting.slice(end + 2)
        const field = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
        const [event, data] = [field('event'), field('data')]
        if (event !== undefined && data !== undefined) yield { id: field('id'), event, data }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
