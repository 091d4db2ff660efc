import { count, figure } from './words.ts'

const conflicts_counted = (n: number) => count(n, 'conflict', 'conflicts')

/** Deciding many conflicts at once. */
export const many = {
  title: (name: string) => `Decide once: ${name}`,
  choose: (label: string) => `${label}: which value wins?`,
  looking: 'Looking at each of them…',
  ready: (n: number) =>
    n === 0 ? 'None of them can be decided together.' : `${conflicts_counted(n)} can be decided together.`,
  more: (n: number) => `Only the first ${figure(n)} are looked at. Do it again for the others.`,
  samples: 'Some of them, with the result',
  sample_columns: { lead: 'Lead', now: 'Now → result' },
  stays: 'stays as it is',
  left: (n: number) => `${conflicts_counted(n)} left for a person:`,
  apply: (n: number) => `Settle ${figure(n)}`,
  cancel: 'Cancel',
  close: 'Close',
  progress: (done: number, of: number) => `${figure(done)} of ${figure(of)}`,
  settling: 'Settling the conflicts',
  undoing: 'Undoing the settlements',
  done: (n: number) => (n === 1 ? '1 conflict is settled.' : `${conflicts_counted(n)} are settled.`),
  undo: (n: number) => (n === 1 ? 'Undo it' : `Undo all ${figure(n)}`),
  undone: (n: number) =>
    `${conflicts_counted(n)} ${n === 1 ? 'is' : 'are'} open again, and the leads are as before.`,
  not_undone: (n: number) => `${figure(n)} could not be undone:`,
  why: {
    linked: 'needs a person: the call outcome or a do-not-call number is involved',
    do_not_call: 'needs a person: it would put numbers on the do-not-call list',
    undecided: 'conflicts in more fields',
    moved: 'the lead was changed meanwhile',
    settled: 'someone else settled it',
    gone: 'the lead was deleted',
    refused: 'the change could not be saved',
    changed: 'the lead was changed again since',
  },
  and_more: (n: number) => `and ${figure(n)} more`,
} as const
