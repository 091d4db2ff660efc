// When people may be called at all, by the law of a region: dated rules that only ever narrow contact hours.
//
// Australia: Telecommunications (Telemarketing and Research Calls) Industry Standard 2017, for telemarketing calls in
// the local time of the called person: weekdays 9:00 to 20:00, Saturdays 9:00 to 17:00, never on Sundays and national
// public holidays. Not in here: the longer hours of research calls, calls that somebody has agreed to beforehand, and
// the holidays of single states, which are exceptions of contact hours. A region without rules is not narrowed.

import type { Region } from './phone.ts'
import type { Day, Exception, Window } from './rules.ts'

export interface LegalRules {
  /** First local day, '2017-07-01'. */
  valid_from: string
  source: string
  windows: Window[]
  /** Closed whatever the windows say. */
  holidays: Pick<Exception, 'date' | 'name'>[]
}

const WEEKDAYS: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri']

// Good Friday and Easter Monday move; the others are the same every year. A substitute day is proclaimed by the states.
const EASTER: Record<string, [good_friday: string, easter_monday: string]> = {
  2024: ['03-29', '04-01'],
  2025: ['04-18', '04-21'],
  2026: ['04-03', '04-06'],
  2027: ['03-26', '03-29'],
  2028: ['04-14', '04-17'],
  2029: ['03-30', '04-02'],
  2030: ['04-19', '04-22'],
  2031: ['04-11', '04-14'],
  2032: ['03-26', '03-29'],
}

const AUSTRALIAN_HOLIDAYS = Object.entries(EASTER).flatMap(([year, [good_friday, easter_monday]]) =>
  (
    [
      ["New Year's Day", '01-01'],
      ['Australia Day', '01-26'],
      ['Good Friday', good_friday],
      ['Easter Monday', easter_monday],
      ['Anzac Day', '04-25'],
      ['Christmas Day', '12-25'],
      ['Boxing Day', '12-26'],
    ] as const
  ).map(([name, day]) => ({ name, date: `${year}-${day}` })),
)

/** Oldest first. */
export const LEGAL_RULES: Partial<Record<Region, LegalRules[]>> = {
  AU: [
    {
      valid_from: '2017-07-01',
      source: 'Telecommunications (Telemarketing and Research Calls) Industry Standard 2017',
      windows: [
        { days: WEEKDAYS, from: '09:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '17:00' },
      ],
      holidays: AUSTRALIAN_HOLIDAYS,
    },
  ],
}

/** The rules of a region on a local day; undefined: there are none. */
export const legalRulesOn = (region: Region, date: string): LegalRules | undefined =>
  LEGAL_RULES[region]?.findLast((rules) => rules.valid_from <= date)
