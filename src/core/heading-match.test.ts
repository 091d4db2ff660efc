import { expect, test } from 'vitest'
import { likeness } from './heading-match.ts'

test('headings in other words are the same for people', () => {
  const same: [string, string][] = [
    ['E-mail address', 'Email'],
    ['EMAIL', 'email'],
    ['Cell', 'Mobile'],
    ['mobilePhone', 'Mobile'],
    ['Surname', 'LastName'],
    ['Given Name', 'first_name'],
    ['ZIP', 'PostCode'],
    ['Date of birth', 'Birthday'],
    ['Téléphone', 'telephone'],
    ['Suburb', 'City'],
  ]
  for (const [heading, name] of same) expect(likeness(heading, name), `${heading} ${name}`).toBe(1)
})

test('what is alike is more alike than what is not', () => {
  expect(likeness('Customer city', 'City')).toBeGreaterThan(0.7)
  expect(likeness('Adress', 'Address')).toBeGreaterThan(0.8)
  expect(likeness('Mobile phone 2', 'Mobile')).toBeLessThan(1)
  expect(likeness('Home phone', 'Work phone')).toBeLessThan(0.3)
  expect(likeness('First name', 'Last name')).toBeLessThan(0.55)
  expect(likeness('Priority', 'City')).toBe(0)
  expect(likeness('', 'City')).toBe(0)
  expect(likeness('???', 'City')).toBe(0)
})
