// When people may be called at all, by the law or the industry code where they are: dated rules that only ever narrow
// contact hours. They go by the clock of the called person (legal-zones.ts).
//
// Not in here: the longer hours of research calls, calls that somebody has agreed to beforehand, and the holidays of single
// states, which are exceptions of contact hours. Countries without rules are not narrowed.

import { DAYS, type Day, type Exception, type Window } from './rules.ts'

type Holiday = Pick<Exception, 'date' | 'name'>

/** A country, or a state whose own rules are stricter. */
export type Jurisdiction = 'AU' | 'GB' | 'US' | 'US-CT' | 'US-FL' | 'US-MD' | 'US-OK' | 'US-RI' | 'US-TX'

interface LegalRules {
  /** First local day, '2017-07-01'. */
  valid_from: string
  /** code: what an industry has agreed on, where the law has no hours. */
  basis: 'law' | 'code'
  /** As the end of a sentence: by Australian law. */
  by: string
  source: string
  windows: Window[]
  /** The holidays of a year that follow from the law. They are closed whatever the windows say. */
  holidays: (year: number) => Holiday[]
  /** Holidays that a government proclaimed for one year, known to the end of `last_year`; null: the rules heed none. */
  proclaimed: { days: Holiday[]; last_year: number } | null
}

const WEEKDAYS: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri']
const [SUNDAY, SATURDAY] = [0, 6]

/** `day` may exceed the month: 36 March is 5 April. */
const utc = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day))

/** Easter Sunday by the Gregorian rule (Meeus, Astronomical Algorithms, chapter 8), as a day of March. */
function easterInMarch(year: number): number {
  const [century, of_century, of_cycle] = [Math.floor(year / 100), year % 100, year % 19]
  const moved = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const moon = (19 * of_cycle + century - Math.floor(century / 4) - moved + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(of_century / 4) - moon - (of_century % 4)) % 7
  const late = Math.floor((of_cycle + 11 * moon + 22 * weekday) / 451)
  return moon + weekday - 7 * late + 22
}

/**
 * The days of section 115 of the Fair Work Act 2009 that every state and territory has on one date, and the substitute
 * days that all of them observe when such a day falls on a weekend: Holidays Act 1958 (ACT), Public Holidays Act 2010
 * (NSW), Public Holidays Act 1981 (NT), Holidays Act 1983 (Qld), Public Holidays Act 2023 (SA), Statutory Holidays Act
 * 2000 (Tas), Public Holidays Act 1993 (Vic), Public and Bank Holidays Act 1972 (WA). The day itself stays closed too.
 * Only some of them move Anzac Day, so it has no substitute here.
 */
function australianHolidays(year: number): Holiday[] {
  const day = (name: string, month: number, of_month: number) => ({
    name,
    date: utc(year, month, of_month).toISOString().slice(0, 10),
  })
  const easter = easterInMarch(year)
  const days = [
    day("New Year's Day", 1, 1),
    day('Australia Day', 1, 26),
    day('Good Friday', 3, easter - 2),
    day('Easter Monday', 3, easter + 1),
    day('Anzac Day', 4, 25),
    day('Christmas Day', 12, 25),
    day('Boxing Day', 12, 26),
  ]
  const substitute = (name: string, month: number, of_month: number, later: { sat: number; sun: number }) => {
    const weekday = utc(year, month, of_month).getUTCDay()
    if (weekday !== SATURDAY && weekday !== SUNDAY) return
    days.push(
      day(`${name} (substitute day)`, month, of_month + (weekday === SATURDAY ? later.sat : later.sun)),
    )
  }
  substitute("New Year's Day", 1, 1, { sat: 2, sun: 1 })
  substitute('Australia Day', 1, 26, { sat: 2, sun: 1 })
  // The Monday after Christmas Day can be Boxing Day or its substitute, so both move by two days.
  substitute('Christmas Day', 12, 25, { sat: 2, sun: 2 })
  substitute('Boxing Day', 12, 26, { sat: 2, sun: 2 })
  return days
}

const NO_HOLIDAYS = { holidays: () => [], proclaimed: null }

const daily = (from: string, to: string): Window[] => [{ days: [...DAYS], from, to }]

/** Stricter than the federal rules, so it stands alone. The sections of the states' laws are not checked. */
const state = (by: string, windows: Window[]): LegalRules[] => [
  {
    valid_from: '1991-12-20',
    basis: 'law',
    by: `by the law of ${by}`,
    source: 'State telemarketing hours as secondary lists give them',
    windows,
    ...NO_HOLIDAYS,
  },
]

/** Oldest first. */
export const LEGAL_RULES: Record<Jurisdiction, LegalRules[]> = {
  AU: [
    {
      valid_from: '2017-07-01',
      basis: 'law',
      by: 'by Australian law',
      source: 'Telecommunications (Telemarketing and Research Calls) Industry Standard 2017',
      windows: [
        { days: WEEKDAYS, from: '09:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '17:00' },
      ],
      holidays: australianHolidays,
      // No later day was proclaimed as of November 2026.
      proclaimed: {
        days: [{ date: '2022-09-22', name: 'National Day of Mourning' }],
        last_year: 2030,
      },
    },
  ],
  // Sundays and bank holidays are for contact hours to close: the code says only when nobody is called without consent.
  GB: [
    {
      valid_from: '1998-01-01',
      basis: 'code',
      by: 'by the code of the British marketing industry',
      source: 'DMA code: no calls from 21:00 to 8:00 on weekdays, from 21:00 to 9:00 at weekends',
      windows: [
        { days: WEEKDAYS, from: '08:00', to: '21:00' },
        { days: ['sat', 'sun'], from: '09:00', to: '21:00' },
      ],
      ...NO_HOLIDAYS,
    },
  ],
  US: [
    {
      valid_from: '1991-12-20',
      basis: 'law',
      by: 'by US federal law',
      source: '47 CFR 64.1200(c)(1)',
      windows: daily('08:00', '21:00'),
      ...NO_HOLIDAYS,
    },
  ],
  'US-CT': state('Connecticut', daily('09:00', '20:00')),
  'US-FL': state('Florida', daily('08:00', '20:00')),
  'US-MD': state('Maryland', daily('08:00', '20:00')),
  'US-OK': state('Oklahoma', daily('08:00', '20:00')),
  'US-RI': state('Rhode Island', daily('09:00', '18:00')),
  'US-TX': state('Texas', [
    { days: [...WEEKDAYS, 'sat'], from: '09:00', to: '21:00' },
    { days: ['sun'], from: '12:00', to: '21:00' },
  ]),
}

/** The rules of a jurisdiction on a local day; undefined: there are none. */
export const legalRulesOn = (jurisdiction: Jurisdiction, date: string): LegalRules | undefined =>
  LEGAL_RULES[jurisdiction].findLast((rules) => rules.valid_from <= date)

/** The holiday on a local day; undefined: an ordinary day. */
export const holidayOn = ({ holidays, proclaimed }: LegalRules, date: string): Holiday | undefined =>
  [...(proclaimed?.days ?? []), ...holidays(Number(date.slice(0, 4)))].find(
    (holiday) => holiday.date === date,
  )

/** The rules of a country on a local day, by its code; undefined: there are none. */
export const rulesOfCountry = (country: string, date: string): LegalRules | undefined =>
  Object.hasOwn(LEGAL_RULES, country) ? legalRulesOn(country as Jurisdiction, date) : undefined

/** The holidays of a country in a year, by date; none where there are no rules. */
export function publicHolidays(country: string, year: number): Holiday[] {
  const rules = rulesOfCountry(country, `${year}-12-31`)
  if (!rules) return []
  return [...(rules.proclaimed?.days ?? []), ...rules.holidays(year)]
    .filter(({ date }) => date.startsWith(`${year}-`))
    .sort((one, other) => (one.date < other.date ? -1 : 1))
}
