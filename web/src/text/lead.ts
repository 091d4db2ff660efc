export const lead = {
  title: 'Lead',
} as const
