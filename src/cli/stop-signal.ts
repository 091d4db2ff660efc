// What ends a command that serves, or that takes long.

import { once } from 'node:events'

/** Resolves at the first SIGINT or SIGTERM (or when the wrapper that started us is gone). Later ones change nothing:
 * npm sends a Ctrl-C on a second time, and it must not turn the stop into a hard one. */
export async function stopSignal(): Promise<string> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const first = Promise.race([
    ...signals.map((signal) => once(process, signal).then(() => signal)),
    ...(process.connected ? [once(process, 'disconnect').then(() => 'the end of the command')] : []),
  ])
  // The channel to the wrapper must not keep a command alive that has failed to start.
  process.channel?.unref()
  const signal = await first
  for (const name of signals) process.on(name, () => undefined)
  return signal
}

/** A signal ends the work in order, so that it can take back what it has begun. */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, abort)
  try {
    return await work(stop.signal)
  } finally {
    for (const name of signals) process.off(name, abort)
  }
}
