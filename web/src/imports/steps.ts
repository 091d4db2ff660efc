// The steps of an import, each with an address: which of them are open in which state, and where an import is now.

import type { Import } from '../../../src/client/api.ts'

export const STEPS = ['target', 'file', 'columns', 'check', 'run', 'report'] as const
export type Step = (typeof STEPS)[number]

type At = Pick<Import, 'state' | 'table' | 'mapping'>

const BEFORE_THE_RUN: readonly Import['state'][] = ['uploading', 'reading', 'unreadable', 'read', 'checking']

export const isBeforeRun = ({ state }: Pick<Import, 'state'>) => BEFORE_THE_RUN.includes(state)

/** Those that can be opened. */
export function openSteps(found: At): readonly Step[] {
  const { state, table, mapping } = found
  if (state === 'running' || state === 'paused') return ['run']
  if (!isBeforeRun(found)) return ['report']
  if (state !== 'read' && state !== 'checking') return ['target', 'file']
  return [
    'target',
    'file',
    ...(table ? (['columns'] as const) : []),
    ...(mapping ? (['check'] as const) : []),
  ]
}

/** Where somebody goes on who comes from the list. */
export function currentStep({ state, table, mapping }: At): Step {
  if (state === 'running' || state === 'paused') return 'run'
  if (!isBeforeRun({ state })) return 'report'
  return table && mapping && (state === 'read' || state === 'checking') ? 'check' : 'file'
}
