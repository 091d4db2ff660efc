// An entry of the log in words: a sentence, and the values that changed.

import type { AuditEntry, Draws, GivenAttemptRules } from '../../../src/client/api.ts'
import { actorName } from '../lead/show.tsx'
import { audit as words } from '../text/audit.ts'
import { keys } from '../text/keys.ts'
import { roles } from '../text/shell.ts'
import { exactly, lasted } from '../text/times.ts'
import { type Names, subjectName } from './names.ts'

const whoOf = ({ actor, actor_name }: AuditEntry) =>
  actor === 'anonymous'
    ? words.anonymous
    : actor === 'system'
      ? words.system
      : actorName({ actor, actor_name })

export function sentenceOf(entry: AuditEntry, names: Names): string {
  const about = subjectName(entry, names)
  const deed = Object.hasOwn(words.deeds, entry.action) ? words.deeds[entry.action] : undefined
  return words.sentence(whoOf(entry), deed ? deed(about) : words.other_deed(about))
}

/** The nouns of details that are ids. */
const NOUNS: Readonly<Record<string, string>> = {
  team_ids: 'team',
  allocation_ids: 'allocation',
  allocation_id: 'allocation',
  from: 'allocation',
  to: 'allocation',
}

type Limits = Partial<Record<'day_max' | 'total_max' | 'gap_s', number | null>>

const limitsOf = ({ day_max, total_max, gap_s }: Limits) =>
  [
    day_max && words.limits.day(day_max),
    total_max && words.limits.total(total_max),
    gap_s && words.limits.gap(lasted(gap_s)),
  ]
    .filter(Boolean)
    .join(', ')

/** The details that are more than a value. */
const WHOLE: Readonly<Record<string, (value: object, names: Names) => string>> = {
  number: limitsOf,
  lead: limitsOf,
  attempt_rules: (rules) =>
    (['number', 'lead'] as const)
      .flatMap((whose) => {
        const limits = limitsOf((rules as GivenAttemptRules)[whose] ?? {})
        return limits === '' ? [] : words.limits_of(words.limited[whose], limits)
      })
      .join('; '),
  draws: (draws, names) =>
    (draws as Draws).members
      .map(({ allocation_id, share, penalty }) => {
        const name = names.get(`allocation:${allocation_id}`) ?? words.unnamed.allocation!
        return share === undefined ? words.penalty(name, penalty ?? 0) : words.share(name, share)
      })
      .join(', '),
}

/** A value of the details in words; undefined: it says nothing to people. */
function shown(name: string, value: unknown, names: Names): string | undefined {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0))
    return words.nothing_there
  if (Array.isArray(value)) {
    const items = value.map((item) => shown(name, item, names))
    return items.every((item) => item !== undefined) ? items.join(', ') : undefined
  }
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Object.hasOwn(WHOLE, name))
    return typeof value === 'object' ? WHOLE[name]!(value, names) || words.nothing_there : undefined
  if (typeof value === 'object') return undefined
  if (name === 'how') return words.endings[String(value)]
  if (name === 'consent') return words.consents[String(value)]
  if (name === 'scopes' && Object.hasOwn(keys.scopes, String(value)))
    return keys.scopes[value as keyof typeof keys.scopes]
  if (name === 'role' && Object.hasOwn(roles, String(value))) return roles[value as keyof typeof roles]
  if (name.endsWith('_s') && typeof value === 'number') return lasted(value)
  if (name === 'expires_at' || name === 'until') return exactly(String(value))
  const noun = NOUNS[name]
  if (noun && typeof value === 'number') return names.get(`${noun}:${value}`) ?? words.unnamed[noun]
  return String(value)
}

/** "Name: South → South coast": the details that people understand. */
export function changesOf({ details }: AuditEntry, names: Names): string[] {
  const { was, ...values } = details as { was?: Record<string, unknown> } & Record<string, unknown>
  return Object.entries(values).flatMap(([name, value]) => {
    if (!Object.hasOwn(words.labels, name)) return []
    const label = words.labels[name]!
    const to = shown(name, value, names)
    if (to === undefined) return []
    const replaced = was !== undefined && Object.hasOwn(was, name) ? shown(name, was[name], names) : undefined
    // What a new thing does not have says nothing, and the sentence has its name.
    if (replaced === undefined && (to === words.nothing_there || name === 'name')) return []
    return replaced === undefined ? words.value(label, to) : words.change(label, replaced, to)
  })
}
