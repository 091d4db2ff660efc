// The names of the sides: who made each value, and how the buttons call it.

import type { ConflictDocument, ValueAuthor } from '../../../src/client/api.ts'
import { openGroups } from '../../../src/core/conflict.ts'
import { actorName } from '../lead/show.tsx'
import { merge as words } from '../text/merge.ts'
import { ago } from '../text/times.ts'
import type { MergeState } from './state.ts'

type Author = Pick<ValueAuthor, 'actor' | 'actor_name'>
export type Side = 'mine' | 'theirs'

/** "CRM nightly sync", "Ben Ng", "You" */
export const nameOf = (author: Author, own_id: number): string =>
  author.actor === `operator:${own_id}` ? actorName(author, own_id) : author.actor_name || actorName(author)

/** Names up to this length are short enough for a button. */
const SHORT_MAX = 12

/** "CRM", "Ben", "Back office": short enough for a button. */
export function shortName({ actor, actor_name }: Author): string {
  const name = actor_name?.trim() || actorName({ actor })
  const [first = name, ...rest] = name.split(/\s+/)
  if (actor.startsWith('operator:') || /^\p{Lu}{2,}$/u.test(first)) return first
  return rest.reduce(
    (short, word) => (`${short} ${word}`.length <= SHORT_MAX ? `${short} ${word}` : short),
    first,
  )
}

/** Those who changed a group after the version that mine was made from, the newest first. */
export const changersOf = (document: ConflictDocument, group: string): ValueAuthor[] =>
  (document.groups.find((one) => one.group === group)?.by.theirs ?? []).filter(
    ({ version }) => version !== null && version > document.base_version,
  )

/** Who wants mine: an operator, or the sender of a held change. */
export const senderOf = ({ groups }: ConflictDocument): ValueAuthor | undefined =>
  groups.flatMap(({ by }) => by.mine)[0]

/** Those who changed what must be decided, each once, the newest first. */
export function changersOfAll(document: ConflictDocument, groups: readonly string[]): ValueAuthor[] {
  const all = groups
    .flatMap((group) => changersOf(document, group))
    .sort((one, other) => (other.version ?? 0) - (one.version ?? 0))
  return [...new Map(all.toReversed().map((author) => [author.actor, author])).values()].toReversed()
}

/** Of those who have the lead open the ones who made the other changes. */
export function changersHere<Person extends { operator_id: number }>(
  document: ConflictDocument,
  { collision }: Pick<MergeState, 'collision'>,
  present: readonly Person[] = [],
): Person[] {
  const open = openGroups(collision.groups).map(({ group }) => group)
  const changers = changersOfAll(document, open).map(({ actor }) => actor)
  return present.filter(({ operator_id }) => changers.includes(`operator:${operator_id}`))
}

/** "CRM nightly sync · 2 min. ago, Ben Ng · just now" */
export const byline = (authors: readonly ValueAuthor[], own_id: number, now: number): string =>
  authors
    .map((author) =>
      author.at ? words.by(nameOf(author, own_id), ago(author.at, now)) : nameOf(author, own_id),
    )
    .join(', ')

export interface SideNames {
  /** Of the button that takes a side of a group: "Keep mine", "Use CRM’s". */
  use: (group: string, side: Side) => string
  /** Where a result comes from: "mine", "CRM’s". */
  took: (group: string, side: Side) => string
  all: Readonly<Record<Side, string>>
}

export function sideNames(
  kind: keyof typeof words.sides,
  document: ConflictDocument,
  open: readonly string[],
  own_id: number,
): SideNames {
  const said = words.sides[kind]
  const sender = senderOf(document)
  const my_name = sender ? shortName(sender) : said.mine
  /** `use`: for a button, else for a result. */
  const theirs = (authors: readonly ValueAuthor[], use: boolean): string => {
    const [author, another] = authors
    if (!author) return use ? said.use_unchanged : words.result_from.base
    if (another && another.actor !== author.actor) return use ? said.use_several : said.took_several
    if (use && author.actor === `operator:${own_id}`) return said.use_own
    return (use ? said.use_theirs : said.took_theirs)(shortName(author))
  }
  const [one, another] = changersOfAll(document, open)
  return {
    use: (group, side) =>
      side === 'mine' ? said.use_mine(my_name) : theirs(changersOf(document, group), true),
    took: (group, side) =>
      side === 'mine' ? said.took_mine(my_name) : theirs(changersOf(document, group), false),
    all: {
      mine: said.all_mine,
      theirs:
        one && !another && one.actor !== `operator:${own_id}`
          ? said.all_theirs(shortName(one))
          : said.all_several,
    },
  }
}
