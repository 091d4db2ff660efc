// Makes the cluster (PostgreSQL's own data directory) on the first start and judges it on every later one.

import { once } from 'node:events'
import {
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { advised, EmbeddedError } from './error.ts'
import { giveTree, ownDirectory, readOrNull, syncDirectory } from './files.ts'
import type { Layout } from './layout.ts'
import { spawnAs } from './user.ts'

/** Initialises the cluster if there is none; throws EmbeddedError when the existing one cannot be used. */
export async function ensureCluster(layout: Layout, binaries: Binaries, say: (message: string) => void) {
  const { cluster, user, product } = layout
  const major = clusterMajor(cluster)
  if (major === null) await initialise(layout, binaries, say)
  else if (major !== String(binaries.major)) {
    throw new EmbeddedError(
      `${cluster} was made by PostgreSQL ${major}, and this ${product.title} brings PostgreSQL ${binaries.major}. ` +
        `Start the ${product.title} that made it. To move on, dump the database while that one runs (pg_dump of ` +
        `PostgreSQL ${major} or newer, through the socket in run/), load the dump into a PostgreSQL server, and ` +
        `name that server in ${product.server_option}.`,
    )
  }
  // A cluster that was copied or unpacked as root belongs to root: PostgreSQL would refuse it.
  if (user.drop && statSync(cluster).uid !== user.uid) giveTree(cluster, user)
  ownDirectory(cluster, 0o700, user)
  const name = join(layout.data, 'pg')
  if (lstatSync(name, { throwIfNoEntry: false }) === undefined) symlinkSync(cluster, name)
}

/** The major version that made the cluster, null when there is nothing yet. */
function clusterMajor(cluster: string): string | null {
  const version = readOrNull(join(cluster, 'PG_VERSION'))
  if (version !== null) return version.trim()
  const stat = statSync(cluster, { throwIfNoEntry: false })
  if (stat === undefined || (stat.isDirectory() && readdirSync(cluster).length === 0)) return null
  throw new EmbeddedError(
    `${cluster} is no PostgreSQL data directory: move it away to start with an empty database, or restore it.`,
  )
}

/**
 * Runs initdb beside the final place and renames, so that a crash leaves nothing half-made. Each try has a name
 * of its own: the initdb of a process that was killed may still be writing to the last one.
 */
async function initialise(layout: Layout, binaries: Binaries, say: (message: string) => void) {
  const parent = dirname(layout.cluster)
  say(`initialising the database in ${layout.cluster}`)
  for (const name of readdirSync(parent)) {
    if (name.startsWith('pg.init-'))
      rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 3 })
  }
  const temporary = mkdtempSync(join(parent, 'pg.init-'))
  try {
    if (layout.user.drop) chownSync(temporary, layout.user.uid, layout.user.gid)
    await runInitdb(temporary, binaries, layout)
    renameSync(temporary, layout.cluster)
    syncDirectory(parent)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function runInitdb(directory: string, binaries: Binaries, { user, product }: Layout) {
  const program = join(binaries.directory, 'bin', 'initdb')
  const { child } = await spawnAs(
    user,
    program,
    [
      `--pgdata=${directory}`,
      `--username=${product.name}`,
      '--encoding=UTF8',
      // Sorting that does not depend on the operating system's libraries, which change under an index.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-locale',
      // No passwords: the directory of the socket lets in the database user and root only.
      '--auth-local=trust',
      '--auth-host=reject',
      '--no-instructions',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
    product,
  )
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000)
  })
  const [code, signal] = await once(child, 'close')
  if (code === 0) return
  const lines = advised(complaint.trim().split('\n').slice(-6).join('\n'))
  throw new EmbeddedError(
    `the database could not be initialised (initdb ended with ${signal ?? code}): ${lines}`,
  )
}
