import fc from 'fast-check'
import { expect, test } from 'vitest'
import { path } from './path.ts'

test('an id stays one segment of its address, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
      fc.pre(id !== '.' && id !== '..')
      const { pathname, search, hash } = new URL(path`/v1/leads/${id}/history`, 'http://localhost')
      expect([search, hash]).toEqual(['', ''])
      const [, v1, leads, segment, history, ...more] = pathname.split('/')
      expect([v1, leads, history, more]).toEqual(['v1', 'leads', 'history', []])
      expect(decodeURIComponent(segment!)).toBe(id)
    }),
  )
})

test.each(['', '.', '..'])('"%s" would lead elsewhere and is no id', (id) => {
  expect(() => path`/v1/leads/${id}`).toThrow(TypeError)
})

test('numbers are ids too', () => {
  expect(path`/v1/conflicts/${7}/resolution`).toBe('/v1/conflicts/7/resolution')
})
