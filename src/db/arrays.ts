// Rows as parameters of a statement, an array for each column: PostgreSQL reads that for a third of what JSON costs.

/** The columns of such rows, with their types. */
export type Columns = Readonly<Record<string, string>>

/** SQL for a from clause: the rows `row` that the parameters `:row_column` hold. */
export function fromArrays(row: string, columns: Columns): string {
  const arrays = Object.entries(columns).map(([name, type]) => `:${row}_${name}::${type}[]`)
  return `unnest(
       ${threeALine(arrays)})
     as ${row} (
       ${threeALine(Object.keys(columns))})`
}

/** So that statements stay readable. */
const threeALine = (parts: string[]) =>
  parts.map((part, i) => (i === 0 ? '' : i % 3 === 0 ? ',\n       ' : ', ') + part).join('')

/** Parameters that are arrays, as PostgreSQL reads them. */
export type Arrays = Record<string, string>

/** The parameters of `fromArrays`; what a row does not have is null. */
export const arraysOf = (row: string, columns: Columns, rows: readonly object[]): Arrays =>
  Object.fromEntries(
    Object.keys(columns).map((name) => [
      `${row}_${name}`,
      `{${rows.map((values) => element(values[name as keyof object]))}}`,
    ]),
  )

/** An element of an array as PostgreSQL reads it; objects are JSON. */
function element(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `"${/["\\]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"') : text}"`
}
