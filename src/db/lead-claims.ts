// The numbers of one lead and its claims on them, written in a transaction that has locked the lead.

import type { LeadKey, LeadPhone } from '../core/lead.ts'
import { canonicalNumber, formsOf } from '../core/phone-forms.ts'
import type { DncList } from '../core/result.ts'
import { blockingEntry } from './dnc.ts'
import type { Db } from './pool.ts'
import { statement } from './statement.ts'

const LOCK_CLAIMS = statement<{ campaign_id: number; phones: number[] }, { phone: number }>(
  'claims.lock',
  `select phone from claims
   where campaign_id = :campaign_id and phone = any (:phones::bigint[]) order by phone for update nowait`,
)

/**
 * Locks the claims on numbers, in either form; answers the numbers that were claimed. Every change of a number passes here,
 * one at a time, so the statements that follow in the transaction see each lead that was written beside a claim. Throws
 * 55P03 when a claim is locked.
 */
export async function lockClaims(tx: Db, campaign_id: number, numbers: number[]): Promise<Set<number>> {
  const claims = await tx.query(LOCK_CLAIMS, { campaign_id, phones: numbers.flatMap(formsOf) })
  return new Set(claims.map(({ phone }) => canonicalNumber(phone)))
}

const JUDGE = statement<
  { campaign_id: number; phones: number[] },
  { phone: number; list: DncList | null; held_by: number | null }
>(
  'claims.judge',
  `select n.phone, blocking.list, claim.lead_number as held_by
   from unnest(:phones::bigint[]) as n (phone)
     left join lateral (${blockingEntry(':campaign_id::integer', 'n.phone')}) blocking on true
     left join lateral (
       select c.lead_number from claims c
       where c.campaign_id = :campaign_id and c.phone in (n.phone, other_form(n.phone)) limit 1) claim on true
   order by n.phone`,
)

/** The lists and claims that are in the way of numbers for a lead of the campaign. */
export const judgeNumbers = (tx: Db, campaign_id: number, phones: number[]) =>
  tx.query(JUDGE, { campaign_id, phones })

const REPLACE_PHONES = statement<LeadKey & { phones: string; fields: string[] }>(
  'leadPhones.replace',
  `with gone as (
     delete from lead_phones
     where campaign_id = :campaign_id and lead_number = :number and not field = any (:fields::text[]))
   insert into lead_phones (campaign_id, lead_number, field, phone, state)
   select :campaign_id, :number, p.field, p.phone, p.state
   from json_to_recordset(:phones::json) as p (field text, phone bigint, state text)
   on conflict (campaign_id, lead_number, field) do update set phone = excluded.phone, state = excluded.state
     where (lead_phones.phone, lead_phones.state) is distinct from (excluded.phone, excluded.state)`,
)

/** Makes these the phone rows of the lead. */
export const replacePhones = (tx: Db, lead: LeadKey, phones: readonly LeadPhone[]) =>
  tx.query(REPLACE_PHONES, {
    ...lead,
    phones: JSON.stringify(phones),
    fields: phones.map(({ field }) => field),
  })

type KeyAndPhones = LeadKey & { phones: number[] }

const RELEASE_CLAIMS = statement<KeyAndPhones>(
  'claims.release',
  `with mine as materialized (
     select c.phone, (
       select p.lead_number from lead_phones p
       where p.campaign_id = :campaign_id and p.phone in (c.phone, other_form(c.phone))
         and p.lead_number <> :number
       order by p.lead_number limit 1) as heir
     from claims c
     where c.campaign_id = :campaign_id and c.phone = any (:phones::bigint[]) and c.lead_number = :number),
   passed as (
     update claims c set lead_number = mine.heir from mine
     where c.campaign_id = :campaign_id and c.phone = mine.phone and mine.heir is not null)
   delete from claims c using mine
   where c.campaign_id = :campaign_id and c.phone = mine.phone and mine.heir is null`,
)

/** Gives up a lead's claims on numbers: each passes to the oldest other lead of the campaign that has the number. */
export const releaseClaims = (tx: Db, { campaign_id, number }: LeadKey, numbers: number[]) =>
  tx.query(RELEASE_CLAIMS, { campaign_id, number, phones: numbers.flatMap(formsOf) })

const TAKE_CLAIMS = statement<KeyAndPhones>(
  'claims.take',
  `insert into claims (campaign_id, phone, lead_number)
   select :campaign_id, n.phone, :number from unnest(:phones::bigint[]) as n (phone) order by n.phone`,
)

/** Claims numbers that nobody held when they were locked; one that was claimed since fails with 23505. */
export const takeClaims = (tx: Db, { campaign_id, number }: LeadKey, phones: number[]) =>
  tx.query(TAKE_CLAIMS, { campaign_id, number, phones })
