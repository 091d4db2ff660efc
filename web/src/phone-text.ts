// Numbers as people of a region write and read them: "0412 345 678" at home, "+64 21 123 4567" elsewhere. How numbers are
// written everywhere is loaded after the first screen. The library would format them, too, but it brings three times as
// much: what it needs to judge numbers, which the server does.

import type { MetadataJson } from 'libphonenumber-js'
import { createStore, useStore } from './store.ts'

type Writer = (number: string, region: string | undefined) => string

const writer = createStore<Writer | null>(null)
let is_asked = false

/** Writes E.164 numbers as the region does. Until the plans are there, or if they never come, a number stays as it is. */
export function usePhoneText(): Writer {
  const known = useStore(writer)
  if (known) return known
  if (!is_asked) {
    is_asked = true
    import('libphonenumber-js/min/metadata')
      .then(({ default: plans }) => writer.set(phoneWriter(plans)))
      .catch(() => {
        is_asked = false
      })
  }
  return asIs
}

const asIs: Writer = (number) => number

/** Format, digits it begins with, how the national prefix is written, and how it is written abroad; others are not used. */
type Format = readonly [
  pattern: string,
  format: string,
  starts?: string[] | 0,
  prefix?: string | 0,
  _?: unknown,
  abroad?: string,
]

/** In the plan of a country. */
const FORMATS = 4
const PREFIX_RULE = 6

export function phoneWriter({ country_calling_codes: codes, countries }: MetadataJson): Writer {
  const code_of = new Map(
    Object.entries(codes).flatMap(([code, regions]) => regions.map((at): [string, string] => [at, code])),
  )
  return (number, region) => {
    const digits = number.replace(/^\+/, '')
    const code = [1, 2, 3]
      .map((length) => digits.slice(0, length))
      .find((start) => Object.hasOwn(codes, start))
    if (code === undefined) return number
    const plan: readonly unknown[] = countries[codes[code as keyof typeof codes]![0]!]!
    const national = digits.slice(code.length)
    const [pattern, format, , rule, , abroad] = formatOf(plan, national) ?? ['', '']
    const prefix = rule || plan[PREFIX_RULE]
    if (region !== undefined && code_of.get(region) === code) {
      const text = typeof prefix === 'string' ? format.replace(/(\$\d)/, prefix) : format
      return national.replace(new RegExp(pattern), text)
    }
    const text = national.replace(new RegExp(pattern), abroad ?? format)
    return `+${code} ${text.replace(/[^\d]+/g, ' ').trim()}`
  }
}

const formatOf = (plan: readonly unknown[], national: string) =>
  ((plan[FORMATS] || []) as readonly Format[]).find(
    ([pattern, , starts]) =>
      new RegExp(`^(?:${pattern})$`).test(national) &&
      (!starts || new RegExp(`^(?:${starts.at(-1)})`).test(national)),
  )
