export const merge = {
  title: 'Merge lead',
} as const
