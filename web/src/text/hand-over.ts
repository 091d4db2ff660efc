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
