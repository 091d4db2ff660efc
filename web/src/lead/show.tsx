// A lead's paths, groups, values and actors in words.

import IconFileImport from '@tabler/icons-react/icons/IconFileImport'
import IconKey from '@tabler/icons-react/icons/IconKey'
import IconRobot from '@tabler/icons-react/icons/IconRobot'
import IconUser from '@tabler/icons-react/icons/IconUser'
import type { Conflict, Lead, Template } from '../../../src/client/api.ts'
import { OUTCOME_PATHS } from '../../../src/core/attributes.ts'
import { FOLLOWING } from '../../../src/core/conflict.ts'
import { groupOf, type Scalar } from '../../../src/core/merge.ts'
import { writeDate } from '../text/dates.ts'
import { ago } from '../text/times.ts'
import { text } from '../text.ts'
import type { Draft } from './draft.ts'
import type { LeadSetUp } from './set-up.ts'

const words = text.lead

interface Known {
  template: Template | undefined
}

export const fieldOf = (path: string, { template }: Known) =>
  template?.fields.find(({ name }) => path === `fields.${name}`)

export const labelOf = (path: string, known: Known): string =>
  fieldOf(path, known)?.label ??
  (Object.hasOwn(words.paths, path) ? words.paths[path]! : path.replace(/^(fields|unmapped)\./, ''))

/** A group that is a single field has that field's label; a merge group of the template is named after itself. */
export function groupLabel(
  { group, paths }: { group: string; paths: readonly string[] },
  known: Known,
): string {
  if (group === 'outcome') return words.outcome_group
  const [only] = paths
  if (only !== undefined && (group === only || group === `lead.${only}`)) return labelOf(only, known)
  return titled(group.replace(/^group:/, ''))
}

/** "postal_address" as "Postal address". */
export function titled(name: string): string {
  const spaced = name.replaceAll(/[_-]+/g, ' ').trim()
  return spaced === '' ? name : `${spaced[0]!.toUpperCase()}${spaced.slice(1)}`
}

/** The value as people read it; null where there is none. */
export function shownValue(path: string, value: Scalar, set_up: LeadSetUp): string | null {
  if (path === 'contact_hours' && value === null) return words.template_hours(set_up.template.contact_hours)
  if (value === null || value === '') return null
  if (path === 'callback' || fieldOf(path, set_up)?.kind === 'date') return writeDate(String(value))
  if (path === 'allocation_id') return set_up.allocations.get(Number(value)) ?? String(value)
  const is_check = typeof value === 'boolean' || fieldOf(path, set_up)?.kind === 'check'
  if (is_check && /^(true|false)$/.test(String(value))) return String(value) === 'true' ? words.yes : words.no
  return String(value)
}

/** The outcome as people enter it; what follows from a disposition is not entered. */
export const OUTCOME: string[] = OUTCOME_PATHS.filter((path) => !FOLLOWING.has(path))
const FIRST: readonly string[] = OUTCOME_PATHS

/** Paths in the order of the screen: outcome, phones, fields of the template, the rest. */
function placeOf(path: string, { template }: LeadSetUp): number {
  if (FIRST.includes(path)) return FIRST.indexOf(path)
  const at = template.fields.findIndex(({ name }) => path === `fields.${name}`)
  if (at >= 0) return (template.fields[at]!.kind === 'phone' ? 100 : 1_000) + at
  return path.startsWith('unmapped.') ? 3_000 : 2_000
}

export const sorted = (paths: Iterable<string>, set_up: LeadSetUp): string[] =>
  [...paths].sort((one, other) => placeOf(one, set_up) - placeOf(other, set_up))

export const inOrder = <T extends { paths: readonly string[] }>(
  groups: readonly T[],
  set_up: LeadSetUp,
): T[] =>
  groups
    .map((group) => ({ ...group, paths: sorted(group.paths, set_up) }))
    .sort((one, other) => placeOf(one.paths[0]!, set_up) - placeOf(other.paths[0]!, set_up))

/** Lists all labels: "City, State and 2 more" would hide something. */
export const listed = (labels: readonly string[]) => new Intl.ListFormat('en').format(labels)

/** The numbers of a lead as it would be saved, each once. */
export function numbersOf({ phones }: Lead, draft: Draft | null, { fields }: LeadSetUp): string[] {
  const changes = draft?.changes ?? {}
  const numbers = fields.phones.map(({ name }) => {
    const path = `fields.${name}`
    return Object.hasOwn(changes, path) ? changes[path] : phones.find(({ field }) => field === name)?.number
  })
  return [...new Set(numbers.flatMap((number) => (number ? [String(number)] : [])))]
}

/** The groups of these paths, in words: "Address and Mobile". */
export function groupsInWords(paths: Iterable<string>, set_up: LeadSetUp): string {
  const groups = Map.groupBy(sorted(paths, set_up), groupOf(set_up.fields))
  return listed([...groups].map(([group, own]) => groupLabel({ group, paths: own }, set_up)))
}

export const wayOf = (way: string) => (Object.hasOwn(words.ways, way) ? words.ways[way]! : way)

/** The id of the input of a path. People name fields, so a path can be any text. */
export const inputId = (path: string) => `value-${encodeURIComponent(path).replaceAll('%', '_')}`

export const focusInput = (path: string) => document.getElementById(inputId(path))?.focus()

/** An actor as the API names it: key:7, operator:3, import:12, action:4 or system. */
interface Actor {
  actor: string
  actor_name?: string | null
}

/** `own_id`: the operator who looks at the screen, and is called "You". */
export function actorName({ actor, actor_name: name }: Actor, own_id?: number): string {
  const { actors } = words
  if (actor === `operator:${own_id}`) return actors.you
  if (actor.startsWith('operator:')) return name || actors.operator_unnamed
  if (actor.startsWith('key:')) return name ? actors.key(name) : actors.key_unnamed
  if (actor.startsWith('import:')) return name ? actors.import(name) : actors.import_unnamed
  if (actor.startsWith('rule:')) return actors.rule
  return name || actors.system
}

/** "Jane Citizen, 2 hr. ago": who settled a held update, and when; nothing while it is open. */
export const settledBy = ({ resolved_by, resolved_by_name, resolved_at }: Conflict, now: number) =>
  resolved_by &&
  resolved_at &&
  `${actorName({ actor: resolved_by, actor_name: resolved_by_name })}, ${ago(resolved_at, now)}`

const ICONS = new Map([
  ['operator', IconUser],
  ['key', IconKey],
  ['import', IconFileImport],
])

interface ChipProps extends Actor {
  own_id?: number
  /** The name alone, where the icon and the place say what it is. */
  bare?: boolean
}

export function ActorChip({ own_id, bare, ...actor }: ChipProps) {
  const Icon = ICONS.get(actor.actor.split(':')[0]!) ?? IconRobot
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4, overflowWrap: 'anywhere' }}>
      <Icon size={13} stroke={1.8} aria-hidden style={{ flex: 'none' }} />
      {(bare && actor.actor_name) || actorName(actor, own_id)}
    </span>
  )
}
