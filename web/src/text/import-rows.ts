// Why rows are refused, for people.

import type { ImportedRow } from '../../../src/client/api.ts'
import type { RESULTS, RefusalName } from '../../../src/core/result.ts'
import { imports, keysOf } from './imports.ts'

/** Refusals that rows meet, with the code that the server gives them. */
const REFUSALS = {
  COULDNT_FIND_THE_LEAD: [101, 'Lead not found'],
  NO_PHONE_FIELDS: [102, 'No phone number'],
  EXCEPTION: [103, 'Failed'],
  DNC: [104, 'On a do-not-call list'],
  DUPLICATE: [105, 'Duplicates'],
  INVALID_DISPOSTION: [106, 'Unknown outcome'],
  LEAD_NOT_UPDATED_DUE_TO_CONFLICT: [110, 'Changed by somebody else'],
  INVALID_TIMEZONE_SPECIFIED: [111, 'Unknown contact hours'],
  DUPLICATE_EXTERNAL_ID: [112, 'External ID taken'],
  UNKNOWN_TARGET: [1004, 'Unknown allocation'],
  INVALID_FIELD: [1005, 'Invalid value'],
  INVALID_PHONE_NUMBER: [1006, 'Invalid phone number'],
  INVALID_CALLBACK_DATE: [1007, 'Invalid callback time'],
  INVALID_PRIORITY: [1008, 'Invalid priority'],
} satisfies { [Name in RefusalName]?: [(typeof RESULTS)[Name]['code'], string] }

export function refusalOf(code: number): { name: RefusalName; tile: string } | undefined {
  const found = keysOf(REFUSALS).find((name) => REFUSALS[name][0] === code)
  return found && { name: found, tile: REFUSALS[found][1] }
}

/** What is said of a row, besides by the sentences for values. */
export const rowSentence = ({ code, other_row }: ImportedRow) => {
  const said = imports.rows_shown
  if (other_row !== null) return said.other_row(other_row)
  const name = refusalOf(code ?? 0)?.name
  if (name === 'DUPLICATE') return said.duplicate
  if (name === 'DUPLICATE_EXTERNAL_ID') return said.external_id
  if (name === 'COULDNT_FIND_THE_LEAD') return said.not_found
  return name === 'EXCEPTION' ? said.fault : undefined
}
