// Choosing from a list by typing: the name itself first, then names that begin with the text, then those with a word that
// does, then those that contain it. So what is typed in full is what Enter takes.

const folded = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()

function rankOf(label: string, sought: string): number {
  if (label === sought) return 0
  if (label.startsWith(sought)) return 1
  if (label.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(sought))) return 2
  return label.includes(sought) ? 3 : 4
}

/** The options that fit what is typed, the best first; among equals the order stays. */
export function fitting<Option extends { label: string }>(
  options: readonly Option[],
  typed: string,
): Option[] {
  const sought = folded(typed)
  if (sought === '') return [...options]
  return options
    .map((option) => ({ option, rank: rankOf(folded(option.label), sought) }))
    .filter(({ rank }) => rank < 4)
    .sort((one, other) => one.rank - other.rank)
    .map(({ option }) => option)
}
