// Two texts side by side: what differs, and how both can be kept.

interface Piece {
  text: string
  changed: boolean
}

/** With more pairs of pieces a comparison takes longer than a person waits; then everything counts as changed. */
const PAIRS_MAX = 4_000_000
/** In shorter texts (numbers, names, codes) one stretch is marked. Longer texts are compared word by word. */
const SHORT_MAX = 40
/** Texts that share less than this are different things; what they have in common is chance. */
const ALIKE_MIN = 0.3

/** Splits `text` into pieces and marks those that `before` does not have. */
export function marked(before: string, text: string): Piece[] {
  if (text === '') return []
  const is_short = Math.max(before.length, text.length) <= SHORT_MAX
  const [old, now] = is_short ? [[...before], [...text]] : [wordsOf(before), wordsOf(text)]
  const kept = new Set((is_short ? commonEnds(old, now) : common(old, now)).map(([, index]) => index))
  if (kept.size < ALIKE_MIN * Math.max(old.length, now.length)) return [{ text, changed: true }]
  const pieces: Piece[] = []
  for (const [index, piece] of now.entries()) {
    const changed = !kept.has(index)
    const last = pieces.at(-1)
    if (last?.changed === changed) last.text += piece
    else pieces.push({ text: piece, changed })
  }
  return pieces
}

const WORDS = /\s+|[\p{L}\p{N}\p{M}_]+|[^\s\p{L}\p{N}\p{M}_]/gu

const wordsOf = (text: string): string[] => text.match(WORDS) ?? []

interface Both {
  text: string
  /** Whether the two disagree on some lines; those follow each other, mine first. */
  clashes: boolean
}

/** Merges three texts by line. The result has what either side added or changed, and lacks what either removed. */
export function keepBoth(base: string, mine: string, theirs: string): Both {
  const [before, my_lines, their_lines] = [base, mine, theirs].map(linesOf) as [string[], string[], string[]]
  const in_mine = new Map(common(before, my_lines))
  const in_theirs = new Map(common(before, their_lines))
  const lines: string[] = []
  let clashes = false
  let [b, m, t] = [0, 0, 0]
  const merge = (b_end: number, m_end: number, t_end: number) => {
    const [old, one, other] = [before.slice(b, b_end), my_lines.slice(m, m_end), their_lines.slice(t, t_end)]
    if (same(one, old)) lines.push(...other)
    else if (same(other, old) || same(one, other)) lines.push(...one)
    else {
      lines.push(...withoutCommonEnds(one, other))
      clashes = true
    }
    ;[b, m, t] = [b_end, m_end, t_end]
  }
  for (let i = 0; i < before.length; i++) {
    const [at_mine, at_theirs] = [in_mine.get(i), in_theirs.get(i)]
    if (at_mine === undefined || at_theirs === undefined) continue
    merge(i, at_mine, at_theirs)
    lines.push(before[i]!)
    ;[b, m, t] = [i + 1, at_mine + 1, at_theirs + 1]
  }
  merge(before.length, my_lines.length, their_lines.length)
  return { text: lines.join('\n'), clashes }
}

const linesOf = (text: string) => (text === '' ? [] : text.split('\n'))
const same = (one: string[], other: string[]) =>
  one.length === other.length && one.every((line, i) => line === other[i])

/** Mine, then theirs; a common beginning or end appears once. */
function withoutCommonEnds(mine: string[], theirs: string[]): string[] {
  const { head, tail } = endsOf(mine, theirs)
  const end = mine.length - tail
  return [...mine.slice(0, end), ...theirs.slice(head, theirs.length - tail), ...mine.slice(end)]
}

/** The number of pieces at the beginning that two texts share, and at the end of the rest. */
function endsOf(one: readonly string[], other: readonly string[]): { head: number; tail: number } {
  const shorter = Math.min(one.length, other.length)
  let head = 0
  while (head < shorter && one[head] === other[head]) head++
  let tail = 0
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++
  return { head, tail }
}

type Pairs = [number, number][]

function commonEnds(one: readonly string[], other: readonly string[], between: Pairs = []): Pairs {
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

/** Finds a longest common subsequence, as ascending pairs of indices. */
function common(one: readonly string[], other: readonly string[]): Pairs {
  const { head, tail } = endsOf(one, other)
  const [rows, columns] = [one.length - head - tail, other.length - head - tail]
  return commonEnds(one, other, rows * columns <= PAIRS_MAX ? longest(one, other, head, rows, columns) : [])
}

function longest(
  one: readonly string[],
  other: readonly string[],
  from: number,
  rows: number,
  columns: number,
): Pairs {
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column]!
  const alike = (row: number, column: number) => one[from + row] === other[from + column]
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      lengths[row * width + column] = alike(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1))
  const pairs: Pairs = []
  let [row, column] = [0, 0]
  while (row < rows && column < columns) {
    if (alike(row, column)) {
      pairs.push([from + row, from + column])
      row++
      column++
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return pairs
}
