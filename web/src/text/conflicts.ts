export const conflicts = {
  title: 'Conflicts',
} as const
