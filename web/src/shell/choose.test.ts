import { expect, test } from 'vitest'
import { fitting } from './choose.ts'

const options = ['Client Approved Callback', 'Callback', 'Callback later', 'Busy', 'Café'].map((label) => ({
  label,
}))
const found = (typed: string) => fitting(options, typed).map(({ label }) => label)

test('the name itself comes first, then names that begin with the text, then those that contain it', () => {
  expect(found('callback')).toEqual(['Callback', 'Callback later', 'Client Approved Callback'])
  expect(found('call')).toEqual(['Callback', 'Callback later', 'Client Approved Callback'])
  expect(found('app')).toEqual(['Client Approved Callback'])
  expect(found('usy')).toEqual(['Busy'])
  expect(found('cafe')).toEqual(['Café'])
  expect(found('')).toHaveLength(5)
  expect(found('nothing like it')).toEqual([])
})
