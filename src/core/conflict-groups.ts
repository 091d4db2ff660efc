// Shows a person two changes that met: every group of a lead with its class. It agrees with merge() on what clashes and
// adds the linked rules: changes whose values do not clash but which must not both be saved without a person seeing them.

import type { ConflictGroup, GroupClass, Link, LinkReason } from './conflict.ts'
import { STRICTNESS } from './disposition.ts'
import { fold } from './field.ts'
import { fieldPath } from './lead.ts'
import { type Matching, type Meeting as Met, meetings, type Scalar, type Values, valueAt } from './merge.ts'
import { closes, type Disposition, type DispositionKind, type Rules } from './rules.ts'
import { suggestionOf } from './suggestion.ts'

/** Facts for the linked rules that are not among the values of a lead. */
export interface Facts {
  /** The kind of a disposition; undefined for a code that the set does not have. */
  kindOf: (code: string) => DispositionKind | undefined
  /** Paths of the phone fields. */
  phones: readonly string[]
  /** Paths whose current number has come onto a do-not-call list since the base. */
  blocked: readonly string[]
  /** Named paths that count as changed even when equal to the base, as in merge(). */
  asserted?: ReadonlySet<string>
}

/** The facts that a template has; the others depend on the lead and on the update. */
export const factsOf = (
  {
    fields,
    dispositions,
  }: Pick<Rules, 'fields'> & { dispositions: ReadonlyMap<string, Pick<Disposition, 'kind'>> },
  blocked: Facts['blocked'] = [],
  asserted?: ReadonlySet<string>,
): Facts => ({
  kindOf: (code) => dispositions.get(fold(code))?.kind,
  phones: fields.phones.map(({ name }) => fieldPath(name)),
  blocked,
  ...(asserted ? { asserted } : {}),
})

/**
 * Every group that any side has. `base`: the lead as the editor knew it. `current`: as it is now, or "theirs".
 * `incoming`: "mine", either only the paths that are named or all of them.
 */
export function conflictGroups(
  base: Values,
  current: Values,
  incoming: Values,
  matching: Matching,
  facts: Facts,
): ConflictGroup[] {
  const mine: Values = Object.assign(Object.create(null), base, incoming)
  const linking = linkingOf(base, current, mine, incoming, facts, matching)
  return meetings(base, current, incoming, matching, facts.asserted).map((met) => {
    const { group, wanted, moved, clashes, merged } = met
    const paths = met.paths.toSorted()
    const sides = { base: pick(base, paths), mine: pick(met.wishes, paths), theirs: pick(current, paths) }
    const link = clashes || (wanted && !moved) ? linkOf(group, paths, clashes, linking) : undefined
    const suggestion = clashes && !link ? suggestionOf(paths, sides, matching) : undefined
    return {
      group,
      class: link ? 'linked' : clashes ? 'conflict' : classOf(met, sides),
      paths,
      ...sides,
      ...(merged && { merged }),
      ...(suggestion && { suggestion }),
      ...link,
    }
  })
}

type Sides = Pick<ConflictGroup, 'base' | 'mine' | 'theirs'>

function classOf({ wanted, moved, merged, paths }: Met, { mine, theirs }: Sides): GroupClass {
  if (merged) return 'merged'
  if (moved) return wanted ? 'agreed' : 'only_theirs'
  // Another spelling is a change that nobody is asked about.
  return wanted || paths.some((path) => mine[path] !== theirs[path]) ? 'only_mine' : 'unchanged'
}

/** The view that the linked rules have of the three sides. */
interface Linking {
  wanted: (path: string) => boolean
  moved: (path: string) => boolean
  mine: Values
  theirs: Values
  facts: Facts
  /** The kind of the disposition that a side has set, if it has set one. */
  mine_sets: DispositionKind | undefined
  theirs_sets: DispositionKind | undefined
}

function linkingOf(
  base: Values,
  theirs: Values,
  mine: Values,
  incoming: Values,
  facts: Facts,
  { same }: Matching,
): Linking {
  const wanted = (path: string) =>
    !same(path, valueAt(mine, path), valueAt(base, path)) ||
    (facts.asserted?.has(path) === true && Object.hasOwn(incoming, path))
  const moved = (path: string) => !same(path, valueAt(theirs, path), valueAt(base, path))
  const kindIn = (side: Values) => {
    const code = valueAt(side, 'disposition')
    return typeof code === 'string' ? facts.kindOf(code) : undefined
  }
  return {
    wanted,
    moved,
    mine,
    theirs,
    facts,
    mine_sets: wanted('disposition') ? kindIn(mine) : undefined,
    theirs_sets: moved('disposition') ? kindIn(theirs) : undefined,
  }
}

/**
 * The linked rules. What theirs changed is saved already, so the question is always whether what mine changed may go on
 * top of it: the group that waits is one that mine changed.
 */
function linkOf(group: string, paths: string[], clashes: boolean, linking: Linking): Link | undefined {
  if (group === 'outcome')
    return (
      (clashes ? (closedAndOutcome(linking) ?? clientApproved(linking)) : undefined) ??
      blockedThenMoved(linking) ??
      movedAndOutcome(linking)
    )
  return paths.some((path) => linking.facts.phones.includes(path)) ? numberBlocked(paths, linking) : undefined
}

const recommend = (
  reason: LinkReason,
  recommended: 'mine' | 'theirs',
  because_of: string[],
  needs_role?: 'lead',
): Link => ({
  reason,
  recommended,
  needs_reason: [recommended === 'mine' ? 'theirs' : 'mine'],
  ...(needs_role && { needs_role }),
  because_of,
})

/** One side ended the calling of the lead, the other one went on with it. */
function closedAndOutcome({ mine_sets, theirs_sets }: Linking): Link | undefined {
  const [mine, theirs] = [closing(mine_sets), closing(theirs_sets)]
  if (mine === theirs) return undefined
  return recommend('closed_and_outcome', mine > theirs ? 'mine' : 'theirs', ['outcome'], 'lead')
}

const closing = (kind: DispositionKind | undefined) =>
  kind !== undefined && closes({ kind }) ? STRICTNESS[kind] : 0

/** The customer asked for this call; the other side would make it less urgent. */
function clientApproved({ mine, theirs }: Linking): Link | undefined {
  const [my_priority, their_priority] = [valueAt(mine, 'priority'), valueAt(theirs, 'priority')]
  if (typeof my_priority !== 'number' || typeof their_priority !== 'number') return undefined
  if (valueAt(theirs, 'client_approved') === true && my_priority > their_priority)
    return recommend('client_approved', 'theirs', ['outcome'])
  if (valueAt(mine, 'client_approved') === true && their_priority > my_priority)
    return recommend('client_approved', 'mine', ['outcome'])
  return undefined
}

/** Mine puts the lead's numbers on the do-not-call list, theirs changed them: the one that asked is not the one on the lead. */
function blockedThenMoved({ mine_sets, moved, facts }: Linking): Link | undefined {
  const changed = facts.phones.filter(moved)
  return mine_sets === 'dnc' && changed.length > 0
    ? recommend('number_blocked', 'mine', ['outcome', ...changed], 'lead')
    : undefined
}

/** Mine changes a number of a lead that asked not to be called, or one that must not be called any more since mine saw it. */
function numberBlocked(paths: string[], { wanted, facts, theirs_sets }: Linking): Link | undefined {
  if (theirs_sets === 'dnc') return recommend('number_blocked', 'theirs', ['outcome'], 'lead')
  // Nobody recommends the number that is blocked: it stays on its list, and another one is never dialled by mistake.
  return paths.some((path) => wanted(path) && facts.blocked.includes(path))
    ? { reason: 'number_blocked', needs_reason: ['mine'], because_of: [] }
    : undefined
}

/** The outcome is one of the allocation that the lead has left meanwhile; neither is safer than the other. */
const movedAndOutcome = ({ moved }: Linking): Link | undefined =>
  moved('allocation_id') ? { reason: 'moved_and_outcome', because_of: ['lead.allocation_id'] } : undefined

function pick(values: Values, paths: readonly string[]): Values {
  const picked: Record<string, Scalar> = Object.create(null)
  for (const path of paths) picked[path] = valueAt(values, path)
  return picked
}
