// The attributes of a lead: its values beside fields and unmapped keys, in the order of the screens.
// How they are read, merged, written and shown follows from this table.

/** The type of a column of `leads`. */
type ColumnType = 'text' | 'integer' | 'boolean' | 'timestamp' | 'timestamptz'

interface Attribute {
  /** The value of a lead that has none; it gives the type of the values. */
  empty: string | number | boolean | null
  /** The property of LeadState, where it has another name than the attribute. */
  property?: string
  /** The columns of `leads`, where they are not the attribute itself. `rowOf` computes those that are not properties. */
  columns?: Readonly<Record<string, ColumnType>>
  /** It says something about the person: forgetting a lead clears it. */
  personal?: true
  /** Insert writes it, and updates leave it alone. */
  written_once?: true
  /** Neither versions nor merges know of it. */
  unversioned?: true
  /** It belongs to the merge group "outcome", which is taken whole. */
  outcome?: true
  /** A change of it can move the lead in the queue. */
  moves?: true
  /** It follows from the disposition: nobody gives it. */
  follows?: true
  /** The bodies of /v1 that take it. */
  v1?: readonly ('new' | 'patch')[]
  /** Its key in the classic API. */
  classic?: `nj${string}`
}

const NO_TEXT = null as string | null
const NEW = ['new'] as const
const BOTH = ['new', 'patch'] as const

// biome-ignore format: a table
export const ATTRIBUTES = {
  allocation_id: { empty: 0 as number, written_once: true, v1: NEW },
  external_id: {
    empty: NO_TEXT, personal: true, written_once: true, unversioned: true, v1: NEW, classic: 'njExternalLeadId',
  },
  source: { empty: NO_TEXT, personal: true, written_once: true, unversioned: true, v1: NEW },
  disposition: { empty: NO_TEXT, outcome: true, v1: ['patch'], classic: 'njDisposition' },
  // The wall time that was agreed: '2026-10-04T02:30:00'. The instant follows from it, and from the zone: that of the contact
  // hours (null), or of the lead where they are local to it.
  callback: {
    empty: NO_TEXT, personal: true, outcome: true, moves: true, v1: BOTH, classic: 'njCallBackDate',
    property: 'callback_local', 
    columns: { callback_local: 'timestamp', callback_zone: 'text', callback_at: 'timestamptz' },
  },
  callback_agent: { empty: NO_TEXT, personal: true, outcome: true, moves: true, v1: BOTH },
  priority: { empty: 10 as number, outcome: true, moves: true, v1: BOTH, classic: 'njPriority' },
  // The name of the lead's own contact hours; null: those of the template.
  contact_hours: {
    empty: NO_TEXT, outcome: true, moves: true, v1: BOTH, classic: 'njContactHours',
    columns: { contact_hours_id: 'integer' },
  },
  // The column is closed_at, which the statements set.
  closed: { empty: false as boolean, outcome: true, moves: true, follows: true, columns: {} },
  client_approved: { empty: false as boolean, outcome: true, follows: true },
} as const satisfies Record<string, Attribute>

type Table = typeof ATTRIBUTES
export type AttributePath = keyof Table
type PropertyOf<Path extends AttributePath> = Table[Path] extends { property: infer Name extends string }
  ? Name
  : Path

/** The attributes of a lead, by their properties. */
export type Attributes = { [Path in AttributePath as PropertyOf<Path>]: Table[Path]['empty'] }

const ENTRIES: readonly (readonly [AttributePath, Attribute])[] = (
  Object.keys(ATTRIBUTES) as AttributePath[]
).map((path) => [path, ATTRIBUTES[path]])

/** The paths of the attributes for which something is true. */
export const attributesThat = (is: (attribute: Attribute) => unknown): AttributePath[] =>
  ENTRIES.flatMap(([path, attribute]) => (is(attribute) ? [path] : []))

/** By path, the property of each attribute and its empty value. */
export const PROPERTIES: ReadonlyMap<string, { property: string; empty: Attribute['empty'] }> = new Map(
  ENTRIES.map(([path, { property = path, empty }]) => [path, { property, empty }]),
)

/** The paths of the attributes that versions and merges know of. */
export const VERSIONED: ReadonlySet<string> = new Set(attributesThat(({ unversioned }) => !unversioned))

/** The paths of the merge group "outcome". */
export const OUTCOME_PATHS = attributesThat(({ outcome }) => outcome)

/** The attributes of a lead that has none. */
export const NO_ATTRIBUTES = Object.fromEntries(
  ENTRIES.map(([path, { property = path, empty }]) => [property, empty]),
) as Attributes

/** The columns of `leads` that hold the attributes for which something is true, with their types. */
export const columnsOf = (is: (attribute: Attribute) => unknown): [column: string, type: ColumnType][] =>
  ENTRIES.flatMap(([path, attribute]): [string, ColumnType][] => {
    const { columns, empty } = attribute
    const type = COLUMN_TYPE[typeof empty] ?? 'text'
    return is(attribute) ? Object.entries(columns ?? { [path]: type }) : []
  })

const COLUMN_TYPE: Partial<Record<string, ColumnType>> = { number: 'integer', boolean: 'boolean' }
