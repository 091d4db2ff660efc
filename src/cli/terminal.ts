// Data goes to stdout, talk to stderr.

/** Talk: progress, warnings, errors. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Data: what was asked for. */
export const tell = (text: string): void => void process.stdout.write(`${text}\n`)

/** A mistake of the caller: the message says what to do; exit code 2. */
export class UsageError extends Error {}
