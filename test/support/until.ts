// Waiting for what happens by itself.

/** Looks until it holds; throws after half a minute. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const gives_up = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > gives_up) throw new Error(`it did not come to this: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
