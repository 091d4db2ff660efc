// Where a URL action may connect to: never into our own network, unless an option names the host.
//
// A name is resolved once, and the connection goes to the address that was judged: a name that means another address
// a moment later changes nothing.

import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Gate } from '../intake/gate.ts'

const PORTS = new Set([80, 443, 8080, 8443])

/** Special-purpose networks (IANA): this host, private, link-local, shared, documentation, benchmarks, multicast. */
const PRIVATE_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const

/** Inside of 2000::/3, the only public part: IETF protocols with Teredo, documentation, and 6to4, which holds an IPv4. */
const PRIVATE_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

const denied = new BlockList()
for (const [network, prefix] of PRIVATE_V4) denied.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of PRIVATE_V6) denied.addSubnet(network, prefix, 'ipv6')
const unicast = new BlockList()
unicast.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !denied.check(address, 'ipv4')
    case 6:
      // An IPv4 address in the clothes of IPv6 (::ffff:127.0.0.1, 64:ff9b::) lies outside of it.
      return unicast.check(address, 'ipv6') && !denied.check(address, 'ipv6')
    default:
      return false
  }
}

/** Lookups hold threads that file and database work need too: so many at once, of four. */
const lookups = new Gate({ slots: 2, queue_max: Number.POSITIVE_INFINITY, wait_ms: 60_000 })

async function resolve(host: string, signal: AbortSignal): Promise<string[]> {
  if ((await lookups.enter({ signal })) !== 'admitted') throw new Error('no turn to look the host up')
  try {
    return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)
  } finally {
    lookups.leave()
  }
}

/**
 * The address to connect to for a URL, or why there is none: the rest of a sentence about the action. `hosts`: the
 * `host` (the port of the scheme) and `host:port` that may be called whatever they are. Throws when the name cannot be looked up.
 */
export async function addressFor(
  url: URL,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<{ address: string; problem?: undefined } | { address?: undefined; problem: string }> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { problem: 'only http and https are called' }
  const port = portOf(url)
  // The host of a URL is in one spelling already: 0x7f000001, 127.1 and 2130706433 read 127.0.0.1 by now.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  // A name alone is the port of the scheme: whoever opens a host to actions does not open all that listens there.
  const named = hosts.some(
    (entry) => entry === `${url.hostname}:${port}` || (entry === url.hostname && url.port === ''),
  )
  if (!named && !PORTS.has(port)) return { problem: `port ${port} is not called${HINT}` }
  const found = isIP(host) ? [host] : await resolve(host, signal)
  const address = named ? found[0] : found.find(isPublic)
  return address === undefined ? { problem: `the host is not on the public internet${HINT}` } : { address }
}

export const portOf = (url: URL) =>
  url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)

const HINT =
  ', unless LEADLINE_ACTIONS_PRIVATE_HOSTS names it, with its port where that is not 80 (http) or 443 (https)'
