// The host names under which browsers may reach the operators' app.
//
// For a browser, a page under a foreign name that resolves to this server (DNS rebinding) has the same origin. Neither
// Origin nor Sec-Fetch-Site shows it, only the host name does. Requests with a key need no such check.

import type { IncomingMessage } from 'node:http'
import { ok, type Result, refuse } from '../../core/result.ts'

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/

export const isLoopback = (host: string) => LOOPBACK.test(host)

export class Hosts {
  readonly #public: ReadonlySet<string>

  /** Names without ports, in lower case. */
  constructor(public_hosts: readonly string[]) {
    this.#public = new Set(public_hosts)
  }

  judge({ headers }: IncomingMessage): Result<void> {
    const name = nameOf(headers.host ?? '')
    if (isLoopback(name) || this.#public.has(name)) return ok(undefined)
    return refuse('FORBIDDEN', HOST_UNKNOWN, { field: 'Host' })
  }
}

/** The advice to an administrator if browsers cannot reach the installation under its name. */
export const hostsProblem = ({ host, public_hosts }: { host: string; public_hosts: readonly string[] }) =>
  isLoopback(host) || public_hosts.length > 0
    ? undefined
    : 'Operators can sign in on this machine only: name the hosts that their browsers use in LEADLINE_PUBLIC_HOSTS'

const HOST_UNKNOWN =
  'this host name is not one of this installation: an administrator names it in LEADLINE_PUBLIC_HOSTS'

function nameOf(host: string): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : ''
}
