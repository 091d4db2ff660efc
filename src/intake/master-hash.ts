// What a lead is known by in a master list: keyed hashes, from which nobody gets a value back without the key and a guess.

import { createHmac } from 'node:crypto'
import type { LeadValues } from '../core/lead.ts'
import {
  identitiesOf,
  type MasterList,
  type PlainValue,
  type PointedField,
  plainText,
  type Way,
} from '../core/master-list.ts'

/** 64 bits of a keyed hash, as a text: of ten million entries one in a hundred billion others would be met by chance. */
const hashOf = (key: Buffer, identity: string): string =>
  createHmac('sha256', key).update(identity).digest().readBigInt64BE(0).toString()

/** The hashes of what has these values. `key`: hexadecimal. */
export function hashesOf(key: string, ways: readonly Way[], valueIn: PlainValue): string[] {
  const bytes = Buffer.from(key, 'hex')
  return identitiesOf(ways, valueIn).map((identity) => hashOf(bytes, identity))
}

/** The same of a new lead. */
export function hashesOfLead({ key, ways }: MasterList, lead: LeadValues): string[] {
  const values = new Map<string, string | null>()
  for (const { field, phone } of lead.phones) values.set(field, phone === null ? null : String(phone))
  const valueIn = ({ field, kind }: PointedField) => {
    const known = values.get(field)
    if (known !== undefined) return known
    const text = lead.fields[field]
    return kind === 'phone' || text === undefined ? null : plainText(kind, text)
  }
  return hashesOf(key, ways, valueIn)
}
