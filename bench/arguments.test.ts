import { expect, test } from 'vitest'
import { HELP, readArguments, UsageError } from './arguments.ts'

const read = (line: string) => readArguments(line.split(' ').filter((word) => word !== ''))

test('insert measures 8, 16, 64 and 256 clients, or those that are named', () => {
  expect(read('insert')).toMatchObject({
    scenario: 'insert',
    options: { clients: [8, 16, 64, 256], rate: null },
  })
  expect(read('insert --rate 2000')).toMatchObject({ options: { clients: [64], rate: 2_000 } })
  expect(read('insert --clients 64')).toMatchObject({ options: { clients: [64] } })
  expect(read('insert --clients 8,256')).toMatchObject({ options: { clients: [8, 256] } })
})

test('numbers may be written with separators', () => {
  expect(read('update --leads 3,000,000')).toMatchObject({ options: { leads: 3_000_000 } })
  expect(read('leases --leads 200_000')).toMatchObject({ options: { leads: 200_000 } })
})

test('upgrade comes from a revision', () => {
  expect(read('upgrade --against main --leads 20_000')).toEqual({
    scenario: 'upgrade',
    options: { revision: 'main', leads: 20_000, dnc: 10_000, json: false },
  })
  expect(() => read('upgrade')).toThrow(UsageError)
})

test('--against compares insert, update and leases with a revision', () => {
  expect(read('insert --against main')).toEqual({
    scenario: 'against',
    options: {
      of: 'insert',
      revision: 'main',
      clients: [64],
      count: 10_000,
      leads: 100_000,
      dnc: 100_000,
      rate: null,
      pairs: 5,
      must: 1.05,
      json: false,
    },
  })
  expect(read('update --against HEAD~3 --pairs 7 --must 1.02 --rate 500')).toMatchObject({
    options: { of: 'update', revision: 'HEAD~3', pairs: 7, must: 1.02, rate: 500 },
  })
  expect(read('leases --against main')).toMatchObject({ options: { of: 'leases', clients: [16], dnc: 0 } })
})

test.for([
  ['', 'name one scenario'],
  ['insert update', 'name one scenario'],
  ['insert --client 8', "Unknown option '--client'"],
  ['insert --clients 8,,16', '--clients must be a whole number from 1 to 10000'],
  ['insert --clients 0', '--clients must be a whole number'],
  ['insert --seconds 0.5', '--seconds must be a whole number'],
  ['update --leads 100', '--leads must be a whole number from 10000'],
  ['leases --fdatasync-ms 2', '--fdatasync-ms goes with insert and update'],
  ['insert --fdatasync-ms 2ms', '--fdatasync-ms must be a whole number from 1 to 1000'],
  ['insert --ceiling psql', '--ceiling must be pgbench or node'],
  ['insert --must 1.1', '--must needs --against'],
  ['insert --count 100', '--count needs --against'],
  ['growth --leads 1000', '--leads must be a whole number from 100000'],
  ['insert --against main --must 5%', '--must must be a number above 0'],
  ['insert --against main --must 0', '--must must be a number above 0'],
  ['insert --against main --seconds 5', '--seconds does not go with --against'],
  ['insert --against main --profile .', '--profile does not go with --against'],
  ['leases --against main --rate 5', '--rate does not go with leases'],
  ['search --against main', '--against goes with insert, update, leases'],
] as const)('"%s" is a mistake that is told', ([line, why]) => {
  expect(() => read(line)).toThrow(UsageError)
  expect(() => read(line)).toThrow(why)
})

test('the help begins with examples, each of which is understood', () => {
  expect(read('insert --help')).toBeNull()
  const examples = [...HELP.matchAll(/^ {2}npm run bench -- (.*)$/gm)].map(([, line]) => line!)
  expect(HELP).toMatch(/^Examples:\n/)
  expect(examples.length).toBeGreaterThan(5)
  for (const line of examples) expect(read(line), line).not.toBeNull()
})
