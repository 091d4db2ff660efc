// Texts with placeholders: `${Name}` becomes the value of a lead, escaped for the place where it lands.

import { fold } from './field.ts'

/** Where a value lands. */
export type Landing = 'url' | 'json' | 'form' | 'xml' | 'header' | 'text'

/** The value of a placeholder, '' for none; names in any case. */
export type Lookup = (name: string) => string

const PLACEHOLDER = /\$\{([^{}\r\n]*)\}/g

/** The names that a template asks for, as they are written. */
export const placeholders = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name]) => name!.trim())

/** The rest of a sentence about a template that cannot be read; undefined: it can. */
export function templateProblem(template: string): string | undefined {
  if (placeholders(template).some((name) => name === '')) return 'has a placeholder without a name: ${}'
  return template.replace(PLACEHOLDER, '').includes('${')
    ? 'has a ${ that begins no placeholder: write ${Field}'
    : undefined
}

/** The template with its values; the rest of its text stays as it is. */
export function render(template: string, values: Lookup, place: Landing): string {
  return template.replace(PLACEHOLDER, (_, name: string) => ESCAPE[place](values(name.trim())))
}

const ESCAPE: Record<Landing, (value: string) => string> = {
  url: (value) => encodeURIComponent(value.toWellFormed()),
  form: (value) => encodeURIComponent(value.toWellFormed()).replaceAll('%20', '+'),
  // Escapes for a text between quotes; saving an action checks that its placeholders are between quotes.
  json: (value) => JSON.stringify(value).slice(1, -1),
  xml: (value) => value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`).replace(XML_CONTROL, ''),
  // One line; what is beyond ASCII as percent signs, because a header has no agreed spelling for it.
  header: (value) => oneLine(value).replace(/[^ -~]/gu, (char) => encodeURIComponent(char.toWellFormed())),
  text: (value) => value,
}

const XML_CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

/** Line breaks and other controls would begin a new header. */
export const oneLine = (value: string) => value.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim()

/** The names that a template can use besides the fields of the lead. */
export const SYSTEM_VALUES = [
  'njLead',
  'njLeadId',
  'njCampaignName',
  'njAllocationName',
  'njDisposition',
  'njCallBackDate',
  'njExternalLeadId',
  'njPriority',
  'njContactHours',
  'njCallDate',
  'njDialedNumber',
  'njDialAttempts',
  'njCallDuration',
  'njUniqueCallId',
  'njAction',
] as const
export type SystemValue = (typeof SYSTEM_VALUES)[number]

const SYSTEM = new Map<string, SystemValue>(SYSTEM_VALUES.map((name) => [fold(name), name]))

/** The system value of this name, in any case. */
export const systemValueNamed = (name: string): SystemValue | undefined => SYSTEM.get(fold(name))
