// Loaded with the dialog.

import { count, figure } from './words.ts'

export const bulk = {
  titles: {
    outcome: (n: number) => `Set the outcome of ${count(n, 'lead', 'leads')}`,
    dnc: (n: number) => `Do not call ${count(n, 'lead', 'leads')}`,
  },
  cancel: 'Cancel',
  stop: 'Stop',
  close: 'Close',
  progress: (done: number, of: number) => `${figure(done)} of ${figure(of)}`,
  ended: (done: number, of: number) =>
    done === of
      ? `Done: ${count(of, 'lead', 'leads')}.`
      : `Done: ${figure(done)} of ${count(of, 'lead', 'leads')}.`,
  refused: (n: number) => `${count(n, 'lead', 'leads')} not changed`,
  refused_why: (why: string) => `: ${why}`,
  outcome: {
    label: 'Outcome',
    choose: 'Choose an outcome',
    action: (n: number) => `Set outcome of ${count(n, 'lead', 'leads')}`,
    note: (n: number) => `Logs a call for ${n === 1 ? 'this lead' : `each of ${figure(n)} leads`}.`,
    none: 'These leads have no outcome in common. Select leads of one campaign.',
    kinds: {
      retry: (n: number) =>
        `The ${n === 1 ? 'lead is' : 'leads are'} called again after the time that this outcome sets.`,
      final: (n: number) =>
        n === 1 ? 'Closes the lead. It is not called again.' : 'Closes the leads. They are not called again.',
      dnc: (n: number) =>
        n === 1
          ? 'Closes the lead and adds all its numbers to the do-not-call list.'
          : 'Closes the leads and adds all their numbers to the do-not-call list.',
    },
  },
  dnc: {
    action: (n: number) => `Add ${count(n, 'number', 'numbers')} to the list`,
    what: (n: number) =>
      `${count(n, 'number goes', 'numbers go')} on the private do-not-call list. No campaign calls ${n === 1 ? 'it' : 'them'} any more.`,
    none: 'These leads have no phone number.',
    reason: 'Reason (optional)',
  },
} as const
