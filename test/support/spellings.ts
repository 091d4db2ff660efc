// Spellings of one number, as people and programs write it: pure, and the same for the same seed.

import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'

/** Regions whose numbers are written in many ways. */
export const USUAL = ['AU', 'NZ', 'GB', 'US', 'IE', 'DE', 'FR', 'SG', 'MX', 'AR'] as const

export interface Spelling {
  text: string
  /** The E.164 digits that every spelling of the number is read as. */
  number: number
}

/** A number that can be called in a region: the library's example, its last digits changed by `line`. */
export function exampleNumber(region: string, line = 0): number {
  const code = getCountryCallingCode(region as CountryCode)
  const example = Number(code + examples[region as CountryCode])
  for (let away = 0; away < 10_000; away++) {
    const number = Math.floor(example / 10_000) * 10_000 + ((example + line + away) % 10_000)
    if (parsePhoneNumberFromString(`+${number}`)?.isValid()) return canonical(region, number)
  }
  return canonical(region, example)
}

/** An Argentine mobile without its 9. */
const canonical = (region: string, number: number) =>
  region === 'AR' ? Number(String(number).replace(/^549/, '54')) : number

const BLANKS = [' ', '\u00a0', '\u2009', '\u202f', '\t', '\u3000']
const HYPHENS = ['-', '\u2010', '\u2011', '\u2013', '\u2212', ' - ']
const ZEROS = [0x30, 0x30, 0x30, 0xff10, 0x660, 0x966]

/** `count` different spellings of `number` for a reader in `region`. */
export function spellingsOf(
  region: string,
  count: number,
  seed: number,
  number = exampleNumber(region, seed % 5_000),
): Spelling[] {
  const draw = chance(seed)
  const texts = new Set<string>()
  for (let tries = 0; texts.size < count && tries < count * 50; tries++)
    texts.add(around(written(frontOf(region, number, draw), draw), draw))
  return [...texts].map((text) => ({ text, number }))
}

type Draw = <T>(...of: readonly T[]) => T

/** A linear congruential generator: the choices of a seed are the same everywhere. */
function chance(seed: number): Draw {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return (...of) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return of[(state >>> 8) % of.length]!
  }
}

/** The digits with what is dialled in front of them, in groups. */
function frontOf(region: string, number: number, draw: Draw): string[] {
  const code = getCountryCallingCode(region as CountryCode)
  const national = String(number).slice(code.length)
  const groups = groupsOf(national, draw)
  const plus = draw(
    `+${code}`,
    `+${code}`,
    `00${code}`,
    `0011${code}`,
    `+00${code}`,
    `0011+${code}`,
    `++${code}`,
    `(+${code})`,
  )
  const abroad = [plus, ...groups]
  switch (region) {
    case 'AU':
    case 'NZ':
    case 'GB':
    case 'IE':
    case 'DE':
    case 'FR':
      return draw(abroad, abroad, [`0${groups[0]}`, ...groups.slice(1)], [plus, '(0)', ...groups])
    case 'US':
      return draw(
        abroad,
        [`(${national.slice(0, 3)})`, national.slice(3, 6), national.slice(6)],
        ['1', ...groups],
        groups,
      )
    case 'SG':
      return draw(abroad, groups)
    case 'MX':
      return draw(abroad, [plus, '1', ...groups], groups, ['01', ...groups], ['044', ...groups])
    case 'AR': {
      const [area, line] = [national.slice(0, 2), national.slice(2)]
      return draw(
        abroad,
        [plus, '9', ...groups],
        [`0${area}`, line],
        [`0${area}`, '15', line],
        [plus, area, '15', line],
      )
    }
    default:
      return abroad
  }
}

function groupsOf(digits: string, draw: Draw): string[] {
  const groups: string[] = []
  for (let at = 0; at < digits.length; ) {
    const rest = digits.length - at
    const length = rest < 4 ? rest : draw(2, 3, 4)
    groups.push(digits.slice(at, at + length))
    at += length
  }
  return groups
}

/** The groups with signs between them, in one script. */
function written(groups: string[], draw: Draw): string {
  const gap = draw('', '', ' ', '-', '.', draw(...BLANKS), draw(...HYPHENS), '\u200b')
  const zero = draw(...ZEROS)
  return groups.join(gap).replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
}

/** The text with the characters that a program puts around it. */
function around(text: string, draw: Draw): string {
  switch (draw(0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)) {
    case 1:
      return `tel:${text}`
    case 2:
      return `p:${text}`
    case 3:
      return `'${text}`
    case 4:
      return `="${text}"`
    case 5:
      return `\u202a${text}\u202c`
    case 6:
      return `${text}\r`
    case 7:
      return ` ${text}\t`
    case 8:
      return `"${text}"`
    default:
      return text
  }
}
