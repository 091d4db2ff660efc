// A lead's paths, groups and values in words.

import type { Scalar } from '../../../src/core/merge.ts'
import { dayTime } from '../text/times.ts'
import { text } from '../text.ts'
import type { LeadSetUp } from './set-up.ts'

const words = text.lead

export function fieldOf(path: string, { all_fields }: Pick<LeadSetUp, 'all_fields'>) {
  if (!path.startsWith('fields.')) return undefined
  const name = path.slice('fields.'.length)
  return all_fields.find((field) => field.name === name)
}

export function labelOf(path: string, set_up: Pick<LeadSetUp, 'all_fields'>): string {
  if (path.startsWith('fields.')) return fieldOf(path, set_up)?.label ?? path.slice('fields.'.length)
  if (path.startsWith('unmapped.')) return path.slice('unmapped.'.length)
  return Object.hasOwn(words.paths, path) ? words.paths[path]! : path
}

/** A group that is a single field has that field's label; a merge group of the template is named after itself. */
export function groupLabel(
  group: string,
  paths: readonly string[],
  set_up: Pick<LeadSetUp, 'all_fields'>,
): string {
  if (group === 'outcome') return words.outcome_group
  const [only] = paths
  if (only !== undefined && (group === only || group === `lead.${only}`)) return labelOf(only, set_up)
  return titled(group.replace(/^group:/, ''))
}

/** "postal_address" as "Postal address". */
export function titled(name: string): string {
  const spaced = name.replaceAll(/[_-]+/g, ' ').trim()
  return spaced === '' ? name : `${spaced[0]!.toUpperCase()}${spaced.slice(1)}`
}

/** The value as people read it; null where there is none. */
export function shownValue(
  path: string,
  value: Scalar,
  set_up: Pick<LeadSetUp, 'all_fields' | 'allocations' | 'template'>,
): string | null {
  if (path === 'contact_hours' && value === null) return words.template_hours(set_up.template.contact_hours)
  if (value === null || value === '') return null
  if (path === 'callback') return dayTime(String(value))
  if (path === 'allocation_id') return set_up.allocations.get(Number(value)) ?? String(value)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (fieldOf(path, set_up)?.kind === 'check' && (value === 'true' || value === 'false'))
    return value === 'true' ? words.yes : words.no
  return String(value)
}

/** Paths in the order of the screen: outcome, phones, fields of the template, the rest. */
export function placeOf(path: string, { all_fields }: Pick<LeadSetUp, 'all_fields'>): number {
  const outcome = OUTCOME.indexOf(path)
  if (outcome >= 0) return outcome
  const field = fieldOf(path, { all_fields })
  if (field) return (field.kind === 'phone' ? 100 : 1_000) + all_fields.indexOf(field)
  return path.startsWith('unmapped.') ? 3_000 : 2_000
}

export const OUTCOME = [
  'disposition',
  'callback',
  'callback_agent',
  'priority',
  'contact_hours',
  'closed',
  'client_approved',
]

export function inOrder<T extends { paths: readonly string[] }>(
  groups: readonly T[],
  set_up: LeadSetUp,
): T[] {
  const place = ({ paths }: T) => Math.min(...paths.map((path) => placeOf(path, set_up)))
  return groups
    .map((group) => ({
      ...group,
      paths: group.paths.toSorted((one, other) => placeOf(one, set_up) - placeOf(other, set_up)),
    }))
    .toSorted((one, other) => place(one) - place(other))
}

export interface Actor {
  kind: 'operator' | 'key' | 'import' | 'system'
  name: string
}

export function actorOf(
  { actor, actor_name }: { actor: string; actor_name?: string | null },
  own_id?: number,
): Actor {
  const named = actor_name ?? ''
  if (actor.startsWith('operator:'))
    return {
      kind: 'operator',
      name: actor === `operator:${own_id}` ? words.actors.you : named || words.actors.operator_unnamed,
    }
  if (actor.startsWith('key:'))
    return { kind: 'key', name: named ? words.actors.key(named) : words.actors.key_unnamed }
  if (actor.startsWith('import:'))
    return { kind: 'import', name: named ? words.actors.import(named) : words.actors.import_unnamed }
  return { kind: 'system', name: named || words.actors.system }
}

export const wayOf = (way: string) => (Object.hasOwn(words.ways, way) ? words.ways[way]! : way)

/** "City, State and 2 more" would hide something: all are named. */
export const listed = (labels: readonly string[]) => new Intl.ListFormat('en').format(labels)

/** The paths named by group: "Address, Mobile". */
export function groupLabels(
  paths: readonly string[],
  set_up: LeadSetUp,
  groupOfPath: (path: string) => string,
): string[] {
  const groups = new Map<string, string[]>()
  for (const path of paths.toSorted((one, other) => placeOf(one, set_up) - placeOf(other, set_up)))
    groups.set(groupOfPath(path), [...(groups.get(groupOfPath(path)) ?? []), path])
  return [...groups].map(([group, own]) => groupLabel(group, own, set_up))
}
