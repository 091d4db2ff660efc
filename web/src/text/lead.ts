import type { FieldKind } from '../../../src/core/field.ts'
import { count } from './words.ts'

export const lead = {
  title: 'Lead',
  number: 'Lead number',
  history: 'History',
  empty: 'empty',
  yes: 'yes',
  no: 'no',

  badges: {
    open: 'Open',
    closed: 'Closed',
    client_approved: 'Client approved',
    conflicts: (n: number) => count(n, 'conflict', 'conflicts'),
  },

  sections: {
    outcome: 'Outcome',
    phones: 'Phones',
    details: 'Details',
    unmapped: 'Other data',
    unmapped_note: 'Sent with the lead. Its template has no fields for this.',
    origin: 'Origin',
  },

  paths: {
    disposition: 'Outcome',
    callback: 'Callback',
    callback_agent: 'Callback agent',
    priority: 'Priority',
    contact_hours: 'Contact hours',
    closed: 'Closed',
    client_approved: 'Client approved',
    allocation_id: 'Allocation',
    source: 'Source',
    external_id: 'External id',
    note: 'Note',
  } as Readonly<Record<string, string>>,
  template_hours: (name: string) => `${name}, as the template`,
  outcome_group: 'Outcome',
  called_in: (zones: string[]) =>
    `Besides, the law goes by the clock of the called person: ${zones.join(', ')}.`,

  field: {
    was: (value: string) => `was ${value}`,
    edited: 'edited',
    theirs: (value: string) => `Changed meanwhile to ${value}.`,
    take_theirs: 'Use this',
    take_back: (label: string) => `Take back the change of ${label}`,
    fresh: 'changed just now',
    bad: {
      email: 'Not an e-mail address',
      date: 'Not a date',
      number: 'Not a number',
      choice: 'Not one of the choices',
      check: 'Not yes or no',
    } as Readonly<Partial<Record<FieldKind, string>>>,
    bad_hint: 'Kept as it was sent, and not used until it is corrected.',
  },

  phone: {
    states: {
      ok: 'Can be dialled',
      unlisted: 'New area code',
      invalid: 'Not a valid number',
      wrong: 'Wrong number',
      disconnected: 'Disconnected',
    },
    blocked: (list: string) => `Do not call · ${list}`,
    lists: {
      private: 'private list',
      client: 'client list',
      campaign: 'campaign list',
      register: 'register',
      unwashed: 'not washed',
    },
  },

  outcome: {
    pick: 'Type to find an outcome',
    nothing: 'No outcome matches',
    consequences: {
      retry: 'Called again later',
      callback: 'Called again at the callback time',
      client_callback: 'Promised to the customer, so it stays at the front of the queue',
      final: 'Closes the lead',
      dnc: 'Closes the lead and puts its numbers on the do-not-call list',
    },
    disabled: 'no longer in use',
    in_zone: (zone: string, hours: string) => `${zone} time (contact hours “${hours}”)`,
    own_time: (time: string) => `Your time: ${time}`,
    all_blocked: 'Nobody is called: every number is on a do-not-call list.',
    needs_time: 'Choose when to call back. Without a time the lead is called at once.',
    past: 'This time has passed: the lead is called as soon as possible.',
    closed_then: (opens: string | null) =>
      opens === null
        ? 'Nobody is called at that time: the contact hours or the law forbid it.'
        : `Nobody is called at that time. The next call is possible ${opens}.`,
    take_opening: (when: string) => `Take ${when}`,
    agent: (name: string, login: string) => `${name} (${login})`,
    agent_unknown: (name: string) => `${name} (not an operator here)`,
    pick_agent: 'Type to find an operator',
    no_agent: 'No operator has that name',
    quick_minutes: '+15 min',
    quick_hour: '+1 h',
    quick_tomorrow: 'Tomorrow 9:00',
    quick_clear: 'No callback',
    consequence: (what: string, again: boolean) =>
      again
        ? `${what}. Saving it again logs another call.`
        : `${what}. Priority and callback are set when you save unless you change them.`,
    priority_hint: '0 to 100. The lowest is called first.',
    agent_hint: 'Only this agent gets it, for 15 minutes.',
  },

  save: {
    bar: 'Save',
    changes: (n: number) => count(n, 'unsaved change', 'unsaved changes'),
    changes_first: (n: number) => `${count(n, 'unsaved change', 'unsaved changes')}.`,
    none: 'No unsaved changes',
    save: 'Save',
    saving: 'Saving…',
    key: 'Ctrl S',
    wrong_field: (label: string, problem: string) => `${label}: ${problem}`,
    to_field: (label: string) => `Go to ${label}`,
    discard: 'Discard',
    nothing: 'Nothing to save.',
    saved: 'Saved.',
    kept: (groups: number, who: string) =>
      `Saved, together with ${count(groups, 'change', 'changes')} by ${who}.`,
    review: 'Review',
    undo: 'Undo',
    discarded: (n: number) => `${count(n, 'change', 'changes')} discarded.`,
    left: (n: number) => `${count(n, 'unsaved change', 'unsaved changes')} kept on this device.`,
    go_back: 'Go back',
    restored: (when: string) => `Restored what you typed ${when}. It is not saved yet.`,
    kept_here: 'Nothing is lost: what you typed stays on this device.',
    waiting: 'No connection to the server. Your changes are saved when it is back.',
    try_now: 'Try now',
    wrong: (n: number) => `Fix ${count(n, 'field', 'fields')} to save.`,
    /** Beside the field, by the name of the result. */
    at_field: {
      DUPLICATE: 'Another lead has this number',
      DNC: 'This number must not be called',
    } as Readonly<Record<string, string>>,
    blocked: 'The new number must not be called, so nothing was saved.',
    duplicate: 'Another lead of this campaign has the new number:',
    duplicate_open: (name: string) => `Open ${name}`,
    name_and_id: (name: string, id: string) => `${name} (${id})`,
    duplicate_anyway: 'Save anyway',
  },

  undo: {
    done: 'Undone: the values are as before.',
    call_stays: 'The call stays on record.',
    numbers_stay: (numbers: string) =>
      `The call stays on record, and ${numbers} on the do-not-call list. A manager of all teams can remove it.`,
    clashes: 'Something else has changed since. Look at both first.',
    forbidden: 'A team lead has to undo this: the customer asked for this call.',
    failed: 'Not undone. Try again from the history.',
  },

  sure: {
    title: 'Never call again?',
    numbers: (numbers: string) => `${numbers} will be on the do-not-call list, for every campaign.`,
    no_numbers: 'The lead closes. It has no number to put on the do-not-call list.',
    removal: 'Undo does not remove numbers from the list. Only a manager of all teams can.',
    yes: 'Do not call',
    no: 'Back',
  },

  live: {
    changed: (who: string, what: string, when: string) => `${who} changed ${what}, ${when}.`,
    changed_yours: (what: string) => `You are changing ${what} too.`,
    see: 'See both',
    take_it: 'Use theirs',
    taken: 'Their values are in your form now.',
    updated: (who: string, what: string) => `${who} changed ${what}.`,
    somebody: 'Somebody',
    late: 'Connection interrupted: changes by others appear late',
    editing: (name: string) => `${name} is editing`,
    here: (name: string) => `${name} is viewing`,
    who_is_here: 'Also here',
  },

  side: {
    label: 'Beside the lead',
    history: 'Last changes',
    all_history: 'All changes',
    created: 'Lead created',
    related: 'Other leads with these numbers',
    allocation: 'Allocation',
    campaign: 'Campaign',
    created_at: 'Created',
    updated_at: 'Changed',
    version: 'Version',
  },

  gone: {
    title: 'Lead not found',
    detail: 'It was deleted, or it belongs to a team that you are not in.',
    yours: 'What you typed and did not save:',
    copy: 'Copy what I typed',
    discard: 'Discard',
    to_leads: 'Go to the leads',
  },

  actors: {
    key: (name: string) => name,
    rule: 'a conflict rule',
    key_unnamed: 'an API key',
    import: (name: string) => `Import “${name}”`,
    import_unnamed: 'an import',
    operator_unnamed: 'an operator',
    system: 'Leadline',
    you: 'You',
  },
  ways: {
    classic: 'classic API',
    v1: 'API',
    screen: 'in the app',
    import: 'import',
    dialler: 'dialler',
    action: 'action',
  } as Readonly<Record<string, string>>,

  shortcuts: {
    disposition: 'Choose an outcome',
    callback: 'Set the callback',
    save: 'Save the lead',
  },
} as const
