// The address that a request comes from: of its connection, or the one that a trusted proxy gives.

import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

export class Addresses {
  readonly #trusted = new BlockList()

  /** `trusted_proxies`: addresses or networks, 10.0.0.7 or 10.0.0.0/8. */
  constructor(trusted_proxies: readonly string[]) {
    for (const text of trusted_proxies) {
      const [network = '', prefix] = text.split('/')
      const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
      this.#trusted.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family)
    }
  }

  /**
   * The address of the client. X-Forwarded-For is read from its end, where the nearest proxy writes: all before the
   * first address that is not trusted may be invented.
   */
  of({ socket, headers }: IncomingMessage): string {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join().split(',')
    let address = plain(socket.remoteAddress ?? '')
    for (let next = forwarded.pop(); next !== undefined && this.#trusts(address); next = forwarded.pop()) {
      if (isIP(plain(next)) === 0) break
      address = plain(next)
    }
    return address
  }

  #trusts(address: string): boolean {
    const family = isIP(address)
    return family !== 0 && this.#trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An IPv4 address in the clothes of IPv6 is one of IPv4. */
const plain = (address: string) => address.trim().replace(/^::ffff:(?=[\d.]+$)/i, '')

/** Addresses that are one client's: of IPv6 a network of 64 bits, which every client has to itself. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [
    ...groups,
    ...new Array<string>(Math.max(0, missing)).fill('0'),
    ...(tail ? tail.split(':') : []),
  ]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
