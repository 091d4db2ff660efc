// What the server answered, as data on stdout; a refusal on stderr too, with exit code 1.

import type { Command } from 'commander'
import type { Answer, Problem } from '../client/client.ts'
import { say, show } from './terminal.ts'

export const jsonOf = (command: Command): boolean => command.optsWithGlobals().json

/** `lines`: the answer for people. */
export function finish<Body extends object>(
  answer: Answer<Body>,
  command: Command,
  lines: (body: Body) => string,
): void {
  const json = jsonOf(command)
  if (answer.status < 300) {
    show(json, answer.body, () => lines(answer.body))
    return
  }
  const problem = answer.body as unknown as Problem
  show(json, problem, () => `${problem.code} ${problem.name}`)
  for (const { field, detail } of problem.errors ?? [{ field: '', detail: problem.detail }])
    say(`${field} ${detail}`.trim())
  process.exitCode = 1
}
