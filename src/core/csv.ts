// Lines of a CSV file (RFC 4180).

const QUOTED = /[",\r\n]/

const cell = (text: string) => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export const csvLine = (texts: readonly string[]) => `${texts.map(cell).join(',')}\r\n`
