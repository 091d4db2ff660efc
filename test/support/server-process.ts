// A server in a process of its own, as people start it.

import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Connection } from './postgres.ts'
import { ROOT } from './statements.ts'

export const COMMAND = join(ROOT, 'bin/leadline')

/** Where a server listens that has just been started, as it says. */
export function addressOf(child: ChildProcess, said: () => string = () => ''): Promise<string> {
  let told = ''
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      told += chunk
      const listening = /listens on (http:\S+)/.exec(told)?.[1]
      if (listening) resolve(listening)
    })
    child.once('exit', () => reject(new Error(`the server ended instead of starting: ${said()}`)))
  })
}

/** As an administrator would write it: the socket's directory is not a host name, so it is in the query. */
export const databaseUrl = ({ host, port, user, database }: Connection) =>
  `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
