import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Landing, oneLine, placeholders, render, templateProblem } from './action-template.ts'

const lead: Record<string, string> = { Name: `O'Hara & "Sons" <b>`, City: 'Zürich', Empty: '' }
const values = (name: string) => lead[name] ?? ''

test.for<[Landing, string, string]>([
  ['url', '/find?q=${Name}&c=${ City }', "/find?q=O'Hara%20%26%20%22Sons%22%20%3Cb%3E&c=Z%C3%BCrich"],
  ['form', 'q=${Name}', "q=O'Hara+%26+%22Sons%22+%3Cb%3E"],
  ['json', '{"n":"${Name}"}', '{"n":"O\'Hara & \\"Sons\\" <b>"}'],
  ['xml', '<n>${Name}</n>', '<n>O&#39;Hara &#38; &#34;Sons&#34; &#60;b&#62;</n>'],
  ['header', '${City}', 'Z%C3%BCrich'],
  ['text', '${Name} of ${City}${Empty}${Unknown}', `O'Hara & "Sons" <b> of Zürich`],
])('in a place of kind %s', ([place, template, text]) => {
  expect(render(template, values, place)).toBe(text)
})

test('a value that looks like a placeholder stays what it is', () => {
  expect(render('${A}', () => '${A} $& $1', 'text')).toBe('${A} $& $1')
})

test('the names that a template asks for, and what cannot be read', () => {
  expect(placeholders('a ${Name}, ${ City }')).toEqual(['Name', 'City'])
  expect(templateProblem('a ${Name}, $5, {x}')).toBeUndefined()
  for (const wrong of ['${}', 'a ${ }', '${Name', '${Na\nme}']) expect(templateProblem(wrong)).toMatch(/\w/)
})

const anything = fc.string({ unit: 'binary', maxLength: 40 })

test('whatever the value is, it stays inside of its place', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const put = (template: string, place: Landing) => render(template, () => value, place)
      expect(JSON.parse(put('{"a":"${A}"}', 'json'))).toEqual({ a: value })
      expect([...new URLSearchParams(put('a=${A}&b=1', 'form')).keys()]).toEqual(['a', 'b'])
      const url = new URL(put('https://crm.example/x/${A}/y?a=${A}&b=1#end', 'url'))
      expect([url.host, url.hash, [...url.searchParams.keys()]]).toEqual(['crm.example', '#end', ['a', 'b']])
      expect(put('${A}', 'xml')).not.toMatch(/[<>"']|&(?!#\d+;)/)
      expect(put('${A}', 'header')).toMatch(/^[ -~]*$/)
      expect(oneLine(value)).not.toMatch(/[\r\n\0]/)
    }),
  )
})
