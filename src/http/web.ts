// The operators' app: the files of its bundle, and its page for every other address outside the API.

import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'

const WEB_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** Machines ask for these: an unknown address below them is refused as JSON, even to a browser. */
const API = /^\/(?:v1|servicemanager|healthz|readyz|metrics|openapi\.json)(?:\/|$)/

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

interface File {
  type: string
  etag: string
  /** Its name holds the hash of its content. */
  immutable: boolean
  plain: Buffer
  br?: Buffer
  gzip?: Buffer
}

interface Bundle {
  /** When its page was built; another time means another bundle. */
  built_ms: number
  page: string
  /** By address. Only these are served, so no address leads out of the folder. */
  files: Map<string, File>
}

export class Web {
  /** Why there may be no bundle. */
  missing: keyof typeof MISSING = 'not built'
  readonly #folder: string
  #bundle: Promise<Bundle | undefined> | undefined
  #built_ms: number | undefined

  constructor(folder: string = WEB_FOLDER) {
    this.#folder = folder
  }

  /** True: answered. False: the address is none of the app's. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if (!isForWeb(request)) return false
    const bundle = await this.#current()
    const file = bundle?.files.get(pathOf(request.url))
    if (file) {
      sendFile(request, reply, file)
      return true
    }
    if (!wantsPage(request)) return false
    sendPage(request, reply, bundle?.page ?? standIn(this.missing), bundle ? 200 : 503)
    return true
  }

  /** The bundle as it lies on disk now; one that is built while the server runs is taken up. */
  async #current(): Promise<Bundle | undefined> {
    const built_ms = await stat(join(this.#folder, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    // Between the bundle before and the one after there may be none for a moment: the old one serves on.
    if (built_ms !== undefined && built_ms !== this.#built_ms) {
      this.#built_ms = built_ms
      const before = this.#bundle
      this.#bundle = readBundle(this.#folder, built_ms).catch(() => {
        this.#built_ms = undefined
        return before
      })
    }
    return this.#bundle
  }
}

/** Whether the app may have an answer, before anything is read. */
export const isForWeb = ({ method, url }: { method: string; url: string }) =>
  (method === 'GET' || method === 'HEAD') && !API.test(pathOf(url))

const wantsPage = ({ headers }: FastifyRequest) => /\btext\/html\b/.test(headers.accept ?? '')

function pathOf(url: string): string {
  const [path = '/'] = url.split('?')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function readBundle(folder: string, built_ms: number): Promise<Bundle> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const bytes = new Map(
    await Promise.all(names.map(async (name) => [addressOf(folder, name), await readFile(name)] as const)),
  )
  const files = new Map<string, File>()
  for (const [address, plain] of bytes) {
    const type = TYPES[extname(address)]
    if (!type || address === '/index.html') continue
    files.set(address, {
      type,
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      immutable: address.startsWith('/assets/'),
      plain,
      br: bytes.get(`${address}.br`),
      gzip: bytes.get(`${address}.gz`),
    })
  }
  return { built_ms, page: bytes.get('/index.html')!.toString('utf8'), files }
}

const addressOf = (folder: string, name: string) => name.slice(folder.length).replaceAll(sep, '/')

function sendFile(request: FastifyRequest, reply: FastifyReply, file: File): void {
  reply.header('Content-Type', file.type).header('ETag', file.etag).header('Vary', 'Accept-Encoding')
  reply.header('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  reply.header('Cross-Origin-Resource-Policy', 'same-origin')
  if (request.headers['if-none-match'] === file.etag) {
    reply.code(304).send()
    return
  }
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = (['br', 'gzip'] as const).find((one) => file[one] && takes(accepted, one))
  if (encoding) reply.header('Content-Encoding', encoding)
  reply.code(200).send(encoding ? file[encoding] : file.plain)
}

const takes = (accepted: string, encoding: string) =>
  new RegExp(`(?:^|,)\\s*${encoding}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[\\d.]+\\s*)?(?:,|$)`, 'i').test(
    accepted,
  )

/** Path below which a proxy shows the app: '' or '/leads'. It goes into the page, so nothing else is taken. */
function prefixOf({ headers }: FastifyRequest): string {
  const prefix = String(headers['x-forwarded-prefix'] ?? '').replace(/\/+$/, '')
  return /^(?:\/[A-Za-z0-9._~-]+)+$/.test(prefix) && !prefix.includes('..') ? prefix : ''
}

function sendPage(request: FastifyRequest, reply: FastifyReply, page: string, status: 200 | 503): void {
  const nonce = randomBytes(18).toString('base64')
  reply
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Security-Policy', policy(nonce))
    .header('X-Frame-Options', 'DENY')
    .header('Cross-Origin-Opener-Policy', 'same-origin')
    .header('Permissions-Policy', 'camera=(), geolocation=(), microphone=()')
  // The page of the bundle names its files as ./…; deep addresses need them from the root.
  const html = page.replaceAll('"./', `"${prefixOf(request)}/`).replaceAll(NONCE, nonce)
  if (status === 503) reply.header('Refresh', '3').header('Retry-After', '3')
  reply.code(status).send(html)
}

const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Stands in the page where its nonce goes. */
const NONCE = '__LEADLINE_NONCE__'

/** What the page says instead of the app: a heading, and what to do. */
const MISSING = {
  'being built': [
    'The app is being built',
    'This takes some seconds after an installation or an upgrade. This page then opens it. The API works already.',
  ],
  broken: [
    'The app could not be built',
    'The API works. Run <code>npm run build:web</code> in the folder of Leadline to see why. This page opens the app as soon as it is built.',
  ],
  'not built': [
    'The app is not installed',
    'The API works. Run <code>npm ci</code> and <code>npm run build:web</code> in the folder of Leadline. This page opens the app as soon as it is built.',
  ],
} as const

const standIn = (missing: keyof typeof MISSING) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Leadline</title>
    <style nonce="${NONCE}">
      body { font: 15px/1.6 ui-sans-serif, system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1rem; }
      h1 { font-size: 1.25rem; }
    </style>
  </head>
  <body>
    <h1>${MISSING[missing][0]}</h1>
    <p>${MISSING[missing][1]}</p>
  </body>
</html>
`
