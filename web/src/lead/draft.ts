// A draft: unsaved edits of a lead, kept with the values that the operator saw at the start, so that they can be merged
// with later changes.

import type { Lead, LeadPatch } from '../../../src/client/api.ts'
import { valuesOf as stateValues } from '../../../src/core/lead.ts'
import { type Scalar, type Values, valueAt } from '../../../src/core/merge.ts'

export interface Draft {
  lead_id: string
  /** The version that was edited, and the lead's values then. */
  base_version: number
  base: Values
  /**
   * The changed values by path. A chosen disposition stays in, even when the lead has it already. A note is among them,
   * although the lead has none: it is saved, discarded and kept like any other change.
   */
  changes: Values
  /** RFC 3339, when the last change was typed. */
  at: string
  /**
   * What was sent and has no answer yet. It may be saved, so it is sent again exactly as it was, before anything else:
   * only then does the server recognise it and count no second call.
   */
  sent?: Sent | undefined
}

export interface Sent extends Pick<Draft, 'base_version' | 'base' | 'changes'> {
  allow_duplicates?: true
  /** It is the outcome of this call. */
  call?: Call
}

/** A call of a lead that was handed to the operator. */
export interface Call {
  lease_id: string
  /** The number that was dialled. */
  phone: string
  /** When it ended. */
  at: string
}

/** The lead's values by path, as the server's merge speaks of them. */
export const valuesOf = (lead: Lead): Values =>
  stateValues({ ...lead, callback_local: lead.callback?.local ?? null })

/** Sets one value of the draft. Null: no change is left. */
export function edited(
  draft: Draft | null,
  lead: Lead,
  path: string,
  value: Scalar,
  at: string,
): Draft | null {
  const current = valuesOf(lead)
  const before = draft ?? { lead_id: lead.id, base_version: lead.version, base: current, changes: {}, at }
  const changes: Record<string, Scalar> = Object.assign(Object.create(null), before.changes)
  // Typing back an old value is a change when others have changed it meanwhile.
  const is_as_before = value === valueAt(before.base, path) && value === valueAt(current, path)
  if (is_as_before && path !== 'disposition') delete changes[path]
  else changes[path] = value
  return withChanges(before, changes, at)
}

/** The edits that were typed while a draft was being saved; they continue from the saved lead. */
export function typedSince(sent: Sent, latest: Draft | null, saved: Lead): Draft | null {
  if (!latest) return null
  const done = Object.keys(latest.changes).filter(
    (path) => Object.hasOwn(sent.changes, path) && sent.changes[path] === latest.changes[path],
  )
  return dropped({ ...latest, base: valuesOf(saved), base_version: saved.version, sent: undefined }, done)
}

/** Drops the changes of these paths. */
export function dropped(draft: Draft, paths: readonly string[]): Draft | null {
  const changes: Record<string, Scalar> = Object.assign(Object.create(null), draft.changes)
  for (const path of paths) delete changes[path]
  return withChanges(draft, changes, draft.at)
}

const withChanges = (draft: Draft, changes: Values, at: string): Draft | null =>
  Object.keys(changes).length === 0 ? null : { ...draft, changes, at }

/** The value that the form shows: the edit, else the current value. */
export const shownIn = (draft: Draft | null, current: Values, path: string): Scalar =>
  draft && Object.hasOwn(draft.changes, path) ? valueAt(draft.changes, path) : valueAt(current, path)

/** Turns the changes into the body of a PATCH. */
export function patchOf(changes: Values): LeadPatch {
  const patch: LeadPatch = {}
  const text = (value: Scalar) => (value === null || value === '' ? null : String(value))
  for (const [path, value] of Object.entries(changes)) {
    if (path.startsWith('fields.')) {
      patch.fields ??= {}
      patch.fields[path.slice('fields.'.length)] = text(value)
    } else if (path.startsWith('unmapped.')) {
      patch.unmapped ??= {}
      patch.unmapped[path.slice('unmapped.'.length)] = text(value)
    } else if (path === 'disposition') {
      if (typeof value === 'string') patch.disposition = value
    } else if (path === 'callback') patch.callback = value === null ? null : { local: String(value) }
    else if (path === 'callback_agent') patch.callback_agent = text(value)
    else if (path === 'priority') patch.priority = typeof value === 'number' ? value : null
    else if (path === 'contact_hours') patch.contact_hours = text(value)
    else if (path === 'note' && value !== null) patch.note = String(value)
  }
  return patch
}

/** The paths at which two leads differ. */
export const changedPaths = (before: Values, after: Values): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (path) => valueAt(before, path) !== valueAt(after, path),
  )
