// Where an address is: the clocks of a post code or a state, as it stands in the zone field of a template. What is neither
// tells nothing. Decision 0045 names the sources of the tables.

import { type Country, US_STATES, type ZoneSet, zonesNamed } from './legal-zones.ts'

/** 0: the text is neither a post code nor a state of the country. */
export function addressZones(text: string, country: Country): ZoneSet {
  const plain = text.trim().toUpperCase().replaceAll('.', '').replaceAll(/\s+/g, ' ')
  switch (country) {
    case 'AU':
      return AU_STATES[plain] ?? australianPostCode(plain)
    case 'GB':
      return 0
    case 'US':
      return US_STATES[US_NAMES[plain] ?? plain] ?? zipCode(plain)
    default:
      return country satisfies never
  }
}

const SYDNEY = zonesNamed('Sydney')
const BRISBANE = zonesNamed('Brisbane')
const ADELAIDE = zonesNamed('Adelaide')
const DARWIN = zonesNamed('Darwin')
const PERTH = zonesNamed('Perth')

/** A state is its own zone: that Broken Hill goes by Adelaide only a post code tells. */
const AU_STATES: Record<string, ZoneSet> = {
  NSW: SYDNEY,
  'NEW SOUTH WALES': SYDNEY,
  ACT: SYDNEY,
  'AUSTRALIAN CAPITAL TERRITORY': SYDNEY,
  VIC: SYDNEY,
  VICTORIA: SYDNEY,
  TAS: SYDNEY,
  TASMANIA: SYDNEY,
  QLD: BRISBANE,
  QUEENSLAND: BRISBANE,
  SA: ADELAIDE,
  'SOUTH AUSTRALIA': ADELAIDE,
  NT: DARWIN,
  'NORTHERN TERRITORY': DARWIN,
  WA: PERTH,
  'WESTERN AUSTRALIA': PERTH,
}

/** Post codes that a border runs through, or that keep another clock than their state. 0: an island with its own. */
const AU_POST_CODES: Record<string, ZoneSet> = {
  // Alice Springs and around it, into South and Western Australia.
  '0872': DARWIN | ADELAIDE | PERTH,
  2406: SYDNEY | BRISBANE,
  2880: ADELAIDE | SYDNEY,
  2898: zonesNamed('Lord Howe Island'),
  2899: 0,
  4375: BRISBANE | SYDNEY,
  4377: BRISBANE | SYDNEY,
  4380: BRISBANE | SYDNEY,
  4383: BRISBANE | SYDNEY,
  4385: BRISBANE | SYDNEY,
  6443: PERTH | zonesNamed('Eucla'),
  6798: 0,
  6799: 0,
}

const AU_BY_FIRST_DIGIT: Record<string, ZoneSet> = {
  1: SYDNEY,
  2: SYDNEY,
  3: SYDNEY,
  4: BRISBANE,
  5: ADELAIDE,
  6: PERTH,
  7: SYDNEY,
  8: SYDNEY,
  9: BRISBANE,
}

function australianPostCode(text: string): ZoneSet {
  // Spreadsheets drop the 0 that a post code begins with.
  const code = /^[89]\d\d$/.test(text) ? `0${text}` : text
  if (!/^\d{4}$/.test(code)) return 0
  const known = AU_POST_CODES[code] ?? AU_BY_FIRST_DIGIT[code[0]!]
  if (known !== undefined) return known
  // 02xx: universities in Canberra. Nobody has a code like 0000, which some write for want of one.
  return /^0[89]/.test(code) ? DARWIN : code.startsWith('02') ? SYDNEY : 0
}

const US_NAMES: Record<string, string> = {
  ALABAMA: 'AL',
  ALASKA: 'AK',
  ARIZONA: 'AZ',
  ARKANSAS: 'AR',
  CALIFORNIA: 'CA',
  COLORADO: 'CO',
  CONNECTICUT: 'CT',
  'DISTRICT OF COLUMBIA': 'DC',
  'WASHINGTON DC': 'DC',
  DELAWARE: 'DE',
  FLORIDA: 'FL',
  GEORGIA: 'GA',
  HAWAII: 'HI',
  IDAHO: 'ID',
  ILLINOIS: 'IL',
  INDIANA: 'IN',
  IOWA: 'IA',
  KANSAS: 'KS',
  KENTUCKY: 'KY',
  LOUISIANA: 'LA',
  MAINE: 'ME',
  MARYLAND: 'MD',
  MASSACHUSETTS: 'MA',
  MICHIGAN: 'MI',
  MINNESOTA: 'MN',
  MISSISSIPPI: 'MS',
  MISSOURI: 'MO',
  MONTANA: 'MT',
  NEBRASKA: 'NE',
  NEVADA: 'NV',
  'NEW HAMPSHIRE': 'NH',
  'NEW JERSEY': 'NJ',
  'NEW MEXICO': 'NM',
  'NEW YORK': 'NY',
  'NORTH CAROLINA': 'NC',
  'NORTH DAKOTA': 'ND',
  OHIO: 'OH',
  OKLAHOMA: 'OK',
  OREGON: 'OR',
  PENNSYLVANIA: 'PA',
  'RHODE ISLAND': 'RI',
  'SOUTH CAROLINA': 'SC',
  'SOUTH DAKOTA': 'SD',
  TENNESSEE: 'TN',
  TEXAS: 'TX',
  UTAH: 'UT',
  VERMONT: 'VT',
  VIRGINIA: 'VA',
  WASHINGTON: 'WA',
  'WEST VIRGINIA': 'WV',
  WISCONSIN: 'WI',
  WYOMING: 'WY',
  'PUERTO RICO': 'PR',
  'VIRGIN ISLANDS': 'VI',
  GUAM: 'GU',
  'NORTHERN MARIANA ISLANDS': 'MP',
  'AMERICAN SAMOA': 'AS',
}

/** The first three digits of ZIP codes from which on a state has them; '': military, or nobody. */
const ZIP_FROM: [number, string][] = [
  [0, ''],
  [5, 'NY'],
  [6, 'PR'],
  [8, 'VI'],
  [9, 'PR'],
  [10, 'MA'],
  [28, 'RI'],
  [30, 'NH'],
  [39, 'ME'],
  [50, 'VT'],
  [55, 'MA'],
  [56, 'VT'],
  [60, 'CT'],
  [70, 'NJ'],
  [90, ''],
  [100, 'NY'],
  [150, 'PA'],
  [197, 'DE'],
  [200, 'DC'],
  [201, 'VA'],
  [202, 'DC'],
  [206, 'MD'],
  [220, 'VA'],
  [247, 'WV'],
  [269, ''],
  [270, 'NC'],
  [290, 'SC'],
  [300, 'GA'],
  [320, 'FL'],
  [340, ''],
  [341, 'FL'],
  [350, 'AL'],
  [370, 'TN'],
  [386, 'MS'],
  [398, 'GA'],
  [400, 'KY'],
  [428, ''],
  [430, 'OH'],
  [460, 'IN'],
  [480, 'MI'],
  [500, 'IA'],
  [530, 'WI'],
  [550, 'MN'],
  [569, 'DC'],
  [570, 'SD'],
  [580, 'ND'],
  [590, 'MT'],
  [600, 'IL'],
  [630, 'MO'],
  [660, 'KS'],
  [680, 'NE'],
  [700, 'LA'],
  [716, 'AR'],
  [730, 'OK'],
  [733, 'TX'],
  [734, 'OK'],
  [750, 'TX'],
  [800, 'CO'],
  [820, 'WY'],
  [832, 'ID'],
  [840, 'UT'],
  [850, 'AZ'],
  [870, 'NM'],
  [885, 'TX'],
  [886, ''],
  [889, 'NV'],
  [900, 'CA'],
  [962, ''],
  [967, 'HI'],
  [969, 'GU'],
  [970, 'OR'],
  [980, 'WA'],
  [995, 'AK'],
]

/** ZIP codes that are not where their neighbours are: Fishers Island goes by Connecticut, Pago Pago by Hawaii. */
const ZIP_CODES: Record<string, ZoneSet> = {
  '06390': US_STATES.NY!,
  83414: US_STATES.WY!,
  96799: US_STATES.AS!,
}

function zipCode(text: string): ZoneSet {
  const match = /^(\d{4,5})(?:-?\d{4})?$/.exec(text)
  if (!match) return 0
  // Spreadsheets drop the 0 that a ZIP code begins with.
  const code = match[1]!.padStart(5, '0')
  const area = Number(code.slice(0, 3))
  const state = ZIP_FROM.findLast(([from]) => from <= area)![1]
  return ZIP_CODES[code] ?? US_STATES[state] ?? 0
}
