// Rows of a file as long as it is wanted; nearly every text comes once.

export const LONG_HEADINGS = ['Phone', 'Name', 'E-mail', 'Street', 'City', 'Notes']

/** The headings, and so many leads. */
export function* leadRows(count: number): Generator<string[]> {
  yield LONG_HEADINGS
  for (let i = 0; i < count; i++)
    yield [
      `04${String((i * 7_919) % 100_000_000).padStart(8, '0')}`,
      `Ann Lee ${i}`,
      `ann.${i}@example.com`,
      `${i} High Street, Flat ${i % 9}`,
      `Perth ${i % 50}`,
      `called in ${i}, wants to be called again`,
    ]
}

const ROWS_OF_A_PIECE = 1_000

/** The same rows as a text with semicolons and quotes. */
export function* leadText(count: number): Generator<string> {
  let rows: string[] = []
  for (const row of leadRows(count)) {
    rows.push(`${row.map((cell) => `"${cell}"`).join(';')}\r\n`)
    if (rows.length < ROWS_OF_A_PIECE) continue
    yield rows.join('')
    rows = []
  }
  yield rows.join('')
}
