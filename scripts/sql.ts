// Prints statements as they are written, to be pasted into psql: `npm run sql -- templates.list`. Without a name it lists
// the names. Each parameter is a variable of psql: give it a value, as SQL, in its \set line.

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { STATEMENTS, type Statement } from '../src/db/statement.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const file of globSync('src/db/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] }))
  if (/\bstatement[<(]/.test(readFileSync(`${root}${file}`, 'utf8'))) await import(`${root}${file}`)

const toPaste = ({ name, sql, parameters }: Statement) => {
  const text = sql.replaceAll('\n   ', '\n')
  return [`-- ${name}`, ...parameters.map((parameter) => `\\set ${parameter} null`), `${text};\n`].join('\n')
}

const names = process.argv.slice(2)
if (names.length === 0) console.log([...STATEMENTS.keys()].sort().join('\n'))
for (const name of names) {
  const statement = STATEMENTS.get(name)
  if (statement) console.log(toPaste(statement))
  else {
    console.error(`no statement is called ${name}; npm run sql lists the names`)
    process.exitCode = 1
  }
}
