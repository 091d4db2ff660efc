import { expect, test } from 'vitest'
import { changesOf, differences, type Shown } from './differences.ts'

interface Rules {
  name: string
  aliases: string[]
  version: number
}
const SHOWN: Shown<Rules> = {
  name: ['Name', (name) => name],
  aliases: ['Other names', (aliases) => aliases.join(', ') || 'none'],
}
const base: Rules = { name: 'City', aliases: [], version: 3 }

test('differences are named in order, and what is not shown is left out', () => {
  expect(differences(base, { name: 'Town', aliases: ['suburb'], version: 4 }, SHOWN)).toEqual([
    { label: 'Name', before: 'City', after: 'Town' },
    { label: 'Other names', before: 'none', after: 'suburb' },
  ])
  expect(differences(base, { ...base, aliases: [], version: 4 }, SHOWN)).toEqual([])
})

test('what is as it was is not a change', () => {
  expect(changesOf(base, { name: 'City', aliases: ['suburb'] })).toEqual({ aliases: ['suburb'] })
  expect(changesOf(base, { aliases: [] })).toEqual({})
})
