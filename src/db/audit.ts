// The audit log: who changed what besides leads (keys, DNC, set-up).

import type { Db } from './pool.ts'
import { statement } from './statement.ts'

type Detail = string | number | boolean | null | readonly Detail[] | { readonly [key: string]: Detail }

export interface AuditEntry {
  actor: string
  /** `noun.deed`: key.create, dnc.add, allocation.start */
  action: string
  subject: string
  /** Never a phone number, a name or a key. */
  details?: Record<string, Detail>
  request_id?: string | null
}

const ADD = statement<Required<Omit<AuditEntry, 'details'>> & { details: string }>(
  'audit.add',
  `insert into audit_log (actor, action, subject, details, request_id)
   values (:actor, :action, :subject, :details::jsonb, :request_id)`,
)

export async function audit(
  db: Db,
  { actor, action, subject, details = {}, request_id = null }: AuditEntry,
): Promise<void> {
  await db.query(ADD, { actor, action, subject, details: JSON.stringify(details), request_id })
}
