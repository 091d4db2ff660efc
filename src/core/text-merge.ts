// Merges texts that two have changed: by line, then by word within the lines that both changed. What touches is never
// merged: there must be an unchanged line, or within a line an unchanged word, between two changes.

/** With more pairs of pieces a comparison takes longer than a request waits; then everything counts as changed. */
const PAIRS_MAX = 1_000_000

interface MergedText {
  text: string
  /** Whether both changed some lines; those follow each other, mine first. */
  clashes: boolean
}

/** The result has what either side added or changed, and lacks what either removed. */
export function mergeTexts(base: string, mine: string, theirs: string): MergedText {
  let clashes = false
  const lines = mergePieces(linesOf(base), linesOf(mine), linesOf(theirs), {
    separates: () => true,
    clash: (old, one, other) => {
      const words = mergeWords(old, one, other)
      if (words) return words
      clashes = true
      return withoutCommonEnds(one, other)
    },
  })
  return { text: lines.join('\n'), clashes }
}

const linesOf = (text: string) => (text === '' ? [] : text.split('\n'))

const WORDS = /\s+|[\p{L}\p{N}\p{M}_]+|[^\s\p{L}\p{N}\p{M}_]/gu

/** The text in words, blanks and single signs. */
export const wordsOf = (text: string): string[] => text.match(WORDS) ?? []

/** Lines that both changed, word by word; undefined: they changed the same words, or lines or moved words came and went. */
function mergeWords(old: Pieces, one: Pieces, other: Pieces): string[] | undefined {
  if (old.length !== one.length || old.length !== other.length) return undefined
  let clashes = false
  const lines = old.map((line, i) =>
    mergePieces(wordsOf(line), wordsOf(one[i]!), wordsOf(other[i]!), {
      separates: isWord,
      clash: () => {
        clashes = true
        return []
      },
    }).join(''),
  )
  return clashes || comesBack(old, one, other, lines) ? undefined : lines
}

/** Whether a word that one side removed is there again, because the other has moved it into another line. */
function comesBack(old: Pieces, one: Pieces, other: Pieces, merged: Pieces): boolean {
  const [was, mine, theirs, now] = [old, one, other, merged].map((lines) => new Set(lines.flatMap(wordsOf)))
  return [...was!].some((word) => isWord(word) && now!.has(word) && !(mine!.has(word) && theirs!.has(word)))
}

type Pieces = readonly string[]

interface Merging {
  /** Whether a piece that nobody changed keeps the changes at its sides apart. */
  separates: (piece: string) => boolean
  /** What becomes of a stretch that both changed, each to something else. */
  clash: (old: Pieces, one: Pieces, other: Pieces) => Pieces
}

function mergePieces(base: Pieces, mine: Pieces, theirs: Pieces, { separates, clash }: Merging): string[] {
  const in_mine = new Map(common(base, mine))
  const in_theirs = new Map(common(base, theirs))
  const merged: string[] = []
  let [b, m, t] = [0, 0, 0]
  const take = (b_end: number, m_end: number, t_end: number) => {
    const [old, one, other] = [base.slice(b, b_end), mine.slice(m, m_end), theirs.slice(t, t_end)]
    if (alike(one, old)) merged.push(...other)
    else if (alike(other, old) || alike(one, other)) merged.push(...one)
    else merged.push(...clash(old, one, other))
    ;[b, m, t] = [b_end, m_end, t_end]
  }
  for (const [i, piece] of base.entries()) {
    const [at_mine, at_theirs] = [in_mine.get(i), in_theirs.get(i)]
    if (at_mine === undefined || at_theirs === undefined) continue
    const is_changed = b < i || m < at_mine || t < at_theirs
    if (is_changed && !separates(piece)) continue
    take(i, at_mine, at_theirs)
    merged.push(piece)
    ;[b, m, t] = [i + 1, at_mine + 1, at_theirs + 1]
  }
  take(base.length, mine.length, theirs.length)
  return merged
}

const alike = (one: Pieces, other: Pieces) =>
  one.length === other.length && one.every((piece, i) => piece === other[i])

/** Mine, then theirs; a common beginning or end appears once. */
function withoutCommonEnds(mine: Pieces, theirs: Pieces): Pieces {
  const { head, tail } = endsOf(mine, theirs)
  const end = mine.length - tail
  return [...mine.slice(0, end), ...theirs.slice(head, theirs.length - tail), ...mine.slice(end)]
}

/** The number of pieces at the beginning that two texts share, and at the end of the rest. */
function endsOf(one: Pieces, other: Pieces): { head: number; tail: number } {
  const shorter = Math.min(one.length, other.length)
  let head = 0
  while (head < shorter && one[head] === other[head]) head++
  let tail = 0
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++
  return { head, tail }
}

type Pairs = [number, number][]

/** The pieces that two texts share at their ends, as pairs of indices. */
function commonEnds(one: Pieces, other: Pieces, between: Pairs = []): Pairs {
  const { head, tail } = endsOf(one, other)
  return [
    ...Array.from({ length: head }, (_, i): [number, number] => [i, i]),
    ...between,
    ...Array.from({ length: tail }, (_, i): [number, number] => [
      one.length - tail + i,
      other.length - tail + i,
    ]),
  ]
}

const isWord = (piece: string) => /[\p{L}\p{N}]/u.test(piece)

/** Blanks and signs are found everywhere: a word in common counts more than all of them. */
const weightOf = (piece: string) => (isWord(piece) ? 10_000 : 1)

/** Finds the common subsequence with most words, as ascending pairs of indices. */
export function common(one: Pieces, other: Pieces): Pairs {
  const { head, tail } = endsOf(one, other)
  const [rows, columns] = [one.length - head - tail, other.length - head - tail]
  return commonEnds(one, other, rows * columns <= PAIRS_MAX ? longest(one, other, head, rows, columns) : [])
}

function longest(one: Pieces, other: Pieces, from: number, rows: number, columns: number): Pairs {
  const width = columns + 1
  const weights = new Uint32Array((rows + 1) * width)
  const at = (row: number, column: number) => weights[row * width + column]!
  const same = (row: number, column: number) => one[from + row] === other[from + column]
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      weights[row * width + column] = same(row, column)
        ? at(row + 1, column + 1) + weightOf(one[from + row]!)
        : Math.max(at(row + 1, column), at(row, column + 1))
  const pairs: Pairs = []
  let [row, column] = [0, 0]
  while (row < rows && column < columns) {
    if (same(row, column)) {
      pairs.push([from + row, from + column])
      row++
      column++
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return pairs
}
