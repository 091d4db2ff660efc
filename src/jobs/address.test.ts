import { describe, expect, test } from 'vitest'
import { addressFor, isPublic } from './address.ts'

const judge = (text: string, hosts: string[] = []) =>
  addressFor(new URL(text), hosts, AbortSignal.timeout(5_000))

describe('the public internet', () => {
  test.for(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '2606:4700:4700::1111'])(
    '%s is on it',
    (address) => {
      expect(isPublic(address)).toBe(true)
    },
  )

  test.for([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...[
      '172.31.255.255',
      '192.168.0.1',
      '192.0.0.8',
      '198.18.0.1',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
    ],
    ...['2001:db8::1', '2002:7f00:1::', '2001::1', 'nowhere', ''],
  ])('%s is not', (address) => {
    expect(isPublic(address)).toBe(false)
  })
})

describe('where a URL action may connect to', () => {
  test.for([
    ...[
      'http://127.0.0.1/',
      'http://127.1/',
      'http://0x7f000001/',
      'http://2130706433/',
      'http://0177.0.0.1/',
    ],
    ...[
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://localhost/',
      'http://localhost./',
      'http://169.254.169.254/',
    ],
  ])('%s is not called', async (text) => {
    expect((await judge(text)).problem).toContain('LEADLINE_ACTIONS_PRIVATE_HOSTS')
  })

  test('a public address is, on the ports of the web', async () => {
    expect(await judge('https://8.8.8.8/')).toEqual({ address: '8.8.8.8' })
    expect(await judge('http://8.8.8.8:8080/')).toEqual({ address: '8.8.8.8' })
    expect((await judge('http://8.8.8.8:25/')).problem).toContain('port 25')
    expect((await judge('ftp://8.8.8.8/')).problem).toContain('http')
  })

  test('a host that the option names is, on the port of the scheme or on the one that it names', async () => {
    expect(await judge('http://127.0.0.1/', ['127.0.0.1'])).toEqual({ address: '127.0.0.1' })
    expect(await judge('https://127.0.0.1:443/', ['127.0.0.1'])).toEqual({ address: '127.0.0.1' })
    expect(await judge('http://127.0.0.1/', ['127.0.0.1:80'])).toEqual({ address: '127.0.0.1' })
    for (const other of ['http://127.0.0.1:9000/', 'http://127.0.0.1:8080/', 'https://127.0.0.1:80/'])
      expect((await judge(other, ['127.0.0.1'])).problem, other).toContain('with its port')
    expect((await judge('https://127.0.0.1/', ['127.0.0.1:80'])).problem).toMatch(/\w/)
    expect(await judge('http://127.0.0.1:9000/', ['127.0.0.1:9000'])).toEqual({ address: '127.0.0.1' })
    expect((await judge('http://127.0.0.1:9001/', ['127.0.0.1:9000'])).problem).toMatch(/\w/)
    expect(await judge('http://[::1]/', ['[::1]'])).toEqual({ address: '::1' })
    expect((await judge('http://localhost/', ['localhost'])).address).toMatch(/^(127\.0\.0\.1|::1)$/)
  })

  test('a name that nobody knows throws, so that the run is tried again', async () => {
    await expect(judge('http://nowhere.invalid/')).rejects.toThrow()
  })
})
