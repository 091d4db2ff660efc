import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sumOfSources } from './build-web.ts'

test('the app is built again when a source says something else, whatever its time says', () => {
  const root = mkdtempSync(join(tmpdir(), 'leadline-sources-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const file = (name: string) => join(root, 'web/src', name)
  mkdirSync(join(root, 'web/src'), { recursive: true })
  writeFileSync(file('main.tsx'), 'start()')
  const before = sumOfSources(root)

  const later = new Date(Date.now() + 60_000)
  utimesSync(file('main.tsx'), later, later)
  writeFileSync(file('main.test.ts'), 'test()')
  expect(sumOfSources(root)).toBe(before)

  const long_ago = new Date(0)
  writeFileSync(file('main.tsx'), 'begin()')
  utimesSync(file('main.tsx'), long_ago, long_ago)
  const changed = sumOfSources(root)
  expect(changed).not.toBe(before)
  renameSync(file('main.tsx'), file('first.tsx'))
  expect(sumOfSources(root)).not.toBe(changed)
})
