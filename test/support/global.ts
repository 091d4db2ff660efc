// Starts the PostgreSQL servers once for the whole run.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { shareCompiledCode } from './compile-cache.ts'
import { startServers, type TestServer } from './postgres.ts'
import { declaredStatements, neverExecuted } from './statements.ts'

declare module 'vitest' {
  interface ProvidedContext {
    servers: Omit<TestServer, 'stop'>[]
    /** Where test files leave the names of the statements that they executed. */
    notes: string
  }
}

export default async function setup(project: TestProject) {
  const forgetCompiledCode = shareCompiledCode()
  const servers = await startServers({ installed: project.name !== 'fast' })
  const notes = mkdtempSync(join(tmpdir(), 'leadline-notes-'))
  project.provide(
    'servers',
    servers.map(({ stop: _, ...server }) => server),
  )
  project.provide('notes', notes)
  return async () => {
    if (project.name === 'server') await checkStatements(project, notes)
    for (const { major, log } of servers) checkConnections(major, log)
    await Promise.all(servers.map(({ stop }) => stop()))
    forgetCompiledCode()
    rmSync(notes, { recursive: true, force: true })
  }
}

/** Fails the run when a server had no connection left: what came of that looks like a fault of whatever was tested. */
function checkConnections(major: number, log: string): void {
  const refused = readFileSync(log, 'utf8').match(/too many clients already/g)?.length ?? 0
  if (refused === 0) return
  console.error(`PostgreSQL ${major} refused ${refused} connections: raise CONNECTIONS_MAX`)
  process.exitCode = 1
}

/**
 * Fails the run when a declared statement was executed by no test file. Judged only when every file of the project
 * ran and passed: a part of the tests executes a part of the statements.
 */
async function checkStatements(project: TestProject, notes: string): Promise<void> {
  const { testFiles } = await project.globTestFiles()
  const ran = project.vitest.state.getTestModules().filter((module) => module.project.name === project.name)
  const passed = new Set(ran.filter((module) => module.ok()).map(({ moduleId }) => moduleId))
  if (project.vitest.config.testNamePattern || testFiles.some((file) => !passed.has(file))) return
  const missing = neverExecuted(declaredStatements(), executedIn(notes))
  if (missing.length === 0) return
  console.error(`No test executes these statements: ${missing.join(', ')}`)
  process.exitCode = 1
}

/** The statements that any test file of this run executed so far. */
export const executedIn = (notes: string) =>
  new Set(
    existsSync(notes)
      ? readdirSync(notes).flatMap((name) => readFileSync(join(notes, name), 'utf8').split('\n'))
      : [],
  )
