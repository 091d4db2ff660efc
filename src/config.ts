// Every option: name, type, default, sentence. From the environment only; docs/generated/options.md is made from it.

import { isIP } from 'node:net'
import { FALLBACK_CHARSETS, type FallbackCharset } from './core/charset.ts'
import { passwordProblem } from './core/operator.ts'
import type { RefusalName } from './core/result.ts'

type Kind = 'text' | 'integer' | 'secret'

interface Option {
  kind: Kind
  fallback: string | null
  sentence: string
  min?: number
  max?: number
}

export const OPTIONS = {
  LEADLINE_HOST: { kind: 'text', fallback: '127.0.0.1', sentence: 'Address that the server listens on.' },
  LEADLINE_PORT: {
    kind: 'integer',
    fallback: '8080',
    min: 0,
    max: 65_535,
    sentence: 'Port that the server listens on; 0 takes a free one.',
  },
  LEADLINE_PUBLIC_HOSTS: {
    kind: 'text',
    fallback: null,
    sentence:
      'Host names under which the browsers of operators reach the app, separated by commas: leads.example.com. localhost always counts; requests with a key need none.',
  },
  LEADLINE_DATA_DIR: {
    kind: 'text',
    fallback: './data',
    sentence: 'Where the embedded PostgreSQL keeps its data.',
  },
  DATABASE_URL: {
    kind: 'secret',
    fallback: null,
    sentence:
      'A PostgreSQL server (15 to 18) to use instead of the embedded one: postgres://user:password@host/database.',
  },
  LEADLINE_REGION: {
    kind: 'text',
    fallback: 'AU',
    sentence:
      'Region (ISO 3166) in which numbers are read where no template is named: DNC, search, command line.',
  },
  LEADLINE_BOOTSTRAP_API_KEY: {
    kind: 'secret',
    fallback: null,
    sentence:
      'Creates, if absent, a global key with exactly this value (at least 16 characters); never printed.',
  },
  LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: {
    kind: 'secret',
    fallback: null,
    sentence:
      'Creates, if absent, the operator admin with this password (8 to 200 characters); never printed. One who is there keeps the password.',
  },
  LEADLINE_GATE_SLOTS: {
    kind: 'integer',
    fallback: '512',
    min: 1,
    max: 65_536,
    sentence: 'Inserts and updates at work at once.',
  },
  LEADLINE_GATE_QUEUE_MAX: {
    kind: 'integer',
    fallback: '2048',
    min: 0,
    max: 1_000_000,
    sentence: 'Inserts and updates that may wait for a slot; more are refused at once (109).',
  },
  LEADLINE_GATE_WAIT_MS: {
    kind: 'integer',
    fallback: '60000',
    min: 1,
    max: 600_000,
    sentence: 'Longest wait for a slot in milliseconds; then the request is refused (109).',
  },
  LEADLINE_CONNECTIONS_MAX: {
    kind: 'integer',
    fallback: '5000',
    min: 16,
    max: 1_000_000,
    sentence:
      'Connections of clients at once; beyond it the oldest that asks nothing makes room, else the new one is closed.',
  },
  LEADLINE_TRUSTED_PROXIES: {
    kind: 'text',
    fallback: null,
    sentence:
      'Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas: 127.0.0.1, 10.0.0.0/8. Without it a client has the address of its connection.',
  },
  LEADLINE_ACTIONS_AT_ONCE: {
    kind: 'integer',
    fallback: '20',
    min: 1,
    max: 1_000,
    sentence: 'Runs of actions at work at once, in this process.',
  },
  LEADLINE_ACTIONS_PRIVATE_HOSTS: {
    kind: 'text',
    fallback: null,
    sentence:
      'Hosts that actions may call although they are private or use another port, separated by commas. A name alone is port 80 for http and 443 for https: crm.local, 10.0.0.7:9000.',
  },
  LEADLINE_SMTP_URL: {
    kind: 'secret',
    fallback: null,
    sentence: 'Mail server for actions that send e-mail: smtp://user:password@host:587, or smtps://.',
  },
  LEADLINE_MAIL_FROM: {
    kind: 'text',
    fallback: null,
    sentence: 'Sender of e-mails whose action names none: Leadline <leads@example.com>.',
  },
  LEADLINE_CLASSIC_103_STATUS: {
    kind: 'integer',
    fallback: '500',
    min: 400,
    max: 500,
    sentence:
      'HTTP status of code 103 in the classic API: 500, or 400 for clients of the version that printed 400.',
  },
  LEADLINE_CLASSIC_109_STATUS: {
    kind: 'integer',
    fallback: '400',
    min: 400,
    max: 503,
    sentence:
      'HTTP status of code 109 in the classic API: 400 as published, or 429 or 503 for senders that repeat only what has such a status.',
  },
  LEADLINE_CLASSIC_FALLBACK_CHARSET: {
    kind: 'text',
    fallback: null,
    sentence:
      'Charset of classic bodies that are not UTF-8 and declare none, where their key has no fallback: windows-1252 or iso-8859-1. Without it they are refused (1003).',
  },
  LEADLINE_LOG_LEVEL: {
    kind: 'text',
    fallback: 'info',
    sentence: 'fatal, error, warn, info or debug (a line per request).',
  },
  LEADLINE_URL: {
    kind: 'text',
    fallback: 'http://127.0.0.1:8080',
    sentence: 'Server that the command line talks to.',
  },
  LEADLINE_API_KEY: { kind: 'secret', fallback: null, sentence: 'API key that the command line uses.' },
  LEADLINE_OPERATOR_PASSWORD: {
    kind: 'secret',
    fallback: null,
    sentence: 'Password that "leadline operators create" and "reset" set; without it they make one.',
  },
} as const satisfies Record<string, Option>

/** The operator whom LEADLINE_BOOTSTRAP_ADMIN_PASSWORD creates. */
export const BOOTSTRAP_LOGIN = 'admin'

export interface Config {
  host: string
  port: number
  public_hosts: readonly string[]
  data_dir: string
  database_url: string | null
  region: string
  bootstrap_api_key: string | null
  bootstrap_admin_password: string | null
  gate: { slots: number; queue_max: number; wait_ms: number }
  connections_max: number
  trusted_proxies: readonly string[]
  actions: {
    concurrency: number
    private_hosts: readonly string[]
    smtp_url: string | null
    mail_from: string | null
  }
  classic: {
    /** Statuses that differ from those of the list of results. */
    statuses: Partial<Record<RefusalName, number>>
    fallback_charset?: FallbackCharset | null
  }
  log_level: string
  url: string
  api_key: string | null
  operator_password: string | null
}

/** An option that cannot be used; the message names it and says what it takes. */
export class ConfigError extends Error {}

type Environment = Record<string, string | undefined>

/** 10.0.0.7, 10.0.0.0/8, 2001:db8::/32 */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  const bits = family === 6 ? 128 : 32
  return (
    family !== 0 &&
    more.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  )
}

const MAILBOX = /^[^\s@<>,]+@[^\s@<>,]+$|^[^@<>,]*<[^\s@<>,]+@[^\s@<>,]+>$/

/** @throws ConfigError */
export function readConfig(environment: Environment, isRegion: (text: string) => boolean): Config {
  const text = (name: keyof typeof OPTIONS) => environment[name]?.trim() || OPTIONS[name].fallback
  // Blanks at the ends of a password are part of it.
  const password = (name: keyof typeof OPTIONS) => (environment[name]?.trim() ? environment[name] : null)
  const integer = (name: keyof typeof OPTIONS) => {
    const { min = 0, max = Number.MAX_SAFE_INTEGER }: Option = OPTIONS[name]
    const value = text(name) ?? ''
    if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}`)
  }
  const region = text('LEADLINE_REGION')!.toUpperCase()
  if (!isRegion(region)) throw new ConfigError('LEADLINE_REGION must be a region of two letters, such as AU')
  const bootstrap_api_key = text('LEADLINE_BOOTSTRAP_API_KEY')
  if (bootstrap_api_key !== null && bootstrap_api_key.length < 16)
    throw new ConfigError('LEADLINE_BOOTSTRAP_API_KEY must have at least 16 characters')
  const bootstrap_admin_password = password('LEADLINE_BOOTSTRAP_ADMIN_PASSWORD')
  const problem =
    bootstrap_admin_password === null ? undefined : passwordProblem(bootstrap_admin_password, BOOTSTRAP_LOGIN)
  if (problem) throw new ConfigError(`LEADLINE_BOOTSTRAP_ADMIN_PASSWORD ${problem}`)
  const oneOf = (name: keyof typeof OPTIONS, ...allowed: [number, ...number[]]) => {
    const value = integer(name)
    if (allowed.includes(value)) return value
    throw new ConfigError(`${name} must be ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`)
  }
  const charset = text('LEADLINE_CLASSIC_FALLBACK_CHARSET')?.toLowerCase() ?? null
  const fallback_charset = FALLBACK_CHARSETS.find((one) => one === charset) ?? null
  if (charset !== fallback_charset)
    throw new ConfigError(`LEADLINE_CLASSIC_FALLBACK_CHARSET must be ${FALLBACK_CHARSETS.join(' or ')}`)
  const log_level = text('LEADLINE_LOG_LEVEL')!
  if (!['fatal', 'error', 'warn', 'info', 'debug', 'silent'].includes(log_level))
    throw new ConfigError('LEADLINE_LOG_LEVEL must be fatal, error, warn, info or debug')
  const database_url = text('DATABASE_URL')
  if (database_url !== null && !/^postgres(ql)?:\/\//.test(database_url))
    throw new ConfigError('DATABASE_URL must begin with postgres://')
  const smtp_url = text('LEADLINE_SMTP_URL')
  if (smtp_url !== null && !(/^smtps?:\/\//.test(smtp_url) && URL.canParse(smtp_url)))
    throw new ConfigError('LEADLINE_SMTP_URL must begin with smtp:// or smtps:// and name a host')
  const mail_from = text('LEADLINE_MAIL_FROM')
  if (mail_from !== null && !MAILBOX.test(mail_from))
    throw new ConfigError('LEADLINE_MAIL_FROM must be one e-mail address: Leadline <leads@example.com>')
  const list = (name: keyof typeof OPTIONS) =>
    (text(name) ?? '')
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '')
  const public_hosts = list('LEADLINE_PUBLIC_HOSTS')
  for (const host of public_hosts)
    if (!URL.canParse(`http://${host}`) || new URL(`http://${host}`).hostname !== host)
      throw new ConfigError(
        'LEADLINE_PUBLIC_HOSTS takes host names without http:// and port, separated by commas: leads.example.com',
      )
  const private_hosts = list('LEADLINE_ACTIONS_PRIVATE_HOSTS')
  for (const host of private_hosts)
    if (/[/@\s]/.test(host) || !URL.canParse(`http://${host}`))
      throw new ConfigError('LEADLINE_ACTIONS_PRIVATE_HOSTS takes hosts or host:port, separated by commas')
  const trusted_proxies = list('LEADLINE_TRUSTED_PROXIES')
  if (!trusted_proxies.every(isNetwork))
    throw new ConfigError(
      'LEADLINE_TRUSTED_PROXIES takes addresses and networks, separated by commas: 127.0.0.1, 10.0.0.0/8',
    )
  return {
    host: text('LEADLINE_HOST')!,
    port: integer('LEADLINE_PORT'),
    public_hosts,
    data_dir: text('LEADLINE_DATA_DIR')!,
    database_url,
    region,
    bootstrap_api_key,
    bootstrap_admin_password,
    gate: {
      slots: integer('LEADLINE_GATE_SLOTS'),
      queue_max: integer('LEADLINE_GATE_QUEUE_MAX'),
      wait_ms: integer('LEADLINE_GATE_WAIT_MS'),
    },
    connections_max: integer('LEADLINE_CONNECTIONS_MAX'),
    trusted_proxies,
    actions: { concurrency: integer('LEADLINE_ACTIONS_AT_ONCE'), private_hosts, smtp_url, mail_from },
    classic: {
      statuses: {
        EXCEPTION: oneOf('LEADLINE_CLASSIC_103_STATUS', 500, 400),
        TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: oneOf('LEADLINE_CLASSIC_109_STATUS', 400, 429, 503),
      },
      fallback_charset,
    },
    log_level,
    url: text('LEADLINE_URL')!.replace(/\/+$/, ''),
    api_key: text('LEADLINE_API_KEY'),
    operator_password: password('LEADLINE_OPERATOR_PASSWORD'),
  }
}
