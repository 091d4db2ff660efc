import { expect, test } from 'vitest'
import { brief } from './brief.ts'
import { marked } from './diff.ts'

const lines = Array.from({ length: 20 }, (_, i) => `Line ${i} of what somebody said on the phone.`)
const shown = (before: string, text: string) =>
  brief(marked(before, text))
    .map(({ text, changed }) => (changed ? `[${text}]` : text))
    .join('')

test('a long text shows its changes with a few words around them', () => {
  const changed = lines.with(10, 'She moved to Geelong.').join('\n')
  expect(shown(lines.join('\n'), changed)).toMatch(/^….{20,60}\[She moved to Geelong\][\s\S]{20,60}…$/s)
  expect(shown(lines.join('\n'), `${lines.join('\n')} Twice.`)).toMatch(/^….{20,60} \[Twice\.?\]\.?$/s)
})

test('short texts stay whole, and a long one without changes shows how it begins', () => {
  expect(shown('Jane Citizen', 'Joan Citizen')).toBe('[Joan] Citizen')
  expect(brief([{ text: lines.join('\n'), changed: false }])[0]!.text).toMatch(/^Line 0 .{20,60}…$/s)
})
