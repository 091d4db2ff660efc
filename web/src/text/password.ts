/** Changing one's own password. */
export const password = {
  title: 'Change my password',
  current: 'Current password',
  new: 'New password',
  again: 'New password again',
  differs: 'The two new passwords differ.',
  others_end: 'You stay signed in here. On all other devices you are signed out.',
  submit: 'Change password',
  cancel: 'Cancel',
  done: 'Your password is changed. Other devices are signed out.',
} as const
