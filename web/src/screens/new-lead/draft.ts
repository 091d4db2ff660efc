// What was typed into the form of a new lead, and the body that it becomes.

import type { NewLead } from '../../api/leads.ts'

export interface Draft {
  allocation_id: number | null
  fields: Record<string, string>
  external_id: string
  source: string
  priority: string
  /** As the input has it: 2026-11-30T10:00. */
  callback: string
}

export const EMPTY: Draft = {
  allocation_id: null,
  fields: {},
  external_id: '',
  source: '',
  priority: '',
  callback: '',
}

/** Nothing was typed: the allocation alone is no draft. */
export const isEmpty = ({ allocation_id: _, fields, ...rest }: Draft) =>
  [...Object.values(fields), ...Object.values(rest)].every((value) => value.trim() === '')

const given = (value: string) => (value.trim() === '' ? undefined : value)

export function bodyOf(draft: Draft, { allow_duplicates }: { allow_duplicates: boolean }): NewLead {
  const fields = Object.entries(draft.fields).filter(([, value]) => value.trim() !== '')
  const { external_id, source, priority, callback } = draft
  return {
    allocation_id: draft.allocation_id!,
    fields: Object.fromEntries(fields),
    external_id: given(external_id),
    source: given(source),
    // What is no number is the server's to refuse: it names the field.
    priority: (/^\d+$/.test(priority.trim()) ? Number(priority) : given(priority)) as number | undefined,
    callback: given(callback) ? { local: callback } : undefined,
    allow_duplicates: allow_duplicates || undefined,
  }
}
