// How alike a heading and the name of a field are, for people: 'E-mail address' is Email, 'cell' is Mobile.

import { fold } from './field.ts'

/** Words of one meaning, and words that are written together; the first of a line stands for all. */
const MEANINGS: readonly (readonly [meaning: string, ...spellings: string[]])[] = [
  [
    'phone',
    'telephone',
    'tel',
    'telefon',
    'telefono',
    'fone',
    'ph',
    'phonenumber',
    'telno',
    'phoneno',
    'number',
    'no',
    'nummer',
  ],
  ['mobile', 'cell', 'cellphone', 'cellular', 'handy', 'mobil', 'movil', 'mob', 'mobilephone', 'gsm'],
  ['email', 'mail', 'emailaddress', 'mailaddress'],
  [
    'first name',
    'firstname',
    'fname',
    'givenname',
    'given',
    'forename',
    'vorname',
    'prenom',
    'christianname',
  ],
  ['last name', 'lastname', 'lname', 'surname', 'familyname', 'family', 'nachname', 'apellido'],
  ['full name', 'fullname', 'contactname', 'customername', 'leadname', 'clientname'],
  ['post code', 'postcode', 'zip', 'zipcode', 'postalcode', 'postal', 'plz'],
  ['city', 'suburb', 'town', 'ort', 'stadt', 'ciudad', 'ville', 'locality'],
  ['state', 'province', 'region', 'bundesland'],
  ['street address', 'street', 'address', 'address1', 'addressline1', 'streetaddress', 'strasse', 'addr'],
  ['birth date', 'birthdate', 'dob', 'dateofbirth', 'birthday', 'geburtsdatum', 'born'],
  ['company', 'companyname', 'business', 'businessname', 'organisation', 'organization', 'firma', 'employer'],
  ['notes', 'note', 'comment', 'comments', 'remarks', 'bemerkung', 'description'],
  ['home', 'homephone', 'landline'],
  ['work', 'workphone', 'businessphone', 'office'],
]

const MEANING = new Map(
  MEANINGS.flatMap(([meaning, ...spellings]) =>
    [meaning.replaceAll(' ', ''), ...spellings].map((spelling) => [spelling, meaning.split(' ')] as const),
  ),
)

/** They say little beside other words: 'Mobile phone' is Mobile, 'Customer city' is City. */
const WEAK = new Set([
  'phone',
  'your',
  'the',
  'customer',
  'client',
  'lead',
  'contact',
  'primary',
  'main',
  'what',
  'is',
])
const WEAK_WEIGHT = 0.25

const plainWords = (heading: string): string[] =>
  heading
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/e-mail/g, 'email')
    .match(/\p{L}+|\d+/gu) ?? []

/** The words of a heading, in their meanings. */
function wordsOf(heading: string): string[] {
  const words = plainWords(heading)
  const whole = MEANING.get(words.join(''))
  if (whole) return [...whole]
  const found: string[] = []
  for (let i = 0; i < words.length; i++) {
    const pair = MEANING.get(`${words[i]}${words[i + 1] ?? ' '}`)
    if (pair) i++
    found.push(...(pair ?? MEANING.get(words[i]!) ?? [words[i]!]))
  }
  return [...new Set(found)]
}

/** From 0, nothing in common, to 1, the same for people. */
export function likeness(heading: string, name: string): number {
  if (fold(heading) === fold(name)) return 1
  const [ours, theirs] = [wordsOf(heading), wordsOf(name)]
  if (ours.length === 0 || theirs.length === 0) return 0
  const all = [...new Set([...ours, ...theirs])]
  const common = ours.filter((word) => theirs.includes(word))
  if (common.length === all.length) return 1
  return common.length > 0
    ? ALIKE_MAX * (weightOf(common) / weightOf(all))
    : mistyped(plainWords(heading).join(''), plainWords(name).join(''))
}

/** Other words are not the same words, however weak they are. */
const ALIKE_MAX = 0.98
const weightOf = (words: readonly string[]) =>
  words.reduce((sum, word) => sum + (WEAK.has(word) ? WEAK_WEIGHT : 1), 0)

const LENGTH_MIN = 5

/** A letter wrong, too many or missing, or two in the wrong order. */
function mistyped(ours: string, theirs: string): number {
  if (Math.min(ours.length, theirs.length) < LENGTH_MIN || Math.abs(ours.length - theirs.length) > 1) return 0
  let start = 0
  while (start < ours.length && ours[start] === theirs[start]) start++
  let end = 0
  while (end < Math.min(ours.length, theirs.length) - start && ours.at(-1 - end) === theirs.at(-1 - end))
    end++
  const [left, right] = [ours.slice(start, ours.length - end), theirs.slice(start, theirs.length - end)]
  const is_swapped = left.length === 2 && left[0] === right[1] && left[1] === right[0]
  return is_swapped || Math.max(left.length, right.length) <= 1 ? 0.9 : 0
}
