// After each test file: which statements it executed.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, inject } from 'vitest'
import { Pool } from '../../src/db/pool.ts'

afterAll(() => {
  writeFileSync(join(inject('notes'), randomUUID()), [...Pool.executed].join('\n'))
})
