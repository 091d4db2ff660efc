import { expect, test } from 'vitest'
import { CpuShares, type Kind, kindOf } from './cpu-shares.ts'

const sample = (pid: number, kind: Kind, cpu_ms: number) => ({ pid, kind, cpu_ms })

test('each kind of process by the name that PostgreSQL gives it', () => {
  const kinds = (indexing: boolean, ...types: (string | null)[]) =>
    types.map((backend_type) => kindOf({ backend_type, indexing }))
  expect(kinds(false, 'client backend', 'parallel worker')).toEqual(['backends', 'backends'])
  expect(kinds(true, 'client backend')).toEqual(['indexer'])
  expect(kinds(false, 'walwriter', 'checkpointer')).toEqual(['wal_writer', 'checkpointer'])
  expect(kinds(false, 'autovacuum launcher', 'autovacuum worker')).toEqual(['autovacuum', 'autovacuum'])
  expect(kinds(false, 'io worker', 'background writer', null)).toEqual(Array(3).fill('postgres_other'))
})

test('what was used before the first sample does not count', () => {
  const shares = new CpuShares()
  shares.add([sample(1, 'backends', 5_000)])
  shares.add([sample(1, 'backends', 5_030)])
  expect(shares.outOf(30)).toMatchObject({ backends: 30, indexer: 0, autovacuum: 0 })
})

test('a backend that begins or ends to index between two samples is divided', () => {
  const shares = new CpuShares()
  shares.add([sample(1, 'backends', 0)])
  shares.add([sample(1, 'indexer', 100)])
  shares.add([sample(1, 'indexer', 200)])
  shares.add([sample(1, 'backends', 300)])
  expect(shares.outOf(300)).toMatchObject({ backends: 100, indexer: 200 })
})

test('a process that is new, or has the number of one that ended, counts from its start', () => {
  const shares = new CpuShares()
  shares.add([sample(1, 'autovacuum', 900)])
  shares.add([sample(1, 'backends', 20), sample(2, 'backends', 10)])
  expect(shares.outOf(30)).toMatchObject({ backends: 30, autovacuum: 0 })
})

test('what no sample saw is of workers of autovacuum, and all kinds together are the total', () => {
  const shares = new CpuShares()
  shares.add([sample(1, 'backends', 0)])
  shares.add([sample(1, 'backends', 70)])
  const kinds = shares.outOf(100)
  expect(kinds.autovacuum).toBe(30)
  expect(Object.values(kinds).reduce((sum, ms) => sum + ms, 0)).toBe(100)
})
