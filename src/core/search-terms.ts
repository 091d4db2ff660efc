// What a folded word asks of the index of search: the other half of search_terms (migration 0023), which makes the entries.

/** Conditions on a folded text beside having the word. */
export interface Terms {
  /** A regular expression: the word begins where a word of the text does. Null: it may be found anywhere. */
  begins: string | null
  /** As a tsquery: entries that every text with the word at such a place has. Null: there are none to ask for. */
  terms: string | null
}

const ANYWHERE: Terms = { begins: null, terms: null }

/** Words as the index has them: of letters and digits, of an alphabet, of a script that is written without blanks. */
const RUNS = /[a-z0-9]+|(?:AN[N-Z]{3})+|(?:A[O-Z][N-Z]{3}|[B-M][N-Z]{4})+/g
const DIGITS = /^\d+$/
/** Five capitals are one letter. */
const LETTER = /[A-M][N-Z]{4}/g

/** Shorter words are no entries, and are found anywhere: too many words begin with them. */
const SIGNS_MIN = 3
/** The index cuts longer words. */
const LENGTH_MAX = { latin: 64, alphabet: 60 }

export function termsOf(word: string): Terms {
  if (DIGITS.test(word)) return word.length < SIGNS_MIN ? ANYWHERE : numberTerms(word)
  const runs = [...word.matchAll(RUNS)]
  const has_pairs = runs.some(([run]) => kindOf(run) === 'pairs')
  if (signsOf(word) < SIGNS_MIN && !has_pairs) return ANYWHERE
  const asked = runs.map(({ 0: run, index }) => ({ run, is_open: index + run.length === word.length }))
  const closed = asked.flatMap(({ run, is_open }) => (is_open ? [] : wholeTerms(run)))
  const open = asked.flatMap(({ run, is_open }) => (is_open ? beginningTerms(run) : []))
  const terms = [...closed, ...open]
  if (terms.length === 0) return ANYWHERE
  return { begins: beginsOf(word), terms: terms.join(' & ') }
}

function kindOf(run: string): 'latin' | 'alphabet' | 'pairs' {
  if (/^[a-z0-9]/.test(run)) return 'latin'
  return run.startsWith('AN') ? 'alphabet' : 'pairs'
}

const signsOf = (word: string) => word.replace(LETTER, 'x').length

const exactly = (term: string) => `'${term}'`
const beginning = (term: string) => `'${term}':*`

/** Digits stand anywhere in a number, or at the beginning of a word that goes on with letters. */
const numberTerms = (digits: string): Terms => ({
  begins: `(^|[^a-z0-9])(${digits}|[0-9]+${digits}[0-9]*($|[^a-z0-9]))`,
  terms: anyDigits(digits),
})

/** A piece of a number begins at the first of the digits, or at the second. */
function anyDigits(digits: string): string {
  const ending = [...'0123456789'].map((first) => exactly(first + digits.slice(0, 3)))
  if (digits.length === 3) return `(${[beginning(digits), ...ending].join(' | ')})`
  const first =
    digits.length === 4
      ? `${beginning(digits.slice(1))} & (${[exactly(digits.slice(0, 3)), ...ending].join(' | ')})`
      : piecesFrom(digits, 1).join(' & ')
  const ways = [beginning(digits), first]
  if (digits.length > 4) ways.push(piecesFrom(digits, 0).join(' & '))
  return `(${ways.join(' | ')})`
}

/** The pieces of a number that lie in these digits, if one begins at this place. */
function piecesFrom(digits: string, from: number): string[] {
  const pieces: string[] = []
  for (let place = from; place + 4 <= digits.length; place += 2)
    pieces.push(exactly(digits.slice(place, place + 4)))
  return pieces
}

/** Of a run that ends within the word. */
function wholeTerms(run: string): string[] {
  const kind = kindOf(run)
  if (kind === 'pairs') return pairsOf(run, exactly)
  if (DIGITS.test(run) && run.length > 4) return piecesFrom(run, run.length % 2)
  if (signsOf(run) < SIGNS_MIN) return []
  return run.length < LENGTH_MAX[kind] ? [exactly(run)] : [beginning(run.slice(0, LENGTH_MAX[kind]))]
}

/** Of a run that may go on in the text. */
function beginningTerms(run: string): string[] {
  const kind = kindOf(run)
  if (kind === 'pairs') return pairsOf(run, beginning)
  if (DIGITS.test(run)) return run.length < SIGNS_MIN ? [] : [anyDigits(run)]
  return signsOf(run) < SIGNS_MIN ? [] : [beginning(run.slice(0, LENGTH_MAX[kind]))]
}

function pairsOf(run: string, single: (term: string) => string): string[] {
  if (run.length === 5) return [single(run)]
  return Array.from({ length: run.length / 5 - 1 }, (_, i) => exactly(run.slice(i * 5, i * 5 + 10)))
}

/** Nothing of the same kind stands in front. */
function beginsOf(word: string): string | null {
  const escaped = word.replace(/[^a-zA-Z0-9 ]/g, '\\$&')
  if (/^[a-z0-9]/.test(word)) return `(?<![a-z0-9])${escaped}`
  return /^AN[N-Z]{3}/.test(word) ? `(?<!AN[N-Z]{3})${escaped}` : null
}
