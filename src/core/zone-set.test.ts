import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { hoursNow, isOpenAt, openingAt } from './contact-hours.ts'
import { LEGAL_RULES } from './legal-hours.ts'
import { closedZones } from './legal-opening.ts'
import { bitsOf, EVERYWHERE, LEGAL_ZONES, SEVERAL, zonesIn, zonesNamed } from './legal-zones.ts'
import type { ContactHours } from './rules.ts'
import { callbackZone, hasClockOf, waysToCall, zoneSetOf, zonesOfNumber, zonesOfRegion } from './zone-set.ts'

const SYDNEY = 'Australia/Sydney'
const ADELAIDE = 'Australia/Adelaide'
const PERTH = 'Australia/Perth'
const BRISBANE = 'Australia/Brisbane'
const DARWIN = 'Australia/Darwin'
const NEW_YORK = 'America/New_York'
const CHICAGO = 'America/Chicago'
const MAINLAND = [SYDNEY, BRISBANE, ADELAIDE, DARWIN, PERTH]

const told = (phone: number, text: string | null = null) => {
  const { zones, origin } = zonesOfNumber(phone, text)
  return [origin, ...zonesIn(zones)]
}

test('the bits are in the queue, so they never move, and fit an integer', () => {
  // The end of the list may grow.
  expect(
    LEGAL_ZONES.map(({ place }) => place)
      .slice(0, 27)
      .join(),
  ).toBe(
    'Sydney,Brisbane,Adelaide,Darwin,Perth,Eucla,Lord Howe Island,London,New York,Chicago,Denver,Phoenix,' +
      'Los Angeles,Anchorage,Adak,Honolulu,San Juan,Guam,Pago Pago,Connecticut,Miami,Pensacola,Maryland,' +
      'Oklahoma,Rhode Island,Houston,El Paso',
  )
  expect(1 << LEGAL_ZONES.length).toBeLessThanOrEqual(SEVERAL)
})

describe('a number tells where it is from', () => {
  test.each([
    [61_8_9421_0000, ['number', PERTH]],
    [61_8_8212_0000, ['number', ADELAIDE]],
    [61_8_8941_0000, ['number', DARWIN]],
    [61_8_8087_0000, ['number', SYDNEY, ADELAIDE]],
    [61_8_9039_3000, ['number', PERTH, 'Australia/Eucla']],
    [61_2_9374_0000, ['number', SYDNEY]],
    [61_2_6563_2000, ['number', 'Australia/Lord_Howe']],
    [61_3_8321_8199, ['number', SYDNEY]],
    [61_7_3012_0000, ['number', BRISBANE]],
    [61_412_345_678, ['country', ...MAINLAND]],
    [61_8_9164_1000, ['country', ...MAINLAND]],
    [44_20_7946_0000, ['number', 'Europe/London']],
    [44_7400_123456, ['number', 'Europe/London']],
    [1_212_555_0123, ['number', NEW_YORK]],
    [1_850_555_0123, ['number', NEW_YORK, CHICAGO]],
    [1_305_555_0123, ['number', NEW_YORK]],
    [1_208_555_0123, ['number', 'America/Denver', 'America/Los_Angeles']],
    [1_907_555_0123, ['number', 'America/Anchorage', 'America/Adak']],
    [1_671_555_0123, ['number', 'Pacific/Guam']],
    [1_416_555_0123, ['no_rules']],
    [1_876_555_0123, ['no_rules']],
    [64_21_123_4567, ['no_rules']],
    [49_30_123_4567, ['no_rules']],
  ])('%i', (phone, expected) => {
    expect(told(phone)).toEqual(expected)
  })

  test('nobody knows where a free-phone number or a new area code is: the whole country', () => {
    for (const phone of [1_800_555_0123, 1_888_555_0123, 1_299_555_0123])
      expect(zonesOfNumber(phone, null)).toMatchObject({ origin: 'country', zones: EVERYWHERE.US })
  })
})

describe('a state or post code is met with the number', () => {
  const MOBILE = 61_412_345_678
  test.each([
    [MOBILE, 'WA', ['field', PERTH]],
    [MOBILE, ' w.a. ', ['field', PERTH]],
    [MOBILE, 'Western  Australia', ['field', PERTH]],
    [MOBILE, '6000', ['field', PERTH]],
    [MOBILE, '2880', ['field', SYDNEY, ADELAIDE]],
    [MOBILE, '0872', ['field', ADELAIDE, DARWIN, PERTH]],
    [MOBILE, '872', ['field', ADELAIDE, DARWIN, PERTH]],
    [MOBILE, '0800', ['field', DARWIN]],
    [MOBILE, '0200', ['field', SYDNEY]],
    [MOBILE, '2898', ['field', 'Australia/Lord_Howe']],
    [MOBILE, '6798', ['country', ...MAINLAND]],
    [MOBILE, 'somewhere', ['country', ...MAINLAND]],
    [MOBILE, '', ['country', ...MAINLAND]],
    [61_8_8087_0000, '2880', ['both', SYDNEY, ADELAIDE]],
    [61_8_8087_0000, 'SA', ['both', ADELAIDE]],
    [61_8_9421_0000, 'VIC', ['apart', SYDNEY, PERTH]],
    [61_8_9421_0000, '3053', ['apart', SYDNEY, PERTH]],
    [1_850_555_0123, 'FL', ['both', NEW_YORK, CHICAGO]],
    [1_850_555_0123, 'florida', ['both', NEW_YORK, CHICAGO]],
    [1_305_555_0123, '33101-1234', ['both', NEW_YORK]],
    [1_212_555_0123, '2139', ['both', NEW_YORK]],
    [1_212_555_0123, '96813', ['apart', NEW_YORK, 'Pacific/Honolulu']],
    [1_800_555_0123, '06390', ['field', NEW_YORK]],
    [1_800_555_0123, '96799', ['field', 'Pacific/Pago_Pago']],
    [1_800_555_0123, '09012', ['country', ...zonesIn(EVERYWHERE.US)]],
    [44_20_7946_0000, 'WA', ['number', 'Europe/London']],
    [64_21_123_4567, 'WA', ['no_rules']],
  ])('%i in %j', (phone, text, expected) => {
    expect(told(phone, text)).toEqual(expected)
  })

  test('two states of one clock are two places: the stricter hours count', () => {
    expect(zonesOfNumber(1_305_555_0123, 'NY').zones).toBe(zonesNamed('Miami', 'New York'))
    expect(zonesOfNumber(1_203_555_0123, '06390').zones).toBe(zonesNamed('Connecticut', 'New York'))
  })
})

test('all numbers of a lead count, and none without rules', () => {
  expect(zoneSetOf([61_8_9421_0000, 61_2_9374_0000], null)).toBe(zonesNamed('Perth', 'Sydney'))
  expect(zoneSetOf([], 'WA')).toBe(0)
  expect(zonesOfRegion('AU', 'WA')).toMatchObject({ zones: zonesNamed('Perth'), origin: 'field' })
  expect(zonesOfRegion('AU', null)).toMatchObject({ zones: EVERYWHERE.AU, origin: 'country' })
  expect(zonesOfRegion('NZ', 'WA')).toMatchObject({ zones: 0, origin: 'no_rules' })
})

test('numbers of several countries, which may have no hour in common, are called by their own clocks', () => {
  const [perth, miami, auckland] = [61_8_9421_0000, 1_305_555_0123, 64_21_123_4567]
  const ways = (...phones: number[]) => waysToCall(phones.map((phone) => zonesOfNumber(phone, null)))
  expect(ways(perth, miami)).toEqual([zonesNamed('Perth'), zonesNamed('Miami')])
  expect(ways(perth, auckland)).toEqual([zonesNamed('Perth'), 0])
  expect(ways(perth, perth)).toEqual([zonesNamed('Perth')])
  expect(ways()).toEqual([0])
  expect(zoneSetOf([perth, miami], null)).toBe(SEVERAL)
  expect(zonesIn(SEVERAL)).toEqual([])
})

test('no post code begins with 00, whatever forms have for want of one', () => {
  for (const text of ['0000', '0001', '0199', '0300', '0799']) {
    const { zones, origin } = zonesOfNumber(61_412_345_678, text)
    expect([zones, origin]).toEqual([EVERYWHERE.AU, 'country'])
  }
})

test('contact hours have the clock of a set, or another one in a part of the year', () => {
  expect(hasClockOf(zonesNamed('Sydney'), 'Australia/Melbourne', 2026)).toBe(true)
  expect(hasClockOf(zonesNamed('Brisbane'), 'Australia/Melbourne', 2026)).toBe(false)
  expect(hasClockOf(zonesNamed('Sydney', 'Perth'), 'Australia/Sydney', 2026)).toBe(false)
  expect(hasClockOf(0, 'Australia/Sydney', 2026)).toBe(true)
})

// Generated people, around both changes of the clocks, judged by another way to read a wall clock.

const clock = new Map<string, Intl.DateTimeFormat>()
function wallOf(at: number, zone: string) {
  const format =
    clock.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
      hourCycle: 'h23',
    })
  clock.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    day: parts.weekday!.toLowerCase(),
    time: `${parts.hour}:${parts.minute}`,
  }
}

/** Days on which nobody in Australia is called, in the years of the test. */
const HOLIDAYS =
  /^\d{4}-(?:01-01|01-26|04-25|12-2[56])$|^2026-04-0[36]$|^2027-03-2[69]$|^2026-12-28$|^2027-12-2[78]$/

function isAllowed(bit: number, at: number): boolean {
  const { zone, jurisdiction } = LEGAL_ZONES[bit]!
  const { date, day, time } = wallOf(at, zone)
  if (jurisdiction === 'AU' && HOLIDAYS.test(date)) return false
  return LEGAL_RULES[jurisdiction]
    .at(-1)!
    .windows.some(({ days, from, to }) => days.includes(day as never) && from <= time && time < to)
}

const ALWAYS: ContactHours = {
  contact_hours_id: 1,
  name: 'Always',
  zone: 'UTC',
  local_to_lead: false,
  zone_version: 1,
  weekly: null,
  exceptions: [],
  valid_from: null,
  valid_to: null,
}

/** Days around the changes of clocks in Australia, the USA and Britain, and some holidays. */
const DAYS = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-10-04',
  '2026-10-25',
  '2026-11-01',
  '2026-12-25',
  '2027-01-26',
]
const AREAS = [2, 3, 7, 86, 87, 880, 881, 889, 89, 412, 879, 5]
const CODES = [212, 305, 850, 208, 401, 203, 410, 405, 512, 915, 907, 808, 800, 602, 775, 787, 671]
const digits = (max: number) => fc.integer({ min: 0, max })
const phone = fc.oneof(
  fc
    .tuple(fc.constantFrom(...AREAS), digits(999_999_999))
    .map(([area, rest]) => Number(`61${`${area}${rest}00000000`.slice(0, 9)}`)),
  fc
    .tuple(fc.constantFrom(...CODES), digits(999_999))
    .map(([code, rest]) => Number(`1${code}2${String(rest).padStart(6, '0')}`)),
  digits(999_999).map((rest) => 442_072_000_000 + rest),
  digits(999_999).map((rest) => 64_21_000_000 + rest),
)
const text = fc.constantFrom(
  null,
  '',
  'WA',
  'NSW',
  '2880',
  '0872',
  '6443',
  'FL',
  '06390',
  '79901',
  'ID',
  'Texas',
  'x',
)

test('nobody is called outside of the window of any zone, and everybody within all of them', () => {
  let open = 0
  fc.assert(
    fc.property(
      fc.array(phone, { minLength: 1, maxLength: 3 }),
      text,
      fc.constantFrom(...DAYS),
      fc.integer({ min: -36 * 60, max: 60 * 60 }),
      (phones, text, day, minutes) => {
        const at = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000
        const now = new Date(at).toISOString()
        for (const set of waysToCall(phones.map((phone) => zonesOfNumber(phone, text)))) {
          const expected = bitsOf(set).every((bit) => isAllowed(bit, at))
          expect(isOpenAt(ALWAYS, set, now)).toBe(expected)
          expect((closedZones(now) & set) === 0).toBe(expected)
          if (expected) open++
        }
      },
    ),
    { numRuns: 1_000, seed: 2026 },
  )
  expect(open).toBeGreaterThan(200)
})

test('hours that are local to the lead are open by the clock of every zone, or by their own where none is known', () => {
  const zones = [...new Set(LEGAL_ZONES.map(({ zone }) => zone))]
  let open = 0
  fc.assert(
    fc.property(
      fc.array(phone, { minLength: 1, maxLength: 3 }),
      text,
      fc.constantFrom(...DAYS),
      fc.integer({ min: -36 * 60, max: 60 * 60 }),
      fc.constantFrom(...zones, 'Pacific/Auckland'),
      fc.constantFrom('10:30', '13:00'),
      (phones, text, day, minutes, zone, to) => {
        const at = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000
        const now = new Date(at).toISOString()
        const local: ContactHours = {
          ...ALWAYS,
          zone,
          local_to_lead: true,
          weekly: [{ days: ['mon', 'wed', 'fri', 'sun'], from: '08:30', to }],
          exceptions: [{ date: day, name: 'A short day', windows: [{ from: '09:15', to: '11:00' }] }],
          valid_to: '2027-01-26',
        }
        const isOpenBy = (clock: string) => {
          const { date, day: weekday, time } = wallOf(at, clock)
          if (date > '2027-01-26') return false
          if (date === day) return '09:15' <= time && time < '11:00'
          return ['mon', 'wed', 'fri', 'sun'].includes(weekday) && '08:30' <= time && time < to
        }
        const told = hoursNow(local, now)
        expect(told.is_open).toBe(isOpenBy(zone))
        for (const set of waysToCall(phones.map((phone) => zonesOfNumber(phone, text)))) {
          const clocks = set === 0 ? [zone] : zonesIn(set)
          const expected = clocks.every(isOpenBy) && bitsOf(set).every((bit) => isAllowed(bit, at))
          expect(isOpenAt(local, set, now)).toBe(expected)
          if (set !== 0) expect((told.closed & set) === 0).toBe(expected)
          if (expected) open++
          const opening = openingAt(local, set, now)
          expect(opening.open).toBe(expected)
          // The next opening is one, and the minute before it is none.
          if (opening.open || opening.opens_at === null) continue
          expect(isOpenAt(local, set, opening.opens_at)).toBe(true)
          const before = new Date(Date.parse(opening.opens_at) - 60_000).toISOString()
          expect(isOpenAt(local, set, before)).toBe(false)
        }
      },
    ),
    { numRuns: 600, seed: 2027 },
  )
  expect(open).toBeGreaterThan(20)
})

test('callbacks are read in the zone of the lead where hours are local to it and it has one', () => {
  const local = { local_to_lead: true, zone: SYDNEY }
  expect(callbackZone(local, zonesNamed('Perth'))).toBe(PERTH)
  // Two laws, one clock.
  expect(callbackZone(local, zonesNamed('Miami', 'New York'))).toBe(NEW_YORK)
  for (const set of [0, SEVERAL, EVERYWHERE.AU, zonesNamed('Perth', 'Sydney')])
    expect(callbackZone(local, set)).toBe(SYDNEY)
  expect(callbackZone({ ...local, local_to_lead: false }, zonesNamed('Perth'))).toBe(SYDNEY)
})

test('every number of a country with rules is in some zone', () => {
  fc.assert(
    fc.property(phone, text, (phone, text) => {
      const { zones, origin } = zonesOfNumber(phone, text)
      expect(zones === 0).toBe(origin === 'no_rules')
      expect(origin === 'no_rules').toBe(String(phone).startsWith('64'))
    }),
    { seed: 7 },
  )
})

test('the area codes are those that the library knows', () => {
  const OF_THE_USA = ['US', 'PR', 'VI', 'GU', 'MP', 'AS']
  // Free-phone numbers are of no country, and 52x and the like are for machines.
  const NOWHERE = /^(?:5[02-9]\d|700|710|900|8(?:00|22|33|44|55|66|77|88))$/
  for (let code = 200; code < 1_000; code++) {
    const found = parsePhoneNumberFromString(`+1${code}2345678`)
    if (!found?.isValid() || NOWHERE.test(String(code))) continue
    const origin = OF_THE_USA.includes(found.country!) ? 'number' : 'no_rules'
    expect(zonesOfNumber(Number(`1${code}2345678`), null).origin, `${code}`).toBe(origin)
  }
})
