// Requests of pages of other sites.

import type { IncomingMessage } from 'node:http'

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Whether the Origin of a request is not this server. */
export const hasForeignOrigin = ({ headers: { origin, host } }: IncomingMessage) =>
  origin !== undefined && hostOf(origin) !== host?.toLowerCase()

/** Whether a browser sends the request for a page of another site. Where nothing says so, no browser of today did. */
export function comesFromElsewhere(message: IncomingMessage): boolean {
  const site = message.headers['sec-fetch-site']
  return hasForeignOrigin(message) || (site !== undefined && site !== 'same-origin' && site !== 'none')
}
