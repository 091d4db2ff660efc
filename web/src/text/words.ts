// Figures and plurals as English speakers write them.

/** The texts are English; dates and figures as the operator's own English writes them (30 Nov, Nov 30). */
export const LANGUAGE = languageOf(navigator.languages)

/** The first kind of English among these. A browser may name an invalid tag, such as `en-US@posix`. */
export function languageOf(languages: readonly string[]): string {
  return languages.find((language) => /^en-/i.test(language) && isTag(language)) ?? 'en-GB'
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0
  } catch {
    return false
  }
}

/** "CRM’s", "Chris’" */
export const possessive = (name: string) => `${name}${/s$/i.test(name) ? '’' : '’s'}`

const plurals = new Intl.PluralRules(LANGUAGE)
const whole = new Intl.NumberFormat(LANGUAGE)

export const figure = (n: number) => whole.format(n)

/** "1 lead", "1,207 leads" */
export const count = (n: number, one: string, other: string) =>
  `${whole.format(n)} ${plurals.select(n) === 'one' ? one : other}`

/** "50+ leads" where there may be more. */
export const countOrMore = (n: number, more: boolean, one: string, other: string) =>
  more ? `${whole.format(n)}+ ${other}` : count(n, one, other)

const regions = new Intl.DisplayNames(LANGUAGE, { type: 'region' })

/** "AU" as "Australia". */
export const regionName = (region: string) => regions.of(region) ?? region
