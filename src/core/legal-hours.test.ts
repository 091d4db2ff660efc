import { expect, test } from 'vitest'
import { openingAt } from './contact-hours.ts'
import { holidayOn, LEGAL_RULES, legalRulesOn, publicHolidays } from './legal-hours.ts'
import { zonesNamed } from './legal-zones.ts'
import type { ContactHours } from './rules.ts'

// Published public holidays that every state and territory of Australia has; for later years the days that follow from
// their acts. Good Friday and Easter Monday come from the published table of Easter.
const FIXED = ['01-01', '01-26', '04-25', '12-25', '12-26']
const MOVING: Record<number, [good_friday: string, easter_monday: string, ...substitute_days: string[]]> = {
  2024: ['03-29', '04-01'],
  2025: ['04-18', '04-21', '01-27'],
  2026: ['04-03', '04-06', '12-28'],
  2027: ['03-26', '03-29', '12-27', '12-28'],
  2028: ['04-14', '04-17', '01-03'],
  2029: ['03-30', '04-02'],
  2030: ['04-19', '04-22', '01-28'],
  2031: ['04-11', '04-14', '01-27'],
  2032: ['03-26', '03-29', '12-27', '12-28'],
  2033: ['04-15', '04-18', '01-03', '12-27'],
  2034: ['04-07', '04-10', '01-02'],
  2035: ['03-23', '03-26'],
  2036: ['04-11', '04-14', '01-28'],
  2037: ['04-03', '04-06', '12-28'],
  2038: ['04-23', '04-26', '12-27', '12-28'],
  2039: ['04-08', '04-11', '01-03', '12-27'],
  2040: ['03-30', '04-02', '01-02'],
}

const everyDayOf = (year: number) => {
  const first = Temporal.PlainDate.from(`${year}-01-01`)
  return Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }).toString())
}
const holidaysOf = (year: number) =>
  everyDayOf(year).filter((date) => holidayOn(legalRulesOn('AU', date)!, date) !== undefined)

test.for(Object.entries(MOVING))(
  'Australia has its national holidays of %s, and no others',
  ([year, moving]) => {
    const days = [...new Set([...FIXED, ...moving])].map((day) => `${year}-${day}`)
    expect(holidaysOf(Number(year))).toEqual(days.sort())
  },
)

/** Computes Easter in another way: golden number, epact and Sunday letter (Clavius; Knuth gives it as an exercise). */
function easterByEpact(year: number): string {
  const golden = (year % 19) + 1
  const century = Math.floor(year / 100) + 1
  const skipped = Math.floor((3 * century) / 4) - 12
  const sunday = Math.floor((5 * year) / 4) - skipped - 10
  let epact = (11 * golden + 20 + Math.floor((8 * century + 5) / 25) - 5 - skipped) % 30
  if ((epact === 25 && golden > 11) || epact === 24) epact++
  let day = 44 - epact
  if (day < 21) day += 30
  day += 7 - ((sunday + day) % 7)
  return Temporal.PlainDate.from({ year, month: 3, day: 1 })
    .add({ days: day - 1 })
    .toString()
}

test('two ways to compute Easter agree until the year 9999', () => {
  for (let year = 2018; year <= 9999; year++) {
    const { holidays } = LEGAL_RULES.AU![0]!
    const monday = holidays(year).find(({ name }) => name === 'Easter Monday')!
    const sunday = Temporal.PlainDate.from(monday.date).subtract({ days: 1 })
    expect(sunday.toString()).toBe(easterByEpact(year))
  }
})

const always: ContactHours = {
  contact_hours_id: 1,
  name: 'Always',
  zone: 'Australia/Sydney',
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
}
const SYDNEY = zonesNamed('Sydney')
const noon = (date: string) =>
  Temporal.PlainDateTime.from(`${date}T12:00`).toZonedDateTime('Australia/Sydney').toInstant().toString()

test('nobody is called on a substitute day, nor at Christmas in whatever year', () => {
  for (const date of ['2027-12-27', '2027-12-28', '2028-01-03', '2033-12-27', '2034-12-25', '2101-12-26'])
    expect(openingAt(always, SYDNEY, noon(date)), date).toMatchObject({ open: false, why: 'legal' })
  expect(openingAt(always, SYDNEY, noon('2027-12-27'))).toMatchObject({
    detail:
      'it is 12:00 in Sydney; no calls are allowed on Christmas Day (substitute day), by Australian law',
    opens_at: '2027-12-28T22:00:00Z',
  })
  expect(openingAt(always, SYDNEY, noon('2027-12-29')).open).toBe(true)
})

test('a day that was proclaimed once is a holiday of its year alone', () => {
  expect(holidayOn(legalRulesOn('AU', '2022-09-22')!, '2022-09-22')?.name).toBe('National Day of Mourning')
  expect(holidayOn(legalRulesOn('AU', '2023-09-22')!, '2023-09-22')).toBeUndefined()
})

test('the holidays of a year are in order, each one closed by law; a country without rules has none', () => {
  const days = publicHolidays('AU', 2027)
  expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date).toSorted())
  expect(days).toContainEqual({ date: '2027-12-28', name: 'Boxing Day (substitute day)' })
  for (const { date } of days) expect(holidayOn(legalRulesOn('AU', date)!, date)?.date).toBe(date)
  expect(publicHolidays('AU', 2022)).toContainEqual({ date: '2022-09-22', name: 'National Day of Mourning' })
  expect(publicHolidays('AU', 2016)).toEqual([])
  expect(publicHolidays('DE', 2027)).toEqual([])
})

// This test fails by itself in time: look up the proclaimed days, then move the year on.
test('proclaimed holidays are known for three years ahead wherever rules heed them', () => {
  const this_year = new Date().getUTCFullYear()
  const heeded = Object.entries(LEGAL_RULES).flatMap(([jurisdiction, rules]) => {
    const { proclaimed } = rules.at(-1)!
    return proclaimed ? [{ jurisdiction, last_year: proclaimed.last_year }] : []
  })
  expect(heeded).not.toEqual([])
  for (const { jurisdiction, last_year } of heeded)
    expect(last_year, jurisdiction).toBeGreaterThanOrEqual(this_year + 3)
})
