// Several numbers in one cell, as VICIdial writes them: number_code_note!number_code_note, where parts may be empty.

export interface WrittenNumber {
  number: string
  /** The country code in front of it; '' where the cell names none. */
  code: string
  note: string
}

const WRITTEN = /^(\d{5,15})(?:_(\d{0,4})(?:_([^!]*))?)?$/

/** Undefined: the cell is something else, or a plain number. */
export function severalNumbers(cell: string): WrittenNumber[] | undefined {
  const text = cell.trim()
  if (!/[_!]/.test(text)) return undefined
  const numbers: WrittenNumber[] = []
  for (const part of text.split('!')) {
    if (part === '') continue
    const [whole, number = '', code = '', note = ''] = WRITTEN.exec(part.trim()) ?? []
    if (whole === undefined) return undefined
    numbers.push({ number, code, note: note.trim() })
  }
  return numbers.length > 0 ? numbers : undefined
}
