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
    conflicts: (n: number) => count(n, 'conflict waits', 'conflicts wait'),
  },

  sections: {
    outcome: 'Outcome',
    phones: 'Phones',
    details: 'Details',
    unmapped: 'Other data',
    unmapped_note: 'Sent with the lead under keys that are no field of its template.',
    origin: 'Origin',
  },

  paths: {
    disposition: 'Disposition',
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

  field: {
    was: (value: string) => `was ${value}`,
    edited: 'edited',
    theirs: (value: string) => `Changed meanwhile to ${value}.`,
    take_theirs: 'Use this',
    take_back: (label: string) => `Take back the change of ${label}`,
    fresh: 'changed just now',
    bad: {
      email: 'No e-mail address',
      date: 'No date',
      number: 'No number',
      choice: 'None of the choices',
      check: 'Neither yes nor no',
    } as Readonly<Partial<Record<FieldKind, string>>>,
    bad_hint: 'Kept as it was sent. It is not used until somebody corrects it.',
  },

  phone: {
    states: {
      ok: 'Can be dialled',
      unlisted: 'New area code',
      invalid: 'No number',
      wrong: 'Wrong number',
      disconnected: 'Disconnected',
    },
    blocked: (list: string) => `Do not call · ${list}`,
    lists: { private: 'private list', client: 'client list', campaign: 'campaign list' },
    entry: (list: string, since: string, who: string, reason: string | null, until: string | null) =>
      `On the ${list} since ${since}${until ? ` until ${until}` : ''}, added by ${who}${reason ? ` (${reason})` : ''}.`,
    not_blocked: 'This number can be called again.',
    why: (number: string) => `Why must ${number} not be called?`,
    reason: 'Why this number is blocked',
  },

  outcome: {
    pick: 'Type to find an outcome',
    nothing: 'There is no such outcome',
    consequences: {
      retry: 'Comes back for another try',
      callback: 'Comes back at the callback',
      client_callback: 'The customer asked for this call: its priority never falls again',
      final: 'Closes the lead',
      dnc: 'Closes the lead and puts its numbers on the do-not-call list',
    },
    disabled: 'no longer in use',
    in_zone: (zone: string) => `Time in ${zone}, where the lead is`,
    own_time: (time: string) => `Your time: ${time}`,
    all_blocked: 'Nobody is called: every number is on a do-not-call list.',
    needs_time: 'Choose when to call back. Without a time the lead would be called at once.',
    past: 'This time has passed, so the lead is called as soon as possible.',
    closed_then: (opens: string | null) =>
      opens === null
        ? 'Nobody is called at that time: the contact hours are closed.'
        : `Nobody is called at that time. The contact hours open again ${opens}.`,
    take_opening: (when: string) => `Take ${when}`,
    agent: (name: string, login: string) => `${name} (${login})`,
    agent_unknown: (name: string) => `${name} (not an operator here)`,
    pick_agent: 'Type to find an operator',
    no_agent: 'No operator has that name',
    clear_agent: 'No agent',
    quick_minutes: '+15 min',
    quick_hour: '+1 h',
    quick_tomorrow: 'Tomorrow 9:00',
    quick_clear: 'No callback',
    consequence: (what: string, again: boolean) =>
      again
        ? `${what}. Given again, it counts as one more call.`
        : `${what}. What you leave alone follows from the outcome when you save.`,
    priority_hint: '0 to 100, the lowest is called first',
    agent_hint: 'Kept for this agent when it falls due',
  },

  save: {
    bar: 'Save',
    changes: (n: number) => count(n, 'unsaved change', 'unsaved changes'),
    none: 'No unsaved changes',
    save: 'Save',
    saving: 'Saving…',
    key: 'Ctrl S',
    wrong_field: (label: string, problem: string) => `${label}: ${problem}`,
    to_field: (label: string) => `Go to ${label}`,
    discard: 'Discard',
    nothing: 'There is nothing to save.',
    saved: 'Saved.',
    kept: (groups: number, who: string) =>
      `Saved. ${count(groups, 'change', 'changes')} by ${who} ${groups === 1 ? 'was' : 'were'} kept.`,
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
    done: 'Undone: the values are as they were before.',
    call_stays: 'The call stays on record.',
    numbers_stay: (numbers: string) =>
      `The call stays on record, and ${numbers} on the do-not-call list. A manager of all teams can remove it.`,
    clashes: 'Something else has changed since. Look at both first.',
    forbidden: 'A team lead has to undo this: the customer asked for this call.',
    failed: 'Could not undo. You can try again from the history.',
  },

  sure: {
    title: 'Never call again?',
    numbers: (numbers: string) => `${numbers} will be on the do-not-call list, for every campaign.`,
    no_numbers: 'The lead closes. It has no number that could be on the do-not-call list.',
    removal: 'Undo does not remove numbers from the list. Only a manager of all teams can.',
    yes: 'Do not call',
    no: 'Back',
  },

  live: {
    changed: (who: string, what: string, when: string) => `${who} changed ${what}, ${when}.`,
    changed_yours: (what: string) => `You are changing ${what} too.`,
    see: 'See both',
    take_it: 'Take theirs now',
    taken: 'Theirs taken.',
    updated: (who: string, what: string) => `${who} changed ${what}.`,
    somebody: 'Somebody',
    late: 'Connection interrupted: changes by others appear late',
    editing: (name: string) => `${name} is editing`,
    here: (name: string) => `${name} is looking`,
    who_is_here: 'Also here',
  },

  side: {
    label: 'Beside the lead',
    history: 'Last changes',
    all_history: 'All changes',
    created: 'created the lead',
    related: 'Other leads with its numbers',
    allocation: 'Allocation',
    campaign: 'Campaign',
    created_at: 'Created',
    updated_at: 'Changed',
    version: 'Version',
  },

  gone: {
    title: 'This lead is not there',
    detail: 'It was deleted, or it belongs to a team that you are not in.',
    yours: 'What you typed and did not save:',
    copy: 'Copy what I typed',
    discard: 'Discard it',
    to_leads: 'Go to the leads',
  },

  actors: {
    key: (name: string) => `API key “${name}”`,
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
    screen: 'screen',
    import: 'import',
    dialler: 'dialler',
    action: 'action',
  } as Readonly<Record<string, string>>,

  shortcuts: {
    disposition: 'Choose a disposition',
    callback: 'Set the callback',
    save: 'Save the lead',
  },
} as const
