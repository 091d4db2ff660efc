// The types of the SDK against the schemas that the server validates with and documents: the compiler holds them equal.

import type { Static } from 'typebox'
import { expect, test } from 'vitest'
import type * as model from '../src/client/model.ts'
import type * as allocations from '../src/http/v1/allocation-schemas.ts'
import type * as conflicts from '../src/http/v1/conflict-schemas.ts'
import type * as edits from '../src/http/v1/lead-edit-schemas.ts'
import type * as leads from '../src/http/v1/lead-schemas.ts'
import type * as searches from '../src/http/v1/search-schemas.ts'
import type * as setup from '../src/http/v1/setup-schemas.ts'

/** All the way down, however a type was put together. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T]: Plain<T[Key]> }
    : T
type Equal<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false

interface Held {
  Lead: Equal<model.Lead, Static<typeof leads.Lead>>
  FoundLeads: Equal<model.FoundLeads, Static<typeof searches.FoundLeads>>
  Template: Equal<model.Template, Static<typeof setup.Template>>
  Campaign: Equal<model.Campaign, Static<typeof setup.Campaign>>
  Allocation: Equal<model.Allocation, Static<typeof allocations.Allocation>>
  HistoryEvent: Equal<model.HistoryEvent, Static<typeof leads.Event>>
  CallRecord: Equal<model.CallRecord, Static<typeof leads.CallRecord>>
  NewLead: Equal<model.NewLead, Static<typeof edits.NewLead>>
  LeadPatch: Equal<model.LeadPatch, Static<typeof edits.LeadPatch>>
  ChangedLead: Equal<model.ChangedLead, Static<typeof edits.ChangedLead>>
  HeldChange: Equal<model.HeldChange, Static<typeof edits.HeldChange>>
  LeadVersion: Equal<model.LeadVersion, Static<typeof edits.LeadVersion>>
  MergeRequest: Equal<model.MergeRequest, Static<typeof edits.MergeRequest>>
  Conflict: Equal<model.Conflict, Static<typeof conflicts.Conflict>>
  ConflictDocument: Equal<model.ConflictDocument, Static<typeof conflicts.ConflictDocument>>
}

test('every type of the SDK is what the schema says', () => {
  // A type that differs is `false` above, and the compiler refuses its `true` here.
  const held: Held = {
    Lead: true,
    FoundLeads: true,
    Template: true,
    Campaign: true,
    Allocation: true,
    HistoryEvent: true,
    CallRecord: true,
    NewLead: true,
    LeadPatch: true,
    ChangedLead: true,
    HeldChange: true,
    LeadVersion: true,
    MergeRequest: true,
    Conflict: true,
    ConflictDocument: true,
  }
  expect(Object.values(held)).not.toContain(false)
})
