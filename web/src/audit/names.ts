// The things of the log by their names, as far as they are still there.

import type { AuditEntry } from '../../../src/client/api.ts'
import { audit as words } from '../text/audit.ts'

/** By noun and number. */
export type Names = ReadonlyMap<string, string>

/** What an entry is about. What is gone had a name when it was made or changed. */
export function subjectName(
  { subject, details }: Pick<AuditEntry, 'subject' | 'details'>,
  names: Names,
): string {
  const [noun = '', rest = ''] = subject.split(/:(.*)/s)
  if (noun === 'lead') return words.lead(rest)
  if (noun === 'dnc') {
    const campaign = names.get(`campaign:${details.campaign_id}`)
    return campaign ? words.list_of(campaign) : (words.lists[rest] ?? rest)
  }
  if (noun === 'disposition') {
    const [set_id, code = ''] = rest.split(/\/(.*)/s)
    return words.outcome_of(code, names.get(`disposition_set:${set_id}`) ?? words.unnamed.disposition_set!)
  }
  const kept = typeof details.name === 'string' ? details.name : undefined
  return names.get(subject) ?? kept ?? words.unnamed[noun] ?? noun
}
