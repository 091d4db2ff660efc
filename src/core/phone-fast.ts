// Numbering plans compiled from the library's own metadata, so that the common shapes of valid numbers are read
// a hundred times faster than by the library, which builds its regular expressions anew for every number. The steps
// are the library's (source/parse.js and the helpers it calls), one for one. What they do not find valid and
// dialable is left to the library: undefined is never a verdict.

import metadata from 'libphonenumber-js/max/metadata'

/** One numbering plan as the metadata lays it out (METADATA.md and source/metadata.js of the library). */
type Row = [
  calling_code: string,
  idd_prefix: string,
  general_pattern: string,
  lengths: number[],
  formats: unknown,
  national_prefix: string | 0,
  national_prefix_formatting_rule: unknown,
  national_prefix_for_parsing: string | 0,
  national_prefix_transform_rule: string | 0,
  national_prefix_is_optional: unknown,
  leading_digits: string | 0,
  types: (TypeRow | 0)[],
]
type TypeRow = [pattern: string, lengths?: number[]]

const ROWS: Record<string, Row> = metadata.countries as never
const REGIONS_OF: Record<string, string[]> = metadata.country_calling_codes

interface Kind {
  pattern: RegExp
  /** Bit n: numbers of n digits may be of this kind. */
  lengths: number
  dialable: boolean
}

interface Plan {
  calling_code: string
  idd: RegExp
  general: RegExp
  lengths: number
  /** The digits dialled in front of a number within the country, and maybe digits of the number itself. */
  prefix: RegExp | undefined
  transform: string | undefined
  leading_digits: RegExp | undefined
  /** In the order in which the library asks: a number is of the first kind that it matches. */
  kinds: Kind[]
}

/** Indices of a row's types in the order of source/helpers/getNumberType.js: fixed line first, voicemail last. */
const KIND_ORDER = [0, 1, 3, 2, 9, 8, 4, 7, 6, 5]
const PREMIUM_RATE = 3
const DIGITS_MAX = 15

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)
const start = (pattern: string) => new RegExp(`^(?:${pattern})`)
const bits = (lengths: readonly number[]) => lengths.reduce((set, length) => set | (1 << length), 0)
const has = (set: number, length: number) => ((set >> length) & 1) === 1

const plans = new Map<string, Plan>()

/** The compiled plan of a region, made when it is first asked for. Throws for a region without one. */
function planOf(region: string): Plan {
  let plan = plans.get(region)
  if (!plan) {
    if (!Object.hasOwn(ROWS, region)) throw new Error(`no numbering plan for the region ${region}`)
    plan = compile(ROWS[region]!)
    plans.set(region, plan)
  }
  return plan
}

function compile(row: Row): Plan {
  const [calling_code, idd, general, lengths, , national_prefix, , prefix, transform, , leading_digits] = row
  const kinds = KIND_ORDER.flatMap((index): Kind[] => {
    const type = row[11][index]
    // An empty pattern repeats the one of fixed lines.
    if (!type || type[0] === '') return []
    const [pattern, own_lengths] = type
    return [
      { pattern: whole(pattern), lengths: bits(own_lengths ?? lengths), dialable: index !== PREMIUM_RATE },
    ]
  })
  return {
    calling_code,
    idd: start(idd),
    general: whole(general),
    lengths: bits(lengths),
    prefix: prefix || national_prefix ? start((prefix || national_prefix) as string) : undefined,
    transform: transform || undefined,
    leading_digits: leading_digits ? start(leading_digits) : undefined,
    kinds,
  }
}

/**
 * The number that somebody in `region` reaches with `dialled`: ASCII digits, with a plus in front when they begin
 * with a country code. Undefined: unusual, invalid or not dialable; ask the library.
 */
export function numberFast(dialled: string, region: string): number | undefined {
  const plan = planOf(region)
  if (dialled.startsWith('+')) return international(dialled.slice(1))
  const idd = plan.idd.exec(dialled)
  if (idd) {
    // 0011 678 … may be 00 and a number of North America, or what Australia dials and one of Vanuatu.
    if (dialled.startsWith('0011') && idd[0] !== '0011') return undefined
    return international(dialled.slice(idd[0].length))
  }

  const national = withoutPrefix(dialled, plan)
  if (dialled.startsWith(plan.calling_code) && isBetterWithoutCode(dialled, national, plan))
    return international(dialled)
  return numberOf(national, ownerOf(national, plan.calling_code) ?? plan)
}

/** '61 3…' in Australia is a number behind the region's own calling code whose plus was lost. */
function isBetterWithoutCode(dialled: string, national: string, plan: Plan): boolean {
  if (isTooLong(national, plan)) return true
  if (plan.general.test(national)) return false
  return plan.general.test(withoutPrefix(dialled.slice(plan.calling_code.length), plan))
}

const isTooLong = (national: string, plan: Plan) => plan.lengths >> national.length === 0

/** Digits that begin with a country code. */
function international(digits: string): number | undefined {
  // No country code begins another one.
  for (let length = 1; length <= 3; length++) {
    const regions = REGIONS_OF[digits.slice(0, length)]
    if (!regions) continue
    const main = planOf(regions[0]!)
    const national = withoutPrefix(digits.slice(length), main)
    return numberOf(national, ownerOf(national, main.calling_code) ?? main)
  }
  return undefined
}

/** extractNationalNumber.js: people write the national prefix after the country code as well, so it goes there too. */
function withoutPrefix(digits: string, plan: Plan): string {
  const match = plan.prefix?.exec(digits)
  if (!match) return digits
  const transforms = plan.transform !== undefined && match.length > 1 && match.at(-1)
  const national = transforms ? digits.replace(plan.prefix!, plan.transform!) : digits.slice(match[0].length)
  if (national === digits) return digits
  if (plan.general.test(digits) && !plan.general.test(national)) return digits
  // Only a number that is too long already may lose a prefix and still have no possible length.
  const owner = ownerOf(national, plan.calling_code) ?? plan
  return has(owner.lengths, national.length) || isTooLong(national, owner) ? national : digits
}

/** getCountryByCallingCode.js: the plan, among those that share a calling code, that a national number belongs to. */
function ownerOf(national: string, calling_code: string): Plan | undefined {
  const regions = REGIONS_OF[calling_code]!
  if (regions.length === 1) return planOf(regions[0]!)
  for (const region of regions) {
    const plan = planOf(region)
    if (plan.leading_digits ? plan.leading_digits.test(national) : kindOf(national, plan)) return plan
  }
  return undefined
}

function kindOf(national: string, plan: Plan): Kind | undefined {
  if (!plan.general.test(national)) return undefined
  for (const kind of plan.kinds)
    if (has(kind.lengths, national.length) && kind.pattern.test(national)) return kind
  return undefined
}

function numberOf(national: string, plan: Plan): number | undefined {
  if (plan.calling_code.length + national.length > DIGITS_MAX || !kindOf(national, plan)?.dialable)
    return undefined
  return Number(plan.calling_code + national)
}
