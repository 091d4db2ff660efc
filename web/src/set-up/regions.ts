// The countries that a template can be for. The server judges whether it knows the numbers of one.

import { LANGUAGE } from '../text/words.ts'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

let made: { value: string; label: string }[] | undefined

/** By name. Browsers list no regions, but name those that there are. */
export function regionChoices() {
  const names = new Intl.DisplayNames(LANGUAGE, { type: 'region', fallback: 'none' })
  made ??= LETTERS.flatMap((one) => LETTERS.map((other) => one + other))
    .filter((code) => new Intl.Locale('und', { region: code }).maximize().region === code)
    .flatMap((value) => {
      const label = names.of(value)
      return label === undefined || label === value ? [] : [{ value, label }]
    })
    .sort((one, other) => one.label.localeCompare(other.label))
  return made
}
