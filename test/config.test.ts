import { expect, test } from 'vitest'
import { ConfigError, OPTIONS, readConfig } from '../src/config.ts'

const read = (environment: Record<string, string | undefined> = {}) => readConfig(environment)

test('an empty environment gives the documented defaults', () => {
  expect(read()).toEqual({
    host: '127.0.0.1',
    port: 8080,
    data_dir: './data',
    database_url: null,
    region: 'AU',
    bootstrap_api_key: null,
    bootstrap_admin_password: null,
    public_hosts: [],
    gate: { slots: 512, queue_max: 2048, wait_ms: 60_000 },
    connections_max: 5_000,
    trusted_proxies: [],
    actions: { concurrency: 20, private_hosts: [], smtp_url: null, mail_from: null },
    classic: {
      statuses: { EXCEPTION: 500, TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: 400 },
      fallback_charset: null,
    },
    keep: {
      leads: null,
      conflicts: 400,
      action_runs: 400,
      pull_runs: 400,
      import_rows: 30,
      audit: 1_827,
      dnc_rejects: 30,
    },
    has_loop_back: false,
    log_level: 'info',
    url: 'http://127.0.0.1:8080',
    api_key: null,
    operator_password: null,
  })
})

test('every option is read', () => {
  const environment: Record<keyof typeof OPTIONS, string> = {
    LEADLINE_HOST: '0.0.0.0',
    LEADLINE_PORT: '0',
    LEADLINE_PUBLIC_HOSTS: 'Leads.example.com, 10.1.2.3',
    LEADLINE_DATA_DIR: '/srv/leadline',
    DATABASE_URL: 'postgresql://leadline:secret@db.example/leads',
    LEADLINE_REGION: 'nz',
    LEADLINE_BOOTSTRAP_API_KEY: 'f863246a-973e-11e6-8784-08002718f5b5',
    LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: ' nine brown foxes ',
    LEADLINE_GATE_SLOTS: '2',
    LEADLINE_GATE_QUEUE_MAX: '0',
    LEADLINE_GATE_WAIT_MS: '500',
    LEADLINE_CONNECTIONS_MAX: '100',
    LEADLINE_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,2001:DB8::/32',
    LEADLINE_ACTIONS_AT_ONCE: '5',
    LEADLINE_ACTIONS_PRIVATE_HOSTS: 'CRM.local, 10.0.0.7:9000,,[fd00::1]',
    LEADLINE_SMTP_URL: 'smtp://leads:secret@mail.example:587',
    LEADLINE_MAIL_FROM: 'Leadline <leads@example.com>',
    LEADLINE_CLASSIC_103_STATUS: '400',
    LEADLINE_CLASSIC_109_STATUS: '429',
    LEADLINE_CLASSIC_FALLBACK_CHARSET: 'Windows-1252',
    LEADLINE_KEEP_LEADS_DAYS: '730',
    LEADLINE_KEEP_CONFLICTS_DAYS: '30',
    LEADLINE_KEEP_ACTION_RUNS_DAYS: '0',
    LEADLINE_KEEP_PULL_RUNS_DAYS: '60',
    LEADLINE_KEEP_DNC_REJECTS_DAYS: '7',
    LEADLINE_KEEP_IMPORT_ROWS_DAYS: '7',
    LEADLINE_KEEP_AUDIT_DAYS: '3000',
    LEADLINE_LOOP_BACK_REGISTER: 'yes',
    LEADLINE_LOG_LEVEL: 'debug',
    LEADLINE_URL: 'https://leads.example/',
    LEADLINE_API_KEY: 'a key',
    LEADLINE_OPERATOR_PASSWORD: 'six tall poplars',
  }
  expect(read(environment)).toEqual({
    host: '0.0.0.0',
    port: 0,
    public_hosts: ['leads.example.com', '10.1.2.3'],
    data_dir: '/srv/leadline',
    database_url: 'postgresql://leadline:secret@db.example/leads',
    region: 'NZ',
    bootstrap_api_key: 'f863246a-973e-11e6-8784-08002718f5b5',
    bootstrap_admin_password: ' nine brown foxes ',
    gate: { slots: 2, queue_max: 0, wait_ms: 500 },
    connections_max: 100,
    trusted_proxies: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'],
    actions: {
      concurrency: 5,
      private_hosts: ['crm.local', '10.0.0.7:9000', '[fd00::1]'],
      smtp_url: 'smtp://leads:secret@mail.example:587',
      mail_from: 'Leadline <leads@example.com>',
    },
    classic: {
      statuses: { EXCEPTION: 400, TIMEOUT_TOO_MANY_CONCURRENT_REQUESTS: 429 },
      fallback_charset: 'windows-1252',
    },
    keep: {
      leads: 730,
      conflicts: 30,
      action_runs: null,
      pull_runs: 60,
      import_rows: 7,
      audit: 3_000,
      dnc_rejects: 7,
    },
    has_loop_back: true,
    log_level: 'debug',
    url: 'https://leads.example',
    api_key: 'a key',
    operator_password: 'six tall poplars',
  })
})

test('an option that is empty or blank counts as not set', () => {
  const blank = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, ' ']))
  expect(read(blank)).toEqual(read())
  expect(read({ LEADLINE_PORT: ' 9090 ' }).port).toBe(9090)
})

test.for([
  ['LEADLINE_PORT', '65536'],
  ['LEADLINE_PORT', '-1'],
  ['LEADLINE_PORT', '80.5'],
  ['LEADLINE_PORT', '1e3'],
  ['LEADLINE_PORT', '0x50'],
  ['LEADLINE_PORT', 'http'],
  ['LEADLINE_REGION', 'ZZ'],
  ['LEADLINE_REGION', 'Australia'],
  ['LEADLINE_BOOTSTRAP_API_KEY', 'fifteen-letters'],
  ['LEADLINE_BOOTSTRAP_ADMIN_PASSWORD', 'seven77'],
  ['LEADLINE_BOOTSTRAP_ADMIN_PASSWORD', 'password1'],
  ['LEADLINE_BOOTSTRAP_ADMIN_PASSWORD', 'p'.repeat(201)],
  ['LEADLINE_GATE_SLOTS', '0'],
  ['LEADLINE_GATE_SLOTS', '65537'],
  ['LEADLINE_GATE_QUEUE_MAX', '1000001'],
  ['LEADLINE_GATE_WAIT_MS', '0'],
  ['LEADLINE_GATE_WAIT_MS', '600001'],
  ['LEADLINE_CONNECTIONS_MAX', '15'],
  ['LEADLINE_TRUSTED_PROXIES', 'proxy.example'],
  ['LEADLINE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['LEADLINE_TRUSTED_PROXIES', '10.0.0.0/8/8'],
  ['LEADLINE_CLASSIC_103_STATUS', '404'],
  ['LEADLINE_CLASSIC_109_STATUS', '500'],
  ['LEADLINE_CLASSIC_FALLBACK_CHARSET', 'utf-16'],
  ['LEADLINE_LOG_LEVEL', 'verbose'],
  ['DATABASE_URL', 'mysql://leadline@db.example/leads'],
  ['DATABASE_URL', 'db.example'],
])('%s=%s is refused, and the message names the option', ([name, value]) => {
  const attempt = () => read({ [name!]: value })
  expect(attempt).toThrow(ConfigError)
  expect(attempt).toThrow(name)
})

test.for([
  ['DATABASE_URL', 'hush-hush'],
  ['LEADLINE_BOOTSTRAP_API_KEY', 'hush-hush'],
  ['LEADLINE_BOOTSTRAP_ADMIN_PASSWORD', 'hush'],
])('the message about %s does not repeat the secret', ([name, value]) => {
  expect(() => read({ [name!]: value })).toThrow(/^(?!.*hush)/)
})

test('the defaults of the list are values that the reader takes', () => {
  const defaults = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, { fallback }]) => [name, fallback ?? undefined]),
  )
  expect(read(defaults)).toEqual(read())
})

test('numbers have their bounds in the list: the first and the last are taken', () => {
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (!('min' in option)) continue
    expect(() => read({ [name]: String(option.min) })).not.toThrow()
    expect(() => read({ [name]: String(option.max) })).not.toThrow()
    expect(() => read({ [name]: String(option.max + 1) })).toThrow(ConfigError)
  }
})
