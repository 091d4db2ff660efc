// Options of commands that make or change a virtual allocation: --draw-by ratio --member 1=75 --member 2=25.

import type { Command } from 'commander'
import type { Draws } from '../client/api.ts'
import { collect, idOf, knownOf } from './cli.ts'
import { UsageError } from './terminal.ts'

export interface DrawOptions {
  drawBy?: Draws['by']
  member?: string[]
}

export const withDraws = (command: Command) =>
  command
    .option(
      '--draw-by <way>',
      'of a virtual allocation: ratio (each member gives its share) or penalty (added to the priority of its leads)',
      knownOf('way to draw', ['ratio', 'penalty']),
    )
    .option('--member <allocation=number>', 'with its share or penalty; can be given again', collect)

/** Undefined: nothing is said about members. */
export function askedDraws({ drawBy: by, member = [] }: DrawOptions): Draws | undefined {
  if (by === undefined && member.length === 0) return undefined
  if (by === undefined || member.length === 0) throw new UsageError('--draw-by and --member belong together')
  const name = by === 'ratio' ? 'share' : 'penalty'
  return { by, members: member.map((text) => ({ ...memberOf(text, name) })) }
}

function memberOf(text: string, name: 'share' | 'penalty') {
  const [, id, number] = /^(\d+)=(\d{1,3})$/.exec(text) ?? []
  if (id === undefined) throw new UsageError(`--member takes an allocation and its ${name}: 7=25`)
  return { allocation_id: idOf('--member')(id), [name]: Number(number) }
}

/** Ratio 1=75 2=25; nothing of an allocation that has leads of its own. */
export const drawsLine = (draws: Draws | null) =>
  draws
    ? [
        `${draws.by} ${draws.members
          .map(({ allocation_id, share, penalty }) => `${allocation_id}=${share ?? penalty}`)
          .join(' ')}`,
      ]
    : []
