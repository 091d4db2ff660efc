// After each test file: which statements it executed, and what it made is removed.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, inject } from 'vitest'
import { Pool } from '../../src/db/pool.ts'
import { removePaths } from './paths.ts'

afterAll(() => {
  removePaths()
  writeFileSync(join(inject('notes'), randomUUID()), [...Pool.executed].join('\n'))
})
