export const new_lead = {
  title: 'New lead',
} as const
