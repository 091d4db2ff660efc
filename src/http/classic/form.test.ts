// Forms as bytes, compared with what Node's own FormData reads in them.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Warning } from '../../core/warnings.ts'
import { documentOfForm, urlencodedEntries } from './form.ts'
import { multipartEntries } from './multipart.ts'

function urlencoded(text: string) {
  const entries = urlencodedEntries(Buffer.from(text, 'latin1'))
  return documentOfForm(entries.ok!, {}, [])
}

function multipart(bytes: Uint8Array, boundary: string) {
  const warnings: Warning[] = []
  const entries = multipartEntries(Buffer.from(bytes), boundary, warnings)
  if (entries.refusal) return entries
  const document = documentOfForm(entries.ok, {}, warnings)
  return document.refusal ? document : { ok: document.ok, warnings }
}

test('a key that comes several times is a list, in the order sent, also as PHP writes it', () => {
  for (const text of ['a=1&b=x&a=2&a=3', 'a[]=1&b=x&a[]=2&a[]=3', 'a%5B0%5D=1&b=x&a%5B1%5D=2&a%5B2%5D=3'])
    expect(urlencoded(text).ok).toEqual(
      new Map<string, unknown>([
        ['a', ['1', '2', '3']],
        ['b', 'x'],
      ]),
    )
  expect(urlencoded('a[x]=1&[]=2').ok).toEqual(
    new Map([
      ['a[x]', '1'],
      ['[]', '2'],
    ]),
  )
})

test('a value keeps what only begins like a boundary', () => {
  const value = 'one\r\n--xy\r\n--x y\r\n--x-\r\ntwo\r\n'
  const body = `preamble\r\n--x \t\r\nContent-Disposition: form-data; name=a\r\n\r\n${value}\r\n--x--\r\nepilogue`
  expect(multipart(Buffer.from(body), 'x').ok).toEqual(new Map([['a', value]]))
})

test('an empty form has no keys', () => {
  expect(multipart(Buffer.from('--x--\r\n'), 'x').ok).toEqual(new Map())
})

const key = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((text) => text.isWellFormed() && !/[\r\n]|\[\d*\]$/.test(text))
const value = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll(/\r\n?|\n/g, '\r\n'))
const pairs = fc.array(fc.tuple(key, value), { maxLength: 8 })

/** As a document has them. */
function grouped(sent: [string, string][]) {
  const document = new Map<string, string | string[]>()
  for (const [name, text] of sent) {
    const there = document.get(name)
    document.set(name, there === undefined ? text : [there, text].flat())
  }
  return document
}

test('what URLSearchParams writes is read', () => {
  fc.assert(
    fc.property(pairs, (sent) => {
      expect(urlencoded(new URLSearchParams(sent).toString()).ok).toEqual(grouped(sent))
    }),
  )
})

test('what FormData writes is read, files named', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, fc.array(key, { maxLength: 2 }), async (sent, files) => {
      // A name that holds what browsers write for a double quote reads as that: HTML leaves it so.
      fc.pre(![...sent.map(([name]) => name), ...files].some((name) => /%(?:22|0d|0a)|\\"/i.test(name)))
      const form = new FormData()
      for (const [name, text] of sent) form.append(name, text)
      for (const name of files) form.append(name, new File(['x'], 'x.txt'))
      const request = new Request('http://x', { method: 'POST', body: form })
      const [, boundary = ''] = request.headers.get('Content-Type')!.split('boundary=')
      const read = multipart(await request.bytes(), boundary)
      expect(read).toMatchObject({
        ok: grouped(sent),
        warnings: files.map((field) => ({ code: 'file', field })),
      })
    }),
  )
})

test('any bytes at all are a form or refused', () => {
  const noise = fc.array(
    fc.constantFrom(
      '--x',
      '\r\n',
      '--',
      'Content-Disposition: form-data; name="a"',
      ':',
      '"',
      ';',
      ' ',
      '\xff',
    ),
  )
  fc.assert(
    fc.property(noise, (pieces) => {
      const { ok, refusal } = multipart(Buffer.from(pieces.join(''), 'latin1'), 'x') as {
        ok?: unknown
        refusal?: { name: string }
      }
      expect(ok instanceof Map || refusal?.name === 'MALFORMED_REQUEST').toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
