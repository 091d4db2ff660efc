import { count } from './words.ts'

/** "CRM’s", "Chris’" */
const possessive = (name: string) => `${name}${/s$/i.test(name) ? '’' : '’s'}`

/** The words depend on the sides: an operator's own edit that met the lead, or a held change that waits beside it. */
const mine = {
  mine: 'Mine',
  mine_note: 'not saved yet',
  theirs: 'Theirs',
  use_mine: (_who: string) => 'Keep mine',
  use_theirs: (who: string) => `Use ${possessive(who)}`,
  use_own: 'Use what I saved',
  use_unchanged: 'Keep old',
  use_several: 'Use theirs',
  all_mine: 'Keep all mine',
  /** In the head of the column; the whole text begins so. */
  all_mine_short: 'Keep all',
  all_theirs_short: 'Use all',
  all_theirs: (who: string) => `Use all ${possessive(who)}`,
  all_several: 'Use all theirs',
  ask_all_mine: (n: number) => `Keep yours for all ${n}?`,
  ask_all_theirs: (n: number) => `Use theirs for all ${n}?`,
  took_mine: (_who: string) => 'mine',
  took_theirs: (who: string) => possessive(who),
  took_several: 'theirs',
  mine_count: (n: number) => `${n} mine`,
  theirs_count: (n: number) => `${n} theirs`,
  not_changed_mine: 'you left it alone',
  not_changed_theirs: 'nobody else changed it',
} as const

const held: Words = {
  mine: 'The held change',
  mine_note: 'waits',
  theirs: 'The lead now',
  use_mine: (who) => `Apply ${possessive(who)}`,
  use_theirs: (who) => `Keep ${possessive(who)}`,
  use_own: 'Keep what I saved',
  use_unchanged: 'Keep old',
  use_several: 'Keep as it is',
  all_mine: 'Apply all of the held change',
  all_mine_short: 'Apply all',
  all_theirs_short: 'Keep all',
  all_theirs: () => 'Keep all as they are',
  all_several: 'Keep all as they are',
  ask_all_mine: (n) => `Apply all ${n} that are left?`,
  ask_all_theirs: (n) => `Keep all ${n} that are left as they are?`,
  took_mine: (who) => possessive(who),
  took_theirs: (who) => possessive(who),
  took_several: 'as it is',
  mine_count: (n) => `${n} applied`,
  theirs_count: (n) => `${n} kept`,
  not_changed_mine: 'not in this change',
  not_changed_theirs: 'nobody changed it since',
}

type Words = {
  readonly [Key in keyof typeof mine]: (typeof mine)[Key] extends string ? string : (typeof mine)[Key]
}

export const merge = {
  title: (name: string, n: number) =>
    n === 0 ? `${name}: no conflicts left` : `${name}: ${count(n, 'change conflicts', 'changes conflict')}`,
  waiting: 'Merge changes',
  tab: 'Merge',
  sides: { mine: mine as Words, held },

  to_decide: (n: number) => (n === 0 ? 'All decided' : `${n} to decide`),
  intro: (who: string) => `${who} changed the same fields. Nothing you typed is lost.`,
  intro_blocked: 'A number was put on a do-not-call list while you were editing. Nothing you typed is lost.',
  intro_held: (who: string) => `${who} sent this while the lead was being changed. Nothing was overwritten.`,
  present: (name: string) => `${name} is on this lead now.`,
  nothing_left: 'Nothing conflicts any more. Look at the result, then save.',
  moved_again: (who: string) => `${who} changed it again. Your other decisions are kept.`,
  somebody: 'Somebody',
  by: (who: string, when: string) => `${who} · ${when}`,
  details: {
    about: 'the changes that met',
    line: (when: string, way: string, request: string) => `${when} · ${way} · request ${request}`,
  },

  table: 'What both have changed',
  columns: { field: 'Field', result: 'Result' },
  was: 'was',
  choose: 'to decide',
  empty: 'empty',
  keep_old: 'Keep old',
  edit: 'Edit…',
  edit_label: (label: string) => `Edit… the result for ${label}`,
  keep_both: 'Keep both',
  change: 'Change',
  change_label: (label: string) => `Change the decision about ${label}`,
  done_editing: 'Use this',
  cancel: 'Cancel',
  fresh: 'new',
  linked: 'linked',
  recommended: 'recommended',
  suggestions: {
    completes: 'suggested: says the same and more',
    fills_in: 'suggested: fills in what is empty',
  },
  result_from: { base: 'old', value: 'edited', merged: 'both' },
  edit_title: (label: string) => `Result for ${label}`,
  /** The name of a choice, for screen readers. */
  option: (use: string, value: string, label: string, place: string) => `${use}: ${value}. ${label}${place}`,
  /** The name of a row, for screen readers. */
  row: (label: string, place: string) => `${label}${place}`,
  place: (index: number, of: number, was: string) => `, conflict ${index} of ${of}, was ${was}`,
  place_automatic: (was: string) => `, merged automatically, was ${was}`,

  story: {
    you: 'you',
    joined: (sentences: readonly string[]) => {
      const all = sentences.join('; ')
      return `${all.charAt(0).toUpperCase()}${all.slice(1)}.`
    },
    at: (time: string) => ` at ${time}`,
    on: (day_time: string) => ` on ${day_time}`,
    did: (who: string, deed: string, when: string) => `${who} ${deed}${when}`,
    marked: (code: string) => `marked “${code}”`,
    marked_for: (code: string, time: string) => `marked “${code}” for ${time}`,
    set_callback: (time: string) => `set a callback for ${time}`,
    ended_callback: 'removed the callback',
    set_priority: (priority: string) => `set the priority to ${priority}`,
    moved: (allocation: string) => `moved the lead to ${allocation}`,
    changed: (what: string) => `changed ${what}`,
    blocked_by: (who: string, number: string, list: string, when: string) =>
      `${who} put ${number} on the ${list} list${when}`,
    blocked: (number: string, list: string) => `${number} is on the ${list} list now`,
  },
  needs_reason: (use: string) => `To choose “${use}”, say why.`,
  needs_lead: (use: string) => `Only a team lead can choose “${use}”.`,
  ask_lead: 'Ask a team lead',
  given_reason: (reason: string) => `Reason: ${reason}`,
  reason: {
    label: 'Reason',
    placeholder: 'For the history of the lead',
  },

  consequences: {
    closes: 'Closes the lead.',
    reopens: 'Opens the lead again.',
    lists: (numbers: string, n: number) => `${numbers} ${n === 1 ? 'goes' : 'go'} on the private list.`,
    stays_blocked: (number: string, list: string) => `${number} stays on the ${list} list.`,
    stays_closed: 'The lead stays closed.',
    no_call: 'No call will be made.',
    called: (time: string) => `Called ${time}.`,
    called_at_opening: (time: string) => `Called ${time}, when hours open.`,
    called_by: (agent: string) => `${agent} calls first.`,
    called_next: 'Called when its turn comes.',
    called_next_at: (time: string) => `Called from ${time}, when hours open.`,
  },
  lists: { private: 'private', client: 'client', campaign: 'campaign' },

  automatic: (n: number) => `Merged automatically (${n})`,
  automatic_item: (label: string, from: string) => `${label} ← ${from}`,
  automatic_table: 'Merged automatically',
  both: 'both the same',
  unchanged: (n: number) => `Unchanged (${n})`,

  first_use: {
    keys: 'New here? 1 = left, 2 = right, Ctrl Enter saves. ? shows all keys.',
    touch: 'New here? Tap the value that is right. When all are decided, save.',
    close: 'Close this hint',
  },

  actions: {
    discard: 'Discard my changes',
    undo: 'Undo',
    redo: 'Redo',
    preview: 'Preview lead',
    save: 'Save merge',
    left: (n: number) => `${n} left`,
    yes: 'Yes',
    key: 'Ctrl Enter',
    retry: 'Try again now',
  },
  summary: {
    label: 'Result',
    base: (n: number) => `${n} as before`,
    value: (n: number) => `${n} edited`,
    merged: (n: number) => `${n} from both`,
    left: (n: number) => `${n} to decide`,
  },
  preview: {
    title: 'The lead as it would be saved',
    open: 'to decide',
    changed: 'changed',
  },

  said: {
    left: (n: number) => (n === 0 ? 'Everything is decided.' : `${count(n, 'conflict', 'conflicts')} left.`),
    took: (use: string) => `${use}: chosen.`,
    base: 'Old value kept.',
    value: 'Edited.',
    merged: 'Both kept.',
    undone: 'Undone.',
    redone: 'Done again.',
    fresh: (n: number) => `The lead was changed again. ${count(n, 'conflict is', 'conflicts are')} new.`,
    explain: 'This choice needs a reason.',
    not_allowed: 'Only a team lead can choose this.',
    choose_first: (one: string, other: string) => `Choose first: 1 is “${one}”, 2 is “${other}”.`,
    save_later: (n: number) => `Not saved yet: ${count(n, 'conflict', 'conflicts')} to decide first.`,
  },

  saved: 'Merged and saved.',
  undo: 'Undo',
  offline: 'The server does not answer. Your decisions are kept and saved as soon as it does.',
  discarded: 'Your changes are discarded.',
  nothing: 'You have no unsaved changes of this lead, so there is nothing to merge.',
  to_lead: 'Go to the lead',

  dismiss: {
    title: 'Dismiss this update',
    note: 'Nothing of it will be saved. It stays on record, with your reason.',
    reason: 'Why',
    dismiss: 'Dismiss',
    done: 'Dismissed.',
  },

  keys: {
    next: 'Next conflict',
    previous: 'Previous conflict',
    take_mine: 'Choose the left value',
    take_theirs: 'Choose the right value',
    take_base: 'Keep the old value',
    take_both: 'Keep both texts',
    edit: 'Edit the result',
    all_mine: 'The left value for all that are left',
    all_theirs: 'The right value for all that are left',
    undo: 'Undo a decision',
    redo: 'Do it again',
    toggle_automatic: 'Show what was merged automatically',
    preview: 'Preview the lead',
    save: 'Save the merge',
    cancel: 'Leave an edit',
    help: '',
  },
} as const
