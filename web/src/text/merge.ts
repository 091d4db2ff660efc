import { count } from './words.ts'

/** The words depend on the sides: an operator's own edit beside the lead, or a held update beside it. */
const mine = {
  mine: 'Yours',
  mine_who: (_who: string) => 'you, not saved',
  theirs: 'Theirs',
  use_mine: 'Use yours',
  use_theirs: 'Use theirs',
  all_mine: 'All yours',
  all_theirs: 'All theirs',
  ask_all_mine: (n: number) => `Use yours for all ${n} that are left?`,
  ask_all_theirs: (n: number) => `Use theirs for all ${n} that are left?`,
  took_mine: 'yours',
  took_theirs: 'theirs',
  said_mine: 'Yours chosen',
  said_theirs: 'Theirs chosen',
  mine_count: (n: number) => `${n} yours`,
  theirs_count: (n: number) => `${n} theirs`,
  not_changed_mine: 'not changed by you',
  not_changed_theirs: 'not changed by them',
  reason_for_mine: 'Why yours all the same?',
  reason_for_theirs: 'Why theirs all the same?',
} as const

const held: Words = {
  mine: 'The update',
  mine_who: (who: string) => `${who}, waiting`,
  theirs: 'The lead now',
  use_mine: 'Use the update',
  use_theirs: 'Keep the lead',
  all_mine: 'All of the update',
  all_theirs: 'All of the lead',
  ask_all_mine: (n: number) => `Use the update for all ${n} that are left?`,
  ask_all_theirs: (n: number) => `Keep the lead for all ${n} that are left?`,
  took_mine: 'the update',
  took_theirs: 'the lead',
  said_mine: 'Update chosen',
  said_theirs: 'Lead kept',
  mine_count: (n: number) => `${n} of the update`,
  theirs_count: (n: number) => `${n} of the lead`,
  not_changed_mine: 'not in the update',
  not_changed_theirs: 'not changed since',
  reason_for_mine: 'Why the update all the same?',
  reason_for_theirs: 'Why the lead all the same?',
}

type Words = {
  readonly [Key in keyof typeof mine]: (typeof mine)[Key] extends string ? string : (typeof mine)[Key]
}

export const merge = {
  title: 'Merge changes',
  tab: 'Merge',
  sides: { mine: mine as Words, held },

  intro: 'This lead was changed while you were editing. Nothing you typed is lost.',
  intro_held: (who: string) =>
    `${who} sent this update while the lead was being changed. Nothing has been overwritten.`,
  nothing_left: 'Nothing clashes any more. Look at the result, then save.',
  moved_again: (who: string) => `Changed once more by ${who}. What you decided about the rest has stayed.`,
  theirs_line: {
    theirs: 'Theirs:',
    held: 'Last change of the lead:',
    request: (id: string) => `request ${id}`,
    way: (way: string) => `by ${way}`,
    versions: (n: number) => count(n, 'change since', 'changes since'),
  },
  counts: (left: number, automatic: number, unchanged: number) =>
    `${left} to decide · ${automatic} merged automatically · ${unchanged} unchanged`,

  table: 'What both have changed',
  columns: { field: 'Field', result: 'Result' },
  was: 'was',
  choose: '— choose —',
  empty: 'empty',
  keep_before: 'Keep before',
  edit: 'Edit…',
  edit_label: (label: string) => `Edit… the result for ${label}`,
  keep_both: 'Keep both',
  done_editing: 'Use this',
  cancel: 'Cancel',
  fresh: 'new',
  linked: 'linked',
  recommended: 'recommended',
  result_from: {
    mine: (side: Words) => side.took_mine,
    theirs: (side: Words) => side.took_theirs,
    base: () => 'before',
    value: () => 'edited',
  },
  edit_title: (label: string) => `Result for ${label}`,
  /** The name of a choice, for screen readers. */
  option: (use: string, value: string, label: string, place: string) => `${use}: ${value}. ${label}${place}`,
  place: (index: number, of: number, was: string) => `, conflict ${index} of ${of}, was ${was}`,

  reasons: {
    closed_and_outcome: 'One side ended the calling of this lead, the other went on with it.',
    number_blocked: 'The number must not be called any more, and one side changed it.',
    moved_and_outcome: 'The lead was moved to another allocation while its outcome was changed.',
    client_approved: 'The customer asked for this call; the other side makes it less urgent.',
  },
  given_reason: (reason: string) => `Reason: ${reason}`,
  needs_reason: (recommended: string) => `Anything but “${recommended}” needs a reason.`,
  reason: {
    base: 'Why keep what was before?',
    value: 'Why a value of your own?',
    placeholder: 'For the history of the lead',
    give: 'Choose it',
  },

  automatic: (n: number) => `Merged automatically (${n})`,
  automatic_item: (label: string, from: string) => `${label} ← ${from}`,
  automatic_table: 'Merged automatically',
  both: 'both the same',
  unchanged: (n: number) => `Unchanged (${n})`,

  actions: {
    discard: 'Discard mine',
    later: 'Later',
    dismiss: 'Dismiss…',
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
    left: (n: number) => `${n} still open`,
  },
  preview: {
    title: 'The lead as it would be saved',
    open: 'still open',
    changed: 'changed',
  },

  said: {
    left: (n: number) => (n === 0 ? 'Everything is decided.' : `${count(n, 'conflict', 'conflicts')} left.`),
    base: 'Before kept',
    value: 'Edited',
    undone: 'Undone.',
    redone: 'Done again.',
    fresh: (n: number) => `The lead was changed again. ${count(n, 'conflict is', 'conflicts are')} new.`,
    explain: 'This choice needs a reason.',
  },

  saved: 'Merged and saved.',
  undo: 'Undo',
  offline: 'The server does not answer. Your decisions are kept and saved as soon as it does.',
  later_done: (id: number) => `Put aside as conflict ${id}. It waits in the inbox.`,
  later_saved: 'Nothing clashed any more: your changes are saved.',
  discarded: 'Your changes are discarded.',
  nothing: 'There is nothing to merge: you have no unsaved changes of this lead.',
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
    take_mine: 'Use the left side',
    take_theirs: 'Use the right side',
    take_base: 'Keep before',
    take_both: 'Keep both texts',
    edit: 'Edit the result',
    all_mine: 'Left side for all that are left',
    all_theirs: 'Right side for all that are left',
    undo: 'Undo a decision',
    redo: 'Do it again',
    toggle_automatic: 'Show what was merged automatically',
    preview: 'Preview the lead',
    save: 'Save the merge',
    cancel: 'Leave an edit',
    help: '',
  },
} as const
