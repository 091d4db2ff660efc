// Prepares every statement of a copy of the tree: exit code 1 when PostgreSQL does not take one.

import { globSync } from 'node:fs'
import pg from 'pg'
import { STATEMENTS } from '../../src/db/statement.ts'

for (const file of globSync('src/db/**/*.ts', { exclude: ['**/*.test.ts'] })) await import(`../../${file}`)
const client = new pg.Client(JSON.parse(process.argv[2]!))
await client.connect()
try {
  for (const { name, text } of STATEMENTS.values()) await client.query(`prepare "${name}" as ${text}`)
} catch {
  process.exitCode = 1
}
await client.end()
