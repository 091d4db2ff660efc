// Renders a URL action or an e-mail for a lead. Pure, so a dry run shows exactly what a run would send.

import { type EmailConfig, originOf, type UrlConfig } from './action.ts'
import {
  type Landing,
  type Lookup,
  oneLine,
  placeholders,
  render,
  templateProblem,
} from './action-template.ts'

export interface RenderedRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
}

interface Address {
  name: string
  address: string
}

export interface RenderedEmail {
  from: Address
  to: Address[]
  cc: Address[]
  bcc: Address[]
  subject: string
  text?: string
  html?: string
}

/** The rest of a sentence about the action, where the values of this lead cannot be sent. */
type Rendered<T> = { ok: T; problem?: undefined } | { ok?: undefined; problem: string }

const JSON_TYPE = 'application/json'

const contentTypeOf = (headers: Record<string, string> = {}) =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]

/** How the values in a body are escaped: its content type says it, JSON without one. */
export function landingOfBody({ headers }: UrlConfig): Landing {
  const type = (contentTypeOf(headers) ?? JSON_TYPE).toLowerCase().split(';')[0]!.trim()
  if (/[/+]json$/.test(type)) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  return /^(text\/(xml|html)|application\/xml)$|\+xml$/.test(type) ? 'xml' : 'text'
}

const DOTS = /^(\.|%2e){1,2}$/i

export function renderRequest(config: UrlConfig, values: Lookup): Rendered<RenderedRequest> {
  const url = render(config.url, values, 'url')
  // A value of dots alone would be another path: such segments are resolved before anything is sent.
  const path = config.url.split(/[?#]/)[0]!
  for (const segment of path.split('/'))
    if (segment.includes('${') && DOTS.test(render(segment, values, 'url')))
      return { problem: 'a value of dots alone would change the path of the address' }
  const headers = Object.fromEntries(
    Object.entries(config.headers ?? {}).map(([name, value]) => [name, render(value, values, 'header')]),
  )
  const body = config.body === undefined ? null : render(config.body, values, landingOfBody(config))
  if (body !== null && contentTypeOf(headers) === undefined) headers['Content-Type'] = JSON_TYPE
  return { ok: { method: config.method, url, headers, body } }
}

const ADDRESS = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,253}$/
const NAMED = /^([^<>]*)<([^<>]*)>$/

/**
 * The addresses of a list: commas of the template divide it, a comma in a value never does. An address that comes out
 * empty is left out; undefined: one is not an address.
 */
function addresses(template: string, values: Lookup): Address[] | undefined {
  const found: Address[] = []
  for (const part of template.split(',')) {
    const [, name = '', address = part] = NAMED.exec(part.trim()) ?? []
    const rendered = render(address, values, 'text').trim()
    if (rendered === '') continue
    if (!ADDRESS.test(rendered)) return undefined
    found.push({ name: oneLine(render(name, values, 'text')).replaceAll(/["\\]/g, ''), address: rendered })
  }
  return found
}

/** `fallback`: who it is from where the action does not say; null: nobody is set. */
export function renderEmail(
  config: EmailConfig,
  values: Lookup,
  fallback: string | null,
): Rendered<RenderedEmail> {
  const sender = config.from ?? fallback
  if (sender === null) return { problem: 'there is no sender: set LEADLINE_MAIL_FROM' }
  const [from, ...others] = addresses(sender, values) ?? []
  if (!from || others.length > 0) return { problem: 'the sender is not one address' }
  const lists = { to: config.to, cc: config.cc ?? '', bcc: config.bcc ?? '' }
  const [to, cc, bcc] = Object.values(lists).map((list) => addresses(list, values))
  if (!to || !cc || !bcc) return { problem: 'a recipient is no e-mail address' }
  if (to.length + cc.length + bcc.length === 0) return { problem: 'the lead gives no recipient' }
  return {
    ok: {
      from,
      to,
      cc,
      bcc,
      subject: oneLine(render(config.subject, values, 'text')),
      ...(config.text === undefined ? {} : { text: render(config.text, values, 'text') }),
      ...(config.html === undefined ? {} : { html: render(config.html, values, 'xml') }),
    },
  }
}

export interface ConfigProblem {
  /** Where in the config: `url`, `headers/X-Key`. */
  field: string
  detail: string
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** The headers that the connection and the delivery id need. */
const OURS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|leadline-.*)$/i
const HEADER_VALUE = /^[ -~]*$/

/** The mistakes of a URL action that do not depend on the lead. */
export function urlProblems(config: UrlConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const { url, headers = {}, body } = config
  const origin = originOf(url)
  if (!origin || /[\s\0-\x1f]/.test(url))
    problems.push({ field: 'url', detail: 'must begin with http:// or https:// and a host, without blanks' })
  else if (origin.includes('${'))
    problems.push({
      field: 'url',
      detail: 'may have placeholders in its path and query only, not in its host',
    })
  else if (origin.includes('@'))
    problems.push({ field: 'url', detail: 'must not hold a user or password: use the header Authorization' })
  else if (!URL.canParse(url.replaceAll('${', '').replaceAll('}', '')))
    problems.push({ field: 'url', detail: 'is no address' })
  for (const [name, value] of Object.entries(headers)) {
    const field = `headers/${name}`
    if (!TOKEN.test(name)) problems.push({ field, detail: 'is no name of a header' })
    else if (OURS.test(name)) problems.push({ field, detail: 'is set by Leadline itself' })
    else if (!HEADER_VALUE.test(value.replaceAll(/\$\{[^{}]*\}/g, '')))
      problems.push({ field, detail: 'must be one line of ASCII' })
  }
  if (new Set(Object.keys(headers).map((name) => name.toLowerCase())).size < Object.keys(headers).length)
    problems.push({ field: 'headers', detail: 'name a header twice' })
  if (contentTypeOf(headers)?.includes('${'))
    problems.push({
      field: 'headers/Content-Type',
      detail: 'takes no placeholder: the body is escaped by it',
    })
  if (body !== undefined && config.method === 'GET')
    problems.push({ field: 'body', detail: 'is not for GET' })
  if (body !== undefined && landingOfBody(config) === 'json' && !isJson(body))
    problems.push({ field: 'body', detail: 'must be JSON, with its placeholders between quotes' })
  return problems
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The mistakes of an e-mail that do not depend on the lead. */
export function emailProblems(config: EmailConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const field of ['to', 'cc', 'bcc', 'from'] as const) {
    const list = config[field]
    // With values that are addresses, or a part of one, the template itself must come out as addresses.
    const fits = (part: string) => addresses(part, () => 'a@example.com') ?? addresses(part, () => 'a')
    if (list !== undefined && !list.split(',').every(fits))
      problems.push({ field, detail: 'must be e-mail addresses, separated by commas' })
  }
  if (config.text === undefined && config.html === undefined)
    problems.push({ field: 'text', detail: 'a mail needs text or html' })
  return problems
}

/** The templates of a set-up, by their place in the config. */
function templatesOf(config: UrlConfig | EmailConfig): [field: string, template: string][] {
  if ('url' in config)
    return [
      ['url', config.url],
      ...Object.entries(config.headers ?? {}).map(([name, value]): [string, string] => [
        `headers/${name}`,
        value,
      ]),
      ...(config.body === undefined ? [] : [['body', config.body] as [string, string]]),
    ]
  return Object.entries(config)
}

/** Templates that cannot be read, and placeholders that nothing can fill. */
export function templateProblems(
  config: UrlConfig | EmailConfig,
  isKnown: (name: string) => boolean,
): ConfigProblem[] {
  return templatesOf(config).flatMap(([field, template]) => {
    const detail = templateProblem(template)
    if (detail) return [{ field, detail }]
    return placeholders(template)
      .filter((name) => !isKnown(name))
      .map((name) => ({ field, detail: `no template has the field ${name.slice(0, 100)}` }))
  })
}
