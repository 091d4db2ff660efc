// Who did what that is no change of a lead: keys, DNC, set-up.

import type { Db } from './pool.ts'
import { statement } from './statement.ts'

const ADD = statement(
  'audit.add',
  `insert into audit_log (actor, action, subject, details, request_id) values ($1, $2, $3, $4::jsonb, $5)`,
)

type Detail = string | number | boolean | null | readonly Detail[] | { readonly [key: string]: Detail }

export interface AuditEntry {
  actor: string
  /** `noun.deed`: key.create, dnc.add, allocation.start */
  action: string
  subject: string
  /** Never a phone number, a name or a key. */
  details?: Record<string, Detail>
  request_id?: string
}

export async function audit(
  db: Db,
  { actor, action, subject, details = {}, request_id }: AuditEntry,
): Promise<void> {
  await db.query(ADD, [actor, action, subject, JSON.stringify(details), request_id ?? null])
}
