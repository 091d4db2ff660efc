// How deep elements are within each other. The parser looks through all that are open, so a file of nothing but beginnings
// would take the square of its length.

import { UnreadableFile } from './unreadable.ts'

/** Workbooks have ten, pages a few dozen. */
const DEPTH_MAX = 256

export class Depth {
  #open = 0

  open(): void {
    if (++this.#open > DEPTH_MAX)
      throw new UnreadableFile('damaged', 'Its elements are too deep in each other.')
  }

  close(): void {
    this.#open--
  }
}
