// Runs the commands of a page: curl as far as the pages use it, and assignments. An answer of the page is behind the
// commands that it belongs to; its ids stand for those that the server gives.

import { expect } from 'vitest'

interface Answered {
  status: number
  etag: string | null
  body: unknown
}

interface Step {
  commands: string[]
  answers: string[]
}

/** The text of each section, by its heading; '': what is before the first one. */
export function sectionsOf(page: string): Map<string, string> {
  const [before, ...sections] = page.split(/^## /m)
  return new Map([
    ['', before!],
    ...sections.map((text): [string, string] => {
      const end = text.indexOf('\n')
      return [text.slice(0, end).trim(), text.slice(end)]
    }),
  ])
}

/** The blocks of a section: commands, then their answers. */
function stepsOf(section: string): Step[] {
  const steps: Step[] = []
  for (const [, kind, text] of section.matchAll(/^```(sh|http)\n([\s\S]*?)^```$/gm))
    if (kind === 'sh') steps.push({ commands: commandsOf(text!), answers: [] })
    else steps.at(-1)!.answers.push(text!)
  return steps
}

/** A command ends with its line, unless a quote is open or a backslash goes on. */
const commandsOf = (block: string) =>
  (block.replaceAll(/\\\n\s*/g, '').match(/(?:'[^']*'|"[^"]*"|[^'"\n])+/g) ?? []).filter(
    (line) => line.trim() !== '',
  )

export class ShellPage {
  readonly #base: string
  readonly #variables: Map<string, string>
  /** By name of the id, what the page writes: what the server gave. */
  readonly #ids = new Map<string, Map<number, number>>()

  /** `base`: where the server of the page really is. */
  constructor(base: string, variables: Record<string, string>) {
    this.#base = base
    this.#variables = new Map(Object.entries(variables))
  }

  async run(section: string): Promise<number> {
    let asked = 0
    for (const { commands, answers } of stepsOf(section)) {
      const got: { command: string; answer: Answered }[] = []
      for (const command of commands) {
        const assigned = /^([A-Z_]+)=(.*)$/.exec(command)
        if (assigned) this.#assign(assigned[1]!, assigned[2]!)
        else got.push({ command, answer: await this.#curl(command) })
      }
      expect(got.map(({ command }) => command)).toHaveLength(answers.length)
      for (const [i, { command, answer }] of got.entries()) this.#compare(command, answer, answers[i]!)
      asked += got.length
    }
    return asked
  }

  #assign(name: string, text: string): void {
    const [value = ''] = this.#words(text)
    const given = this.#ids.get(`${name.toLowerCase()}_id`)?.get(Number(value))
    this.#variables.set(name, given === undefined ? value : String(given))
  }

  async #curl(command: string): Promise<Answered> {
    const [curl, ...words] = this.#words(command)
    expect(curl, command).toBe('curl')
    const headers = new Headers()
    let [method, url, body]: (string | undefined)[] = []
    while (words.length > 0) {
      const word = words.shift()!
      if (word === '-X') method = words.shift()
      else if (word === '-d') body = words.shift()
      else if (word === '-H') {
        const [, name, value] = /^([\w-]+): (.*)$/.exec(words.shift()!)!
        headers.set(name!, value!)
      } else if (word.startsWith('http')) url = word
      else expect(['-sS', '-i'], command).toContain(word)
    }
    if (body !== undefined && !headers.has('Content-Type'))
      headers.set('Content-Type', 'application/x-www-form-urlencoded')
    const address = new URL(url!)
    const response = await fetch(new URL(address.pathname + address.search, this.#base), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      body,
    })
    const text = await response.text()
    return {
      status: response.status,
      etag: response.headers.get('ETag'),
      body: text === '' ? '' : JSON.parse(text),
    }
  }

  #compare(command: string, { status, etag, body }: Answered, expected: string): void {
    const [head, text = ''] = expected.split('\n\n')
    expect(`HTTP/1.1 ${status}`, `${command}\n${JSON.stringify(body)}`).toBe(/^HTTP\/1.1 \d+/.exec(head!)![0])
    const tag = /^ETag: (.*)$/m.exec(head!)?.[1]
    if (tag) expect(etag, command).toBe(tag)
    if (text.trim() === '') return
    expect(body, command).toMatchObject(this.#real(JSON.parse(text), body) as object)
  }

  /** What the page expects, with the ids that the server gave; … is anything. */
  #real(expected: unknown, got: unknown, key = ''): unknown {
    if (expected === '…') return expect.anything()
    if (typeof expected === 'number' && key.endsWith('_id')) return this.#id(key, expected, got)
    if (typeof expected === 'string')
      return expected.replaceAll(/\b([a-z]+) (\d+)\b/g, (all, noun, id) => {
        const given = this.#ids.get(`${noun}_id`)?.get(Number(id))
        return given === undefined ? all : `${noun} ${given}`
      })
    if (typeof expected !== 'object' || expected === null) return expected
    const inside = (at: string) => (got as Record<string, unknown> | null | undefined)?.[at]
    if (Array.isArray(expected)) return expected.map((one, i) => this.#real(one, inside(String(i)), key))
    return Object.fromEntries(
      Object.entries(expected).map(([at, value]) => [at, this.#real(value, inside(at), at)]),
    )
  }

  #id(key: string, expected: number, got: unknown): number {
    const known = this.#ids.get(key) ?? new Map<number, number>()
    this.#ids.set(key, known)
    if (!known.has(expected) && typeof got === 'number') known.set(expected, got)
    return known.get(expected) ?? expected
  }

  /** The words of a line as a shell reads them: quotes, and variables outside of single quotes. */
  #words(line: string): string[] {
    const words: string[] = []
    for (const [word] of line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g))
      words.push(
        word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|([^'"]+)/g, (_, single, double, plain) =>
          single !== undefined ? single : this.#filledIn((double ?? plain).replaceAll(/\\(.)/g, '$1')),
        ),
      )
    return words
  }

  #filledIn = (text: string) =>
    text.replaceAll(/\$([A-Z_]+)/g, (_, name) => {
      const value = this.#variables.get(name)
      if (value === undefined) throw new Error(`$${name} has no value`)
      return value
    })
}
