// The place of a reader in the do-not-call list, which is ordered by the transactions that last changed its entries.
//
// While a transaction runs, what came after it is shown all the same, but whoever follows the list comes back to it: what
// that transaction changed comes earlier in the list. So a cursor has two places: the end of the page, and the end of
// what can no longer change. After a restore the places before it mean something else, so a cursor names its history.

export interface ListPlace {
  /** A transaction, as digits: it may be larger than a number holds exactly. */
  tx: string
  entry_id: number
}

interface Cursor {
  /** Of the database; empty: it was never restored. */
  history: string
  at: ListPlace
  /** Nothing before this place can come any more. */
  safe: ListPlace
}

const START: ListPlace = { tx: '0', entry_id: 0 }
/** Before every entry. */
export const firstCursor = (history: string): Cursor => ({ history, at: START, safe: START })

const CURSOR = /^(?:([0-9a-f]{8}):)?(\d{1,20})\.(\d{1,16})(?:-(\d{1,20})\.(\d{1,16}))?$/
const TX_MAX = 2n ** 64n - 1n

/** Undefined: it is none. A bare number is a cursor of the time when the list was ordered by entry id. */
export function readCursor(text: string): Cursor | undefined {
  const of = /^\d{1,16}$/.test(text) ? ['', '0', text] : CURSOR.exec(text)?.slice(1)
  if (!of) return undefined
  const [history = '', tx = '', entry_id, safe_tx = tx, safe_id = entry_id] = of
  const at = { tx, entry_id: Number(entry_id) }
  const safe = { tx: safe_tx, entry_id: Number(safe_id) }
  const fits = [at, safe].every((place) => BigInt(place.tx) <= TX_MAX && Number.isSafeInteger(place.entry_id))
  return fits ? { history, at, safe } : undefined
}

const END: ListPlace = { tx: String(TX_MAX), entry_id: Number.MAX_SAFE_INTEGER }
/** Behind every entry: the list is read from here on backwards. */
export const lastCursor = (history: string): Cursor => ({ history, at: END, safe: END })

const same = (a: ListPlace, b: ListPlace) => a.tx === b.tx && a.entry_id === b.entry_id
const textOf = ({ tx, entry_id }: ListPlace) => `${tx}.${entry_id}`

export function cursorText({ history, at, safe }: Cursor): string {
  const places = same(at, safe) ? textOf(at) : `${textOf(at)}-${textOf(safe)}`
  return history === '' ? places : `${history}:${places}`
}

/** The cursor behind a page. `settled`: every transaction up to that of the row has ended; such rows come first. */
export function behind(cursor: Cursor, rows: readonly (ListPlace & { settled: boolean })[]): Cursor {
  const last = rows.at(-1) ?? cursor.at
  // Rows that were not settled when this reader passed them may have new rows before them.
  const seen = same(cursor.at, cursor.safe) ? rows.findLast(({ settled }) => settled) : undefined
  const safe = seen ?? cursor.safe
  return {
    history: cursor.history,
    at: { tx: last.tx, entry_id: last.entry_id },
    safe: { tx: safe.tx, entry_id: safe.entry_id },
  }
}
