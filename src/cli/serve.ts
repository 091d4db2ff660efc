// `leadline serve`: the server with its database, until a signal ends it.

import type { Config } from '../config.ts'
import { startEmbedded } from '../db/embedded.ts'
import { hostsProblem } from '../http/door/hosts.ts'
import { createLog } from '../log.ts'
import { buildWebInBackground } from './build-web.ts'
import { formerTexts } from './keys.ts'
import { keepMemorySmall } from './memory.ts'
import type { Server } from './server.ts'
import { stopSignal } from './stop-signal.ts'
import { say, tell } from './terminal.ts'

export async function serve(config: Config, { build_web }: { build_web: boolean }): Promise<void> {
  // From here on a signal ends the server in order, also one that comes while it starts.
  const stopping = stopSignal()
  const log = createLog(config.log_level)
  // PostgreSQL starts while the server is loaded, which takes as long.
  const starting = config.database_url === null ? startEmbedded({ data_dir: config.data_dir, say }) : null
  const [embedded, { startServer }] = await Promise.all([starting, import('./server.ts')])
  let server: Server
  try {
    server = await startServer({
      ...config,
      connection: embedded?.connection ?? config.database_url!,
      embedded: embedded ?? undefined,
      log,
    })
  } catch (error) {
    await embedded?.stop()
    throw error
  }
  tell(banner(server, config))
  keepMemorySmall()
  const stopBuild = build_web ? buildWebInBackground(server.web, say) : undefined
  const signal = await stopping
  say(`Stopping after ${signal}: requests at work are finished first.`)
  stopBuild?.()
  await server.stop()
  await embedded?.stop()
  say('Stopped.')
  process.exit(0)
}

export function banner(
  server: Pick<Server, 'url' | 'first_start' | 'setup_code' | 'narrowed_keys' | 'zones_come'>,
  config: Pick<Config, 'database_url' | 'data_dir' | 'host' | 'public_hosts'>,
): string {
  const { url, first_start, setup_code, narrowed_keys, zones_come } = server
  const hosts = hostsProblem(config)
  return [
    '',
    `  Leadline listens on ${url}`,
    `  Data: ${config.database_url === null ? `embedded PostgreSQL in ${config.data_dir}` : 'the server of DATABASE_URL'}`,
    `  Web app: ${url}/`,
    ...(setup_code === null
      ? []
      : [
          `  There is no operator yet: make the admin account at ${url}/setup`,
          `  Code for it (works until then): ${setup_code}`,
        ]),
    ...(hosts ? [`  ${hosts}`] : []),
    ...(narrowed_keys.length > 0
      ? ['', '  Scopes of API keys were split. These keys may do less than before:']
      : []),
    ...narrowed_keys.map((key) => `    ${key.key_id} "${key.name}" ${formerTexts(key)}`),
    ...(zones_come
      ? [
          '',
          '  Leads are called by the clock of the called person from now on, as docs/contact-hours.md explains.',
          '  How many leads that moves is being counted: the log says it, and "leadline doctor".',
        ]
      : []),
    '',
    ...(first_start
      ? firstSteps(url, first_start)
      : ['  Another API key: bin/leadline keys create --name NAME', '']),
  ].join('\n')
}

const firstSteps = (
  url: string,
  { key, template_id, campaign_id, allocation_id }: NonNullable<Server['first_start']>,
) => [
  ...(key === null ? [] : ['  API key (shown this once, not kept):', '', `    ${key}`, '']),
  '  Send a first lead:',
  '',
  `    curl -sS '${url}/servicemanager/rest/CampaignAPI/insertLeadFast?fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}' \\`,
  `      -H "Authorization: Bearer ${key ?? '$LEADLINE_BOOTSTRAP_API_KEY'}" \\`,
  `      -d '{"Name":"Jane Smith","City":"Abbotsford","State":"Vic","PostCode":"3067","FirstPhone":"0383218199"}'`,
  '',
  '  It answers {"code":0,"message":"OK"}. Sent again it answers HTTP 400 with code 105, DUPLICATE:',
  '  the number is in the campaign already.',
  '',
]
