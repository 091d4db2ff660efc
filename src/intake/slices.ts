// Long work in slices: reading a body of many rows never keeps other requests from their turn.

/** How much of it is done in one turn of the event loop, milliseconds, however many bodies are at work. */
const SLICE_MS = 4

let waiting: (() => void)[] = []
let next = 0

/** Does the work when its turn comes, in the order asked for. Each piece should take a millisecond or two at most. */
export function inSlices<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      try {
        resolve(work())
      } catch (error) {
        reject(error)
      }
    })
    if (waiting.length === 1) setImmediate(doSlice)
  })
}

function doSlice(): void {
  const ends = performance.now() + SLICE_MS
  do waiting[next++]!()
  while (next < waiting.length && performance.now() < ends)
  if (next < waiting.length) {
    setImmediate(doSlice)
    return
  }
  waiting = []
  next = 0
}
