// A lease as diallers name it.

import { leadId } from './lead.ts'

/** The id of a lease: its lead's, and its own number: `41-1207-88213`. */
export const leaseId = (campaign_id: number, lead_number: number, lease_number: number) =>
  `${leadId(campaign_id, lead_number)}-${lease_number}`

const LEASE_ID = /^([1-9]\d{0,9})-([1-9]\d{0,14})-([1-9]\d{0,14})$/

/** Undefined for a text that is no lease id. */
export function readLeaseId(text: string) {
  const match = LEASE_ID.exec(text)
  if (!match) return undefined
  const [campaign_id, lead_number, lease_number] = match.slice(1).map(Number) as [number, number, number]
  return campaign_id <= 2_147_483_647 ? { campaign_id, lead_number, lease_number } : undefined
}
