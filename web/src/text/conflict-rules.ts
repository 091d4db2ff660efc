import { count, figure } from './words.ts'

const conflicts_counted = (n: number) => count(n, 'conflict', 'conflicts')

/** What settles conflicts besides people, what was decided for many, and figures. */
export const conflict_rules = {
  rules: {
    title: 'Rules and figures',
    back: 'Conflicts',
    name: 'Conflict rules',
    intro:
      'A rule decides the conflicts that one sender keeps causing in the same fields. It never decides phone numbers, do-not-call or closing outcomes.',
    empty: 'No rules yet. Make one from a group of conflicts.',
    table: 'Conflict rules',
    columns: { rule: 'Rule', did: 'Settled', made: 'Made', state: 'State' },
    why: (template: string, reason: string) => `${template} · ${reason}`,
    says: (sender: string, fields: string, side: 'mine' | 'theirs') =>
      side === 'mine' ? `${fields}: ${sender} wins` : `${fields}: the lead wins over ${sender}`,
    last: (age: string) => `last ${age} ago`,
    in_force: 'In force',
    until: (when: string) => `until ${when}`,
    ended: 'Ended',
    revoked: (who: string) => `Revoked by ${who}`,
    revoke: 'Revoke',
    revoke_of: (rule: string) => `Revoke the rule ${rule}`,
    revoked_done: 'The rule is revoked. What it settled stays settled.',
    make: {
      title: (name: string) => `Rule for ${name}`,
      side: 'Who wins from now on?',
      mine: (sender: string) => `${sender} wins: its changes are applied`,
      theirs: 'The lead wins: it stays as it is',
      reason: 'Reason',
      until: 'Ends',
      untils: { never: 'when it is revoked', 30: 'after 30 days', 90: 'after 90 days' },
      apply: (n: number) =>
        `Also settle the ${conflicts_counted(n)} of this kind that ${n === 1 ? 'is' : 'are'} open now`,
      make: 'Make the rule',
      cancel: 'Cancel',
      done: (n: number) =>
        n === 0 ? 'The rule is made.' : `The rule is made. It settled ${conflicts_counted(n)}.`,
    },
  },

  past: {
    name: 'Decided together',
    intro: 'Your last decisions for many conflicts. Each can be undone.',
    empty: 'You have not decided many conflicts at once yet.',
    table: 'Your last decisions for many conflicts',
    columns: { what: 'Decision', n: 'Settled', when: 'When', undo: 'Undo' },
    mixed: 'No longer in conflict',
    what: (name: string, decided: string) => `${name} · ${decided}`,
  },

  figures: {
    name: (days: number) => `Conflicts by sender, last ${days} days`,
    intro: 'They show which integration to fix.',
    empty: (days: number) => `No changes conflicted in the last ${days} days.`,
    table: 'Conflicts by sender',
    columns: {
      sender: 'Sender',
      day: 'Conflicts a day',
      alone: 'Merged alone',
      median: 'Median time to decide',
      fields: 'Most often in',
    },
    unknown: '–',
    share: (share: number) => `${Math.round(share * 100)}%`,
    field: (label: string, n: number) => `${label} ${figure(n)}`,
  },
} as const
