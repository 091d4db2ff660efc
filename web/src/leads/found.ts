// Where a search hit a lead: in which field, and which letters of it. The server says which leads are found; this only
// shows why.

export interface Piece {
  text: string
  found: boolean
}

const MARKS = /\p{M}/gu
const foldChar = (char: string) => char.normalize('NFKD').replace(MARKS, '').toLowerCase()

/** A text as it is compared, and for each of its letters the place in the text that it comes from. */
function folded(text: string): { letters: string; places: number[] } {
  let letters = ''
  const places: number[] = []
  let at = 0
  for (const char of text) {
    const small = foldChar(char)
    for (let i = 0; i < small.length; i++) places.push(at)
    letters += small
    at += char.length
  }
  places.push(text.length)
  return { letters, places }
}

/** The words of a search, and the digits of what looks like a number. */
export function soughtIn(q: string): string[] {
  const words = q.split(/\s+/).map((word) => folded(word).letters.replace(/[,;]+$/, ''))
  const digits = q.replace(/\(0\)/, '').replace(/\D/g, '').replace(/^0+/, '')
  const is_number = digits.length >= 3 && /^[^\d]*[\d\s()+\-./[\]]+$/.test(q.trim())
  return [...new Set([...words, ...(is_number ? [digits] : [])])].filter((word) => word !== '')
}

/** The text in pieces; one of them alone when nothing is found. */
export function piecesOf(text: string, sought: readonly string[]): Piece[] {
  const { letters, places } = folded(text)
  const hit = new Array<boolean>(letters.length).fill(false)
  for (const word of sought)
    for (let at = letters.indexOf(word); at >= 0; at = letters.indexOf(word, at + word.length))
      hit.fill(true, at, at + word.length)
  const pieces: Piece[] = []
  for (let i = 0; i < letters.length; i++) {
    const [from, to] = [places[i]!, places[i + 1]!]
    const found = hit[i]!
    const last = pieces.at(-1)
    if (last?.found === found) last.text += text.slice(from, to)
    else pieces.push({ text: text.slice(from, to), found })
  }
  return pieces.filter((piece) => piece.text !== '')
}

/** A number as a region writes it, with the digits marked that are found in its international form. */
export function numberPieces(shown: string, number: string, sought: readonly string[]): Piece[] {
  const all = number.replace(/\D/g, '')
  const [digits] = sought
    .filter((word) => /^\d+$/.test(word) && all.includes(word))
    .sort((one, other) => other.length - one.length)
  if (digits === undefined) return [{ text: shown, found: false }]
  // Both end with the same digits, however they begin.
  const to_end = all.length - all.indexOf(digits)
  const places = [...shown.matchAll(/\d/g)].map(({ index }) => index)
  const from = places.at(-to_end) ?? places[0] ?? 0
  const to = (places.at(digits.length - to_end - 1) ?? shown.length - 1) + 1
  return [
    { text: shown.slice(0, from), found: false },
    { text: shown.slice(from, to), found: true },
    { text: shown.slice(to), found: false },
  ].filter(({ text }) => text !== '')
}

export const isFoundIn = (text: string, sought: readonly string[]) => {
  const { letters } = folded(text)
  return sought.some((word) => letters.includes(word))
}

/** A long text around what is found in it. */
export function snippetOf(text: string, sought: readonly string[], around = 24): string {
  const { letters, places } = folded(text)
  const starts = sought.map((word) => letters.indexOf(word)).filter((at) => at >= 0)
  const first = places[Math.min(...starts)] ?? 0
  const from = Math.max(0, first - around)
  const to = Math.min(text.length, first + 2 * around)
  return `${from > 0 ? '…' : ''}${text.slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`
}
