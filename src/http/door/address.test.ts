import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { Addresses, networkOf } from './address.ts'

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage

test('without a trusted proxy the connection says where a request comes from, whatever is forwarded', () => {
  const addresses = new Addresses([])
  expect(addresses.of(from('192.0.2.1', '198.51.100.9'))).toBe('192.0.2.1')
  expect(addresses.of(from('::ffff:192.0.2.1'))).toBe('192.0.2.1')
})

test.for([
  ['a proxy that is trusted', '10.0.0.7', '198.51.100.9', '198.51.100.9'],
  ['one in the clothes of IPv6', '::ffff:10.0.0.7', '198.51.100.9', '198.51.100.9'],
  ['one that is not', '10.0.0.8', '198.51.100.9', '10.0.0.8'],
  ['two that are, behind each other', '10.0.0.7', '198.51.100.9, 172.16.3.4', '198.51.100.9'],
  ['what a client made up in front', '10.0.0.7', '127.0.0.1, 203.0.113.5, 198.51.100.9', '198.51.100.9'],
  ['one of IPv6', '2001:db8::1', '2001:db8:5::9', '2001:db8:5::9'],
  ['what is no address', '10.0.0.7', 'unknown', '10.0.0.7'],
  ['nothing', '10.0.0.7', '', '10.0.0.7'],
] as const)('behind %s', ([, connection, forwarded, address]) => {
  const addresses = new Addresses(['10.0.0.7', '172.16.0.0/12', '2001:db8::1'])
  expect(addresses.of(from(connection, forwarded))).toBe(address)
})

test.for([
  ['198.51.100.9', '198.51.100.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
] as const)('%s belongs to %s', ([address, network]) => {
  expect(networkOf(address)).toBe(network)
})
