// Secrets in the set-up of a URL action: masked when it is shown, kept when it comes back masked. A secret is a value with
// a name: a header, a parameter of the query, a value in the body. The name says so, or the set-up marks it.

import { type ActionSetUp, originOf, type UrlConfig } from './action.ts'
import { landingOfBody } from './action-request.ts'
import { render } from './action-template.ts'

const SECRET_NAME = /auth|cookie|key|token|secret|pass|pwd|signature|credential|session/i

const SHOWN_SECRET = '***'

type IsSecret = (name: string) => boolean

const secretsIn = (marked: readonly string[] = []): IsSecret => {
  const names = new Set(marked.map((name) => name.toLowerCase()))
  return (name) => SECRET_NAME.test(name) || names.has(name.toLowerCase())
}

/** A secret in a text: its name, a path that is unique in the text, and the position of its value. */
interface Spot {
  name: string
  path: string
  from: number
  to: number
}

/** The texts of a config that can hold secrets, by their place: how spots are found there, and how a masked one reads. */
interface SecretText {
  field: string
  text: string
  spots: (isSecret: IsSecret) => Spot[]
  mask: string
}

function textsOf(config: UrlConfig): SecretText[] {
  const { url, headers = {}, body } = config
  const query = url.indexOf('?') + 1
  const end = url.includes('#') ? url.indexOf('#') : url.length
  return [
    {
      field: 'url',
      text: url,
      spots: (isSecret) => (query === 0 ? [] : pairSpots(url, query, end, isSecret)),
      mask: SHOWN_SECRET,
    },
    ...Object.entries(headers).map(([name, text]) => ({
      field: `headers/${name}`,
      text,
      spots: (isSecret: IsSecret) =>
        isSecret(name) ? [{ name, path: name.toLowerCase(), from: 0, to: text.length }] : [],
      mask: SHOWN_SECRET,
    })),
    ...(body === undefined ? [] : [bodyText(config, body)]),
  ]
}

function bodyText(config: UrlConfig, text: string): SecretText {
  const place = landingOfBody(config)
  const spots = {
    json: (isSecret: IsSecret) => jsonSpots(text, isSecret),
    form: (isSecret: IsSecret) => pairSpots(text, 0, text.length, isSecret),
    xml: (isSecret: IsSecret) => foundSpots(text, [XML_ELEMENT, XML_ATTRIBUTE], isSecret),
    text: (isSecret: IsSecret) => foundSpots(text, [TEXT_VALUE], isSecret),
  }
  const mask = place === 'json' ? JSON.stringify(SHOWN_SECRET) : SHOWN_SECRET
  return { field: 'body', text, spots: spots[place as keyof typeof spots], mask }
}

/** `a=1&b=2` between two places of a text. */
function pairSpots(text: string, from: number, to: number, isSecret: IsSecret): Spot[] {
  let at = from
  const spots = text
    .slice(from, to)
    .split('&')
    .map((pair) => {
      const [raw = ''] = pair.split('=')
      const begin = at + Math.min(raw.length + 1, pair.length)
      const spot = { name: decoded(raw), path: '', from: begin, to: at + pair.length }
      at += pair.length + 1
      return spot
    })
  return numbered(spots.filter(({ name }) => isSecret(name)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** `<name …>value</` */
const XML_ELEMENT = /<(?<name>[\w.:-]+)(?=[\s>])[^<>]*>(?<value>[^<>]*)<\//dg
const XML_ATTRIBUTE = /\s(?<name>[\w.:-]+)\s*=\s*["'](?<value>[^"'<>]*)["']/dg
/** `name: value` or `name=value` */
const TEXT_VALUE = /(?<![\w.-])(?<name>[\w.-]+)["']?\s*[:=]\s*["']?(?<value>[^\s"',;&]+)/dg

function foundSpots(text: string, patterns: readonly RegExp[], isSecret: IsSecret): Spot[] {
  const spots = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups, indices }) => {
      const [from, to] = indices!.groups!.value!
      return { name: groups!.name!, path: '', from, to }
    }),
  )
  const secret = spots.filter(({ name }) => isSecret(name))
  return numbered(secret.sort((a, b) => a.from - b.from))
}

/** Of several of one name each has its turn. */
function numbered(spots: readonly Spot[]): Spot[] {
  const seen = new Map<string, number>()
  return spots.map((spot) => {
    const turn = (seen.get(spot.name) ?? 0) + 1
    seen.set(spot.name, turn)
    return { ...spot, path: `${spot.name} ${turn}` }
  })
}

const JSON_TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/dy

/** The texts and numbers below a secret name, however deep. */
function jsonSpots(text: string, isSecret: IsSecret): Spot[] {
  const spots: Spot[] = []
  let at = 0
  const next = () => {
    JSON_TOKEN.lastIndex = at
    const found = JSON_TOKEN.exec(text)
    if (!found) throw new SyntaxError('no JSON')
    at = JSON_TOKEN.lastIndex
    return { token: found[1]!, from: found.indices![1]![0] }
  }
  /** Walks the members between an opening and its closing bracket, without the commas. */
  const members = (close: string, member: (i: number) => void) => {
    for (let i = 0; ; ) {
      const before = at
      const { token } = next()
      if (token === close) return
      if (token === ',') continue
      at = before
      member(i++)
    }
  }
  const value = (path: string, name: string) => {
    const { token, from } = next()
    if (token === '{')
      members('}', () => {
        const key = JSON.parse(next().token) as string
        next()
        value(
          `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          name !== '' || !isSecret(key) ? name : key,
        )
      })
    else if (token === '[') members(']', (i) => value(`${path}/${i}`, name))
    else if (name !== '' && !/^(true|false|null)$/.test(token)) spots.push({ name, path, from, to: at })
  }
  try {
    JSON.parse(text)
    value('', '')
    return spots
  } catch {
    return []
  }
}

/** Whether a value is more than placeholders: those are values of the lead, and no secrets of the set-up. */
const holdsText = (value: string) => /[^\s"]/.test(render(value, () => '', 'text'))

const valueAt = ({ text }: Pick<SecretText, 'text'>, { from, to }: Spot) => text.slice(from, to)

/** The text with other values at some of its spots. */
const withValues = (text: string, values: readonly [Spot, string][]) =>
  values.reduceRight((whole, [{ from, to }, value]) => whole.slice(0, from) + value + whole.slice(to), text)

/** The config with its texts changed one by one. */
function mapTexts(config: UrlConfig, change: (text: SecretText) => string): UrlConfig {
  const changed = new Map(textsOf(config).map((text) => [text.field, change(text)]))
  const { headers, body } = config
  return {
    ...config,
    url: changed.get('url')!,
    ...(headers
      ? {
          headers: Object.fromEntries(
            Object.keys(headers).map((name) => [name, changed.get(`headers/${name}`)!]),
          ),
        }
      : {}),
    ...(body === undefined ? {} : { body: changed.get('body')! }),
  }
}

/** The set-up as it may be shown. */
export function shownConfig<SetUp extends ActionSetUp>({ kind, config }: SetUp): SetUp['config'] {
  return kind === 'url' ? maskedConfig(config as UrlConfig) : config
}

export function maskedConfig(config: UrlConfig): UrlConfig {
  const isSecret = secretsIn(config.secrets)
  return mapTexts(config, (text) => {
    const hidden = text.spots(isSecret).filter((spot) => holdsText(valueAt(text, spot)))
    return withValues(
      text.text,
      hidden.map((spot) => [spot, text.mask]),
    )
  })
}

/** The secrets of a config that came back masked. */
const maskedIn = (text: SecretText, isSecret: IsSecret) =>
  text.spots(isSecret).filter((spot) => valueAt(text, spot) === text.mask)

const marksOf = (...configs: UrlConfig[]) => configs.flatMap(({ secrets = [] }) => secrets)

/** The places of masked secrets that would go to another server than before, unseen by the sender. */
export function secretsAstray(next: UrlConfig, stored: UrlConfig): string[] {
  if (originOf(next.url)?.toLowerCase() === originOf(stored.url)?.toLowerCase()) return []
  const isSecret = secretsIn(marksOf(next, stored))
  return textsOf(next).flatMap((text) => (maskedIn(text, isSecret).length > 0 ? [text.field] : []))
}

/** A masked secret that comes back as it was shown keeps its value, and its mark. */
export function withSecretsOf(next: UrlConfig, stored: UrlConfig): UrlConfig {
  const isSecret = secretsIn(marksOf(next, stored))
  const isKnown = secretsIn(next.secrets)
  const kept = new Map(
    textsOf(stored).flatMap((text) =>
      text.spots(isSecret).map((spot) => [keyOf(text, spot), valueAt(text, spot)]),
    ),
  )
  const marks = new Set<string>()
  const config = mapTexts(next, (text) =>
    withValues(
      text.text,
      maskedIn(text, isSecret).flatMap((spot): [Spot, string][] => {
        const value = kept.get(keyOf(text, spot))
        if (value === undefined) return []
        if (!isKnown(spot.name)) marks.add(spot.name)
        return [[spot, value]]
      }),
    ),
  )
  return marks.size === 0 ? config : { ...config, secrets: [...marksOf(next), ...marks] }
}

const keyOf = ({ field }: SecretText, { path }: Spot) => `${field.toLowerCase()} ${path}`
