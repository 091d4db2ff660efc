import {
  type ImportState,
  isRefusalColumn,
  mappingProblems,
  NO_ROWS,
  withoutRefusalColumns,
} from '../core/import.ts'
import { LIMITS } from '../core/limits.ts'
import { fitsColumns, headingFingerprint, type Mapping } from '../core/mapping.ts'
import { type GuessedMapping, guessMapping } from '../core/mapping-guess.ts'
import { known, ok, type Result, refuseField, refuseFields } from '../core/result.ts'
import type { Rules } from '../core/rules.ts'
import type { TableChoices } from '../core/table.ts'
import { endFix } from '../db/import-fixes.ts'
import { chunkAt } from '../db/import-rows.ts'
import { beginWalk, toImportState } from '../db/import-work.ts'
import {
  changeImport,
  dropParts,
  type ImportRow,
  importById,
  keepPart,
  lockImport,
  mappingOfHeadings,
  setChoices,
} from '../db/imports.ts'
import type { Db } from '../db/pool.ts'
import { type Asker, changeSetUp } from './set-up.ts'
import { transact } from './transact.ts'

/** How many parts a file comes in. */
export const partsInFile = ({ file_bytes }: Pick<ImportRow, 'file_bytes'>) =>
  Math.ceil(file_bytes / LIMITS.import_part_bytes)

/** A part that is sent again is the same part, also when the file is complete by then. */
export async function takePart(
  { services, caller, deadline }: Asker,
  import_id: number,
  part: number,
  bytes: Buffer,
): Promise<Result<ImportRow>> {
  return transact(
    services.pool,
    async (tx) => {
      const found = known(await lockImport(tx, caller, import_id), `import ${import_id}`)
      if (found.refusal) return found
      const { file_bytes, state } = found.ok
      const last = partsInFile(found.ok)
      if (part > last) return refuseField('/part', `the file has ${last} parts, by its size`)
      const length =
        part < last ? LIMITS.import_part_bytes : file_bytes - (last - 1) * LIMITS.import_part_bytes
      if (bytes.length !== length)
        return refuseField('/', `part ${part} of this file has ${length} bytes; ${bytes.length} came`)
      if (state !== 'uploading') return found
      await keepPart(tx, import_id, part, bytes)
      const parts = new Set([...found.ok.parts, part])
      if (parts.size === last) await toImportState(tx, import_id, 'reading')
      return known(await importById(tx, caller, import_id), `import ${import_id}`)
    },
    { retry: 'clash', deadline },
  )
}

interface Step {
  /** Of the audit entry: import.start. */
  action: string
  details?: object
  /** The states in which it can be done. */
  from: readonly ImportState[]
  /** The states in which it is done already: nothing is written. */
  done?: readonly ImportState[]
  work: (tx: Db, found: ImportRow) => Promise<Result<unknown>>
}

/** Does something with an import, by the state that it is in. */
export function importStep(
  asker: Asker,
  import_id: number,
  { action, details, from, done = [], work }: Step,
): Promise<Result<ImportRow>> {
  let is_change = true
  return changeSetUp(asker, {
    action,
    details,
    waits: true,
    work: async (tx) => {
      const found = known(await lockImport(tx, asker.caller, import_id), `import ${import_id}`)
      if (found.refusal) return found
      const { state } = found.ok
      if (done.includes(state)) {
        is_change = false
        return found
      }
      if (!from.includes(state)) return refuseField('/state', STATE_SAYS[state])
      const worked = await work(tx, found.ok)
      if (worked.refusal) return worked
      return known(await importById(tx, asker.caller, import_id), `import ${import_id}`)
    },
    subject: () => `import:${import_id}`,
    is_change: () => is_change,
  })
}

/** The rows were not taken yet. */
export const BEFORE_THE_RUN = ['uploading', 'reading', 'unreadable', 'read'] as const

const STATE_SAYS: Record<ImportState, string> = {
  uploading: 'the file is not complete yet: send its parts first',
  reading: 'the file is being read: wait until that has ended',
  unreadable: 'the file cannot be read: the import says why',
  read: 'the rows of this import were not taken yet: start it first',
  checking: 'the dry run is at work: pause it first, or wait until it has ended',
  fixing: 'rows are being corrected: pause that first, or wait until it has ended',
  running: 'the import is running: pause it first',
  paused: 'the import has begun and is paused: resume it, or cancel it',
  done: 'the import has ended',
  cancelled: 'the import was cancelled',
  undoing: 'the import is being undone',
  undone: 'the import was undone',
}

/** Reads the file again, as these choices say. */
export const readAgain = (asker: Asker, import_id: number, choices: TableChoices) =>
  importStep(asker, import_id, {
    action: 'import.read',
    from: ['read', 'unreadable', 'reading'],
    work: async (tx, found) => {
      if (found.parts.length < partsInFile(found))
        return refuseField('/state', 'the file is not kept any more: upload it again')
      await setChoices(tx, import_id, choices)
      return ok(await toImportState(tx, import_id, 'reading'))
    },
  })

/** Says what becomes of the columns. */
export const mapColumns = async (asker: Asker, import_id: number, mapping: Mapping) =>
  importStep(asker, import_id, {
    action: 'import.map',
    from: ['read'],
    work: async (tx, found) => {
      const rules = await rulesOfImport(asker, found)
      if (rules.refusal) return rules
      const columns = found.shape!.columns
      const [first, ...others] = mappingProblems(mapping, columns, rules.ok)
      if (first) return refuseFields([first, ...others])
      const named = withFieldNames(mapping, rules.ok)
      return ok(await changeImport(tx, found, named))
    },
  })

/** Fields by their own names, however the mapping spells them. */
function withFieldNames({ columns, constants }: Mapping, { fields }: Rules): Mapping {
  const spelt = <Item extends { target: Mapping['columns'][number]['target'] }>(item: Item): Item =>
    item.target.to === 'field'
      ? { ...item, target: { ...item.target, field: fields.find(item.target.field)!.name } }
      : item
  return { columns: columns.map(spelt), constants: constants.map(spelt) }
}

const rulesOfImport = ({ services, caller }: Asker, { campaign_id }: Pick<ImportRow, 'campaign_id'>) =>
  services.intake.targets.find({ campaign_id }, caller)

export interface SuggestedMapping extends GuessedMapping {
  /** The import whose mapping it is; null: it is a guess. */
  from_import_id: number | null
}

/** So many rows show what is in a column. */
const SAMPLE_ROWS = 200

/** What becomes of the columns: as in an earlier file with the same headings, else as a guess. */
export async function suggestMapping(asker: Asker, found: ImportRow): Promise<Result<SuggestedMapping>> {
  const { pool } = asker.services
  if (!found.shape) return refuseField('/state', STATE_SAYS[found.state])
  const rules = await rulesOfImport(asker, found)
  if (rules.refusal) return rules
  const { columns: names } = found.shape
  const earlier = await mappingOfHeadings(pool, found, fingerprintOf(names))
  const own = names.filter((name) => !isRefusalColumn(name))
  if (earlier) {
    const mapping = {
      ...earlier.mapping,
      columns: earlier.mapping.columns.filter(({ column }) => !isRefusalColumn(column)),
    }
    const still_fits = fitsColumns(mapping, own) && mappingProblems(mapping, names, rules.ok).length === 0
    if (still_fits) return ok(asSuggested(mapping, names, earlier.import_id))
  }
  const first = await chunkAt(pool, found.import_id, 0)
  const guessed = guessMapping({ ...found.shape, sample: first?.rows.slice(0, SAMPLE_ROWS) ?? [] }, rules.ok)
  return ok({ ...guessed, columns: withoutRefusalColumns(guessed.columns), from_import_id: null })
}

/** The same for tables with the same columns, be they those of refused rows or not. */
export const fingerprintOf = (columns: readonly string[]) =>
  headingFingerprint(columns.filter((column) => !isRefusalColumn(column)))

function asSuggested(mapping: Mapping, names: readonly string[], from_import_id: number): SuggestedMapping {
  const ignored = names
    .filter(isRefusalColumn)
    .map((column) => ({ column, target: { to: 'ignored' as const } }))
  const columns = [...mapping.columns, ...ignored].map((column) => ({
    ...column,
    confidence: column.target.to === 'ignored' ? ('none' as const) : ('sure' as const),
    reason: 'earlier' as const,
    questions: [],
  }))
  return { columns, constants: mapping.constants, from_import_id }
}

const NO_MAPPING = refuseField('/mapping', 'says nothing yet: map the columns first')

/** Looks what would become of every row, and writes no lead. */
export const checkImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.check',
    from: ['read'],
    done: ['checking'],
    work: async (tx, { mapping }) => {
      if (!mapping) return NO_MAPPING
      await beginWalk(tx, import_id, { checked: NO_ROWS })
      return ok(await toImportState(tx, import_id, 'checking'))
    },
  })

/** From here on a job takes the rows. The file itself goes. */
export const startImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.start',
    from: ['read'],
    done: ['running'],
    work: async (tx, { mapping }) => {
      if (!mapping) return NO_MAPPING
      await beginWalk(tx, import_id, { done: NO_ROWS })
      await dropParts(tx, import_id)
      return ok(await toImportState(tx, import_id, 'running'))
    },
  })

/** Once this is answered, no further row is taken. A dry run and a fix end where they are. */
export const pauseImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.pause',
    from: ['running', 'checking', 'fixing'],
    done: ['paused', 'read'],
    work: async (tx, { state }) => {
      if (state === 'fixing') await endFix(tx, import_id)
      return ok(await toImportState(tx, import_id, state === 'running' ? 'paused' : 'read'))
    },
  })

export const resumeImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.resume',
    from: ['paused'],
    done: ['running'],
    work: async (tx) => ok(await toImportState(tx, import_id, 'running')),
  })

/** The rows that were taken stay. */
export const cancelImport = (asker: Asker, import_id: number) =>
  importStep(asker, import_id, {
    action: 'import.cancel',
    from: [...BEFORE_THE_RUN, 'checking', 'fixing', 'running', 'paused'],
    done: ['cancelled', 'done', 'undone'],
    work: async (tx) => {
      await dropParts(tx, import_id)
      return ok(await toImportState(tx, import_id, 'cancelled'))
    },
  })
