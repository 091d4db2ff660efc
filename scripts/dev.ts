// `npm run dev`: the server, which starts again when one of its files changes, and the app, which reloads in the browser.
//
// Both are for the person in front of this machine: it listens on the loopback address only, because its key and its
// password are known to everybody.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const KEY = 'leadline_dev_key_known_to_everybody'
const PASSWORD = 'dev tour 2026'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const port = process.env.LEADLINE_PORT ?? '8080'
const api = `http://127.0.0.1:${port}`

if (process.env.DATABASE_URL) {
  console.error(
    'npm run dev makes a key that everybody knows, so it keeps a database of its own: unset DATABASE_URL.',
  )
  process.exit(2)
}

const server = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', 'bin/leadline', 'serve', '--no-build-web'],
  {
    cwd: ROOT,
    env: {
      LEADLINE_DATA_DIR: './data-dev',
      ...process.env,
      LEADLINE_HOST: '127.0.0.1',
      LEADLINE_PORT: port,
      LEADLINE_BOOTSTRAP_API_KEY: KEY,
      LEADLINE_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD,
    },
    // Its start message names the app that is built, not this one.
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)

const app = await createServer({
  configFile: 'web/vite.config.ts',
  server: { host: '127.0.0.1', proxy: { '/v1': api } },
  // As the server hands out the page: with addresses from the root, which deep addresses need.
  plugins: [
    { name: 'page', transformIndexHtml: { order: 'pre', handler: (html) => html.replaceAll('"./', '"/') } },
  ],
  clearScreen: false,
})
await app.listen()

console.error(`
  App      ${app.resolvedUrls!.local[0]}
           sign in as admin with the password "${PASSWORD}"
  API      ${api}
           curl -H "Authorization: Bearer ${KEY}" ${api}/v1/campaigns
  Changes of src start the server again, changes of web reload the app. Ctrl-C ends both.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
await once(server, 'exit')
await app.close()
process.exit()
