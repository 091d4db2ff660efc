// `leadline demo`: a small contact centre with a past, in a data directory of its own, where things go on happening.

import { InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.ts'
import { type DemoOptions, LEADS_DEFAULT, LEADS_MAX } from './options.ts'

export function addDemoCommand(cli: Cli): void {
  const description = 'run a small contact centre with a past: people, leads, calls, changes that clash'
  cli
    .command('demo', description, 'demo', 'demo --leads 500 --still')
    .option('--leads <n>', 'leads that are there', readLeads, LEADS_DEFAULT)
    .option('--data-dir <dir>', 'where its database is kept, apart from the real one', './data-demo')
    .option('--still', 'nothing goes on happening')
    .action(async (options: DemoOptions) => {
      const { demo } = await import('./run.ts')
      await demo(cli.config(), options)
    })
}

function readLeads(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= LEADS_MAX) return Number(text)
  throw new InvalidArgumentError(`a whole number from 1 to ${LEADS_MAX}`)
}
