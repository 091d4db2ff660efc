import { expect, test } from 'vitest'
import { readWarnings } from '../client/warnings.ts'
import { LIMITS } from './limits.ts'
import { boundedWarnings, type Warning, warningsHeader } from './warnings.ts'

test('the header names codes and fields, and the client reads them', () => {
  const warnings: (Warning & { row?: number })[] = [
    { code: 'trimmed', field: 'Name' },
    { code: 'left_out', field: 'a, b;row=2=\u{1f600}\ud800' },
    { code: 'cut', field: 'Notes', row: 3 },
  ]
  const header = warningsHeader(warnings)
  expect(header).toMatch(/^trimmed=Name, left_out=[\w%.]+, cut=Notes;row=3$/)
  expect(readWarnings(header)).toEqual([
    warnings[0],
    { code: 'left_out', field: 'a, b;row=2=\u{1f600}\ufffd' },
    warnings[2],
  ])
  expect(readWarnings(null)).toEqual([])
})

test('each is named once, and what does not fit is counted', () => {
  const many = Array.from({ length: 500 }, (_, i): Warning => ({ code: 'trimmed', field: `Field${i}` }))
  const header = warningsHeader([...many, ...many])
  expect(header.length).toBeLessThan(LIMITS.warnings_header_max + 20)
  expect(header).toMatch(/, more=\d+$/)
  expect(readWarnings(header).at(-1)?.code).toBe('more')

  expect(boundedWarnings([])).toBeUndefined()
  const bounded = boundedWarnings([...many, ...many])!
  expect(bounded).toHaveLength(LIMITS.warnings_max + 1)
  expect(bounded.at(-1)).toEqual({ code: 'more', field: '400' })
})
