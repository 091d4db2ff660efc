import { expect, test } from 'vitest'
import { languageOf } from './words.ts'

test.each([
  [['de-DE', 'en-AU', 'en-US'], 'en-AU'],
  [['en-US@posix', 'en-NZ'], 'en-NZ'],
  [['en-US@posix'], 'en-GB'],
  [['en-'], 'en-GB'],
  [['C', ''], 'en-GB'],
  [[], 'en-GB'],
])('of the languages %j the app takes %s', (languages, taken) => {
  expect(languageOf(languages)).toBe(taken)
})
