// Lists in the order of their ids.

/** The rows after an id; `rows_max` null: all of them. */
export interface PageBounds {
  after: number
  rows_max: number | null
}

/** For a statement that both lists and finds one: no bounds. */
export const EVERYTHING: PageBounds = { after: 0, rows_max: null }
