import { lead } from './lead.ts'
import { count, possessive } from './words.ts'

/** At the start of a sentence. Names keep their first letter: "bootstrap’s", "Yours", "A conflict rule". */
const capital = (text: string) =>
  /^(your|the |an? |somebody)/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text

/** How a decision took a group, in the middle of a sentence: "took CRM’s Name". */
const taken = {
  base: (fields: string) => `went back to the old ${fields}`,
  value: (fields: string) => `edited ${fields}`,
  merged: (fields: string) => `kept both texts of ${fields}`,
  agreed: (fields: string) => `found the same ${fields} on both sides`,
  unchanged: (fields: string) => `left ${fields} as before`,
} as const

/** The same above a value. */
const head = {
  base: () => 'Went back to',
  value: () => 'Edited',
  merged: () => 'Kept both',
  agreed: () => 'Both the same',
  unchanged: () => 'Left as before',
} as const

/** An operator's own change that met others, or a held change that somebody settled. */
const decisions = {
  own: {
    sentence: (who: string, aside: boolean, _sender: string, others: string, _dismissed = false) =>
      `${who} merged ${aside ? 'another' : 'this'} change with ${others || 'newer ones'}`,
    taken: {
      ...taken,
      mine: (fields: string, whose: string) => `kept ${whose} ${fields}`,
      theirs: (fields: string, whose: string) => `took ${whose} ${fields}`,
    },
    head: {
      ...head,
      mine: (whose: string) => `Kept ${whose}`,
      theirs: (whose: string) => `Took ${whose}`,
    },
  },
  held: {
    sentence: (who: string, _aside: boolean, sender: string, _others: string, dismissed = false) =>
      `${capital(who)} ${dismissed ? 'dismissed' : 'settled'} ${sender} change`,
    taken: {
      ...taken,
      mine: (fields: string, whose: string) => `took ${whose} ${fields}`,
      theirs: (fields: string, whose: string) => `kept ${whose} ${fields}`,
    },
    head: {
      ...head,
      mine: (whose: string) => `Took ${whose}`,
      theirs: (whose: string) => `Kept ${whose}`,
    },
  },
} as const

export const history = {
  title: 'History',
  version: (n: number) => `Version ${n}`,
  permalink: (n: number) => `Link to version ${n}`,
  created: (who: string) => `Created by ${who}`,
  show_values: 'Show values',
  hide_values: 'Hide values',
  outcome_alone: 'One more call with the same outcome. No field changed.',
  warnings: 'Changed while saving:',
  warning: (field: string, what: string) => `${field}: ${what}`,
  request: 'Request',
  source: 'Source',
  columns: { field: 'Field', old: 'Before', now: 'After' },
  decisions,
  decided: (sentence: string, parts: string) => (parts === '' ? `${sentence}.` : `${sentence}: ${parts}.`),
  /** "your", "CRM’s"; alone: "yours". */
  whose: (name: string, alone = false) =>
    name !== lead.actors.you ? possessive(name) : alone ? 'yours' : 'your',
  whose_lead: 'the lead’s',
  set_aside: 'The lead stayed as it was ·',
  given_up: {
    list: 'Values taken and given up',
    /** Above the value that was given up: "CRM’s was". */
    was: (whose: string) => `${capital(whose)} was`,
    before: 'Before',
    now: 'Now',
    empty: lead.empty,
  },
  restore: {
    do: (whose: string) => `Restore ${whose}`,
    label: (whose: string, field: string, value: string) => `Restore ${whose}: ${field} ${value}`,
    key: 'Restore a value that was given up',
    done: (whose: string, field: string) => `${capital(whose)} ${field} is restored.`,
    already: 'The lead has this value already.',
    undo: 'Undo',
    restored: (whose: string, field: string, version: number) =>
      `Restored ${whose} ${field}, which was given up in version ${version}`,
    restored_other: 'Restored an earlier value',
    obstacles: {
      same: 'The lead has this now.',
      moved: 'To restore this, move the lead to that allocation.',
      asked: 'Choose this outcome on the lead: only then do its numbers go on the do-not-call list.',
      no_field: 'The template no longer has this field.',
      closed: 'Only a team lead can restore this: it opens the lead again.',
      needs_lead: 'Only a team lead can restore this: the customer asked for this call.',
    },
    reopens: 'Opens the lead again.',
    closes: 'Closes the lead.',
    forbidden: 'Only a team lead can restore this.',
    moved: (who: string, what: string) =>
      `${capital(who)} changed ${what} meanwhile, so nothing was restored. Look at the lead as it is now, then restore again.`,
    blocked: 'This number is on a do-not-call list now, so nothing was restored.',
    duplicate: 'Another lead of this campaign has this number now, so nothing was restored.',
    open_other: 'Open that lead',
    refused: (sentence: string) => `Nothing was restored. ${sentence}`,
    somebody: 'somebody',
    something: 'the lead',
    no_answer: 'The server did not answer, so this may be restored already. Look at the lead first.',
    gone: 'This lead was deleted meanwhile, so nothing was restored.',
  },
  reason: (field: string, reason: string) => `${field}: ${reason}`,
  details_of: (version: number) => `of version ${version}`,
  author: 'By',
  changes_of: (version: number) => `Changes of version ${version}`,
  revert: 'Undo this change',
  revert_label: (version: number) => `Undo this change, version ${version}`,
  reverted: (version: number) => `Version ${version} undone.`,
  revert_needs_lead: 'Only a team lead can undo this: the customer asked for this call.',
  undo_of: (version: number) => `Undo of version ${version}`,
  filters: {
    label: 'Show only',
    field: 'Field',
    actor: 'By',
    way: 'Source',
    all: 'All',
    none: 'No changes match these filters.',
    clear: 'Show all',
    shown: (n: number, of: number) =>
      n === of ? count(of, 'version', 'versions') : `${n} of ${count(of, 'version', 'versions')}`,
  },
  compare: {
    title: 'Compare two versions',
    from: 'Version',
    to: 'with version',
    same: 'These two versions have the same values.',
    show: 'Compare',
    hide: 'Close comparison',
    table: (from: number, to: number) => `Differences between version ${from} and version ${to}`,
    column: (version: number) => `Version ${version}`,
  },
  keys: { down: 'Next version', up: 'Previous version' },
  download: { label: 'Download', json: 'JSON', csv: 'CSV', file: (id: string) => `history-${id}` },
} as const
