/** Handing a change over to a team lead. */
export const hand_over = {
  button: 'Hand over…',
  title: 'Hand over to a team lead',
  intro: 'Your change waits in the inbox until a team lead decides. You can follow it, and take it back.',
  note: 'What should they know?',
  send: 'Hand over',
  cancel: 'Cancel',
  done: 'Handed over. A team lead decides.',
  follow: 'Follow it',
  saved: 'Your changes no longer conflict, so they are saved.',
} as const

/** The changes that an operator handed over. */
export const handed_over = {
  title: 'Handed over by me',
  intro: 'Changes that met another change and wait for a team lead, or waited for one.',
  empty: 'You have handed over no changes.',
  table: 'Changes that you handed over',
  columns: { lead: 'Lead', change: 'Your change', state: 'What became of it' },
  waits: 'Waits for a team lead',
  with: (name: string) => `With ${name}`,
  note: (note: string) => `Your note: ${note}`,
  take_back: 'Take back',
  take_back_of: (name: string) => `Take back the change of ${name}`,
  taken_back: 'Taken back. Your change is in the form again, not saved yet.',
  has_draft: 'This lead has other unsaved changes of yours. Save or discard them first.',
} as const
