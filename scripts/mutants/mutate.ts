// The places at which a source can be changed so that a test should notice.

import { stripTypeScriptTypes } from 'node:module'
import { closing, looksLikeSql, sqlTokensOf, type Token, tokensOf } from './tokens.ts'

export interface Change {
  operator: string
  start: number
  end: number
  to: string
  /** The changed code in one spelling: without layout, and SQL without aliases and names of parameters. */
  snippet: string
  /** The text around it, in the same spelling. */
  context: string
  /** The declaration or statement around it. */
  scope: string
  is_sql: boolean
}

/** One stretch of tokens, in TypeScript or in SQL. */
interface Stretch {
  text: string
  tokens: readonly Token[]
  is_sql: boolean
  add: (operator: string, first: number, last: number, to: string) => void
}

/** Every change of a source. `has_sql`: templates and strings that look like SQL are changed as SQL. */
export function changesOf(source: string, has_sql: boolean): Change[] {
  const text = stripTypeScriptTypes(source)
  const changes: Change[] = []
  const { tokens } = tokensOf(text)
  const scopes = scopesOf(tokens)
  const walk = (tokens: readonly Token[], is_sql: boolean) => {
    const add: Stretch['add'] = (operator, first, last, to) => {
      const { start, end } = { start: tokens[first]!.start, end: tokens[last]!.end }
      const scope = scopes.findLast((scope) => scope.start <= start)?.name ?? ''
      const say = (from: number, to: number) => spelled(tokens.slice(Math.max(0, from), to), is_sql)
      // A single sign says little: its neighbours belong to it.
      const near = last - first < 2 ? 3 : 0
      const snippet = say(first - near, last + 1 + near)
      const context = `${say(first - 10, first)} | ${say(last + 1, last + 11)}`
      changes.push({ operator, start, end, to, snippet, context, scope, is_sql })
    }
    const mutate = is_sql ? mutateSql : mutateCode
    mutate({ text: source, tokens, is_sql, add })
    if (is_sql) return
    for (const token of tokens) {
      if (has_sql && /string|template/.test(token.kind) && looksLikeSql(token.text))
        walk(sqlTokensOf(text, token), true)
      for (const piece of token.pieces ?? []) if (piece.tokens) walk(piece.tokens, false)
    }
  }
  walk(tokens, false)
  return changes.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** Declarations at the top of a file, methods, and names of statements, by where they begin. */
function scopesOf(tokens: readonly Token[]): { start: number; name: string }[] {
  const scopes: { start: number; name: string }[] = []
  for (let i = 0, depth = 0, owner = ''; i < tokens.length; i++) {
    const { kind, text, start } = tokens[i]!
    const next = tokens[i + 1]
    if (kind === 'sign' && '([{'.includes(text)) depth++
    if (kind === 'sign' && ')]}'.includes(text)) depth--
    if (depth === 0 && /^(?:function|const|let|class)$/.test(text) && next?.kind === 'word') {
      owner = next.text
      scopes.push({ start, name: owner })
    }
    if (text === 'statement' && next?.text === '(' && tokens[i + 2]?.kind === 'string')
      scopes.push({ start, name: tokens[i + 2]!.text.slice(1, -1) })
    else if (
      depth === 1 &&
      kind === 'word' &&
      next?.text === '(' &&
      !/^(?:if|for|while|switch|return)$/.test(text)
    )
      if (tokens[closing(tokens, i + 1) + 1]?.text === '{') scopes.push({ start, name: `${owner}.${text}` })
  }
  return scopes
}

function spelled(tokens: readonly Token[], is_sql: boolean): string {
  const words = tokens.map(({ kind, text }) => {
    if (kind === 'param') return '?'
    if (kind === 'template') return '`…`'
    return is_sql && kind === 'word' ? text.toLowerCase() : text.replace(/\s+/g, ' ')
  })
  // The alias in front of a column is a matter of taste.
  const kept = words.filter(
    (word, i) => !is_sql || !(word === '.' || (words[i + 1] === '.' && tokens[i]!.kind === 'word')),
  )
  return kept.join(' ')
}

const SWAPS = new Map<string, [operator: string, to: string]>([
  ['===', ['equality', '!==']],
  ['!==', ['equality', '===']],
  ['<', ['boundary', '<=']],
  ['<=', ['boundary', '<']],
  ['>', ['boundary', '>=']],
  ['>=', ['boundary', '>']],
  ['&&', ['and-or', '||']],
  ['||', ['and-or', '&&']],
  ['true', ['boolean', 'false']],
  ['false', ['boolean', 'true']],
])
const SWAPPED_METHODS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
])

function mutateCode({ text, tokens, add }: Stretch): void {
  const between = (first: number, last: number) => text.slice(tokens[first]!.start, tokens[last]!.end)
  tokens.forEach((token, i) => {
    const swap = token.kind === 'sign' || token.kind === 'word' ? SWAPS.get(token.text) : undefined
    const [before, after] = [tokens[i - 1], tokens[i + 1]]
    if (swap && after?.text !== ':') add(swap[0], i, i, swap[1])
    if (token.kind === 'sign' && token.text === '!' && after) add('not', i, i, '')
    if (token.kind === 'number' && /^\d[\d_]*$/.test(token.text))
      add('constant', i, i, String(Number(token.text.replaceAll('_', '')) + 1))
    if (
      /^[+-]$/.test(token.text) &&
      (before?.kind === 'number' || (after?.kind === 'number' && isOperand(before)))
    )
      add('arithmetic', i, i, token.text === '+' ? '-' : '+')
    const method = before?.text === '.' && after?.text === '(' ? SWAPPED_METHODS.get(token.text) : undefined
    if (method) add('method', i, i, method)
    if (token.text === 'if' && after?.text === '(') {
      const close = closing(tokens, i + 1)
      const condition = tokens.slice(i + 2, close)
      if (!isSingle(condition)) add('negate', i + 2, close - 1, `!(${between(i + 2, close - 1)})`)
      if (!hasElse(tokens, close + 1)) add('guard', i + 2, close - 1, 'false')
    }
    if (token.kind === 'sign' && token.text === '?') {
      const first = startOfCondition(tokens, i)
      if (first < i && !isSingle(tokens.slice(first, i)))
        add('branch', first, i - 1, `!(${between(first, i - 1)})`)
    }
  })
}

/** Whether another operator negates the whole condition already: it is one comparison, or begins with its only `!`. */
function isSingle(condition: readonly Token[]): boolean {
  let depth = 0
  const signs = condition.map(({ kind, text }) => {
    if (kind !== 'sign') return ''
    if (/^[)\]}]$/.test(text)) depth--
    const sign = depth === 0 ? text : ''
    if (/^[([{]$/.test(text)) depth++
    return sign
  })
  if (signs.some((sign) => /^(?:&&|\|\||\?\?|\?)$/.test(sign))) return false
  return signs[0] === '!' || signs.some((sign) => /^[=!]==$/.test(sign))
}

const isOperand = (token: Token | undefined) =>
  token !== undefined && (token.kind !== 'sign' || /[)\]]/.test(token.text))

/** Whether the branch that begins at `from` has an else: looked for behind its braces or its one statement. */
function hasElse(tokens: readonly Token[], from: number): boolean {
  if (tokens[from]?.text === '{') return tokens[closing(tokens, from) + 1]?.text === 'else'
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!
    if (text === 'else') return true
    if (kind === 'sign' && '([{'.includes(text)) i = closing(tokens, i)
    else if (/^(?:if|for|const|let|function|case|})$/.test(text) || i < 0) return false
  }
  return false
}

/** The first token of the condition in front of a `?`. */
function startOfCondition(tokens: readonly Token[], question: number): number {
  for (let i = question - 1, depth = 0; i >= 0; i--) {
    const { kind, text } = tokens[i]!
    if (kind === 'sign' && /^[)\]}]$/.test(text)) depth++
    if (kind === 'sign' && /^[([{]$/.test(text) && depth-- === 0) return i + 1
    const ends = kind === 'sign' ? /^(?:=|=>|:|\?|,|;|\.\.\.|[-+|&?]+=)$/ : /^(?:return|throw|case|else)$/
    if (depth === 0 && ends.test(text)) return i + 1
  }
  return 0
}

const SQL_SWAPS = new Map<string, [operator: string, to: string]>([
  ['=', ['equality', '<>']],
  ['<>', ['equality', '=']],
  ['<', ['boundary', '<=']],
  ['<=', ['boundary', '<']],
  ['>', ['boundary', '>=']],
  ['>=', ['boundary', '>']],
  ['true', ['boolean', 'false']],
  ['false', ['boolean', 'true']],
])
const SQL_FUNCTIONS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['greatest', 'least'],
  ['least', 'greatest'],
])
/** Words that end a condition or an order at their own depth. */
const CLAUSE =
  /^(?:where|group|order|limit|having|returning|union|join|left|cross|inner|full|for|on|set|window|from|values|when|then|else|rows|offset)$/i

function mutateSql({ text, tokens, add }: Stretch): void {
  const between = (first: number, last: number) => text.slice(tokens[first]!.start, tokens[last]!.end)
  const word = (i: number) => (tokens[i]?.kind === 'word' ? tokens[i].text.toLowerCase() : '')
  /** Whether assignments are written at each depth: there a sign of equality compares nothing. */
  const assigns = [false]
  let is_between = false
  tokens.forEach((token, i) => {
    const at = token.kind === 'word' ? word(i) : token.text
    if (opens(token)) assigns.push(false)
    if (closes(token) && assigns.length > 1) assigns.pop()
    if (at === 'set') assigns[assigns.length - 1] = true
    else if (CLAUSE.test(at)) assigns[assigns.length - 1] = false
    const swap = token.kind === 'word' || token.kind === 'sign' ? SQL_SWAPS.get(at) : undefined
    if (swap && !(at === '=' && assigns.at(-1))) add(swap[0], i, i, swap[1])
    if (at === 'not') add('not', i, i, '')
    if (at === 'is' && word(i + 1) === 'null') add('not', i, i + 1, 'is not null')
    if (at === 'between') is_between = true
    else if (at === 'and' && is_between) is_between = false
    else if (at === 'and' || at === 'or') add('and-or', i, i, at === 'and' ? 'or' : 'and')
    if (at === 'limit' && tokens[i + 1]) add('limit', i + 1, i + 1, `${tokens[i + 1]!.text} + 1`)
    else if (token.kind === 'number' && /^\d+$/.test(at) && word(i - 1) !== 'limit')
      add('constant', i, i, String(Number(at) + 1))
    const other = tokens[i + 1]?.text === '(' ? SQL_FUNCTIONS.get(at) : undefined
    if (other) add('method', i, i, other)
    if (at === 'left' && word(i + 1) === 'join') add('join', i, i, '')
    if (at === 'distinct' && !/^(?:on|from)$/.test(word(i + 1))) add('distinct', i, i, '')
    if (at === 'for' && /^(?:update|share|no|key)$/.test(word(i + 1))) {
      let last = i + 1
      while (/^(?:update|share|no|key|of|nowait|skip|locked)$/.test(word(last + 1)) || word(last) === 'of')
        last++
      add('lock', i, last, '')
    }
    if (at === 'skip' && word(i + 1) === 'locked') add('lock', i, i + 1, '')
    if (at === 'order' && word(i + 1) === 'by') mutateOrder(i + 2)
    if (/^(?:where|having|on)$/.test(at) && word(i + 1) !== 'conflict' && word(i - 1) !== 'distinct')
      dropParts(i + 1)
  })

  /** From `first` to the end of the clause: the last index of each part, parts being parted by `separator`. */
  function partsFrom(first: number, separator: string): { first: number; last: number }[] {
    const parts: { first: number; last: number }[] = []
    let [begin, depth, between_open] = [first, 0, false]
    for (let i = first; i <= tokens.length; i++) {
      const token = tokens[i]
      if (token && opens(token)) depth++
      const is_clause = CLAUSE.test(word(i)) && word(i - 1) !== 'distinct' && tokens[i + 1]?.text !== '('
      const ends = !token || (closes(token) && depth-- === 0) || (depth === 0 && is_clause)
      if (ends || (depth === 0 && token!.text === ',' && separator === 'and')) {
        if (i > begin) parts.push({ first: begin, last: i - 1 })
        return parts
      }
      if (word(i) === 'between') between_open = true
      else if (
        depth === 0 &&
        token!.text.toLowerCase() === separator &&
        !(separator === 'and' && between_open)
      ) {
        if (i > begin) parts.push({ first: begin, last: i - 1 })
        begin = i + 1
      } else if (word(i) === 'and') between_open = false
    }
    return parts
  }

  function dropParts(first: number): void {
    for (const part of partsFrom(first, 'and'))
      if (part.last > part.first || word(part.first) !== 'true')
        add('conjunct', part.first, part.last, `(${between(part.first, part.last)} or true)`)
  }

  function mutateOrder(first: number): void {
    const [item] = partsFrom(first, ',')
    if (!item) return
    for (let i = item.last; i >= item.first; i--)
      if (/^(?:asc|desc)$/.test(word(i))) {
        add('order', i, i, word(i) === 'asc' ? 'desc' : 'asc')
        return
      }
    add('order', item.first, item.last, `${between(item.first, item.last)} desc`)
  }
}

const opens = ({ kind, text }: Token) =>
  (kind === 'sign' && '([{'.includes(text)) || (kind === 'word' && /^case$/i.test(text))
const closes = ({ kind, text }: Token) =>
  (kind === 'sign' && ')]}'.includes(text)) || (kind === 'word' && /^end$/i.test(text))
