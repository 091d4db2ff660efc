// What is wrong with one value, for people. The server ends a sentence for those who call the API: "Email is no e-mail
// address". Its end is the key here, and the text says what to do at the field.

import { forPeople } from './results.ts'

/** By the server's words. */
export const SAID: Readonly<Record<string, string>> = {
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
  'name at least one of your teams': 'Choose at least one of your teams.',
  'there is no such team': 'This team does not exist any more. Choose another one.',
  'one of the teams was deleted meanwhile': 'One of these teams was deleted. Choose again.',
  'this is the last admin who sees every team: make another one first':
    'This is the last administrator who sees every team. Add another one first.',
  'gives more than you have': 'You cannot give more than you have yourself.',
  'is in the past: name a later time, or revoke the key': 'Choose a later day.',

  'must begin with http:// or https:// and a host, without blanks':
    'Begin with http:// or https:// and a host, without blanks.',
  'may have placeholders in its path and query only, not in its host':
    'Put placeholders into the path or the query, not into the host.',
  'must not hold a user or password: use the header Authorization':
    'Take the password out of the address. Use the header Authorization instead.',
  'is no address': 'Enter a valid address.',
  'is no name of a header': 'Write headers as Name: value, one on each line.',
  'is set by Leadline itself': 'Leadline sets this header itself. Remove it.',
  'name a header twice': 'Name each header once.',
  'must be JSON, with its placeholders between quotes':
    'This must be JSON. Put each placeholder between quotes.',
  'must be e-mail addresses, separated by commas': 'Enter e-mail addresses, separated by commas.',
  'a mail needs text or html': 'Enter a text.',
  'is a secret for another server: give its value anew':
    'The server is another one now. Enter the secret again.',

  'this login is taken': 'Somebody already has this login. Choose another one.',
  'takes 1 to 100 of the letters a to z, digits and . _ - @ +, with a letter or digit at both ends':
    'Use letters from a to z, digits and . _ - @ + only, with a letter or digit at both ends.',
  'is not the code that Leadline showed when it started; a restart shows a new one':
    'Wrong set-up code. The terminal shows the code; a restart shows a new one.',

  'this name is taken': 'This name is taken. Choose another one.',
  'this name is not allowed': 'This name cannot be used. Choose another one.',
  'the set has a disposition of this code': 'This set already has an outcome of this name.',
  'another field has this name or alias': 'Another field of this template already has this name.',
  'the template has a retired field of this name: take it up again':
    'A retired field of this template has this name. Take it back instead.',
  'a choice field, and only one, has choices': 'Enter at least one choice.',
  'a template needs a phone field': 'A template needs a phone field, so the last one stays.',
  'is no region': 'Leadline does not know the phone numbers of this country.',
  'is no IANA time zone': 'No time zone has this name.',
  'lies before valid_from': 'The last day is before the first.',
  'this template is archived: take it up again, or name another one':
    'This template is archived. Take it up again first.',

  'needs a reason': 'Say why.',
  'this group clashes and needs a decision': 'Decide this one, too.',
  'follows from the disposition': 'This follows from the outcome and cannot be set by hand.',
  'says that there is no number: take one of the sides, or clear it': 'Enter a number, or clear the field.',
}

const PATTERNS: readonly (readonly [RegExp, (figure: string) => string])[] = [
  [
    /^calls rest on dispositions .*: ([^:;]+);/,
    (codes) =>
      `Calls have outcomes that this set lacks, or that mean something else in it: ${codes}. Add them to it first.`,
  ],
  [/^the template has campaigns, /, () => 'The country stays, because the template has campaigns.'],
  [/^template \d+ has campaign/, () => 'It has campaigns. Delete those first, or archive the template.'],
  [/^campaign \d+ has allocation/, () => 'It has allocations. Delete those first, or archive the campaign.'],
  [
    /do-not-call list of campaign/,
    () => 'Numbers are or were on its do-not-call list, and that stays. Archive the campaign instead.',
  ],
  [/^campaign \d+ is archived/, () => 'Its campaign is archived. Take that up again first.'],
  [/ has or had leads/, () => 'It has or had leads, and their history stays. Archive it instead.'],
  [/^allocation \d+ binds /, () => 'API keys are bound to it. Revoke those first, or archive it.'],
  [
    /^allocation \d+ gets the copies /,
    () => 'Actions copy leads to it. Give those another allocation first, or archive it.',
  ],
  [
    /^allocation \d+ is drawn on by /,
    () => 'Virtual allocations draw on it. Take it out of those first, or archive it.',
  ],
  [
    /^allocation \d+ is filled by /,
    () => 'Pulls fill it. Give those another allocation first, or archive it.',
  ],
  [
    /(?:with|give) these contact hours/,
    () => 'Templates, leads or held changes use these contact hours, so they stay.',
  ],
  [/^templates with this set/, () => 'Templates use this set, so it stays. Give those another set first.'],
  [
    /^a disposition that is .* cannot be deleted/,
    () => 'Calls have this outcome, so it stays. Switch it off instead: then agents cannot choose it.',
  ],
  [/^a disposition that is .* keeps its kind/, () => 'Calls have this outcome, so what it means stays.'],
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

/** What is wrong with one value, and what to do. */
export function problemForPeople({ name = 'INVALID_FIELD', detail }: FieldProblem): string {
  if (Object.hasOwn(SAID, detail)) return SAID[detail]!
  for (const [pattern, said] of PATTERNS) {
    const found = pattern.exec(detail)
    if (found) return said(found[1] ?? '')
  }
  return name === 'INVALID_FIELD' ? UNUSABLE : forPeople({ name, retryable: false })
}

/** Of a value whose problem this app does not know. */
export const UNUSABLE = 'This value cannot be used. Correct it.'
