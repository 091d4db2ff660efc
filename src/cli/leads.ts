// `leadline insert`, `leadline update`, `leadline person`: leads through the API of a running server.

import type { LeadAnswer, LeadDocument } from '../client/client.ts'
import { WARNINGS } from '../core/warnings.ts'
import { type Cli, idOf, talksToServer } from './cli.ts'
import { say, UsageError } from './terminal.ts'

interface LeadOptions {
  template: number
  campaign: number
  allocation: number
  externalId?: string
  allowDuplicates?: true
}

export function addLeadCommands(cli: Cli): void {
  const command = (
    name: string,
    description: string,
    examples: string[],
    send: (lead: LeadDocument, options: LeadOptions) => Promise<LeadAnswer>,
  ) =>
    talksToServer(cli.command(name, description, ...examples))
      .requiredOption('--template <id>', 'template of the campaign', idOf('--template'))
      .requiredOption('--campaign <id>', 'campaign', idOf('--campaign'))
      .requiredOption('--allocation <id>', 'allocation of the campaign', idOf('--allocation'))
      .option('--external-id <id>', "the caller's own reference of the lead")
      .option('--allow-duplicates', 'skip the check for numbers that the campaign has already')
      .argument('<field=value...>', 'fields of the template and system fields (njPriority=5)')
      .action(async (fields: string[], options: LeadOptions) => {
        show(cli, await send(readFields(fields), options))
      })
  command(
    'insert',
    'insert a lead',
    [
      'insert --template 1 --campaign 1 --allocation 1 Name="Jane Smith" FirstPhone=0383218199',
      'insert --template 1 --campaign 1 --allocation 1 --allow-duplicates FirstPhone=0383218199',
    ],
    (lead, { externalId, allowDuplicates, ...options }) => {
      if (externalId !== undefined) lead.njExternalLeadId = externalId
      return cli.client().insertLeadFast(targetOf(options), lead, { allowDuplicates })
    },
  )
  command(
    'update',
    'update a lead by its external id',
    [
      'update --template 1 --campaign 1 --allocation 1 --external-id 9856 njDisposition=Sale FirstPhone="<NO CHANGE>"',
    ],
    (lead, { externalId: njExternalLeadId, allowDuplicates, ...options }) =>
      cli.client().updateLeadFast(targetOf(options), lead, { allowDuplicates, njExternalLeadId }),
  )
  talksToServer(
    cli.command(
      'person',
      'show everything that is held about a person, as JSON',
      'person --phone 0412345678 > jane.json',
      'person --phone +61412345678 --email jane@example.com',
    ),
  )
    .option('--phone <number>', 'a number of the person, in any spelling')
    .option('--email <address>', 'an e-mail address of the person')
    .action(async (person: { phone?: string; email?: string }) => {
      if (!person.phone && !person.email) throw new UsageError('name a --phone, an --email or both')
      cli.finish(await cli.client().personalData(person), (held) => JSON.stringify(held, null, 2))
    })
}

const targetOf = ({ template, campaign, allocation }: LeadOptions) => ({
  template_id: template,
  campaign_id: campaign,
  allocation_id: allocation,
})

function readFields(pairs: string[]): LeadDocument {
  const fields = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    if (equals < 1) throw new UsageError(`a field is given as NAME=VALUE, not as ${JSON.stringify(pair)}`)
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return Object.fromEntries(fields)
}

function show(cli: Cli, { body, lead_id, version, warnings }: LeadAnswer): void {
  const { code, message, detail } = body
  cli.show({ ...body, lead_id, version }, () =>
    code === 0 ? `${message} ${lead_id} version ${version}` : `${code} ${message}`,
  )
  for (const { code: warning, field } of warnings) say(`${field}: ${WARNINGS[warning] ?? warning}`)
  if (code === 0) return
  if (detail) say(detail)
  process.exitCode = 1
}
