// A tokenizer for our own TypeScript, and for the SQL in its templates. It reads texts whose types Node has blanked out,
// so every position is also a position in the source. Comments are not tokens.

export interface Token {
  /** `hole`: an expression inside a template, `${…}`. */
  kind: 'word' | 'number' | 'string' | 'regex' | 'template' | 'sign' | 'param' | 'hole'
  text: string
  start: number
  end: number
  /** The parts of a template: stretches of text, and the tokens of its holes. */
  pieces?: Piece[]
}

export interface Piece {
  start: number
  end: number
  /** Set for a hole, undefined for text. */
  tokens?: Token[]
}

const SPACE = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const WORD = /[#A-Za-z_$][\w$]*/y
const NUMBER = /\d[\w]*(?:\.\d+)?/y
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
const SIGN =
  /=>|\.\.\.|===|!==|\*\*|&&=|\|\|=|\?\?=|&&|\|\||\?\?|\?\.|<<|>>|==|!=|<=|>=|\+\+|--|[-+*/%&|^]=|[\s\S]/y
/** A slash behind one of these words begins a regular expression. */
const BEFORE_REGEX = /^(?:return|typeof|case|in|of|await|yield|else)$/

/** The tokens of a text from `at`; inside a template it ends at the brace that closes the hole. */
export function tokensOf(text: string, from = 0, in_hole = false): { tokens: Token[]; end: number } {
  const tokens: Token[] = []
  let at = from
  const read = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  for (let depth = 0; at < text.length; ) {
    const space = read(SPACE)
    if (space) {
      at += space.length
      continue
    }
    const start = at
    if (text[at] === '`') {
      const pieces = piecesOf(text, at + 1)
      at = pieces.end + 1
      tokens.push({ kind: 'template', text: text.slice(start, at), start, end: at, pieces: pieces.pieces })
      continue
    }
    const last = tokens.at(-1)
    const is_operand =
      last && (last.kind === 'sign' ? /^[)\]}]$/.test(last.text) : !BEFORE_REGEX.test(last.text))
    const kinds = [
      ['word', WORD],
      ['number', NUMBER],
      ['string', STRING],
      ...(is_operand ? [] : ([['regex', REGEX]] as const)),
      ['sign', SIGN],
    ] as const
    for (const [kind, pattern] of kinds) {
      const found = read(pattern)
      if (!found) continue
      if (found === '{') depth++
      if (found === '}' && depth-- === 0 && in_hole) return { tokens, end: at }
      at += found.length
      tokens.push({ kind, text: found, start, end: at })
      break
    }
  }
  return { tokens, end: at }
}

function piecesOf(text: string, from: number): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = []
  let start = from
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '`') {
      pieces.push({ start, end: at })
      return { pieces, end: at }
    } else if (text.startsWith('${', at)) {
      pieces.push({ start, end: at })
      const hole = tokensOf(text, at + 2, true)
      pieces.push({ start: at, end: hole.end + 1, tokens: hole.tokens })
      at = hole.end
      start = at + 1
    }
  }
  return { pieces, end: text.length }
}

const SQL_SPACE = /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y
const SQL_KINDS = [
  ['param', /\$\d+|:[a-z_]\w*/y],
  ['word', /[A-Za-z_]\w*/y],
  ['number', /\d[\d_.]*/y],
  ['string', /'(?:''|[^'])*'|"[^"]*"/y],
  ['sign', /::|<>|<=|>=|!=|->>|->|\|\||@>|<@|[\s\S]/y],
] as const

/** The SQL tokens of a template or a string; each hole is one token. */
export function sqlTokensOf(text: string, { start, end, pieces }: Token): Token[] {
  const tokens: Token[] = []
  for (const piece of pieces ?? [{ start: start + 1, end: end - 1 }]) {
    if (piece.tokens) {
      tokens.push({
        kind: 'hole',
        text: text.slice(piece.start, piece.end),
        start: piece.start,
        end: piece.end,
      })
      continue
    }
    const sql = text.slice(0, piece.end)
    for (let at = piece.start; at < piece.end; ) {
      SQL_SPACE.lastIndex = at
      const space = SQL_SPACE.exec(sql)
      if (space) {
        at += space[0].length
        continue
      }
      for (const [kind, pattern] of SQL_KINDS) {
        // `a::text` is a cast, no parameter.
        if (kind === 'param' && sql[at - 1] === ':') continue
        pattern.lastIndex = at
        const found = pattern.exec(sql)?.[0]
        if (!found) continue
        tokens.push({ kind, text: found, start: at, end: at + found.length })
        at += found.length
        break
      }
    }
  }
  return tokens
}

/** Whether a template or string holds SQL, as far as its words tell. */
export const looksLikeSql = (text: string) =>
  /\b(?:select|insert into|delete from|set \w+ =|where|is (?:not )?null|= any|exists \(|case when|join \w+)\b/.test(
    text.toLowerCase(),
  )

/** The index of the token that closes the bracket at `open`; -1 without one. */
export function closing(tokens: readonly Token[], open: number): number {
  for (let i = open, depth = 0; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!
    if (kind !== 'sign') continue
    if ('([{'.includes(text)) depth++
    if (')]}'.includes(text) && --depth === 0) return i
  }
  return -1
}
