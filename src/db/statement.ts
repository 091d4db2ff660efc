// Declares SQL statements with named parameters, and numbers the parameters for the driver.

/** A statement; its type carries its parameters and its rows. */
export interface Statement<Params extends object = never, Row extends object = object> {
  /** `noun.deed`; also the name of the prepared statement and the comment that leads its text. */
  readonly name: string
  /** As written, with `:campaign_id`. */
  readonly sql: string
  /** As sent, with `$1`. */
  readonly text: string
  /** The names of the parameters, in the order of their numbers. */
  readonly parameters: readonly string[]
  /** Carries the types; no statement has a value here. */
  readonly types?: (params: Params) => Row
}

/** The parameters of a statement that has none. */
export type None = Record<never, never>

export const STATEMENTS = new Map<string, Statement>()

/**
 * Declares a statement. Its name leads its text as a comment, so that logs of slow queries speak our language.
 * `Params` lists every parameter except `:now`, which `Db` fills in from its clock.
 */
export function statement<Params extends object, Row extends object = object>(
  name: string,
  sql: string,
): Statement<Params, Row> {
  if (STATEMENTS.has(name)) throw new Error(`two statements are called ${name}`)
  const { text, parameters } = numbered(sql.trim())
  if (/\$\d/.test(sql)) throw new Error(`${name} numbers a parameter: give it a name`)
  const declared = { name, sql: sql.trim(), text: `/* ${name} */ ${text}`, parameters }
  STATEMENTS.set(name, declared)
  return declared
}

/** A parameter, or a part that may hold a colon without naming one: strings, quoted names, comments, casts. */
const TOKEN =
  /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_]*)\$[\s\S]*?\$\1\$|::|:([a-z_][a-z0-9_]*)/g

/** Numbers parameters in the order in which they first appear. */
export function numbered(sql: string): { text: string; parameters: string[] } {
  const parameters: string[] = []
  const text = sql.replace(TOKEN, (token, _tag, name?: string) => {
    if (name === undefined) return token
    if (!parameters.includes(name)) parameters.push(name)
    return `$${parameters.indexOf(name) + 1}`
  })
  return { text, parameters }
}

/** The values of a statement's parameters, in the order of their numbers. `now`: the clock, for `:now`. */
export function numberedValues(
  { name, parameters }: Statement,
  params: object,
  now: string | null,
): unknown[] {
  const given: Record<string, unknown> = { now, ...params }
  return parameters.map((parameter) => {
    const value = given[parameter]
    // The driver would send null.
    if (value === undefined) throw new Error(`${name}: no value for :${parameter}`)
    return value
  })
}

/** SQL: an instant as RFC 3339, to the second. Inside JSON the driver does not spell it. */
export const instantText = (instant: string) =>
  `to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

/** SQL: a wall time, without its zone. */
export const wallTimeText = (wall_time: string) => `to_char(${wall_time}, 'YYYY-MM-DD"T"HH24:MI:SS')`

/** The instant that a parameter gives, as SQL; by itself that of the pool's clock, else of the database. */
export const clock = (param = ':now') => `coalesce(${param}::timestamptz, now())`
