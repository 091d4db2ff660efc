// What commands that change set-up share: they can be rehearsed, and made from the version that somebody saw.

import type { Command } from 'commander'
import type { Reply } from '../client/answer.ts'
import type { Touched } from '../client/api.ts'
import { idOf } from './cli.ts'
import { UsageError } from './terminal.ts'

export interface ChangeOptions {
  dryRun?: boolean
  ifVersion?: number
}

export const withVersion = (command: Command) =>
  command.option('--if-version <number>', 'only while this is its version', idOf('--if-version'))

export const withChangeOptions = (command: Command) =>
  withVersion(command).option('--dry-run', 'say what the change would do, and do nothing')

/** The query of the route. */
export const rehearsal = ({ dryRun = false }: ChangeOptions) => (dryRun ? { dry_run: true } : {})

/** After the line of the thing, what a dry run says. */
export const touched = ({ touches }: { touches?: Touched }) =>
  touches ? [`dry run: ${touches.leads} leads, nothing is changed`] : []

/** The options of a command that archives. */
export const withArchiving = (command: Command) =>
  command
    .option('--archive', 'takes no leads any more; its leads stay')
    .option('--take-up', 'take it up again, stopped')

export interface ArchiveOptions {
  archive?: boolean
  takeUp?: boolean
}

/** The body of the route. */
export function askedChange({ name, archive = false, takeUp = false }: ArchiveOptions & { name?: string }) {
  if (archive && takeUp) throw new UsageError('--archive and --take-up exclude each other')
  if (name === undefined && !archive && !takeUp)
    throw new UsageError('say what to change: --name, --archive or --take-up')
  return { name, ...(archive || takeUp ? { archived: archive } : {}) }
}

/** The answer of a route that deletes has no body: what is deleted takes its place. */
export const deletion = <Ids extends object>(answer: Reply<''>, ids: Ids) =>
  answer.ok ? { ok: true, body: { ...ids, deleted: true } } : answer
