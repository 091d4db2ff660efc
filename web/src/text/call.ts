// The texts of a lead's page for somebody on a call: numbers, the log, the outcome, finding a field.

import { count } from './words.ts'

export const call = {
  numbers: 'Numbers',
  no_numbers: 'This lead has no number that can be dialled.',

  log: {
    title: 'Calls and notes',
    none: 'No calls or notes yet.',
    noted: 'Note',
    more: (n: number) => `Show ${n} more`,
    whole: 'Show the whole note',
    lasted: (length: string) => `lasted ${length}`,
  },

  handed: (n: number) => `${count(n, 'change', 'changes')} handed to you`,

  outcome: {
    most_used: 'Outcomes used most',
    /** `when`: null, as soon as its turn comes. */
    next_try: (when: string | null, kind: string | undefined) =>
      `${kind === 'client_callback' ? 'Promised to the customer. ' : ''}Next try ${when ?? 'as soon as its turn comes'}`,
    last_try: 'Closes the lead: this was the last try',
    note: 'Note',
    note_hint: 'Added to the log with your name and the time.',
    more: 'Also saved with the outcome',
    keep_for_me: 'Keep this callback for me',
    keep_for_me_hint: 'It is under My callbacks. 15 minutes after its time anybody can get it.',
  },

  held_if_saved: 'If you save yours, a team lead decides between the two.',

  reported: {
    other_outcome: 'Saved. Somebody gave this lead a stronger outcome meanwhile, and it keeps that one.',
    held: (what: string) => `Somebody else changed ${what} meanwhile: a team lead decides between the two.`,
    not_taken: (what: string) =>
      `${what} was not changed: another lead has the number, or it must not be called.`,
    forgotten: 'Saved. The lead itself was deleted meanwhile.',
  },

  fields: {
    find: 'Find a field',
    find_none: 'No field has that name',
    jump: 'Sections',
    long_texts: 'Long texts',
    show_empty: (n: number) => `Show ${count(n, 'empty field', 'empty fields')}`,
    hide_empty: 'Hide empty fields',
  },

  shortcuts: {
    give: (outcome: string) => `Outcome ${outcome}`,
    note: 'Write a note',
    edit: 'Edit the first field (Esc leaves it)',
    find: 'Find a field',
  },

  /** Why a number is not called. */
  blocked: {
    entry: (list: string, since: string, who: string, reason: string | null, until: string | null) =>
      `On the ${list} since ${since}${until ? ` until ${until}` : ''}, added by ${who}${reason ? ` (${reason})` : ''}.`,
    not_blocked: 'This number can be called again.',
    why_of: (number: string) => `Why can’t ${number} be called?`,
    title: 'Why this number is blocked',
    register: 'The wash of its allocation found it on the do-not-call register. The next wash asks again.',
    unwashed: 'No wash that counts has asked the register about it. It is called once a wash finds it clear.',
  },

  why: {
    title: 'Why isn’t this lead called?',
    ready: 'Ready: a dialler can call this lead now.',
    place: (n: number) => (n === 1 ? 'It is next in the queue.' : `It is number ${n} in the queue.`),
    far: (n: number) => `More than ${n} leads come before it.`,
    next: (when: string) => `Next try ${when}.`,
    /** By the reason that the queue gives: why, and what to do. */
    reasons: {
      allocation_stopped: () => 'Its allocation is stopped. A team lead can start it.',
      closed: () => 'The lead is closed. An outcome that keeps it open, such as a callback, reopens it.',
      leased: (until: string | null) =>
        `A dialler has it${until ? ` until ${until} at the latest` : ''}. It comes back by itself if nobody calls.`,
      callback_later: (next: string | null) =>
        `It waits for its callback. ${next ? `Next try ${next}. ` : ''}Change the callback to call sooner.`,
      bound_to_agent: (until: string | null, agent: string | null) =>
        `The callback is kept for ${agent ?? 'one agent'}${until ? ` until ${until}` : ''}. Then anybody gets it.`,
      no_number: () => 'No number can be dialled. Correct a number or add one.',
      blocked: (until: string | null) =>
        `Every number is on a do-not-call list${until ? ` (the first until ${until})` : ''}. See the reason beside the number.`,
      unwashed: () =>
        'No wash that counts has asked the register about its numbers. A team lead can wash the allocation.',
      no_consent: () =>
        'The template asks for a consent, and the lead has none that counts now. Record one to have it called.',
      outside_hours: (until: string | null) =>
        `The contact hours are closed${until ? ` until ${until}` : ''}.`,
      exception: (until: string | null) =>
        `The contact hours make an exception today${until ? `: closed until ${until}` : ''}.`,
      not_valid: (until: string | null) =>
        `The contact hours are not in force${until ? ` until ${until}` : ''}. A manager can change them.`,
    } as Readonly<Record<string, (until: string | null, agent: string | null) => string>>,
  },
} as const
