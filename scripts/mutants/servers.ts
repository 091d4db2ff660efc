// The global setup of a runner: it hands out servers that run already.

import type { TestProject } from 'vitest/node'

export default function setup(project: TestProject) {
  project.provide('servers', JSON.parse(process.env.MUTANTS_SERVERS!))
  project.provide('notes', process.env.MUTANTS_NOTES!)
}
