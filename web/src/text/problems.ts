// What is wrong with one value, for people. The server ends a sentence for those who call the API: "Email is no e-mail
// address". Its end is the key here, and the text says what to do at the field.

import { forPeople } from './results.ts'

type Said = Readonly<Record<string, string>>
type Patterns = readonly (readonly [RegExp, (figure: string) => string])[]

/** By the server's words. */
export const SAID: Said = {
  'is no e-mail address': 'Enter a valid e-mail address.',
  'is no number (digits, with a point for decimals)': 'Enter a number, like 12.50.',
  'is no date (yyyy-MM-dd)': 'Enter a date, like 30 Nov 2026.',
  'is a time in UTC, which is another day elsewhere': 'Enter the day alone, without a time.',
  'is none of the choices of this field': 'Choose one from the list.',
  'is neither true nor false': 'Choose yes or no.',

  'no phone field of the template has a value': 'Enter at least one phone number.',
  'the update would leave the lead without any phone number': 'A lead needs at least one phone number.',
  'is a short or emergency number': 'This number is too short.',
  'is a premium-rate number': 'Premium-rate numbers cannot be called.',
  'begins with no country code': 'Check the country code after the +.',
  'has too few digits': 'This number has too few digits.',
  'has too many digits': 'This number has too many digits.',
  'has too many or too few digits': 'This number has too many or too few digits.',
  'is no number that its country has': 'This number does not exist. Check its digits.',
  'is a number that a spreadsheet has rewritten; digits may be lost':
    'A spreadsheet shortened this number. Enter all its digits.',
  'holds no digits': 'Enter a phone number.',
  'holds two numbers': 'Enter one number here, and the other one in another field.',
  'holds two numbers, or a plus sign in the middle':
    'Enter one number here, and the other one in another field.',
  'holds two plus signs': 'Remove one of the plus signs.',
  'begins with a minus sign': 'Remove the minus sign.',
  'holds more digits in brackets after the number': 'Remove the digits in brackets.',
  'holds an extension, which needs a field of its own':
    'Enter the number without its extension. The extension goes into another field.',
  'is an address, not a phone number': 'Enter a phone number here, not an address.',
  'holds letters': 'Enter digits only, without letters.',
  'holds signs of a dial string': 'Enter digits only, without * # , and ; in them.',

  'is no day of the calendar': 'This day does not exist. Choose another one.',
  'is more than a year ago': 'Pick a time within the last year.',
  'is more than five years ahead': 'Pick a time within the next five years.',

  'is one of the most common passwords': 'This password is too common.',
  'must not be the login': 'Choose a password that differs from the login.',
  'needs at least 8 characters; 15 or more are better': 'Enter at least 8 characters. 15 or more are better.',
  'has more than 200 characters': 'Enter at most 200 characters.',
  'is not your password': 'This is not your password.',
  'is empty': 'Fill this in.',

  'this login is taken': 'Somebody already has this login. Choose another one.',
  'takes 1 to 100 of the letters a to z, digits and . _ - @ +, with a letter or digit at both ends':
    'Use letters from a to z, digits and . _ - @ + only, with a letter or digit at both ends.',
  'is not the code that Leadline showed when it started; a restart shows a new one':
    'Wrong set-up code. The terminal shows the code; a restart shows a new one.',

  'needs a reason': 'Say why.',
  'this group clashes and needs a decision': 'Decide this one, too.',
  'follows from the disposition': 'This follows from the outcome and cannot be set by hand.',
  'says that there is no number: take one of the sides, or clear it': 'Enter a number, or clear the field.',
}

const PATTERNS: Patterns = [
  [/must match pattern "\^\[A-Za-z0-9_-\]\+\$"/, () => 'Use letters, digits, - and _ only, without blanks.'],
  [/must NOT have fewer than 1 items/, () => 'Enter at least one.'],
  [/^is longer than (\d+) characters$/, (points) => `Shorten this to ${points} characters.`],
  [
    /^is no number that the region /,
    () => 'This number does not exist here. Start with + for another country.',
  ],
  [/no part of a phone number/, () => 'Enter digits only. Remove the other signs.'],
  [
    /^no template has the field (.+)$/,
    (name) => `No template has the field ${name}. Pick one from the list.`,
  ],
  [/line break/, () => 'Write this on one line.'],
  [
    /half a character|reverses text|control character|combining marks/,
    () => 'Remove the invisible characters.',
  ],
]

export interface FieldProblem {
  /** Of the result, where the server names it. */
  name?: string
  detail: string
}

const known: { said: Said; patterns: Patterns }[] = [{ said: SAID, patterns: PATTERNS }]

/** Adds the sentences of screens that are loaded later. */
export const alsoSay = (said: Said, patterns: Patterns) => void known.push({ said, patterns })

/** What is wrong with one value, and what to do. */
export function problemForPeople({ name = 'INVALID_FIELD', detail }: FieldProblem): string {
  for (const { said, patterns } of known) {
    if (Object.hasOwn(said, detail)) return said[detail]!
    for (const [pattern, sentence] of patterns) {
      const found = pattern.exec(detail)
      if (found) return sentence(found[1] ?? '')
    }
  }
  return name === 'INVALID_FIELD' ? UNUSABLE : forPeople({ name, retryable: false })
}

/** Of a value whose problem this app does not know. */
export const UNUSABLE = 'This value cannot be used. Correct it.'
