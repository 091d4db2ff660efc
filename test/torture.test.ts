// Runs the history checker on the product, and on two of the planted bugs, drawn by the seed; the long run lasts longer
// and plants every bug.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { much } from './support/much.ts'
import { ROOT } from './support/statements.ts'
import { DEEDS, FAULTS, faults, operations } from './torture/plan.ts'
import { edited, PLANTS, REQUEST_IDS } from './torture/plants.ts'
import { shownFindings, torture } from './torture/run.ts'

const seed = Math.floor(Math.random() * 1_000_000)
const seconds = much(60, 300)

test('clients and faults give no finding, and every deed and fault happens', async () => {
  console.log(`npm run torture -- --seed ${seed} --seconds ${seconds}`)
  const result = await torture({ seed, seconds })
  expect(result.findings.length, shownFindings(result)).toBe(0)
  expect(DEEDS.filter((deed) => result.deeds[deed].done === 0)).toEqual([])
  expect(FAULTS.filter((kind) => !result.faults[kind])).toEqual([])
  const count = (fate: 'held' | 'unknown') => DEEDS.reduce((sum, deed) => sum + result.deeds[deed][fate], 0)
  expect(count('held')).toBeGreaterThan(0)
  expect(count('unknown')).toBeGreaterThan(0)
}, 600_000)

const chosen = [seed, seed + 5].map((place) => PLANTS[place % PLANTS.length]!)

// A run ends when its bug is found, on a quiet machine within seconds.
test.for(inject('long') ? PLANTS : chosen)(
  'it finds the plant $name: $bug',
  { timeout: 400_000 },
  async ({ name }) => {
    const result = await torture({ seed, seconds: 120, plant: name })
    expect(result.findings.length, `npm run torture -- --seed ${seed} --plant ${name}`).toBeGreaterThan(0)
  },
)

test('the same seed gives the same plan, another seed another one', () => {
  const plan = (of: number) => [...operations(of, 3).take(500), ...faults(of).take(50)]
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})

test.for([REQUEST_IDS, ...PLANTS])('$found fits $file', (edit) => {
  const source = readFileSync(join(ROOT, edit.file), 'utf8')
  expect(edited(source, edit)).not.toBe(source)
})
