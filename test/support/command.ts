// The command as people run it, with no more of the environment than a test says.

import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { vi } from 'vitest'
import { run } from '../../src/cli/command.ts'
import { COMMAND } from './server-process.ts'

/** An option that is undefined is not set. */
export type Environment = Record<string, string | undefined>

/** The cache spares each process the compiling of all sources. */
const { PATH, NODE_COMPILE_CACHE } = process.env
const BARE: Environment = { PATH, NODE_COMPILE_CACHE }

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** Runs the command in a process of its own, to its end. */
export async function spawnCommand(
  args: string[],
  environment: Environment,
  { stdin = '', node = process.execPath } = {},
): Promise<Ended> {
  const child = spawn(node, [COMMAND, ...args], { env: { ...BARE, ...environment }, stdio: 'pipe' })
  child.stdin.on('error', () => undefined).end(stdin)
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
  ])
  return { code, out, err }
}

/** The same in this process: what most tests need, at a tenth of the time. */
export async function runCommand(args: string[], environment: Environment): Promise<Ended> {
  const ended: Ended = { code: 0, out: '', err: '' }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const streams = (
    [
      ['out', process.stdout],
      ['err', process.stderr],
    ] as const
  ).map(([said, stream]) => ({
    stream,
    listeners: stream.listeners('error'),
    write: vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      ended[said] += chunk
      return true
    }),
  }))
  try {
    await run(args)
    ended.code = process.exitCode === undefined ? 0 : Number(process.exitCode)
  } finally {
    process.exitCode = undefined
    vi.unstubAllEnvs()
    for (const { stream, listeners, write } of streams) {
      write.mockRestore()
      for (const listener of stream.listeners('error'))
        if (!listeners.includes(listener)) stream.off('error', listener as () => void)
    }
  }
  return ended
}
