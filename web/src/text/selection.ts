// Loaded with the bar of the selected leads.

export const selection = {
  label: 'Selected leads',
  none: 'Clear selection',
  deeds: { outcome: 'Set outcome', move: 'Move', dnc: 'Do not call', forget: 'Forget' },
} as const
