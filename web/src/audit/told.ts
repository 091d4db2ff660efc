// An entry of the log in words: a sentence, and the values that changed.

import type { AuditEntry } from '../../../src/client/api.ts'
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
  to: 'allocation',
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
  if (typeof value === 'object') return undefined
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
