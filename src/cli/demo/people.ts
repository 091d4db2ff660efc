// The people of the demo. Made up, and the same at every start: from a seed.

const FIRST = `Ana Ben Chloe Daniel Ella Finn Grace Hamish Isla Jack Kirra Liam Mia Noah Olivia Priya Quinn Ruby Sam Tahlia
Uma Victor Wei Xanthe Yusuf Zoe Aroha Bruno Carmen Dinh Elena Farid Giulia Hugo Ingrid Javier Keiko Lachlan Marama Nikos`
const LAST = `Smith Nguyen Jones Williams Brown Wilson Taylor Singh Lee Martin White Anderson Thompson Walker Harris Kelly
Ryan Robinson King Papadopoulos Rossi Chen Patel Murphy O'Brien Kowalski Silva Haddad Novak Ivanov Tanaka Ngata Moreau`
const STREETS = `Station Church High Victoria Park George King Queen Albert Railway Bay Mill River Hill Acacia Wattle Banksia
Grevillea Jacaranda Eucalyptus`
const KINDS = ['Street', 'Road', 'Avenue', 'Court', 'Crescent', 'Parade']
const PLACES = [
  ['Abbotsford', 'VIC', '3067'],
  ['Brunswick', 'VIC', '3056'],
  ['Geelong', 'VIC', '3220'],
  ['Ballarat', 'VIC', '3350'],
  ['Newtown', 'NSW', '2042'],
  ['Parramatta', 'NSW', '2150'],
  ['Wollongong', 'NSW', '2500'],
  ['Toowong', 'QLD', '4066'],
  ['Cairns', 'QLD', '4870'],
  ['Norwood', 'SA', '5067'],
  ['Fremantle', 'WA', '6160'],
  ['Hobart', 'TAS', '7000'],
] as const
const NOTES = [
  'Prefers a call after work.',
  'Asked for the brochure to be sent again.',
  'Wants to talk to her partner first.\nCall back next week.',
  'Has a quote from somebody else, valid to the end of the month.',
  'Speaks Vietnamese; her son translates.',
]

const words = (text: string) => text.split(/\s+/)

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const pickOne = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)]!

/** The nth person: a document for an insert. No two have the same number. */
export function person(n: number, random: () => number): Record<string, string> {
  const [first, last] = [pickOne(random, words(FIRST)), pickOne(random, words(LAST))]
  const [City, State, PostCode] = pickOne(random, PLACES)
  const street = `${1 + Math.floor(random() * 240)} ${pickOne(random, words(STREETS))} ${pickOne(random, KINDS)}`
  const mail = `${first}.${last}${n}`.toLowerCase().replaceAll(/[^a-z0-9.]/g, '')
  return {
    njExternalLeadId: `CRM-${100_000 + n}`,
    Name: `${first} ${last}`,
    StreetAddress: street,
    City,
    State,
    PostCode,
    Email: `${mail}@example.com`,
    Mobile: grouped(`04${10_000_000 + n * 37}`, 4, 7),
    ...(random() < 0.4 ? { HomePhone: grouped(`039${1_000_000 + n * 7}`, 2, 6) } : {}),
    Roof: pickOne(random, ['Tile', 'Metal', 'Flat']),
    Owner: pickOne(random, ['yes', 'yes', 'no']),
    QuarterlyBill: String(200 + Math.floor(random() * 900)),
    ...(random() < 0.15 ? { Notes: pickOne(random, NOTES) } : {}),
  }
}

/** '0412345678' as people write it, with blanks before these places. */
const grouped = (digits: string, first: number, second: number) =>
  [digits.slice(0, first), digits.slice(first, second), digits.slice(second)].join(' ')
