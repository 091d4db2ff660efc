// The types of the SDK against the schemas that the server validates with and documents: the compiler holds them equal.

import type { Static } from 'typebox'
import { expect, test } from 'vitest'
import type * as model from '../src/client/model.ts'
import type * as allocations from '../src/http/v1/allocation-schemas.ts'
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
  Template: Equal<model.Template, Static<typeof setup.Template>>
  Campaign: Equal<model.Campaign, Static<typeof setup.Campaign>>
  Allocation: Equal<model.Allocation, Static<typeof allocations.Allocation>>
}

test('every type of the SDK is what the schema says', () => {
  // A type that differs is `false` above, and the compiler refuses its `true` here.
  const held: Held = {
    Template: true,
    Campaign: true,
    Allocation: true,
  }
  expect(Object.values(held)).not.toContain(false)
})
