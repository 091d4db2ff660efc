import { count, figure } from './words.ts'

const conflicts_counted = (n: number) => count(n, 'conflict', 'conflicts')

/** The two sides of a decision, as buttons and as what was done. */
const sides = {
  mine: 'Apply the change',
  theirs: 'Keep the lead’s value',
  base: 'Keep the old value',
  value: 'Use another value',
} as const

export const conflicts = {
  title: 'Conflicts',
  intro: 'Changes held back because someone else changed the same fields. Nothing was overwritten.',
  table: 'Held changes',
  columns: { lead: 'Lead', from: 'From', changes: 'Old → wanted', with: 'With', age: 'Age', state: 'State' },
  states: {
    open: 'Open',
    resolved: 'Settled',
    dismissed: 'Dismissed',
    superseded: 'Replaced',
    expired: 'Expired',
    forgotten: 'Lead deleted',
  },
  states_detail: {
    open: 'It waits for somebody to decide.',
    resolved: 'Somebody decided it.',
    dismissed: 'Somebody dismissed it. It was not saved.',
    superseded: 'The same sender sent a newer change of the same fields.',
    expired: 'Nobody decided it in time.',
    forgotten: 'The lead was deleted.',
  },
  taken_back: 'Taken back',
  sides,
  filters: {
    label: 'Filter conflicts',
    state: 'State',
    sender: 'Sender',
    fields: 'Fields',
    campaign: 'Campaign',
    assigned: 'With',
    clashing: 'Conflict',
    any: 'Any',
    me: 'Me',
    nobody: 'Nobody',
    still: 'Still conflicts',
    no_longer: 'No longer conflicts',
    clear: 'Clear filters',
  },
  of_lead: (id: string) => `Only lead ${id}`,
  all_leads: 'Show all leads',
  counted: conflicts_counted,
  count: (n: number, more: boolean) => (more ? `${figure(n)} or more` : conflicts_counted(n)),
  empty: {
    open: 'No conflicts wait. When two changes meet, the later one is kept here.',
    filtered: 'No conflicts match these filters.',
    other: 'No conflicts have this state.',
  },
  nothing: 'empty',
  arrow: '→',
  now: (value: string) => `(now ${value})`,
  no_clash: 'No longer conflicts',
  clashes: (n: number) => conflicts_counted(n),
  looks: (names: string) => `${names} is on it`,
  more: 'Show more',
  keys: { down: 'Next conflict', up: 'Previous conflict' },
  kind: {
    oldest: (age: string) => `oldest ${age}`,
    decide: 'Decide all…',
    rule: 'Make this a rule…',
  },
  links: { rules: 'Rules and figures', handed_over: 'Handed over' },

  free: {
    apply: (n: number) => `Apply ${figure(n)} that no longer ${n === 1 ? 'conflicts' : 'conflict'}`,
    note: 'The changes they conflicted with were undone.',
    title: 'Changes that no longer conflict',
  },

  many: {
    same: (name: string | null) => `You decided ${name ?? 'one of these'}.`,
    same_do: (n: number) => `Do the same for ${figure(n)} like this…`,
  },

  one: {
    title: (name: string, n: number) =>
      n === 0 ? `${name}: held change` : `${name}: ${count(n, 'change', 'changes')} held`,
    document_title: (name: string) => [`Conflict of ${name}`, 'Conflicts'],
    back: 'Conflicts',
    open_lead: 'Open the lead',
    previous: 'Previous conflict',
    next: 'Next conflict',
    place: (at: number, of: number) => `${figure(at)} of ${figure(of)}`,
    from: (who: string, when: string) => `From ${who}, ${when}.`,
    expires: (when: string) => `Waits until ${when}.`,
    ids: { lead: 'Lead', request: 'Request', answer: 'Answer' },
    answered: 'The sender was told that the change waits (code 110)',
    reason: (reason: string) => `Reason: ${reason}`,
    note: 'Note',
    not_yours: 'Only a team lead can settle this, or whoever it is handed to.',
    on_lead: (names: string) => `${names} is on this lead now.`,
    columns: { field: 'Field', before: 'Old', wanted: 'Wanted' },
    wanted: 'What was wanted',
    decided: (label: string, side: string) => `${label}: ${side.toLowerCase()}`,
    by_bulk: 'Decided together with others.',
    saved: 'Settled and saved.',
    undo: 'Undo',
    undone: 'Undone. The conflict is open again.',
    undone_dnc: 'Undone. The numbers stay on the do-not-call list: only a manager can take them off.',
    reopen: 'Open it again',
    beaten: (who: string) =>
      `${who} was faster: this conflict is settled already. Your decisions were not saved.`,
    beaten_nobody: 'This conflict is not open any more. Your decisions were not saved.',
  },

  dismiss: 'Dismiss…',

  assign: {
    nobody: 'With nobody',
    who: (name: string) => `With ${name}`,
    you: 'With you',
    take: 'Take it',
    me: 'Assign to me',
    none: 'Unassign',
    others: 'Assign to',
  },
} as const
