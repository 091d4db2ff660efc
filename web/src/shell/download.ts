/** Gives the browser a file to save. */
export function saveAs(name: string, type: string, content: string): void {
  const href = URL.createObjectURL(new Blob([content], { type }))
  Object.assign(document.createElement('a'), { href, download: name }).click()
  // By then the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(href), 10_000)
}
