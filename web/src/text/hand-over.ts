/** Handing a change over to a team lead, or to the person who is on the lead. */
export const hand_over = {
  button: 'Ask a team lead…',
  button_to: (name: string) => `Hand over to ${name}…`,
  title: 'Ask a team lead',
  title_to: (name: string) => `Hand over to ${name}`,
  intro: 'Your change waits until a team lead decides. You can follow it, and take it back.',
  intro_to: (name: string) =>
    `Your change waits until ${name} or a team lead decides. You can follow it, and take it back.`,
  intro_held: 'The change stays held until they decide.',
  note: 'What should they know?',
  send: 'Hand over',
  cancel: 'Cancel',
  done: 'Handed over. A team lead decides.',
  done_to: (name: string) => `Handed over to ${name}.`,
  follow: 'Follow it',
  saved: 'Your changes no longer conflict, so they are saved.',
} as const

/** The changes that were handed over, to an operator and by the same one. */
export const handed_over = {
  title: 'Handed over',
  to_me: {
    title: 'To you',
    empty: 'Nothing is handed to you.',
    table: 'Changes that were handed to you',
    columns: { lead: 'Lead', from: 'From', change: 'Old → wanted', age: 'Age' },
  },
  by_me: {
    title: 'By you',
    empty: 'You have handed over no changes.',
    table: 'Changes that you handed over',
    columns: { lead: 'Lead', change: 'Your change', state: 'What became of it' },
  },
  waits: 'Waits for a team lead',
  with: (name: string) => `With ${name}`,
  note: (note: string) => `Note: ${note}`,
  take_back: 'Take back',
  take_back_of: (name: string) => `Take back the change of ${name}`,
  taken_back: 'Taken back. Your change is in the form again, not saved yet.',
  has_draft: 'This lead has other unsaved changes of yours. Save or discard them first.',
} as const
