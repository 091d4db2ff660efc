// Shared by all commands: examples before the help, data on stdout, the client of the server.

import { Command } from 'commander'
import { type Answer, LeadlineClient, type LeadProblem, type Problem } from '../client/client.ts'
import type { Config } from '../config.ts'
import type { Result } from '../core/result.ts'
import { isDate, readInstant } from '../core/times.ts'
import { say, tell, UsageError } from './terminal.ts'

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused: the answer says why, with its code
  2  the command was not understood, or an option is wrong
  3  the server or the database cannot be reached
  6  rows of a file were refused (import)`

export class Cli {
  readonly program: Command
  /** Reads the environment when a command needs it, so that the help works whatever is in there. */
  readonly config: () => Config
  readonly #examples = new Map<Command, readonly string[]>()

  constructor(config: () => Config, description: string, examples: readonly string[]) {
    this.config = config
    this.program = new Command('leadline')
      .description(description)
      .option('--json', 'data as JSON on stdout')
      .showHelpAfterError('Try --help.')
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ writeErr: (text) => process.stderr.write(text) })
      .exitOverride()
      .addHelpText(
        'beforeAll',
        ({ command }) =>
          `Examples:\n${this.#examplesOf(command)
            .map((example) => `  leadline ${example}\n`)
            .join('')}`,
      )
      .addHelpText('afterAll', EXIT_CODES)
    this.#examples.set(this.program, examples)
  }

  /** A command, with the words of its examples behind `leadline`. */
  command(name: string, description: string, ...examples: string[]): Command {
    return this.#add(this.program, name, description, examples)
  }

  /** A command that has commands. Where it does nothing by itself, their examples are its own. */
  group(name: string, description: string, ...examples: string[]) {
    const group = this.program.command(name).description(description)
    if (examples.length > 0) this.#examples.set(group, examples)
    const sub = (name: string, description: string, ...examples: string[]) =>
      this.#add(group, name, description, examples)
    return { group, sub }
  }

  #add(parent: Command, name: string, description: string, examples: readonly string[]): Command {
    const command = parent.command(name).description(description)
    this.#examples.set(command, examples)
    return command
  }

  #examplesOf(command: Command): readonly string[] {
    return this.#examples.get(command) ?? command.commands.flatMap((sub) => this.#examplesOf(sub))
  }

  get json(): boolean {
    return this.program.opts().json ?? false
  }

  /** Data as one JSON document with --json, else as lines for people. */
  show<Data>(data: Data, lines: (data: Data) => string | string[]): void {
    tell(this.json ? JSON.stringify(data) : [lines(data)].flat().join('\n'))
  }

  /** Shows an answer of the server; explains a refusal on stderr, with exit code 1. */
  finish<Body extends object>(
    answer: Pick<Answer<Body | LeadProblem>, 'ok' | 'body'>,
    lines: (body: Body) => string | string[],
  ): void {
    if (answer.ok) {
      this.show(answer.body as Body, lines)
      return
    }
    const problem = answer.body as Problem
    this.show(problem, ({ code, name }) => `${code} ${name}`)
    for (const { field, detail } of problem.errors ?? [{ field: '', detail: problem.detail }])
      say(`${field} ${detail}`.trim())
    process.exitCode = 1
  }

  /** The client of the configured server. */
  client(): LeadlineClient {
    const { url, api_key } = this.config()
    if (api_key === null) throw new UsageError('set LEADLINE_API_KEY ("leadline keys create" makes one)')
    return new LeadlineClient({ url, key: api_key })
  }
}

/** Says under the help of a command, and of its own commands, where its server and key come from. */
export const talksToServer = (command: Command): Command =>
  command.addHelpText('afterAll', '\nLEADLINE_URL and LEADLINE_API_KEY say which server and which key.')

/** Reads an option that can be given again. */
export const collect = (value: string, before: string[] = []) => [...before, value]

/** Reads an option or argument that is a number of the installation. `what`: what takes it. */
export const idOf = (what: string) => (text: string) => {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new UsageError(`${what} takes a number`)
}

const OR = new Intl.ListFormat('en-AU', { type: 'disjunction' })

/** Reads an option that is one of these. */
export const knownOf =
  <Value extends string>(what: string, values: readonly Value[]) =>
  (text: string): Value => {
    const found = values.find((value) => value === text)
    if (found !== undefined) return found
    throw new UsageError(`there is no ${what} ${text}: it is ${OR.format(values)}`)
  }

const TAKES_TIME = 'takes a date (2027-06-30) or an RFC 3339 time'
export const EXPIRES_TAKES = `--expires ${TAKES_TIME}`

/** Reads an option that is an RFC 3339 time, or a date: its first moment in UTC. */
export const timeOf = (option: string) => (text: string) => {
  const read = readInstant(isDate(text) ? `${text}T00:00:00Z` : text)
  if ('problem' in read) throw new UsageError(`${option} ${TAKES_TIME}`)
  return read.at
}

/** A refusal as a mistake of the caller: which part is wrong, and why. */
export function orUsage<T>(result: Result<T>): T {
  if (!result.refusal) return result.ok
  const { errors, detail } = result.refusal
  throw new UsageError(errors?.map((one) => `the ${one.field.slice(1)}: ${one.detail}`).join('; ') ?? detail)
}
