// `leadline serve`: the server with its database, until a signal ends it.

import type { Config } from '../config.ts'
import { startEmbedded } from '../db/embedded.ts'
import { hostsProblem } from '../http/hosts.ts'
import { createLog } from '../log.ts'
import { buildWebInBackground } from './build-web.ts'
import { formerTexts } from './keys.ts'
import { type Server, startServer, stopSignal } from './server.ts'
import { say, tell } from './terminal.ts'

export async function serve(config: Config, options = { build_web: false }): Promise<void> {
  // From here on a signal ends the server in order, also one that comes while it starts.
  const stopping = stopSignal()
  const log = createLog(config.log_level)
  const embedded =
    config.database_url === null ? await startEmbedded({ data_dir: config.data_dir, say }) : null
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
  const stopBuild = options.build_web ? buildWebInBackground(say) : undefined
  const signal = await stopping
  say(`Stopping after ${signal}: requests at work are finished first.`)
  stopBuild?.()
  await server.stop()
  await embedded?.stop()
  say('Stopped.')
  process.exit(0)
}

export function banner(
  {
    url,
    first_start,
    setup_code,
    narrowed_keys,
  }: Pick<Server, 'url' | 'first_start' | 'setup_code' | 'narrowed_keys'>,
  config: Pick<Config, 'database_url' | 'data_dir' | 'host' | 'public_hosts'>,
): string {
  const lines = ['', `  Leadline listens on ${url}`]
  const database =
    config.database_url === null ? `embedded PostgreSQL in ${config.data_dir}` : 'the server of DATABASE_URL'
  lines.push(`  Data: ${database}`, `  Web app: ${url}/`)
  if (setup_code !== null)
    lines.push(
      `  There is no operator yet: make the admin account at ${url}/setup`,
      `  Code for it (works until then): ${setup_code}`,
    )
  const hosts = hostsProblem(config)
  if (hosts) lines.push(`  ${hosts}`)
  if (narrowed_keys.length > 0)
    lines.push('', '  Scopes of API keys were split. These keys may do less than before:')
  for (const key of narrowed_keys) lines.push(`    ${key.key_id} "${key.name}" ${formerTexts(key)}`)
  lines.push('')
  if (!first_start) {
    lines.push('  Another API key: bin/leadline keys create --name NAME', '')
    return lines.join('\n')
  }
  const { key, template_id, campaign_id, allocation_id } = first_start
  const header = key ?? '$LEADLINE_BOOTSTRAP_API_KEY'
  if (key !== null) lines.push('  API key (shown this once, not kept):', '', `    ${key}`, '')
  const query = `fTemplateId=${template_id}&fCampaignId=${campaign_id}&fAllocationId=${allocation_id}`
  lines.push(
    '  Send a first lead:',
    '',
    `    curl -sS '${url}/servicemanager/rest/CampaignAPI/insertLeadFast?${query}' \\`,
    `      -H "Authorization: Bearer ${header}" \\`,
    `      -d '{"Name":"Jane Smith","City":"Abbotsford","State":"Vic","PostCode":"3067","FirstPhone":"0383218199"}'`,
    '',
    '  It answers {"code":0,"message":"OK"}. Sent again it answers HTTP 400 with code 105, DUPLICATE:',
    '  the number is in the campaign already.',
    '',
  )
  return lines.join('\n')
}
