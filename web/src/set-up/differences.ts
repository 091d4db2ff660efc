// What a change of set-up makes different, in words.

export interface Difference {
  label: string
  before: string
  after: string
}

/** How a property is shown: its label, and its value in words. */
export type Shown<Thing> = {
  readonly [Key in keyof Thing]?: readonly [label: string, inWords: (value: Thing[Key], of: Thing) => string]
}

export const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** In the order in which they are shown. */
export function differences<Thing extends object>(
  before: Thing,
  after: Thing,
  shown: Shown<Thing>,
): Difference[] {
  return (Object.keys(shown) as (keyof Thing)[]).flatMap((key) => {
    if (isSame(before[key], after[key])) return []
    const [label, inWords] = shown[key]!
    return [{ label, before: inWords(before[key], before), after: inWords(after[key], after) }]
  })
}

/** The properties that a change makes different. */
export const changesOf = <Thing extends object>(base: Thing, changes: Partial<Thing>): Partial<Thing> =>
  Object.fromEntries(
    Object.entries(changes).filter(([key, value]) => !isSame(value, base[key as keyof Thing])),
  ) as Partial<Thing>
