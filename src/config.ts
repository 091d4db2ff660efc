// Every option: name, type, default, sentence, and how its text is read. From the environment only;
// docs/generated/options.md is made from this list.

import { isIP } from 'node:net'
import { FALLBACK_CHARSETS } from './core/charset.ts'
import { BOOTSTRAP_LOGIN, passwordProblem } from './core/operator.ts'
import { isRegion } from './core/phone.ts'

/** An option that cannot be used; the message names it and says what it takes. */
export class ConfigError extends Error {}

type Fallback = string | null
/** An option that is not set and has no default is null. */
type Or<Value, Default extends Fallback> = Default extends null ? Value | null : Value

interface Option<Value, Default extends Fallback> {
  kind: 'text' | 'integer' | 'secret'
  fallback: Default
  sentence: string
  /** From what is set or the default. @throws ConfigError, without the name */
  read: (text: string) => Value
  /** Blanks at its ends are part of it. */
  whole?: true
}

type IsRight = (text: string) => boolean
const always: IsRight = () => true

function right<Value>(value: Value, is_right: boolean, takes: string): Value {
  if (is_right) return value
  throw new ConfigError(takes)
}

const text = <Default extends Fallback>(
  fallback: Default,
  sentence: string,
  isRight = always,
  takes = '',
): Option<string, Default> => ({
  kind: 'text',
  fallback,
  sentence,
  read: (text) => right(text, isRight(text), takes),
})

const secret = (sentence: string, isRight = always, takes = ''): Option<string, null> => ({
  ...text(null, sentence, isRight, takes),
  kind: 'secret',
})

const list = (sentence: string, isRight: IsRight, takes: string): Option<string[], null> => ({
  kind: 'text',
  fallback: null,
  sentence,
  read: (text) => {
    const entries = text
      .toLowerCase()
      .split(',')
      .map((entry) => entry.trim())
    const named = entries.filter((entry) => entry !== '')
    return right(named, named.every(isRight), takes)
  },
})

const integer = (fallback: string, [min, max]: readonly [number, number], sentence: string) => ({
  kind: 'integer' as const,
  fallback,
  sentence,
  min,
  max,
  read: (text: string) => {
    const value = Number(text)
    const is_right = /^\d+$/.test(text) && value >= min && value <= max
    return right(value, is_right, `must be a whole number from ${min} to ${max}`)
  },
})

/** How long a kind of data is kept; null: for good. */
function days(fallback: string, sentence: string) {
  const option = integer(fallback, [0, 36_500], `${sentence} 0: never.`)
  return { ...option, read: (text: string): number | null => option.read(text) || null }
}

/** An HTTP status that may be another one than that of the list of results. */
function status(fallback: string, others: readonly number[], sentence: string) {
  const known = [Number(fallback), ...others]
  const option = integer(fallback, [400, Math.max(...known)], sentence)
  const takes = `must be ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  return { ...option, read: (text: string) => right(option.read(text), known.includes(Number(text)), takes) }
}

/** 10.0.0.7, 10.0.0.0/8, 2001:db8::/32 */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  const bits = family === 6 ? 128 : 32
  const is_prefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
  return family !== 0 && more.length === 0 && is_prefix
}

const MAILBOX = /^[^\s@<>,]+@[^\s@<>,]+$|^[^@<>,]*<[^\s@<>,]+@[^\s@<>,]+>$/
const charsetNamed = (text: string) => FALLBACK_CHARSETS.find((one) => one === text.toLowerCase())
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent']

export const OPTIONS = {
  LEADLINE_HOST: text('127.0.0.1', 'Address that the server listens on.'),
  LEADLINE_PORT: integer('8080', [0, 65_535], 'Port that the server listens on; 0 takes a free one.'),
  LEADLINE_PUBLIC_HOSTS: list(
    'Host names under which the browsers of operators reach the app, separated by commas: leads.example.com. localhost always counts; requests with a key need none.',
    (host) => URL.canParse(`http://${host}`) && new URL(`http://${host}`).hostname === host,
    'takes host names without http:// and port, separated by commas: leads.example.com',
  ),
  LEADLINE_DATA_DIR: text('./data', 'Where the embedded PostgreSQL keeps its data.'),
  DATABASE_URL: secret(
    'A PostgreSQL server (15 to 18) to use instead of the embedded one: postgres://user:password@host/database.',
    (url) => /^postgres(ql)?:\/\//.test(url),
    'must begin with postgres://',
  ),
  LEADLINE_REGION: text(
    'AU',
    'Region (ISO 3166) in which numbers are read where no template is named: DNC, search, command line.',
    (region) => isRegion(region.toUpperCase()),
    'must be a region of two letters, such as AU',
  ),
  LEADLINE_BOOTSTRAP_API_KEY: secret(
    'Creates, if absent, a global key with exactly this value (at least 16 characters); never printed.',
    (key) => key.length >= 16,
    'must have at least 16 characters',
  ),
  LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: {
    ...secret(
      'Creates, if absent, the operator admin with this password (8 to 200 characters); never printed. One who is there keeps the password.',
    ),
    read: (password: string) => {
      const problem = passwordProblem(password, BOOTSTRAP_LOGIN)
      return right(password, problem === undefined, problem!)
    },
    whole: true,
  },
  LEADLINE_GATE_SLOTS: integer('512', [1, 65_536], 'Inserts and updates at work at once.'),
  LEADLINE_GATE_QUEUE_MAX: integer(
    '2048',
    [0, 1_000_000],
    'Inserts and updates that may wait for a slot; more are refused at once (109).',
  ),
  LEADLINE_GATE_WAIT_MS: integer(
    '60000',
    [1, 600_000],
    'Longest wait for a slot in milliseconds; then the request is refused (109).',
  ),
  LEADLINE_CONNECTIONS_MAX: integer(
    '5000',
    [16, 1_000_000],
    'Connections of clients at once; beyond it the oldest that asks nothing makes room, else the new one is closed.',
  ),
  LEADLINE_TRUSTED_PROXIES: list(
    'Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas: 127.0.0.1, 10.0.0.0/8. Without it a client has the address of its connection.',
    isNetwork,
    'takes addresses and networks, separated by commas: 127.0.0.1, 10.0.0.0/8',
  ),
  LEADLINE_ACTIONS_AT_ONCE: integer('20', [1, 1_000], 'Runs of actions at work at once, in this process.'),
  LEADLINE_ACTIONS_PRIVATE_HOSTS: list(
    'Hosts that actions and pulls may call although they are private or use another port, separated by commas. A name alone is port 80 for http and 443 for https: crm.local, 10.0.0.7:9000.',
    (host) => !/[/@\s]/.test(host) && URL.canParse(`http://${host}`),
    'takes hosts or host:port, separated by commas',
  ),
  LEADLINE_SMTP_URL: secret(
    'Mail server for actions that send e-mail: smtp://user:password@host:587, or smtps://.',
    (url) => /^smtps?:\/\//.test(url) && URL.canParse(url),
    'must begin with smtp:// or smtps:// and name a host',
  ),
  LEADLINE_MAIL_FROM: text(
    null,
    'Sender of e-mails whose action names none: Leadline <leads@example.com>.',
    (sender) => MAILBOX.test(sender),
    'must be one e-mail address: Leadline <leads@example.com>',
  ),
  LEADLINE_CLASSIC_103_STATUS: status(
    '500',
    [400],
    'HTTP status of code 103 in the classic API: 500, or 400 for clients of the version that printed 400.',
  ),
  LEADLINE_CLASSIC_109_STATUS: status(
    '400',
    [429, 503],
    'HTTP status of code 109 in the classic API: 400 as published, or 429 or 503 for senders that repeat only what has such a status.',
  ),
  LEADLINE_CLASSIC_FALLBACK_CHARSET: text(
    null,
    'Charset of classic bodies that are not UTF-8 and declare none, where their key has no fallback: windows-1252 or iso-8859-1. Without it they are refused (1003).',
    (charset) => charsetNamed(charset) !== undefined,
    `must be ${FALLBACK_CHARSETS.join(' or ')}`,
  ),
  LEADLINE_KEEP_LEADS_DAYS: days(
    '0',
    'Days after which a lead that nobody has changed, and that waits for no callback, is forgotten at night.',
  ),
  LEADLINE_KEEP_CONFLICTS_DAYS: days(
    '400',
    'Days after which conflicts that are settled or lapsed are deleted at night.',
  ),
  LEADLINE_KEEP_ACTION_RUNS_DAYS: days('400', 'Days after which runs of actions are deleted at night.'),
  LEADLINE_KEEP_PULL_RUNS_DAYS: days('400', 'Days after which runs of pulls are deleted at night.'),
  LEADLINE_KEEP_IMPORT_ROWS_DAYS: days(
    '30',
    'Days after which the rows of imports that have ended are deleted at night; what came of them stays.',
  ),
  LEADLINE_KEEP_AUDIT_DAYS: days(
    '1827',
    'Days after which entries of the audit log are deleted at night; what was decided about a lead goes with the lead.',
  ),
  LEADLINE_KEEP_DNC_REJECTS_DAYS: days(
    '30',
    'Days after which rows of do-not-call files that were not taken are deleted at night.',
  ),
  LEADLINE_LOOP_BACK_REGISTER: text(
    'no',
    'yes: washes can be tried with a register that lists every second number. Never where people are called.',
    (text) => text === 'yes' || text === 'no',
    'must be yes or no',
  ),
  LEADLINE_LOG_LEVEL: text(
    'info',
    'fatal, error, warn, info or debug (a line per request).',
    (level) => LOG_LEVELS.includes(level),
    'must be fatal, error, warn, info or debug',
  ),
  LEADLINE_URL: text('http://127.0.0.1:8080', 'Server that the command line talks to.'),
  LEADLINE_API_KEY: secret('API key that the command line uses.'),
  LEADLINE_OPERATOR_PASSWORD: {
    ...secret('Password that "leadline operators create" and "reset" set; without it they make one.'),
    whole: true,
  },
} as const satisfies Record<string, Option<unknown, Fallback>>

type Options = typeof OPTIONS
type ValueOf<Name extends keyof Options> = Or<ReturnType<Options[Name]['read']>, Options[Name]['fallback']>

export type Config = ReturnType<typeof readConfig>

/** @throws ConfigError */
export function readConfig(environment: Record<string, string | undefined>) {
  const read = <Name extends keyof Options>(name: Name) => {
    const { fallback, read, whole }: Option<unknown, Fallback> = OPTIONS[name]
    const set = environment[name]
    // An empty or blank one counts as not set.
    const text = set?.trim() ? (whole ? set : set.trim()) : fallback
    try {
      return (text === null ? null : read(text)) as ValueOf<Name>
    } catch (error) {
      throw error instanceof ConfigError ? new ConfigError(`${name} ${error.message}`) : error
    }
  }
  return {
    host: read('LEADLINE_HOST'),
    port: read('LEADLINE_PORT'),
    public_hosts: read('LEADLINE_PUBLIC_HOSTS') ?? [],
    data_dir: read('LEADLINE_DATA_DIR'),
    database_url: read('DATABASE_URL'),
    region: read('LEADLINE_REGION').toUpperCase(),
    bootstrap_api_key: read('LEADLINE_BOOTSTRAP_API_KEY'),
    bootstrap_admin_password: read('LEADLINE_BOOTSTRAP_ADMIN_PASSWORD'),
    gate: {
      slots: read('LEADLINE_GATE_SLOTS'),
      queue_max: read('LEADLINE_GATE_QUEUE_MAX'),
      wait_ms: read('LEADLINE_GATE_WAIT_MS'),
    },
    connections_max: read('LEADLINE_CONNECTIONS_MAX'),
    trusted_proxies: read('LEADLINE_TRUSTED_PROXIES') ?? [],
    actions: {
      concurrency: read('LEADLINE_ACTIONS_AT_ONCE'),
      private_hosts: read('LEADLINE_ACTIONS_PRIVATE_HOSTS') ?? [],
      smtp_url: read('LEADLINE_SMTP_URL'),
      mail_from: read('LEADLINE_MAIL_FROM'),
    },
    classic: {
      statuses: {
        EXCEPTION: read('LEADLINE_CLASSIC_103_STATUS'),
        TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: read('LEADLINE_CLASSIC_109_STATUS'),
      },
      fallback_charset: charsetNamed(read('LEADLINE_CLASSIC_FALLBACK_CHARSET') ?? '') ?? null,
    },
    keep: {
      leads: read('LEADLINE_KEEP_LEADS_DAYS'),
      conflicts: read('LEADLINE_KEEP_CONFLICTS_DAYS'),
      action_runs: read('LEADLINE_KEEP_ACTION_RUNS_DAYS'),
      pull_runs: read('LEADLINE_KEEP_PULL_RUNS_DAYS'),
      import_rows: read('LEADLINE_KEEP_IMPORT_ROWS_DAYS'),
      audit: read('LEADLINE_KEEP_AUDIT_DAYS'),
      dnc_rejects: read('LEADLINE_KEEP_DNC_REJECTS_DAYS'),
    },
    has_loop_back: read('LEADLINE_LOOP_BACK_REGISTER') === 'yes',
    log_level: read('LEADLINE_LOG_LEVEL'),
    url: read('LEADLINE_URL').replace(/\/+$/, ''),
    api_key: read('LEADLINE_API_KEY'),
    operator_password: read('LEADLINE_OPERATOR_PASSWORD'),
  }
}
