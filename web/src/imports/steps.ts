// The steps of an import, each with an address: which of them are open in which state, and where an import is now.

import type { Import } from '../../../src/client/api.ts'

export const STEPS = ['target', 'file', 'columns', 'check', 'run', 'report'] as const
export type Step = (typeof STEPS)[number]

type At = Pick<Import, 'state' | 'table' | 'mapping' | 'checked'> & {
  /** A person has still to say which of day and month comes first. */
  asks?: boolean
}

const BEFORE_THE_RUN: readonly Import['state'][] = [
  'uploading',
  'reading',
  'unreadable',
  'read',
  'checking',
  'fixing',
]
/** The states in which its rows are there, and wait to be taken. */
const WITH_ROWS: readonly Import['state'][] = ['read', 'checking', 'fixing']

export const isBeforeRun = ({ state }: Pick<Import, 'state'>) => BEFORE_THE_RUN.includes(state)

/** What was checked already, or by others without an answer, is still to be seen. */
const canCheck = ({ state, mapping, checked, asks = false }: At) =>
  mapping !== null && (!asks || checked !== null || state !== 'read')

/** Those that can be opened. */
export function openSteps(found: At): readonly Step[] {
  const { state, table } = found
  if (state === 'running' || state === 'paused') return ['run']
  if (!isBeforeRun(found)) return ['report']
  if (!WITH_ROWS.includes(state)) return ['target', 'file']
  return [
    'target',
    'file',
    ...(table ? (['columns'] as const) : []),
    ...(canCheck(found) ? (['check'] as const) : []),
  ]
}

/** Where somebody goes on who comes from the list. */
export function currentStep(found: At): Step {
  const { state, table, mapping } = found
  if (state === 'running' || state === 'paused') return 'run'
  if (!isBeforeRun({ state })) return 'report'
  if (!table || !mapping || !WITH_ROWS.includes(state)) return 'file'
  return canCheck(found) ? 'check' : 'columns'
}
