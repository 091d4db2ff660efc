// `leadline insert` and `leadline update`: one lead through the API of a running server.

import type { Command } from 'commander'
import { type LeadAnswer, type LeadDocument, LeadlineClient, type Target } from '../client/client.ts'
import type { Config } from '../config.ts'
import { WARNINGS } from '../core/warnings.ts'
import { say, show, UsageError } from './terminal.ts'

const INSERT_EXAMPLES = `Examples:
  leadline insert --template 1 --campaign 1 --allocation 1 Name="Jane Smith" FirstPhone=0383218199
  leadline insert --template 1 --campaign 1 --allocation 1 --allow-duplicates FirstPhone=0383218199
`
const UPDATE_EXAMPLES = `Examples:
  leadline update --template 1 --campaign 1 --allocation 1 --external-id 9856 njDisposition=Sale FirstPhone="<NO CHANGE>"
`

/** Stands under the help of the commands that talk to a server. */
export const SERVER_AND_KEY = '\nLEADLINE_URL and LEADLINE_API_KEY say which server and which key.'

interface Options {
  template: string
  campaign: string
  allocation: string
  externalId?: string
  allowDuplicates?: boolean
}

export function addLeadCommands(program: Command, config: () => Config): void {
  const command = (name: string, description: string, examples: string) =>
    program
      .command(name)
      .description(description)
      .requiredOption('--template <id>', 'template of the campaign')
      .requiredOption('--campaign <id>', 'campaign')
      .requiredOption('--allocation <id>', 'allocation of the campaign')
      .option('--external-id <id>', "the caller's own reference of the lead")
      .option('--allow-duplicates', 'skip the check for numbers that the campaign has already')
      .argument('<field=value...>', 'fields of the template and system fields (njPriority=5)')
      .addHelpText('before', examples)
      .addHelpText('after', SERVER_AND_KEY)
  command('insert', 'insert a lead', INSERT_EXAMPLES).action(
    async (fields: string[], options: Options, self: Command) => {
      const lead = readFields(fields)
      if (options.externalId !== undefined) lead.njExternalLeadId = options.externalId
      answer(await client(config()).insertLeadFast(target(options), lead, query(options)), self)
    },
  )
  command('update', 'update a lead by its external id', UPDATE_EXAMPLES).action(
    async (fields: string[], options: Options, self: Command) => {
      const njExternalLeadId = options.externalId
      const lead = readFields(fields)
      answer(
        await client(config()).updateLeadFast(target(options), lead, { ...query(options), njExternalLeadId }),
        self,
      )
    },
  )
}

/** The client of the configured server. */
export function client(config: Config): LeadlineClient {
  if (config.api_key === null) throw new UsageError('set LEADLINE_API_KEY ("leadline keys create" makes one)')
  return new LeadlineClient({ url: config.url, key: config.api_key })
}

const query = (options: Options) => (options.allowDuplicates ? { allowDuplicates: true } : {})

function target(options: Options): Target {
  const id = (name: 'template' | 'campaign' | 'allocation') => {
    if (!/^[1-9]\d{0,9}$/.test(options[name])) throw new UsageError(`--${name} takes a number`)
    return Number(options[name])
  }
  return { template_id: id('template'), campaign_id: id('campaign'), allocation_id: id('allocation') }
}

function readFields(pairs: string[]): LeadDocument {
  const fields = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    if (equals < 1) throw new UsageError(`a field is given as NAME=VALUE, not as ${JSON.stringify(pair)}`)
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return Object.fromEntries(fields)
}

function answer(result: LeadAnswer, command: Command): void {
  const { code, message, detail } = result.body
  const { lead_id, version } = result
  show(command.optsWithGlobals().json, { ...result.body, lead_id, version }, () =>
    code === 0 ? `${message} ${lead_id} version ${version}` : `${code} ${message}`,
  )
  for (const { code: warning, field } of result.warnings) say(`${field}: ${WARNINGS[warning] ?? warning}`)
  if (code === 0) return
  if (detail) say(detail)
  process.exitCode = 1
}
