// The options of a scenario: each number with its default, its least and its most.

export type Numbers = Record<string, readonly [fallback: number, min: number, max: number]>

export type OptionsOf<Taken extends Numbers> = { [name in keyof Taken]: number } & {
  json: boolean
  /** Where the server writes a CPU profile. */
  profile: string | null
}
