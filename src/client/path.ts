// Addresses with ids in them.

/**
 * An address whose values are encoded, so that an id can never lead to another address: path`/v1/leads/${id}`.
 * @throws TypeError for a value that would vanish from the address: empty, . or ..
 */
export function path(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: strings }, ...values.map(segment))
}

function segment(value: string | number): string {
  const text = String(value)
  if (text === '' || text === '.' || text === '..') throw new TypeError(`"${text}" cannot be an id`)
  return encodeURIComponent(text)
}
