// `npm run bench -- NAME [options]`: measures Leadline beside what its own database can do, or beside another revision.

import { runActions } from './actions.ts'
import { runAgainst } from './against.ts'
import { type Asked, HELP, readArguments, UsageError } from './arguments.ts'
import { runBackup } from './backup.ts'
import { runGrowth } from './growth.ts'
import { runImport } from './import.ts'
import { runLeases } from './leases.ts'
import { runMasterList } from './master-list.ts'
import { runOverload } from './overload.ts'
import { runPeers } from './peers.ts'
import { runReadFile } from './read-file.ts'
import { say, tell } from './report.ts'
import { run } from './scenario.ts'
import { runSearch } from './search.ts'
import { runTable } from './table.ts'
import { runUpgrade } from './upgrade.ts'
import { runZone } from './zone.ts'

class Interrupted extends Error {}

const stop = new AbortController()
const stopped = new Promise<never>((_, reject) =>
  stop.signal.addEventListener('abort', () => reject(stop.signal.reason)),
)
stopped.catch(() => undefined)
// npm sends a Ctrl-C on a second time: the first one stops everything in order, later ones change nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort(new Interrupted(`stopped by ${signal}`)))

const stack = new AsyncDisposableStack()

/** False: a bound is missed, or this checkout is slower. */
async function measure(asked: Asked): Promise<unknown> {
  switch (asked.scenario) {
    case 'against':
      return runAgainst(asked.options, stack, stop.signal)
    case 'overload':
      return runOverload(asked.options, stack, stop.signal)
    case 'growth':
      return runGrowth(asked.options, stack, stop.signal)
    case 'leases':
      return runLeases(asked.options, stack, stop.signal)
    case 'actions':
      return runActions(asked.options, stack, stop.signal)
    case 'search':
      return runSearch(asked.options, stack, stop.signal)
    case 'upgrade':
      return runUpgrade(asked.options, stack, stop.signal)
    case 'peers':
      return runPeers(asked.options, stack, stop.signal)
    case 'table':
      return runTable(asked.names)
    case 'backup':
      return runBackup(asked.options, stack, stop.signal)
    case 'master-list':
      return runMasterList(asked.options, stack, stop.signal)
    case 'zone':
      return runZone(asked.options, stack, stop.signal)
    case 'import':
      return runImport(asked.options, stack, stop.signal)
    case 'read-file':
      return runReadFile(asked.options, stack, stop.signal)
    default:
      return run(asked.scenario, asked.options, stack, stop.signal)
  }
}

try {
  const asked = readArguments(process.argv.slice(2))
  if (asked === null) tell(HELP)
  else {
    const work = measure(asked)
    work.catch(() => undefined)
    if ((await Promise.race([work, stopped])) === false) process.exitCode = 1
  }
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? 130 : 1
  const trouble = error instanceof Error ? error : new Error(String(error))
  say(`bench: ${trouble.message}${error instanceof UsageError ? '. Try --help.' : ''}`)
} finally {
  stop.abort()
  await stack.disposeAsync().catch((error) => {
    say(`bench: ${error instanceof Error ? error.message : error}`)
    process.exitCode ||= 1
  })
}
process.exit()
