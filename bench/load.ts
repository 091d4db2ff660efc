// The load generator as the bench sees it: a thread that is told what to send and answers what became of it.

import { Worker } from 'node:worker_threads'
import type { Target } from '../src/client/client.ts'

export interface LoadOptions {
  host: string
  port: number
  key: string
  target: Target
  /** Makes external ids this run's own. */
  run: string
}

export interface Phase {
  kind: 'insert' | 'update'
  clients: number
  /** How long it takes, or how many requests it is. */
  length: { seconds: number } | { requests: number }
  /** Requests per second, sent whatever the server does; null: each client sends when it has its answer. */
  rate: number | null
  /** Updates: how many leads were filled. */
  leads: number
}

export interface LoadResult {
  /** Leads taken within the time or, of so many requests, all of them, per second. */
  per_s: number
  /** All that were taken, those that were answered after the time included. */
  taken: number
  /** How many were refused, by result code (or by HTTP status where there is none). */
  refused: Record<string, number>
  /** Of those taken; with a rate from when they should have been sent. */
  p50_ms: number
  p99_ms: number
  max_ms: number
  /** With a rate: requests that were due and could not be sent within the time. */
  backlog: number
}

export type LoadMessage = { result: LoadResult } | { error: string }

export class Load {
  readonly #worker: Worker
  #settle: { resolve: (result: LoadResult) => void; reject: (error: Error) => void } | undefined

  constructor(options: LoadOptions) {
    this.#worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: options })
    this.#worker.on('message', (message: LoadMessage) => {
      if ('result' in message) this.#settle?.resolve(message.result)
      else this.#settle?.reject(new Error(message.error))
    })
    this.#worker.on('error', (error) => this.#settle?.reject(error as Error))
  }

  run(phase: Phase): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#worker.postMessage(phase)
    })
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}
