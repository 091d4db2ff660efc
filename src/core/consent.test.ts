import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GivenConsent, readConsent } from './consent.ts'

const NOW = '2026-11-30T01:00:00Z'
const read = (more: Partial<GivenConsent> = {}, region = 'AU') =>
  readConsent({ kind: 'express', text: 'Yes', ...more }, { region, zone: 'Australia/Melbourne' }, NOW)

test('express consent in Australia lapses after three months of the calendar, at the same wall time', () => {
  // Midday of 30 November is in summer time; February has no 30th.
  expect(read().ok).toMatchObject({ given_at: NOW, expires_at: '2027-02-28T01:00:00Z' })
  expect(read({ given_at: '2026-07-05T02:00:00Z' }).ok).toMatchObject({ expires_at: '2026-10-05T01:00:00Z' })
})

test('a stated period counts, also one without an end; inferred consent and other regions have no lapse', () => {
  expect(read({ expires_at: null }).ok).toMatchObject({ expires_at: null })
  expect(read({ expires_at: '2026-12-24T00:00:00+11:00' }).ok).toMatchObject({
    expires_at: '2026-12-23T13:00:00Z',
  })
  expect(read({ kind: 'inferred' }).ok).toMatchObject({ expires_at: null })
  expect(read({}, 'NZ').ok).toMatchObject({ expires_at: null })
})

test('whatever is given is refused with a field, or counts from a time that has come to a later one', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', 'Yes\nplease', '\u0000'))
  const instant = fc.oneof(
    fc.string(),
    fc
      .date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2030-01-01') })
      .map((at) => at.toISOString()),
  )
  const given = fc.record(
    {
      kind: fc.constantFrom('express' as const, 'inferred' as const),
      text,
      given_at: instant,
      given_by: fc.option(text),
      source: fc.option(text),
      expires_at: fc.option(instant),
    },
    { requiredKeys: ['kind', 'text'] },
  )
  fc.assert(
    fc.property(given, (consent) => {
      const { ok, refusal } = readConsent(consent, { region: 'AU', zone: 'Australia/Melbourne' }, NOW)
      if (refusal) {
        expect(refusal.field).toMatch(/^\/(?:text|given_at|given_by|source|expires_at)$/)
        return
      }
      expect(ok!.text).not.toBe('')
      expect(Date.parse(ok!.given_at)).toBeLessThanOrEqual(Date.parse(NOW) + 60_000)
      if (ok!.expires_at !== null)
        expect(Date.parse(ok!.expires_at)).toBeGreaterThan(Date.parse(ok!.given_at))
    }),
  )
})
