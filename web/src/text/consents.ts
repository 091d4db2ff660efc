// The texts of the consents of a lead.

import { alsoSay } from './problems.ts'

export const consents = {
  title: 'Consents',
  none: 'No consent is on record.',
  none_needed: 'This lead is called only with a consent. Record one to have it called.',
  needed:
    'None of them counts now, and this lead is called only with one. Record a new one to have it called.',
  add: 'Record a consent',
  kinds: { express: 'Express', inferred: 'Inferred' },
  counts: 'counts',
  ended: 'lapsed',
  withdrawn: 'withdrawn',
  given: (day: string, by: string | null) => `Given on ${day}${by ? ` by ${by}` : ''}`,
  source: (source: string) => `Source: ${source}`,
  until: (day: string) => `Counts until ${day}`,
  until_past: (day: string) => `Counted until ${day}`,
  no_end: 'Counts until it is withdrawn',
  taken_back: (day: string, by: string, reason: string | null) =>
    `Withdrawn on ${day}, recorded by ${by}${reason ? `: ${reason}` : ''}`,
  recorded: 'Recorded by',
  withdraw: 'Withdraw',
  withdraw_of: (kind: string, day: string) => `Withdraw the consent (${kind}) of ${day}`,
  more: (n: number) => `Show ${n} more`,
  whole: 'Show the whole text',

  form: {
    kind: 'Kind',
    kind_hints: {
      express: 'Said or written by the person.',
      inferred: 'From what the person does, such as being a customer.',
    },
    text: 'What was agreed to, word for word',
    given_by: 'Given by, if not the lead',
    given_at: 'When it was given',
    given_at_hint: 'Empty: now.',
    source: 'Source',
    source_hint: 'A form, a recording, a contract.',
    ends: 'Counts',
    ends_law: 'As long as the law says',
    ends_law_hint: 'In Australia express consent lapses after three months.',
    ends_never: 'Until it is withdrawn',
    ends_day: 'Until a day',
    last_day: 'Last day',
    submit: 'Record',
    done: 'The consent is recorded.',
  },

  withdrawal: {
    title: 'Withdraw this consent?',
    says: 'It does not count any more from now on. It stays on record, and cannot be brought back: record a new one instead.',
    reason: 'Reason',
    submit: 'Withdraw',
    done: 'The consent is withdrawn.',
  },
} as const

alsoSay(
  {
    'is empty: write down what was agreed to': 'Write down what was agreed to.',
    'lies in the future: a consent is recorded once it was given':
      'This time has not come yet. A consent is recorded once it was given.',
    'is not after the time at which the consent was given':
      'The last day is before the day on which it was given.',
  },
  [[/^is no RFC 3339 time/, () => 'Enter a date, like 30 Nov 2026.']],
)
