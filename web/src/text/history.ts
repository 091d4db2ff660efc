export const history = {
  title: 'Lead history',
} as const
