// Loaded with the bar of the selected leads.

import type { Total } from '../api/listed.ts'
import { countOrMore } from './words.ts'

export const selection = {
  label: 'Selected leads',
  none: 'Clear selection',
  leads: (total: Total | undefined) =>
    total ? countOrMore(total.count, !total.exact, 'lead', 'leads') : 'leads',
  /** `all`: as written, "1,000+ leads". */
  select_whole: (all: string) => `Select all ${all}`,
  whole: (all: string) => `All ${all} selected`,
  deeds: { outcome: 'Set outcome', move: 'Move', dnc: 'Do not call', forget: 'Forget' },
} as const
