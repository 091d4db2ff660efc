// What a bulk change does, as a heading.

import type { BulkChange } from '../../../src/client/api.ts'
import type { SetUp } from '../api/set-up.ts'
import { bulk_changes as words } from '../text/bulk-changes.ts'

export function changeName(
  { kind, disposition, to_allocation_id, list }: BulkChange,
  set_up: SetUp | undefined,
): string {
  if (kind === 'disposition') return words.what.disposition(disposition ?? '')
  if (kind === 'dnc') return words.what.dnc(words.lists[list ?? 'private'])
  if (kind === 'forget') return words.what.forget
  const to = set_up?.allocations.find(({ allocation_id }) => allocation_id === to_allocation_id)
  return words.what.move(to?.name ?? String(to_allocation_id))
}
