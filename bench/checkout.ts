// A second checkout of the repository, at another revision, with its dependencies.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from './report.ts'
import { ROOT } from './stage.ts'

interface Checkout {
  root: string
  /** Its commit, and what that says. */
  name: string
}

/** Disposing of the stack removes it. */
export function checkOut(stack: AsyncDisposableStack, revision: string): Checkout {
  const commit = commitOf(revision)
  const folder = mkdtempSync(join(tmpdir(), 'leadline-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const root = join(folder, 'checkout')
  git('worktree', 'add', '--quiet', '--detach', root, commit)
  stack.defer(() => void git('worktree', 'remove', '--force', root))
  const lock = 'package-lock.json'
  if (readFileSync(join(root, lock)).equals(readFileSync(join(ROOT, lock))))
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  else {
    say('Its dependencies differ: npm ci')
    run('npm', ['ci', '--no-audit', '--no-fund'], root)
  }
  return { root, name: git('log', '-1', '--format=%h %s', commit) }
}

function commitOf(revision: string): string {
  try {
    return git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)
  } catch (cause) {
    throw new Error(`git does not know the revision ${revision}`, { cause })
  }
}

/** This checkout, with its uncommitted changes. */
export function here(): Checkout {
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes'
  return { root: ROOT, name: `this checkout (${git('rev-parse', '--short', 'HEAD')}${changed})` }
}

const git = (...args: string[]): string => run('git', args, ROOT)

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status === 0) return stdout.trim()
  const why = error?.message ?? (stderr.trim().split('\n').at(-1) || `status ${status}`)
  throw new Error(`${command} ${args.join(' ')}: ${why}`)
}
