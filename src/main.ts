// The entry of the command line.

import { run } from './cli/command.ts'

await run(process.argv.slice(2))
